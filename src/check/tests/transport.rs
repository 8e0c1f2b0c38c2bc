//! Transports, remotes and URLs with templates.

use serde_json::{Value, json};

use super::{official, with, with_package};
use crate::check::template::{fill, names};

#[test]
fn transports_of_packages() {
    let url = "packages[0].transport.url";
    for (transport, wanted) in [
        (json!({"type": "stdio"}), String::new()),
        (json!({"type": "stdio", "url": ""}), String::new()),
        (json!({"type": "stdio", "headers": []}), String::new()),
        (
            json!({"type": "stdio", "url": "http://a"}),
            format!("stdio-transport-url-not-empty@{url}"),
        ),
        (json!({"type": "sse"}), format!("streamable-transport-url-required@{url}")),
        (
            json!({"type": "streamable-http", "url": ""}),
            format!("streamable-transport-url-required@{url}"),
        ),
        (json!({"type": "streamable-http", "url": "http://localhost:8080/mcp"}), String::new()),
        (json!({"type": "sse", "url": "http://127.0.0.1/sse"}), String::new()),
        (
            json!({"type": "streamable-http", "url": "localhost:8080"}),
            format!("invalid-templated-url@{url}"),
        ),
        (
            json!({"type": "streamable-http", "url": "ftp://a/b"}),
            format!("invalid-templated-url@{url}"),
        ),
        (
            json!({"type": "streamable-http", "url": "http:///b"}),
            format!("invalid-templated-url@{url}"),
        ),
        (
            json!({"type": "http", "url": "http://a"}),
            "unsupported-transport-type@packages[0].transport.type".into(),
        ),
        (json!({"type": ""}), "unsupported-transport-type".into()),
        (json!({}), "property-missing@packages[0].transport.type".into()),
        (json!({"type": 1}), "value-wrong-type@packages[0].transport.type".into()),
        (json!({"type": "sse", "url": 1}), "value-wrong-type@packages[0].transport.url".into()),
        (json!({"type": "sse", "url": "http://a/b c"}), format!("schema-violation@{url}")),
        (json!({"type": "sse", "url": "http://a/b\u{a0}c"}), String::new()),
        (json!({"type": "sse", "url": "HTTP://a/b"}), format!("schema-violation@{url}")),
    ] {
        official(&with_package(json!({"transport": transport})), &wanted);
    }
}

#[test]
fn variables_of_packages() {
    for (url, fine) in [
        ("http://localhost:{PORT}/mcp", true),
        ("http://{--host}:{PORT}/{file}", true),
        ("http://localhost/{file}/{-v}", true),
        ("http://localhost:{port}/mcp", false),
        ("http://{host}/mcp", false),
        ("{file}/mcp", false),
        ("http://localhost/{}", true),
    ] {
        let package = json!({
            "transport": {"type": "streamable-http", "url": url},
            "environmentVariables": [{"name": "PORT"}],
            "runtimeArguments": [{"type": "named", "name": "--host"}, {"type": "positional", "valueHint": "file"}],
            "packageArguments": [{"type": "named", "name": "-v"}],
        });
        let schema = url.starts_with("http");
        let wanted = if fine { "" } else { "invalid-templated-url@packages[0].transport.url" };
        assert!(fine || schema || url.starts_with('{'));
        official(&with_package(package), wanted);
    }
}

#[track_caller]
fn remote(remote: Value, wanted: &str) {
    official(&with(json!({"remotes": [remote]})), &wanted.replace('@', "@remotes[0]."));
}

#[test]
fn remotes() {
    let both = "invalid-remote-url@url invalid-templated-url@url";
    for (url, wanted) in [
        ("https://example.com/mcp", ""),
        ("https://example.com:8443", ""),
        ("https://10.0.0.1/mcp", ""),
        ("https://[::1]/mcp", ""),
        ("https://0.0.0.0/mcp", ""),
        ("https://localhost.example.com/", ""),
        ("http://example.com/mcp", "invalid-remote-url@url"),
        ("https://localhost/mcp", "invalid-remote-url@url"),
        ("https://localhost:8080/mcp", "invalid-remote-url@url"),
        ("https://127.0.0.1/mcp", "invalid-remote-url@url"),
        ("https://a.localhost/mcp", "invalid-remote-url@url"),
        ("ws://example.com/mcp", both),
        ("example.com/mcp", both),
        ("https:///mcp", both),
        ("https://exa mple.com/mcp", both),
        ("{base}/mcp", both),
        ("https://{tenant}.example.com/mcp", "invalid-templated-url@url"),
        ("{scheme}://example.com/mcp", both),
    ] {
        remote(json!({"type": "streamable-http", "url": url}), wanted);
    }
    remote(json!({"type": "sse"}), "remote-transport-url-required@url invalid-templated-url@url");
    remote(
        json!({"type": "sse", "url": ""}),
        "remote-transport-url-required@url invalid-templated-url@url",
    );
    remote(json!({"type": "stdio"}), "unsupported-remote-transport-type@type");
    remote(json!({"type": "http", "url": "x"}), "unsupported-remote-transport-type@type");
    remote(json!({"url": "https://example.com"}), "property-missing@type");
    official(&with(json!({"remotes": ["https://example.com"]})), "value-wrong-type@remotes[0]");
    official(&with(json!({"remotes": []})), "");
}

#[test]
fn variables_of_remotes() {
    for (url, variables, wanted) in [
        ("https://{tenant}.example.com", json!({"tenant": {}}), ""),
        ("https://example.com:{port}/{a}/{b}", json!({"port": {}, "a": {}, "b": {}}), ""),
        ("https://example.com", json!({"unused": {"default": "a"}}), ""),
        ("https://example.com/{a}", json!({"b": {}}), "invalid-templated-url@url"),
        ("https://example.com/{a}", json!({}), "invalid-templated-url@url"),
        ("https://{host}/", json!({"host": {}}), ""),
        (
            "https://example.com/{a}",
            json!({"a": {"value": 1}}),
            "value-wrong-type@variables.a.value",
        ),
        ("https://example.com/{a}", json!({"a": null}), "value-wrong-type@variables.a"),
    ] {
        remote(json!({"type": "streamable-http", "url": url, "variables": variables}), wanted);
    }
}

#[test]
fn templates_are_filled_as_the_registry_fills_them() {
    for (url, filled) in [
        ("https://a/b", "https://a/b"),
        ("{scheme}://{host}:{port}/{path}", "http://example.com:8080/api"),
        ("https://a:{p}/x", "https://a:8080/x"),
        ("https://a:{p}", "https://a:8080"),
        ("https://a:{p}x", "https://a:placeholderx"),
        ("https://{a}.{b}/{c}", "https://placeholder.placeholder/placeholder"),
        ("https://a/{}", "https://a/{}"),
        ("https://a/{}}", "https://a/{}}"),
        ("https://a/{b", "https://a/{b"),
        ("https://a/{{b}}", "https://a/placeholder}"),
        ("https://a/{{host}}", "https://a/placeholder"),
        ("{a:{b}", "{a:8080"),
    ] {
        assert_eq!(fill(url), filled, "{url}");
    }
    assert_eq!(names("a{b}{}{c{d}}e{f").collect::<Vec<_>>(), ["b", "c{d"]);
}
