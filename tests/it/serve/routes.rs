//! Which path gives what.

use super::client::{Client, Reply, get};
use super::shared;

/// Every answer carries what browsers need to show it to the page that asked.
#[track_caller]
pub(super) fn assert_common(reply: &Reply) {
    assert_eq!(reply.header("Access-Control-Allow-Origin"), "*", "{reply:?}");
    assert_eq!(reply.header("Access-Control-Allow-Methods"), "GET, OPTIONS");
    assert_eq!(reply.header("Access-Control-Allow-Headers"), "Authorization, Content-Type");
    assert_eq!(reply.header("X-Content-Type-Options"), "nosniff");
    assert!(reply.header("Date").ends_with(" GMT"), "{reply:?}");
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const INSIDE: &str = "Endpoint not found. See /docs for the API documentation.";

/// Target, status, type, and a part of the body.
const ROUTES: &[(&str, u16, &str, &str)] = &[
    ("/v0.1/servers", 200, JSON, "{\"servers\":[{"),
    ("/v0/servers", 200, JSON, "{\"servers\":[{"),
    ("/v0.1/servers/", 200, JSON, "{\"servers\":[{"),
    ("//v0.1/servers", 200, JSON, "{\"servers\":[{"),
    ("///v0.1//servers///", 200, JSON, "{\"servers\":[{"),
    ("//v0.1/servers?limit=1", 200, JSON, "\"count\":1}"),
    ("/v0/servers?limit=2", 200, JSON, "\"count\":2}"),
    ("/v0/servers/?version=latest&limit=3", 200, JSON, "\"count\":3}"),
    ("/v0.1/health", 200, JSON, "\"ok\""),
    ("/v0/ping", 200, JSON, "{\"pong\":true}"),
    ("/v0.1/version", 200, JSON, "\"version\""),
    ("/v0.1/ping?limit=0", 200, JSON, "pong"),
    ("/openapi.yaml", 200, "application/yaml", "openapi"),
    ("/openapi.yaml/", 200, "application/yaml", "openapi"),
    ("/404.json", 200, PROBLEM, "Server not found"),
    (
        "/v0.1/servers/com.example%2Fstatus-page/versions/latest",
        200,
        JSON,
        "com.example/status-page",
    ),
    (
        "/v0.1/servers/com.example%2fstatus-page/versions/1.0.0",
        200,
        JSON,
        "com.example/status-page",
    ),
    ("/v0.1/servers/com.example/status-page/versions/1.0.0/", 200, JSON, "com.example/status-page"),
    ("//v0.1/servers/com.example%2Fstatus-page//versions//latest/", 200, JSON, "status-page"),
    ("/v0.1/servers/com%2Eexample%2Fstatus%2Dpage/versions/1%2e0.0", 200, JSON, "status-page"),
    ("/v0.1/servers/com.example%2Fstatus-page/versions", 200, JSON, "\"count\":"),
    ("/v0/servers/com.example%2Fstatus-page/versions/latest", 200, JSON, "com.example/status-page"),
    ("/v0/servers/com.example/status-page/versions/1.0.0", 200, JSON, "com.example/status-page"),
    ("//v0//servers/com.example%2fstatus-page/versions/", 200, JSON, "\"count\":"),
    // Nothing there.
    ("/v0.1/servers/com.example%2Fnone/versions/latest", 404, PROBLEM, "Server not found"),
    ("/v0.1/servers/com.example%2Fnone/versions", 404, PROBLEM, "Server not found"),
    ("/v0.1/servers/none/versions/latest", 404, PROBLEM, "Server not found"),
    ("/v0.1/servers/com.example/status-page/versions/9.9.9", 404, PROBLEM, "Server not found"),
    ("/v0.1/servers/com.example%252Fstatus-page/versions/latest", 404, PROBLEM, "Server not found"),
    ("/v0.1/servers/com.example%2F%2Fstatus-page/versions/latest", 404, PROBLEM, "not found"),
    ("/v0.1/servers/com.example%2Fstatus-page%2Fversions%2Flatest", 404, PROBLEM, "not found"),
    ("/v0.1/servers/COM.EXAMPLE%2Fstatus-page/versions/latest", 404, PROBLEM, "Server not found"),
    ("/v0.1/servers/com.example%2Fstatus-page", 404, PROBLEM, INSIDE),
    ("/v0/servers/com.example%2Fnone/versions/latest", 404, PROBLEM, "Server not found"),
    ("/v0/servers/com.example%2Fstatus-page", 404, PROBLEM, INSIDE),
    ("/v0", 404, PROBLEM, INSIDE),
    ("/v0.1", 404, PROBLEM, INSIDE),
    ("/v0.1/nothing", 404, PROBLEM, INSIDE),
    ("/v0/publish", 404, PROBLEM, INSIDE),
    ("/v0.1%2Fservers", 404, PROBLEM, "Did you mean '/v0.1/v0.1/servers'"),
    ("/servers", 404, PROBLEM, "Did you mean '/v0.1/servers' or '/v0/servers'? See /docs"),
    ("/a%22b?x=1", 404, PROBLEM, "Did you mean '/v0.1/a\\\"b'"),
    ("/v0.1/servers/../servers", 404, PROBLEM, "not found"),
    ("/v0.1/%2e%2e/v0.1/servers", 404, PROBLEM, INSIDE),
    ("/../../../etc/passwd", 404, PROBLEM, "Endpoint not found"),
    ("/..%2f..%2fetc%2fpasswd", 404, PROBLEM, "Endpoint not found"),
    ("/v0.1\\servers", 404, PROBLEM, "Endpoint not found"),
    ("/v0.1/servers/com.example%5Cstatus-page/versions/latest", 404, PROBLEM, "Server not found"),
    // Broken.
    ("/%", 400, PROBLEM, "Invalid URL path encoding"),
    ("/v0.1/servers/com.example%2/versions", 400, PROBLEM, "Invalid server name encoding"),
    ("/v0.1/servers/a%2Fb/versions/%zz", 400, PROBLEM, "Invalid version encoding"),
    ("/x%00", 400, JSON, "Invalid request: URL path contains null bytes"),
    ("/v0.1/servers?search=%00", 400, JSON, "Invalid request: query parameters contain null bytes"),
    ("/v0.1/ping?x=%00", 400, JSON, "query parameters contain null bytes"),
    ("/v0.1/servers?limit=0", 422, PROBLEM, "\"location\":\"query.limit\",\"value\":0"),
    ("/v0.1/servers?limit=101", 422, PROBLEM, "expected number <= 100"),
    ("/v0.1/servers?limit=x", 422, PROBLEM, "validation failed"),
    ("/v0.1/servers?updated_since=x", 400, PROBLEM, "Invalid updated_since format"),
    (
        "/v0.1/servers?updated_since=2025-01-01T00:00:00Z&include_deleted=false",
        400,
        PROBLEM,
        "Cannot set include_deleted=false",
    ),
    ("/v0.1/servers/a%2Fb/versions?include_deleted=x", 422, PROBLEM, "query.include_deleted"),
];

#[test]
fn every_route_gives_its_status_type_and_words() {
    let mut client = Client::connect(shared());
    for (target, status, media, part) in ROUTES {
        let reply = client.get(target, "");
        let text = reply.text();
        assert_eq!(
            (reply.status, reply.header("Content-Type")),
            (*status, *media),
            "{target}: {text}"
        );
        assert!(text.contains(part), "{target}: {text}");
        assert_common(&reply);
        let cache = reply.header("Cache-Control");
        match status {
            200 => assert!(cache.contains("must-revalidate") && !reply.header("ETag").is_empty()),
            _ => assert!(cache == "no-store" && reply.header("ETag").is_empty(), "{target}"),
        }
        if *status >= 400 {
            assert_eq!(reply.json()["status"], *status, "{target}");
        }
    }
}

#[test]
fn head_is_get_without_the_body() {
    let mut client = Client::connect(shared());
    for (target, ..) in ROUTES {
        let (full, bare) = (client.get(target, ""), client.ask("HEAD", target, ""));
        assert_eq!(full.status, bare.status, "{target}");
        let but_date = |reply: &Reply| {
            reply.headers.iter().filter(|(name, _)| name != "Date").cloned().collect::<Vec<_>>()
        };
        assert_eq!(but_date(&full), but_date(&bare), "{target}");
        assert_eq!(full.header("Content-Length"), full.body.len().to_string());
    }
}

#[test]
fn options_is_a_preflight_everywhere() {
    let mut client = Client::connect(shared());
    for target in ["/v0.1/servers", "/nothing", "/", "*"] {
        let ask = "Origin: https://app.example\r\nAccess-Control-Request-Method: GET\r\n";
        let reply = client.ask("OPTIONS", target, ask);
        assert_eq!(reply.status, 204, "{target}");
        assert_common(&reply);
        assert_eq!(reply.header("Access-Control-Max-Age"), "86400");
        assert_eq!(reply.header("Allow"), "GET, HEAD, OPTIONS");
    }
}

#[test]
fn other_methods_are_not_allowed_on_any_path() {
    let mut client = Client::connect(shared());
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"] {
        for target in
            ["/v0.1/servers", "/v0.1/servers?search=a", "/", "/x", "/%zz", "/%00", "/?a=%00"]
        {
            let reply = client.ask(method, target, "");
            assert_eq!(reply.status, 405, "{method} {target}");
            assert_eq!(reply.header("Allow"), "GET, HEAD, OPTIONS");
            assert_eq!(reply.json()["title"], "Method Not Allowed");
            assert_common(&reply);
        }
    }
}

#[test]
fn a_known_copy_is_not_sent_again() {
    let mut client = Client::connect(shared());
    let entry = "/v0.1/servers/com.example%2Fstatus-page/versions/latest";
    for target in ["/v0.1/servers", "/v0.1/servers?limit=3", entry, "/openapi.yaml"] {
        let first = client.get(target, "");
        let etag = first.header("ETag");
        assert!(etag.len() > 20 && etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
        for tags in [etag.to_owned(), format!("W/{etag}"), "*".into(), format!("\"x\", {etag}")] {
            let again = client.get(target, &format!("If-None-Match: {tags}\r\n"));
            assert_eq!(again.status, 304, "{target} {tags}");
            assert_eq!(again.header("ETag"), etag);
            assert_eq!(again.header("Cache-Control"), first.header("Cache-Control"));
            assert_common(&again);
        }
        assert_eq!(client.get(target, "If-None-Match: \"x\"\r\n").status, 200);
    }
    let missing = client.get("/v0.1/nothing", "If-None-Match: *\r\n");
    assert_eq!(missing.status, 404, "only documents have copies");
}

#[test]
fn browsers_get_a_page_for_wrong_links_outside_the_api() {
    let mut client = Client::connect(shared());
    let browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
    let page = client.get("/nothing/here", browser);
    assert_eq!((page.status, page.header("Content-Type")), (404, "text/html; charset=utf-8"));
    assert!(page.text().contains("<h1>"));
    assert_eq!(page.header("Vary"), "Accept");
    assert_common(&page);
    let inside = client.get("/v0.1/nothing", browser);
    assert_eq!((inside.status, inside.header("Content-Type")), (404, PROBLEM));
    assert_eq!(get(shared(), "/nothing").header("Vary"), "Accept");
}
