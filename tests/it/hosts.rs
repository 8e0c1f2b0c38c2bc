//! Hosts that no test can start: their rule files are read here as they read them, and every shape of
//! request is compared with the documents of the plain site. nginx, Caddy and Apache are started for
//! real by `tests/e2e/servers.sh`.

mod interpret;
mod lower;
mod upload;

use std::collections::BTreeMap;

use interpret::{Answer, Imitation};

use mcp_static::internals::site::host_named;

use crate::project::{home, tree};

type Tree = BTreeMap<String, Vec<u8>>;

/// What the host sends of its golden tree.
fn golden(host: &str) -> Tree {
    let folder = home().join("tests/golden").join(host);
    let tree = tree(&folder.join(host_named(host).unwrap().root()));
    assert!(!tree.is_empty(), "{host} has no golden tree");
    tree
}

/// What differs from host to host in the answers.
struct Expected {
    /// Redirects before the answer, for `a%2Fb` and for the list.
    hops: (usize, usize),
    json: bool,
    /// All three CORS headers; else the host sends the first by itself.
    cors: bool,
    plus: bool,
    json_not_found: bool,
    /// Path that the site lies under.
    base: &'static str,
}

const GOOD: Expected =
    Expected { hops: (0, 0), json: true, cors: true, plus: true, json_not_found: true, base: "" };

/// Every host with rule files, how it is imitated, and what becomes of requests there.
fn table() -> Vec<(&'static str, Imitation, Expected)> {
    vec![
        ("cloudflare-pages", interpret::cloudflare_pages as Imitation, GOOD),
        ("cloudflare-workers", interpret::cloudflare_workers, Expected { hops: (2, 1), ..GOOD }),
        ("netlify", interpret::netlify, GOOD),
        ("vercel", interpret::vercel, Expected { json_not_found: false, ..GOOD }),
        (
            "gitlab-pages",
            interpret::gitlab_pages,
            Expected { cors: false, json_not_found: false, base: "/registry", ..GOOD },
        ),
        (
            "azure-static-web-apps",
            interpret::azure_static_web_apps,
            Expected { json: false, plus: false, json_not_found: false, ..GOOD },
        ),
        ("firebase", interpret::firebase, Expected { hops: (1, 1), json_not_found: false, ..GOOD }),
        (
            "github-pages",
            interpret::github_pages,
            Expected { hops: (1, 1), cors: false, json_not_found: false, ..GOOD },
        ),
        ("s3", interpret::s3, Expected { cors: false, json_not_found: false, ..GOOD }),
    ]
}

/// Addresses of the plain site's documents in every spelling, with their bytes.
fn requests(plain: &Tree) -> Vec<(String, &[u8])> {
    let mut requests = Vec::new();
    for (file, bytes) in plain.iter().filter(|(file, _)| file.ends_with("/index.json")) {
        let path = file.trim_end_matches("/index.json");
        let Some((api, rest)) = path.split_once("/servers/") else {
            requests.push((format!("/{path}"), &bytes[..]));
            continue;
        };
        let (namespace, rest) = rest.split_once('/').unwrap();
        for slash in ["/", "%2F"] {
            for rest in [rest.to_owned(), rest.replace('+', "%2B")] {
                requests.push((format!("/{api}/servers/{namespace}{slash}{rest}"), &bytes[..]));
            }
        }
    }
    requests.sort();
    requests.dedup();
    requests
}

fn follow(ask: Imitation, site: &Tree, url: &str, expected: &Expected) -> (usize, Answer) {
    let mut url = format!("{}{url}", expected.base);
    for hops in 0..4 {
        let answer = ask(site, &url, expected.base);
        let has = |name: &str| answer.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        if expected.cors {
            for name in ["Origin", "Methods", "Headers"] {
                assert!(has(&format!("Access-Control-Allow-{name}")), "{url}: no {name}");
            }
        }
        for (i, (key, _)) in answer.headers.iter().enumerate() {
            let twice =
                answer.headers[..i].iter().any(|(other, _)| other.eq_ignore_ascii_case(key));
            assert!(!twice, "{url}: {key} is sent twice");
        }
        match &answer.location {
            Some(location) => url = location.clone(),
            None => return (hops, answer),
        }
    }
    panic!("{url} redirects without end");
}

#[test]
fn every_document_is_found_at_every_host() {
    let plain = golden("plain");
    let requests = requests(&plain);
    assert!(requests.len() > 20);
    let old = |(url, _): &&(String, _)| url.starts_with("/v0/servers/com.example%2Fweather/");
    assert!(requests.iter().any(|request| old(&request)), "there are no lookups below /v0");
    for (host, ask, expected) in table() {
        let site = golden(host);
        for (url, bytes) in &requests {
            let (hops, answer) = follow(ask, &site, url, &expected);
            let plus = url.contains('+') || url.contains("%2B");
            if plus && !expected.plus {
                assert_eq!(answer.status, 404, "{host} {url}");
                continue;
            }
            assert_eq!(answer.status, 200, "{host} {url}");
            assert!(answer.body == *bytes, "{host} {url}: another document");
            let most = if url.contains('%') || url.contains('+') {
                expected.hops.0
            } else {
                expected.hops.1
            };
            assert!(hops <= most, "{host} {url}: {hops} redirects");
            let kind = answer.header("Content-Type");
            assert_eq!(kind.starts_with("application/json"), expected.json, "{host} {url}: {kind}");
        }
    }
}

#[test]
fn an_unknown_name_is_a_404_at_every_host() {
    for (host, ask, expected) in table() {
        let site = golden(host);
        for url in [
            "/v0.1/servers/no.such%2Fserver/versions/latest",
            "/v0.1/servers/no.such/server/versions/latest",
            "/v0.1/servers/com.example%2Fweather/versions/9.9.9",
            "/v0/servers/no.such/server/versions/latest",
            "/v0.1/servers/com.example/versions",
            "/nothing/here",
        ] {
            let (_, answer) = follow(ask, &site, url, &expected);
            assert_eq!(answer.status, 404, "{host} {url}");
            let is_json = answer.body.starts_with(b"{");
            let wants = expected.json_not_found && url.starts_with("/v0");
            assert_eq!(is_json, wants, "{host} {url}");
        }
    }
}

#[test]
fn pages_and_files_keep_their_types() {
    for (host, ask, expected) in table() {
        let site = golden(host);
        let (_, answer) = follow(ask, &site, "/openapi.yaml", &expected);
        assert_eq!(answer.body, site["openapi.yaml"], "{host}");
        if expected.cors || host == "s3" {
            assert_eq!(answer.header("Content-Type"), "application/yaml", "{host}");
        }
        let (_, answer) = follow(ask, &site, "/v0.1/servers", &expected);
        if expected.cors || host == "s3" {
            let keep = answer.header("Cache-Control");
            assert!(keep.contains("max-age=60"), "{host}: {keep}");
        }
    }
}

#[test]
fn every_host_has_a_page_and_a_row_in_the_table() {
    let docs = home().join("docs");
    let table = std::fs::read_to_string(docs.join("hosts.md")).unwrap();
    for host in mcp_static::internals::site::HOSTS.iter().filter(|host| host.name() != "plain") {
        let name = host.name();
        assert!(table.contains(&format!("(hosts/{name}.md)")), "{name} is not in docs/hosts.md");
        let page = std::fs::read_to_string(docs.join("hosts").join(format!("{name}.md")));
        let page = page.unwrap_or_else(|_| panic!("docs/hosts/{name}.md is missing"));
        for part in [&format!("--for {name}"), "\n5. ", "## What is not possible"] {
            assert!(page.contains(part), "docs/hosts/{name}.md has no {part:?}");
        }
    }
}
