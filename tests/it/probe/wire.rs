//! The door that a probe uses: what is asked for is what is sent.

use std::sync::{Arc, Mutex};

use mcp_static::internals::world::http::{
    Ask, Exchange, Exchanger, HttpError, HttpOptions, ProxyChoice, Reach, Verb,
};
use pretty_assertions::assert_eq;

use super::good::{exchanger, good};
use super::host::{Asked, Said, serve};

fn ask(url: String) -> Ask {
    Ask { url, ..Ask::default() }
}

/// A host that remembers what it was asked, and answers `said`.
fn recorder(said: Said) -> (String, Arc<Mutex<Vec<Asked>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    let base = serve(Arc::new(move |one: &Asked| {
        heard.lock().unwrap().push(one.clone());
        said.clone()
    }));
    (base, asked)
}

#[test]
fn the_request_line_holds_what_was_written() {
    let (base, asked) = recorder(Said::new(200, "text/plain", "x"));
    let targets = [
        "/a%2Fb/versions/1.0.0%2Bx",
        "/a%2fb/versions/1.0.0%2bx",
        "/a/b/versions/1.0.0+x",
        "/a%252Fb//c/../d/./e/",
        "//v0.1/servers",
        "/v0.1/servers?limit=50&version=latest&cursor=a/b:1.0.0+x&search=%20+%C3%A9",
        "/back\\slash?",
        "/(a)!*'~@:;,=&$",
    ];
    for target in targets {
        exchanger().send(&ask(format!("{base}{target}"))).unwrap();
    }
    let seen: Vec<String> = asked.lock().unwrap().iter().map(|a| a.target.clone()).collect();
    assert_eq!(seen, targets);
}

#[test]
fn verbs_and_headers_go_through_and_redirects_come_back() {
    let said = Said::redirect(302, "/elsewhere").with("X-Two", "1").with("X-Two", "2");
    let (base, asked) = recorder(said);
    let headers = vec![
        ("Origin".to_owned(), "vscode-file://vscode-app".to_owned()),
        ("User-Agent".to_owned(), "GithubCopilot/1".to_owned()),
    ];
    for verb in [Verb::Get, Verb::Options, Verb::Head] {
        let reply = exchanger()
            .send(&Ask { verb, url: format!("{base}/x"), headers: headers.clone(), body: None })
            .unwrap();
        assert_eq!((reply.status, reply.location()), (302, Some("/elsewhere")));
        assert_eq!(reply.headers.iter().filter(|(name, _)| name == "x-two").count(), 2);
    }
    let asked = asked.lock().unwrap();
    let verbs: Vec<&str> = asked.iter().map(|a| a.method.as_str()).collect();
    assert_eq!(verbs, ["GET", "OPTIONS", "HEAD"]);
    assert_eq!(asked[0].header("origin"), "vscode-file://vscode-app");
    assert_eq!(asked[0].header("user-agent"), "GithubCopilot/1");
    assert_eq!(asked[0].header("accept-encoding"), "");
}

#[test]
fn a_redirect_without_a_location_is_an_answer() {
    let (base, _) = recorder(Said::new(301, "text/plain", "x"));
    let reply = exchanger().send(&ask(format!("{base}/"))).unwrap();
    assert_eq!((reply.status, reply.location()), (301, None));
}

#[test]
fn a_body_is_cut_at_the_limit() {
    let (base, _) = recorder(Said::new(200, "text/plain", "x".repeat(1000)));
    for (limit, kept, whole) in [(999, 999, false), (1000, 1000, true), (5000, 1000, true)] {
        let reach = Reach { body: limit, ..Reach::default() };
        let reply = Exchanger::new(HttpOptions::default(), reach)
            .unwrap()
            .send(&ask(format!("{base}/")))
            .unwrap();
        assert_eq!((reply.body.len(), reply.whole), (kept, whole));
    }
}

#[test]
fn private_networks_and_plain_http_need_leave() {
    for (url, why) in [
        ("http://registry.example.com/", "use https"),
        ("https://10.0.0.1/", "private network"),
        ("https://192.168.1.1/", "private network"),
        ("https://172.16.0.1/", "private network"),
        ("https://169.254.169.254/", "private network"),
        ("https://100.64.0.1/", "private network"),
        ("https://0.0.0.0/", "private network"),
        ("https://[fd00::1]/", "private network"),
        ("https://[fe80::1]/", "private network"),
        ("https://[::ffff:10.0.0.1]/", "private network"),
        ("ftp://example.com/", "neither https nor http"),
        ("https://user:pass@example.com/", "user name"),
    ] {
        match exchanger().send(&ask(url.to_owned())).unwrap_err() {
            HttpError::Refused { why: said, url: shown } => {
                assert!(said.contains(why) && !shown.contains("pass"), "{url}: {said}");
            }
            e => panic!("{url}: {e}"),
        }
    }
}

#[test]
fn with_leave_a_private_host_is_asked_through_a_proxy_and_the_proxy_may_be_inside() {
    let (proxy, asked) = recorder(Said::new(502, "text/plain", "no"));
    let options = HttpOptions {
        proxy: ProxyChoice { url: Some(proxy), except: Vec::new() },
        ..HttpOptions::default()
    };
    let reach = Reach { private: true, ..Reach::default() };
    let exchanger = Exchanger::new(options, reach).unwrap();
    // The proxy refuses; that it was asked is what counts.
    let _ = exchanger.send(&ask("https://10.1.2.3/v0.1/servers".to_owned()));
    assert_eq!(asked.lock().unwrap()[0].target, "10.1.2.3:443");
    // This computer is always asked directly.
    let base = serve(Arc::new(good));
    assert_eq!(exchanger.send(&ask(format!("{base}/v0.1/servers"))).unwrap().status, 200);
}

#[test]
fn a_host_that_is_not_there_gives_no_answer() {
    let e = exchanger().send(&ask("http://127.0.0.1:1/".to_owned())).unwrap_err();
    assert!(matches!(e, HttpError::NoAnswer { .. }), "{e}");
}
