//! Following catalogs of strangers, without a network.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::super::found::read_found;
use super::*;
use crate::world::http::{HttpError, Reply};

const ROOT: &str = "https://registry.example.com/.well-known/ard.json";
const CATALOG: &str = "application/ai-catalog+json";
const CARD: &str = "application/mcp-server-card+json";

/// Hosts that answer what was written down, and the requests so far.
#[derive(Default)]
struct Hosts {
    answers: HashMap<String, Reply>,
    asked: Mutex<Vec<(String, bool)>>,
}

impl Hosts {
    fn with(mut self, url: &str, body: &Value) -> Self {
        let reply = Reply {
            status: 200,
            body: body.to_string().into_bytes(),
            whole: true,
            ..Reply::default()
        };
        self.answers.insert(url.to_owned(), reply);
        self
    }

    fn asked(&self) -> Vec<(String, bool)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Exchange for Hosts {
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError> {
        let has_token = ask.headers.iter().any(|(name, _)| name == "Authorization");
        self.asked.lock().unwrap().push((ask.url.clone(), has_token));
        let missing =
            || HttpError::NoAnswer { url: ask.url.clone(), why: "no such host".to_owned() };
        self.answers.get(&ask.url).cloned().ok_or_else(missing)
    }
}

fn entry(kind: &str, url: &str) -> Value {
    json!({"identifier": "urn:air:example.com:mcp:x", "displayName": url, "type": kind, "url": url})
}

fn catalog(entries: &[Value]) -> Value {
    json!({"specVersion": "1.0", "entries": entries})
}

fn card(name: &str) -> Value {
    json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json",
        "name": name, "version": "1.0.0", "description": "A made-up server",
        "remotes": [{"type": "streamable-http", "url": "https://example.com/mcp"}]
    })
}

/// Reads a catalog and follows it; hosts that are not the catalog's own are `outside`.
fn crawl(root: &Value, inside: &Hosts, outside: &Hosts) -> Found {
    let mut found = read_found(ROOT, root.to_string().as_bytes()).unwrap();
    Crawler {
        inside,
        outside,
        root: Url::parse(ROOT).ok(),
        token: Secret::new("s3cret"),
        on_document: &|| {},
    }
    .follow(&mut found);
    found
}

fn names(found: &Found) -> Vec<&str> {
    found.drafts.iter().map(|draft| draft.label.as_str()).collect()
}

fn reasons(found: &Found) -> Vec<&str> {
    found.refused.iter().map(|bad| bad.reason.why.as_str()).collect()
}

#[test]
fn cards_and_catalogs_are_followed_and_the_token_stays_with_its_host() {
    let root = catalog(&[
        entry(CARD, "/cards/a.json"),
        entry(CATALOG, "2.json"),
        entry(CARD, "https://cards.example.net/c.json"),
    ]);
    let inside = Hosts::default()
        .with("https://registry.example.com/cards/a.json", &card("com.example/a1"))
        .with(
            "https://registry.example.com/.well-known/2.json",
            &catalog(&[entry(CARD, "/cards/b.json"), entry(CATALOG, ROOT)]),
        )
        .with("https://registry.example.com/cards/b.json", &card("com.example/b1"));
    let outside =
        Hosts::default().with("https://cards.example.net/c.json", &card("com.example/c1"));
    let found = crawl(&root, &inside, &outside);
    assert_eq!(names(&found), ["com.example/a1", "com.example/c1", "com.example/b1"]);
    assert!(found.refused.is_empty(), "{:?}", reasons(&found));
    // The catalog that names the first one again is no circle.
    assert_eq!(inside.asked().len(), 3);
    assert!(inside.asked().iter().all(|(_, token)| *token));
    assert_eq!(outside.asked(), [("https://cards.example.net/c.json".to_owned(), false)]);
    assert_eq!(found.drafts[0].place.file, "https://registry.example.com/cards/a.json");
}

#[test]
fn catalogs_end_at_the_fourth_level() {
    let url = |n: usize| format!("https://registry.example.com/{n}.json");
    let level =
        |n: usize| catalog(&[entry(CATALOG, &url(n + 1)), entry(CARD, &format!("/card-{n}"))]);
    let mut inside = Hosts::default();
    for n in 1..9 {
        inside = inside.with(&url(n), &level(n)).with(
            &format!("https://registry.example.com/card-{n}"),
            &card(&format!("com.example/s{n}")),
        );
    }
    let found = crawl(&level(1), &inside, &Hosts::default());
    assert_eq!(
        names(&found),
        ["com.example/s1", "com.example/s2", "com.example/s3", "com.example/s4"]
    );
    assert_eq!(reasons(&found), ["it is a catalog more than four levels deep"]);
}

#[test]
fn a_catalog_cannot_send_requests_where_it_likes() {
    let hosts = Hosts::default();
    let urls = [
        "http://cards.example.net/a.json",
        "https://127.0.0.1/a.json",
        "https://localhost:8080/a.json",
        "https://[::1]/a.json",
        "ftp://example.com/a.json",
        "https://user:pass@example.com/a.json",
        "file:///etc/passwd",
    ];
    let entries: Vec<Value> = urls.iter().map(|url| entry(CARD, url)).collect();
    let found = crawl(&catalog(&entries), &hosts, &hosts);
    assert_eq!(
        (found.refused.len(), hosts.asked().len()),
        (urls.len(), 0),
        "{:?}",
        reasons(&found)
    );
    // A file has no host, so what is relative leads nowhere.
    let mut found =
        read_found("ard.json", catalog(&[entry(CARD, "a.json")]).to_string().as_bytes()).unwrap();
    Crawler { inside: &hosts, outside: &hosts, root: None, token: None, on_document: &|| {} }
        .follow(&mut found);
    assert_eq!(reasons(&found), ["its URL has no scheme"]);
}

#[test]
fn the_network_refuses_addresses_that_a_name_hides() {
    use crate::world::http::{Exchanger, HttpOptions, Reach};
    let reach = || Reach { private: false, body: MAX_LINKED };
    let outside = Exchanger::new(HttpOptions::default(), reach()).unwrap();
    let urls =
        ["https://10.0.0.1/a.json", "https://169.254.169.254/latest", "https://[fd00::1]/a.json"];
    let entries: Vec<Value> = urls.iter().map(|url| entry(CARD, url)).collect();
    let mut found = read_found("ard.json", catalog(&entries).to_string().as_bytes()).unwrap();
    Crawler { inside: &outside, outside: &outside, root: None, token: None, on_document: &|| {} }
        .follow(&mut found);
    assert_eq!(found.refused.len(), 3);
    for why in reasons(&found) {
        assert!(why.contains("it is in a private network"), "{why}");
    }
}

#[test]
fn answers_that_are_no_documents_are_refused_alone() {
    let url = |name: &str| format!("https://registry.example.com/{name}");
    let good = card("com.example/good");
    let mut hosts =
        Hosts::default().with(&url("good"), &good).with(&url("other"), &json!({"a": 1}));
    let reply = |status, body: &[u8], whole| Reply {
        status,
        body: body.to_vec(),
        whole,
        ..Reply::default()
    };
    hosts.answers.insert(url("missing"), reply(404, b"", true));
    hosts.answers.insert(url("html"), reply(200, b"<html>", true));
    hosts.answers.insert(url("large"), reply(200, b"{", false));
    hosts.answers.insert(url("deep"), reply(200, "[".repeat(100_000).as_bytes(), true));
    let moved =
        Reply { headers: vec![("location".to_owned(), url("good"))], ..reply(301, b"", true) };
    hosts.answers.insert(url("moved"), moved);
    let all = ["missing", "html", "large", "deep", "moved", "other", "good"];
    let entries: Vec<Value> = all.iter().map(|name| entry(CARD, &url(name))).collect();
    let found = crawl(&catalog(&entries), &hosts, &hosts);
    assert_eq!(names(&found), ["com.example/good"]);
    let reasons = reasons(&found).join("\n");
    for why in [
        "status 404",
        "is not valid JSON",
        "has more than 5 MiB",
        "redirects to",
        "it is not a server card",
    ] {
        assert!(reasons.contains(why), "{why}\n{reasons}");
    }
}

#[test]
fn a_catalog_of_dead_hosts_is_given_up() {
    let entries: Vec<Value> =
        (0..5000).map(|n| entry(CARD, &format!("https://host-{n}.example.net/a.json"))).collect();
    let outside = Hosts::default();
    let found = crawl(&catalog(&entries), &Hosts::default(), &outside);
    assert_eq!(outside.asked().len(), MAX_FAILURES);
    assert!(reasons(&found).last().unwrap().starts_with("too many requests failed; 4979 entries"));
    // And one of hosts that answer has an end too.
    let mut inside = Hosts::default();
    for n in 0..3000 {
        inside =
            inside.with(&format!("https://registry.example.com/{n}"), &card("com.example/same"));
    }
    let entries: Vec<Value> =
        (0..3000).map(|n| entry(CARD, &format!("https://registry.example.com/{n}"))).collect();
    let found = crawl(&catalog(&entries), &inside, &outside);
    assert_eq!((inside.asked().len(), found.refused.len()), (MAX_DOCUMENTS, 1));
}

#[test]
fn what_waits_to_be_fetched_has_a_limit() {
    let wide = |host: &str| {
        let names = (0..MAX_WAITING * 2 / 3).map(|n| json!({"type": "text/json", "url": n}));
        let cards = names.map(|mut it| {
            it["type"] = json!(CARD);
            it["url"] = json!(format!("{host}/{}", it["url"]));
            it
        });
        catalog(&cards.collect::<Vec<_>>())
    };
    // Plain http is refused without a request, so each of them is looked at.
    let one = "https://registry.example.com/1";
    let two = "https://registry.example.com/2";
    let hosts = Hosts::default().with(one, &wide("http://a")).with(two, &wide("http://b"));
    let root = catalog(&[entry(CATALOG, one), entry(CATALOG, two)]);
    let found = crawl(&root, &hosts, &Hosts::default());
    let reasons = reasons(&found);
    assert!(
        reasons.iter().any(|why| why.contains("names too many documents")),
        "{}",
        reasons.len()
    );
    assert_eq!(reasons.len(), MAX_WAITING + 1);
}

#[test]
fn a_card_that_says_something_twice_is_refused() {
    let mut hosts = Hosts::default().with("https://registry.example.com/c", &json!({}));
    let text = card("com.example/tides").to_string().replacen('{', "{\"version\":\"2.0.0\",", 1);
    let reply = hosts.answers.get_mut("https://registry.example.com/c").unwrap();
    reply.body = text.into_bytes();
    let root = catalog(&[entry(CARD, "https://registry.example.com/c")]);
    let found = crawl(&root, &hosts, &Hosts::default());
    assert!(found.drafts.is_empty() && reasons(&found)[0].contains("a second time"), "{found:?}");
}
