//! `serve --as HOST`: every host answers every shape of request as measured, and never with another
//! document than the one that was asked for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use mcp_static::internals::pipeline::{Silent, check, load};
use mcp_static::internals::serve::{Live, LiveSource, Method, Request};
use mcp_static::internals::site::{Cors, HOSTS, Media, Shape, Site, host_named};
use pretty_assertions::assert_eq;

use super::load_options;
use crate::project::{Project, tree};

/// A registry with one server, one of whose versions has a plus.
fn project() -> Project {
    let project = Project::empty();
    for (version, date) in [("1.0.0", "2025-01-01T00:00:00Z"), ("1.1.0+b2", "2025-02-01T00:00:00Z")]
    {
        project.entry("com.example/weather", version);
        project.pin("com.example/weather", version, date);
    }
    project
}

/// What stands where, whoever serves it.
fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let project = project();
        let loaded = load(&load_options(project.path("registry-data"))).unwrap();
        let (registry, _) = check(&loaded, &Silent).unwrap();
        loaded.renderer().site(&registry)
    })
}

fn read(project: &Project, host: &str) -> Live {
    let options = load_options(project.path("registry-data"));
    let source = LiveSource::new(options).imitating(host_named(host).unwrap());
    let reading = source.read(&Silent).unwrap();
    reading.live.unwrap_or_else(|| panic!("{:#?}", reading.report.items()))
}

/// The registry as each host serves it.
pub(super) fn live(host: &str) -> &'static Live {
    static ALL: OnceLock<BTreeMap<&str, Live>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let project = project();
        HOSTS.iter().map(|host| (host.name(), read(&project, host.name()))).collect()
    });
    &all[host]
}

/// Status, `Location`, type and body.
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) cors: usize,
    pub(super) cache: Option<String>,
    pub(super) body: Vec<u8>,
}

pub(super) fn ask(live: &Live, method: Method, target: &str) -> Got {
    let mut request = Request::get(target);
    request.method = method;
    let answer = live.answer(&request);
    let header = |name: &str| {
        let mut found = answer.headers().filter(|(key, _)| *key == name);
        let first = found.next().map(|(_, value)| value.to_owned());
        assert!(found.next().is_none(), "{target}: {name} twice");
        first
    };
    Got {
        status: answer.status(),
        location: header("Location"),
        kind: header("Content-Type"),
        cache: header("Cache-Control"),
        cors: answer.headers().filter(|(key, _)| key.starts_with("Access-Control-")).count(),
        body: answer.body().to_vec(),
    }
}

/// Follows redirects as a client does: every status, then a word for the type.
fn follow(live: &Live, target: &str) -> (String, Got) {
    let (mut words, mut target) = (String::new(), target.to_owned());
    for _ in 0..4 {
        let got = ask(live, Method::Get, &target);
        match &got.location {
            Some(location) => {
                words += &format!("{} ", got.status);
                assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
                target.clone_from(location);
            }
            None => {
                let kind = match got.kind.as_deref() {
                    Some("application/json") if got.body.starts_with(b"{") => "json",
                    Some("application/json") => "page-as-json",
                    Some("application/problem+json") => "problem",
                    Some("text/html; charset=utf-8") if got.body.starts_with(b"{") => {
                        "json-as-html"
                    }
                    Some("text/html; charset=utf-8") => "html",
                    Some("application/yaml") => "yaml",
                    Some("application/xml") => "xml",
                    Some("text/plain") => "text",
                    other => panic!("{target}: {other:?}"),
                };
                return (words + &format!("{} {kind}", got.status), got);
            }
        }
    }
    panic!("{target}: {words}and so on");
}

const SHAPES: [(&str, &str); 21] = [
    ("list", "/v0.1/servers"),
    ("list, query", "/v0.1/servers?limit=50&version=latest"),
    ("list, slash", "/v0.1/servers/"),
    ("versions", "/v0.1/servers/com.example%2Fweather/versions"),
    ("versions, raw", "/v0.1/servers/com.example/weather/versions"),
    ("version", "/v0.1/servers/com.example%2Fweather/versions/1.0.0"),
    ("version, lower", "/v0.1/servers/com.example%2fweather/versions/1.0.0"),
    ("version, raw", "/v0.1/servers/com.example/weather/versions/1.0.0"),
    ("latest", "/v0.1/servers/com.example%2Fweather/versions/latest"),
    ("%2B", "/v0.1/servers/com.example%2Fweather/versions/1.1.0%2Bb2"),
    ("+", "/v0.1/servers/com.example/weather/versions/1.1.0+b2"),
    ("unknown", "/v0.1/servers/com.example%2Fnothing/versions/latest"),
    ("v0", "/v0/servers"),
    ("v0 latest", "/v0/servers/com.example%2Fweather/versions/latest"),
    ("v0 version", "/v0/servers/com.example/weather/versions/1.0.0"),
    ("v0 unknown", "/v0/servers/com.example%2Fnothing/versions/latest"),
    ("small", "/v0.1/ping"),
    ("home", "/"),
    ("page", "/servers/com.example/weather"),
    ("file", "/openapi.yaml"),
    ("wrong link", "/no/such/page"),
];

/// A host, its answer to documents, and its answers to shapes that differ.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What each host gives to each shape. Rows of one kind: the answer to documents, then exceptions.
const ROWS: &[Row] = &[
    (
        "plain",
        "301 200 json",
        &[
            ("list, slash", "200 json"),
            ("unknown", "404 text"),
            ("page", "301 200 html"),
            ("wrong link", "404 text"),
        ],
    ),
    (
        "github-pages",
        "301 200 json",
        &[
            ("list, slash", "200 json"),
            ("unknown", "404 html"),
            ("page", "301 200 html"),
            ("wrong link", "404 html"),
        ],
    ),
    (
        "gitlab-pages",
        "200 json",
        &[("unknown", "404 html"), ("page", "302 200 html"), ("wrong link", "404 html")],
    ),
    (
        "cloudflare-pages",
        "200 json",
        &[("unknown", "404 json"), ("page", "308 200 html"), ("wrong link", "404 html")],
    ),
    (
        "cloudflare-workers",
        "307 200 json",
        &[
            // The program stands before the list and follows the redirect itself.
            ("list", "200 json"),
            ("list, query", "200 json"),
            ("list, slash", "200 json"),
            ("v0", "200 json"),
            ("unknown", "307 404 json"),
            ("page", "307 200 html"),
            ("wrong link", "404 html"),
        ],
    ),
    (
        "netlify",
        "200 json",
        &[("unknown", "404 json"), ("page", "200 html"), ("wrong link", "404 html")],
    ),
    (
        "vercel",
        "200 json",
        &[
            ("list, slash", "404 page-as-json"),
            ("unknown", "404 page-as-json"),
            ("page", "200 html"),
            ("wrong link", "404 html"),
        ],
    ),
    (
        "s3",
        "200 json",
        &[
            ("list, slash", "404 xml"),
            ("+", "404 xml"),
            ("unknown", "404 xml"),
            ("page", "404 xml"),
            ("wrong link", "404 xml"),
        ],
    ),
    (
        "azure-static-web-apps",
        "200 json-as-html",
        &[
            ("%2B", "404 html"),
            ("+", "404 html"),
            ("unknown", "404 html"),
            ("page", "200 html"),
            ("wrong link", "404 html"),
        ],
    ),
    (
        "firebase",
        "301 200 json",
        &[
            ("list, slash", "200 json"),
            ("version, lower", "404 page-as-json"),
            ("unknown", "404 page-as-json"),
            ("v0", "200 json"),
            ("page", "301 200 html"),
            ("wrong link", "404 html"),
        ],
    ),
    ("nginx", "200 json", OWN),
    ("caddy", "200 json", OWN),
    ("apache", "200 json", OWN),
];

const OWN: &[(&str, &str)] =
    &[("unknown", "404 problem"), ("page", "308 200 html"), ("wrong link", "404 html")];

#[test]
fn every_host_answers_every_shape_as_measured() {
    let mut hosts: Vec<&str> = ROWS.iter().map(|row| row.0).collect();
    hosts.sort_unstable();
    let mut known: Vec<&str> = HOSTS.iter().map(|host| host.name()).collect();
    known.sort_unstable();
    assert_eq!(hosts, known, "a host has no row");
    for (host, usual, exceptions) in ROWS {
        let expected: BTreeMap<&str, String> = SHAPES
            .iter()
            .map(|(shape, _)| {
                let like = if *shape == "v0 unknown" { "unknown" } else { shape };
                let word = exceptions.iter().find(|(name, _)| *name == like).map(|(_, word)| *word);
                let word = word.unwrap_or(match *shape {
                    "home" => "200 html",
                    "file" => "200 yaml",
                    _ => usual,
                });
                (*shape, word.to_owned())
            })
            .collect();
        let got: BTreeMap<&str, String> =
            SHAPES.iter().map(|(shape, target)| (*shape, follow(live(host), target).0)).collect();
        assert_eq!(got, expected, "{host}");
    }
}

/// Status of a preflight (none where it is answered as a GET), and the CORS headers of every answer.
const CORS: [(&str, Option<u16>, usize); 13] = [
    ("plain", Some(405), 3),
    ("github-pages", Some(405), 1),
    ("gitlab-pages", Some(405), 1),
    ("cloudflare-pages", Some(405), 3),
    ("cloudflare-workers", Some(405), 3),
    ("netlify", Some(405), 3),
    ("vercel", Some(405), 3),
    ("s3", Some(200), 3),
    ("azure-static-web-apps", Some(405), 3),
    ("firebase", None, 3),
    ("nginx", Some(204), 3),
    ("caddy", Some(204), 3),
    ("apache", Some(204), 3),
];

#[test]
fn cors_headers_are_on_every_hop_or_on_none() {
    assert_eq!(CORS.len(), HOSTS.len());
    for (host, preflight, count) in CORS {
        for (_, target) in SHAPES {
            let got = ask(live(host), Method::Get, target);
            assert_eq!(got.cors, count, "{host} {target}: {}", got.status);
            if is_asked_of_program(host, target) {
                continue;
            }
            let status = preflight.unwrap_or(got.status);
            let got = ask(live(host), Method::Options, target);
            assert_eq!((got.status, got.cors), (status, count), "{host} OPTIONS {target}");
        }
        for (_, target) in SHAPES {
            assert_eq!(ask(live(host), Method::Post, target).status, 405, "{host} POST {target}");
        }
    }
}

/// Whether a program of the host, and not the host, answers a request of the shapes above.
fn is_asked_of_program(host: &str, target: &str) -> bool {
    let list = match host {
        "netlify" | "cloudflare-pages" => &["/v0.1/servers", "/v0/servers", "/v0.1/servers/"][..],
        _ => &["/v0.1/servers", "/v0/servers"],
    };
    let path = target.split('?').next().unwrap();
    host_named(host).unwrap().answers_queries() && list.contains(&path)
}

#[test]
fn cors_headers_that_are_up_to_the_operator_can_be_left_out() {
    let project = project();
    for (host, preflight) in [("plain", 405), ("s3", 403)] {
        let options = load_options(project.path("registry-data"));
        let source = LiveSource::new(options).imitating(host_named(host).unwrap()).without_cors();
        let bare = source.read(&Silent).unwrap().live.unwrap();
        for (_, target) in SHAPES {
            let (with, without) =
                (ask(live(host), Method::Get, target), ask(&bare, Method::Get, target));
            assert_eq!((with.cors, without.cors), (3, 0), "{host} {target}");
            assert_eq!((with.status, with.body), (without.status, without.body), "{host} {target}");
        }
        assert_eq!(ask(&bare, Method::Options, "/v0.1/servers").status, preflight, "{host}");
    }
}

#[test]
fn a_host_never_answers_with_another_document() {
    let mut compared = 0;
    for host in HOSTS {
        for artifact in site().artifacts() {
            if artifact.shape != Shape::Endpoint || artifact.media != Media::Json {
                continue;
            }
            let url = artifact.path.to_string();
            let encoded = url.replacen("com.example/", "com.example%2F", 1);
            for spelling in [&url, &encoded, &encoded.replace('+', "%2B"), &url.replace('+', "%2b")]
            {
                let (words, got) = follow(live(host.name()), spelling);
                let lost = spelling.contains("%2b") || url.contains('+');
                assert!(got.status == 200 || lost, "{} {spelling}: {words}", host.name());
                if got.status == 200 {
                    assert!(got.body == *artifact.body, "{} {spelling}: other bytes", host.name());
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn an_asset_keeps_its_type_and_its_cache_class() {
    let asset = site().artifacts().find(|a| a.path.to_string().starts_with("/assets/catalog."));
    let asset = asset.expect("the catalog has a script");
    for host in HOSTS {
        let got = ask(live(host.name()), Method::Get, &asset.path.to_string());
        assert_eq!(got.kind.as_deref(), Some("text/javascript; charset=utf-8"), "{}", host.name());
        let cache = got.cache.unwrap_or_default();
        assert_eq!(cache.contains("immutable"), host.capabilities().headers, "{}", host.name());
        let list = follow(live(host.name()), "/v0.1/servers").1.cache.unwrap_or_default();
        assert!(!list.contains("immutable"), "{}: {list}", host.name());
        assert_eq!(list.contains("max-age=60,"), host.capabilities().headers, "{}", host.name());
    }
    for host in ["nginx", "caddy", "apache"] {
        let got = ask(live(host), Method::Get, "/v0.1/servers/x/versions");
        assert_eq!(got.cache.as_deref(), Some("no-store"), "{host}");
    }
}

#[test]
fn paths_that_mean_no_good_lead_nowhere() {
    let hostile = [
        "/../etc/passwd",
        "/v0.1/../v0.1/servers",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/v0.1/%2E%2E/ping",
        "/./v0.1/servers",
        "/v0.1\\servers",
        "/v0.1%5Cservers",
        "/%00",
        "/v0.1/servers%00.html",
        "/%",
        "/v0.1/%zz",
        "http://evil.example/",
        "//evil.example/%2e%2e",
        "//evil.example",
        "",
        "*",
        "/%0d%0aSet-Cookie:x",
        "/servers%2F..%2Fv0.1",
        "/\u{e9}",
        "/%ff",
        "/v0.1/servers/%2e",
    ];
    for host in HOSTS {
        for target in hostile {
            let got = follow_or(live(host.name()), target);
            assert!([400, 404].contains(&got.status), "{} {target}: {}", host.name(), got.status);
        }
    }
}

/// Follows a redirect of our own path at most; the place must be on the same server.
fn follow_or(live: &Live, target: &str) -> Got {
    let got = ask(live, Method::Get, target);
    match &got.location {
        Some(to) if to.starts_with('/') && !to.starts_with("//") => ask(live, Method::Get, to),
        Some(to) => panic!("{target} leads to {to}"),
        None => got,
    }
}

#[test]
fn a_redirect_keeps_the_query_where_the_host_does() {
    for (host, target, location) in [
        ("github-pages", "/v0.1/servers?limit=1", "/v0.1/servers/?limit=1"),
        ("gitlab-pages", "/servers/com.example/weather?a", "/servers/com.example/weather/?a"),
        (
            "cloudflare-workers",
            "/v0.1/servers/com.example%2Fweather/versions/1.1.0+b2?a=b",
            "/v0.1/servers/com.example/weather/versions/1.1.0%2Bb2/?a=b",
        ),
        ("cloudflare-workers", "//v0.1//servers", "/v0.1/servers/"),
        (
            "cloudflare-workers",
            "/servers/com.example/weather/index.html",
            "/servers/com.example/weather/",
        ),
        ("cloudflare-pages", "/index.html?a", "/?a"),
        (
            "firebase",
            "/v0.1/servers/com.example%2Fweather/versions/1.1.0%2Bb2?a=b",
            "/v0.1/servers/com.example%2Fweather/versions/1.1.0%2Bb2/?a=b",
        ),
        ("nginx", "/servers/com.example/weather?a", "/servers/com.example/weather/"),
        ("caddy", "/servers/com.example/weather?a", "/servers/com.example/weather/"),
        ("apache", "/servers/com.example/weather?a", "/servers/com.example/weather/?a"),
        ("apache", "/servers/com.example/weather?a=\r\nX: y", "/servers/com.example/weather/"),
    ] {
        let got = ask(live(host), Method::Get, target);
        assert_eq!(got.location.as_deref(), Some(location), "{host} {target}");
    }
}

#[test]
fn own_servers_choose_pages_by_query() {
    let project = project();
    for name in ["alpha", "beta"] {
        project.entry(&format!("com.example/{name}"), "1.0.0");
        project.pin(&format!("com.example/{name}"), "1.0.0", "2025-01-01T00:00:00Z");
    }
    let count = |host: &Live, query: &str| {
        let got = ask(host, Method::Get, &format!("/v0.1/servers{query}"));
        (
            got.status,
            serde_json::from_slice::<serde_json::Value>(&got.body).unwrap()["metadata"]["count"]
                .as_u64(),
        )
    };
    let nginx = read(&project, "nginx");
    assert_eq!(count(&nginx, "?limit=1"), (200, Some(1)));
    assert_eq!(count(&nginx, "?limit=50&cursor=com.example/alpha:1.0.0"), (200, Some(1)));
    assert_eq!(count(&nginx, "?limit=1&search=x"), (200, Some(3)));
    assert_eq!(count(&nginx, "?cursor=no.such/server"), (404, None));
    let github = read(&project, "github-pages");
    assert_eq!(count(&github, "/?limit=1"), (200, Some(3)));
}

#[test]
fn the_path_of_the_base_url_may_stand_in_front() {
    let project = project();
    for host in HOSTS {
        let mut options = load_options(project.path("registry-data"));
        options.base_url =
            mcp_static::internals::config::BaseUrl::parse("https://acme.example.com/tools").ok();
        let live = LiveSource::new(options).imitating(*host).read(&Silent).unwrap().live.unwrap();
        for target in ["/v0.1/servers", "/tools/v0.1/servers"] {
            let (words, got) = follow(&live, target);
            assert_eq!(got.status, 200, "{} {target}: {words}", host.name());
        }
        let page = ask(&live, Method::Get, "/tools/servers/com.example/weather");
        let there = Some("/tools/servers/com.example/weather/");
        let redirects = host.capabilities().resolution.folder_redirect.is_some();
        assert_eq!(page.location.as_deref(), there.filter(|_| redirects), "{}", host.name());
    }
}

#[test]
fn a_copy_that_is_still_good_is_not_sent_again() {
    let live = live("netlify");
    let request = Request::get("/v0.1/servers");
    let answer = live.answer(&request);
    let etag = answer.headers().find(|(name, _)| *name == "ETag").unwrap().1.to_owned();
    let again = Request { if_none_match: Some(&etag), ..request };
    let answer = live.answer(&again);
    assert_eq!((answer.status(), answer.body().len()), (304, 0));
    assert!(answer.headers().any(|(name, _)| name == "Access-Control-Allow-Origin"));
}

#[test]
fn a_built_folder_answers_as_the_data_would() {
    let project = project();
    for host in HOSTS {
        let out = format!("_{}", host.name());
        project.run(&["build", "--for", host.name(), "--out", &out]).expect(0);
        let folder = Live::of_folder(*host, &project.path(&out)).unwrap();
        let data = read(&project, host.name());
        assert!(folder.files().unwrap() >= data.files().unwrap(), "{}", host.name());
        let built = tree(&project.path(&out).join(host.root()));
        let files = built.keys().map(|path| format!("/{}", path.replace('%', "%25")));
        for target in SHAPES.iter().map(|(_, target)| (*target).to_owned()).chain(files) {
            if target == "/manifest.json" {
                continue; // only a build writes it
            }
            let (a, b) = (ask(&folder, Method::Get, &target), ask(&data, Method::Get, &target));
            assert_eq!(
                (a.status, a.location, a.kind, a.cache),
                (b.status, b.location, b.kind, b.cache),
                "{} {target}",
                host.name()
            );
            assert!(
                a.body == b.body || host.capabilities().resolution.cors == Cors::Operator,
                "{target}"
            );
        }
    }
    // The folder of the assets alone is as good as the whole output.
    let workers = host_named("cloudflare-workers").unwrap();
    let (out, assets) = ("_cloudflare-workers", "_cloudflare-workers/public");
    let [out, assets] = [out, assets].map(|dir| Live::of_folder(workers, &project.path(dir)));
    assert_eq!(out.unwrap().files(), assets.unwrap().files());
    let nowhere = Live::of_folder(HOSTS[0], &project.path("nowhere")).unwrap_err();
    assert!(nowhere.advice().is_some(), "{nowhere}");
}

#[test]
fn layouts_of_other_tools_show_their_faults() {
    let project = Project::empty();
    let list = "{\"servers\":[],\"metadata\":{\"count\":0}}";
    project.file("flat/v0.1/servers", list).file("flat/404.html", "wrong");
    project.file("literal/v0.1/servers/a.b%2Fc/versions/latest/index.html", "{}");
    project.file("siblings/v0.1/servers.html", list);
    let get = |host: &str, folder: &str, target: &str| {
        let live = Live::of_folder(host_named(host).unwrap(), &project.path(folder)).unwrap();
        let got = ask(&live, Method::Get, target);
        (got.status, got.kind.unwrap_or_default())
    };
    let (list, latest) = ("/v0.1/servers", "/v0.1/servers/a.b%2Fc/versions/latest");
    assert_eq!(get("github-pages", "flat", list), (200, "application/octet-stream".to_owned()));
    assert_eq!(get("github-pages", "flat", latest).0, 404);
    assert_eq!(get("cloudflare-workers", "flat", "/v0.1/servers").0, 200);
    // Our configurations show documents in folders, and no file for an address of the API.
    assert_eq!(get("caddy", "flat", list).0, 404);
    assert_eq!(get("github-pages", "literal", &format!("{latest}/")).0, 404);
    assert_eq!(get("firebase", "literal", &format!("{latest}/")).0, 200);
    assert_eq!(get("github-pages", "siblings", list), (200, "text/html; charset=utf-8".to_owned()));
    assert_eq!(get("firebase", "siblings", list).0, 404);
}
