//! Every predicate in both directions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{DIGEST, KNOWN, decide, document, entry, image, judge, package, remote, rule};
use crate::config::{Action, Conditions};
use crate::model::{Annotations, Entry, Origin, OwnAnnotations};

/// A predicate, a document that it holds for, the place that it points at, and one that it does not hold for.
fn predicates() -> Vec<(&'static str, Value, &'static str, Value)> {
    let named = |name: &str| document(json!({ "name": name }));
    let arguments = |list: Value| package(json!({ "packageArguments": list }));
    let environment = |list: Value| package(json!({ "environmentVariables": list }));
    let licence = |text: &str| {
        document(
            json!({"_meta": {"io.modelcontextprotocol.registry/publisher-provided": {"github": {"license": text}}}}),
        )
    };
    let licence_place =
        "/_meta/io.modelcontextprotocol.registry~1publisher-provided/github/license";
    let schema = |day: &str| {
        document(
            json!({"$schema": format!("https://static.modelcontextprotocol.io/schemas/{day}/server.schema.json")}),
        )
    };
    let repository =
        |url: &str| document(json!({ "repository": { "url": url, "source": "github" } }));
    let pinned = format!("ghcr.io/acme/a@{DIGEST}");
    vec![
        (
            "name = [\"com.example.*/*\", \"*/x\"]",
            named("COM.example.a/bb"),
            "/name",
            named("com.example/bb"),
        ),
        (
            "namespace = [\"io.github.acme\"]",
            named("io.github.Acme/bb"),
            "/name",
            named("io.github.acme2/bb"),
        ),
        (
            "version = [\"0.*\"]",
            document(json!({"version": "0.1.0"})),
            "/version",
            document(json!({"version": "1.0.0"})),
        ),
        ("schema_before = 2025-09-29", schema("2025-09-16"), "/$schema", schema("2025-09-29")),
        ("schema_before = 2025-09-29", schema("draft"), "/$schema", schema("2025-12-11")),
        (
            "has_repository = false",
            document(json!({})),
            "/repository/url",
            repository("https://github.com/a/b"),
        ),
        (
            "has_repository = true",
            repository("https://github.com/a/b"),
            "/repository/url",
            document(json!({})),
        ),
        (
            "repository = [\"https://github.com/acme/*\"]",
            repository("https://github.com/Acme/b"),
            "/repository/url",
            repository("https://github.com/acme2/b"),
        ),
        ("has_license = false", document(json!({})), licence_place, licence("MIT")),
        ("has_license = true", licence("MIT"), licence_place, document(json!({}))),
        ("license = [\"*gpl*\"]", licence("AGPL-3.0"), licence_place, licence("MIT")),
        (
            "package_type = [\"oci\", \"npm\"]",
            package(json!({})),
            "/packages/0/registryType",
            package(json!({"registryType": "pypi"})),
        ),
        (
            "package = [\"@acme/*\"]",
            package(json!({"identifier": "@Acme/a"})),
            "/packages/0/identifier",
            package(json!({})),
        ),
        (
            "package_host = [\"registry.npmjs.org\"]",
            package(json!({})),
            "/packages/0/registryType",
            package(json!({"registryType": "pypi"})),
        ),
        (
            "package_host = [\"*.corp.example\"]",
            package(json!({"registryBaseUrl": "https://NPM.corp.example/x"})),
            "/packages/0/registryBaseUrl",
            package(json!({})),
        ),
        (
            "package_host = [\"docker.io\"]",
            image("acme/a:1"),
            "/packages/0/identifier",
            image("ghcr.io/acme/a:1"),
        ),
        (
            "package_host = [\"ghcr.io\"]",
            image("ghcr.io/acme/a:1"),
            "/packages/0/identifier",
            image("acme/a:1"),
        ),
        (
            "package_host = [\"github.com\"]",
            package(json!({"registryType": "mcpb", "identifier": "https://github.com/a/b.mcpb"})),
            "/packages/0/identifier",
            package(json!({})),
        ),
        ("pinned = false", image("ghcr.io/acme/a:1"), "/packages/0/identifier", image(&pinned)),
        (
            "pinned = false",
            image("ghcr.io/acme/a@latest"),
            "/packages/0/identifier",
            package(json!({})),
        ),
        ("pinned = true", image(&pinned), "/packages/0/identifier", image("ghcr.io/acme/a:1")),
        (
            "file_sha256 = false",
            package(json!({})),
            "/packages/0/fileSha256",
            package(json!({"fileSha256": "00"})),
        ),
        (
            "file_sha256 = true",
            package(json!({"fileSha256": "00"})),
            "/packages/0/fileSha256",
            document(json!({})),
        ),
        (
            "exact_version = false",
            package(json!({"version": "^1.0.0"})),
            "/packages/0/version",
            package(json!({})),
        ),
        (
            "exact_version = false",
            package(json!({"version": "latest"})),
            "/packages/0/version",
            remote(json!({})),
        ),
        ("exact_version = false", image("acme/a"), "/packages/0/identifier", image("acme/a:1")),
        ("exact_version = true", image(&pinned), "/packages/0/identifier", image("acme/a:latest")),
        (
            "argument = [\"--privileged\"]",
            package(json!({"runtimeArguments": [{"type": "named", "name": "--privileged"}]})),
            "/packages/0/runtimeArguments/0/name",
            arguments(json!([{"type": "positional", "value": "privileged"}])),
        ),
        (
            "argument = [\"*docker.sock*\"]",
            arguments(
                json!([{"type": "positional", "value": "x"}, {"type": "named", "name": "-v", "value": "/run/{s}", "variables": {"s": {"default": "docker.sock:/s"}}}]),
            ),
            "/packages/0/packageArguments/1/value",
            arguments(json!([])),
        ),
        (
            "argument = [\"--network=host\"]",
            arguments(json!([{"type": "named", "name": "--network", "default": "host"}])),
            "/packages/0/packageArguments/0/default",
            arguments(json!([{"type": "named", "name": "--network", "value": "none"}])),
        ),
        (
            "remote_host = [\"*.example.com\"]",
            remote(json!({})),
            "/remotes/0/url",
            remote(json!({"url": "https://example.org/"})),
        ),
        (
            "remote_host = [\"*.example.com\"]",
            remote(json!({"url": "https://{tenant}.example.com/"})),
            "/remotes/0/url",
            remote(json!({"url": "https://{host}/"})),
        ),
        (
            "remote_host = [\"example.com\"]",
            remote(json!({"url": "https://a@EXAMPLE.com:8443/{path}"})),
            "/remotes/0/url",
            remote(json!({"url": "https://{host}/mcp"})),
        ),
        (
            "remote_host = [\"example.com\"]",
            remote(json!({"url": "https://example.com"})),
            "/remotes/0/url",
            remote(json!({"url": "https://example.com{rest}"})),
        ),
        (
            "transport = [\"sse\"]",
            remote(json!({})),
            "/remotes/0/type",
            remote(json!({"type": "streamable-http"})),
        ),
        (
            "transport = [\"stdio\"]",
            package(json!({"transport": {"type": "stdio"}})),
            "/packages/0/transport/type",
            remote(json!({})),
        ),
        (
            "variable = [\"NODE_OPTIONS\"]",
            environment(json!([{"name": "A"}, {"name": "node_options"}])),
            "/packages/0/environmentVariables/1/name",
            environment(json!([{"name": "A"}])),
        ),
        (
            "variable = [\"TLS=0\"]",
            environment(json!([{"name": "TLS", "value": "0"}])),
            "/packages/0/environmentVariables/0/name",
            environment(json!([{"name": "TLS", "value": "1"}])),
        ),
        (
            "variable = [\"x-*\"]",
            remote(json!({"headers": [{"name": "X-Key"}]})),
            "/remotes/0/headers/0/name",
            remote(json!({})),
        ),
        (
            "variable = [\"tenant\"]",
            remote(json!({"variables": {"tenant": {}}})),
            "/remotes/0/variables/tenant",
            remote(json!({})),
        ),
        (
            "unmarked_secret = true",
            environment(json!([{"name": "A"}, {"name": "API_KEY"}])),
            "/packages/0/environmentVariables/1/name",
            environment(json!([{"name": "API_KEY", "isSecret": true}])),
        ),
        (
            "unmarked_secret = true",
            remote(json!({"headers": [{"name": "Authorization", "value": "x"}]})),
            "/remotes/0/headers/0/name",
            remote(
                json!({"headers": [{"name": "Authorization", "value": "Bearer {t}", "variables": {"t": {"isSecret": true}}}]}),
            ),
        ),
        (
            "unmarked_secret = true",
            arguments(json!([{"type": "named", "name": "--token"}])),
            "/packages/0/packageArguments/0/name",
            arguments(json!([{"type": "named", "name": "--max-tokens"}])),
        ),
        (
            "unmarked_secret = false",
            package(json!({})),
            "/packages/0",
            environment(json!([{"name": "API_KEY"}])),
        ),
    ]
}

/// An entry about which the registry says `own`.
fn annotated(own: Value) -> Entry {
    let own = OwnAnnotations {
        fields: serde_json::from_value(own).unwrap(),
        ..OwnAnnotations::default()
    };
    let annotations = Annotations { own: Some(own), ..Annotations::default() };
    Entry { annotations: Some(Box::new(annotations)), ..entry(&document(json!({}))) }
}

#[test]
fn every_predicate_holds_and_does_not_hold() {
    let mut seen = BTreeSet::new();
    for (conditions, yes, place, no) in predicates() {
        let judge = judge(&rule("deny", conditions));
        let found = decide(&judge, &entry(&yes), KNOWN);
        let expected = (Action::Deny, 0, place.to_owned(), vec![]);
        assert_eq!(found, Some(expected), "{conditions} {yes}");
        let found = decide(&judge, &entry(&no), KNOWN).unwrap();
        assert_eq!((found.0, found.1), (Action::Allow, 1), "{conditions} {no}");
        seen.insert(conditions.split(' ').next().unwrap().to_owned());
    }
    // What an entry does not show of itself.
    let mut mirrored = entry(&document(json!({})));
    mirrored.origin =
        Some(Origin { registry: Some("https://Other.example/".to_owned()), sha256: None });
    let own = entry(&document(json!({})));
    for (conditions, known, entry, matches) in [
        ("origin = [\"own\"]", KNOWN, &own, true),
        ("origin = [\"own\"]", KNOWN, &mirrored, false),
        ("origin = [\"https://other.example\"]", KNOWN, &mirrored, true),
        ("origin = [\"https://*\"]", KNOWN, &own, false),
        ("proof = [\"unrecorded\"]", KNOWN, &own, true),
        ("proof = [\"proof-file\", \"reviewed\"]", KNOWN, &own, false),
        ("proof = [\"upstream\"]", KNOWN, &mirrored, true),
        ("proof = [\"unrecorded\"]", KNOWN, &mirrored, false),
        ("namespace_younger_than = 11", KNOWN, &own, true),
        ("namespace_younger_than = 10", KNOWN, &own, false),
    ] {
        let found = decide(&judge(&rule("deny", conditions)), entry, known).unwrap();
        assert_eq!(found.0 == Action::Deny, matches, "{conditions}");
        seen.insert(conditions.split(' ').next().unwrap().to_owned());
    }
    let annotated = annotated(
        json!({"owner": "Maps Team", "tier": "approved", "risk": "high", "tags": ["maps", "eu"],
        "review": {"date": "2026-01-01"}, "approval": {"by": "Jo", "date": "2026-01-01"},
        "scan": {"link": "https://example.com/", "date": "2026-01-01"}}),
    );
    let mut expired = annotated.clone();
    expired.annotations.as_mut().unwrap().own.as_mut().unwrap().is_expired = true;
    for (conditions, entry, matches) in [
        ("owner = [\"maps *\"]", &annotated, true),
        ("owner = [\"other\"]", &annotated, false),
        ("tier = [\"trial\", \"approved\"]", &annotated, true),
        ("tier = [\"trial\"]", &annotated, false),
        ("tier = [\"*\"]", &own, false),
        ("risk = [\"high\", \"critical\"]", &annotated, true),
        ("risk = [\"low\"]", &annotated, false),
        ("tag = [\"eu\"]", &annotated, true),
        ("tag = [\"e\"]", &annotated, false),
        ("reviewed = true", &annotated, true),
        ("reviewed = true", &expired, false),
        ("reviewed = false", &expired, true),
        ("reviewed = false", &own, true),
        ("review_expired = true", &expired, true),
        ("review_expired = true", &annotated, false),
        ("review_expired = false", &own, true),
        ("approved = true", &annotated, true),
        ("approved = false", &annotated, false),
        ("approved = false", &own, true),
        ("scanned = true", &annotated, true),
        ("scanned = true", &own, false),
    ] {
        let found = decide(&judge(&rule("deny", conditions)), entry, KNOWN).unwrap();
        assert_eq!(found.0 == Action::Deny, matches, "{conditions}");
        seen.insert(conditions.split(' ').next().unwrap().to_owned());
    }
    let message = toml::from_str::<Conditions>("zzz = 1").unwrap_err().message().to_owned();
    let known: BTreeSet<String> =
        message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(known.len() > 15, "{message}");
    assert_eq!(seen, known);
}
