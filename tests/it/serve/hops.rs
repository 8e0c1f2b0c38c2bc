//! Single hops of imitated hosts as their own servers answer them: what the comparisons of
//! `tests/e2e/hosts` found, kept where no server is needed.

use mcp_static::internals::serve::Method;
use pretty_assertions::assert_eq;

use super::imitate::{ask, live};

#[test]
fn cache_classes_of_errors_and_redirects_are_as_measured() {
    let api = "/v0.1/servers/no.such/server/versions";
    for (host, error, page) in [
        ("cloudflare-pages", "no-store", None),
        ("cloudflare-workers", "public, max-age=60, must-revalidate", None),
        ("firebase", "public, max-age=60, must-revalidate", Some("max-age=3600")),
        ("nginx", "no-store", Some("public, max-age=60, must-revalidate")),
        ("apache", "no-store", Some("public, max-age=60, must-revalidate")),
    ] {
        let got = ask(live(host), Method::Get, api);
        assert_eq!((got.status, got.cache.as_deref()), (404, Some(error)), "{host}");
        let got = ask(live(host), Method::Get, "/servers/com.example/weather");
        assert_eq!((got.status / 100, got.cache.as_deref()), (3, page), "{host}");
    }
}

#[test]
fn rules_for_what_lies_below_the_api_do_not_match_its_bare_name() {
    for host in ["cloudflare-pages", "cloudflare-workers", "firebase"] {
        let bare = ask(live(host), Method::Get, "/v0.1");
        let page = (404, Some("text/html; charset=utf-8"));
        assert_eq!((bare.status, bare.kind.as_deref()), page, "{host}");
        let below = ask(live(host), Method::Get, "/v0.1/");
        assert_eq!(
            (below.status, below.kind.as_deref()),
            (404, Some("application/json")),
            "{host}"
        );
    }
    // Our own servers match both, and show the API's files under no address of their own.
    for host in ["nginx", "caddy", "apache"] {
        for target in ["/v0.1", "/v0.1/", "/v0.1/servers/index.json"] {
            let got = ask(live(host), Method::Get, target);
            let problem = (404, Some("application/problem+json"));
            assert_eq!((got.status, got.kind.as_deref()), problem, "{host} {target}");
        }
    }
}

#[test]
fn a_host_that_does_not_look_at_the_method_answers_a_preflight_like_a_get() {
    let live = live("firebase");
    let got = ask(live, Method::Options, "/v0.1/servers?limit=1");
    assert_eq!((got.status, got.location.as_deref()), (301, Some("/v0.1/servers/?limit=1")));
    assert_eq!(ask(live, Method::Options, "/v0/servers/").status, 200);
}
