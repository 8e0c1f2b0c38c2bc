//! Every predicate in both directions, the order of rules, and exceptions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::facts::{Facts, Known};
use super::{Decision, Judge};
use crate::config::{Action, Conditions, Policy};
use crate::model::{
    Dates, Entry, Evidence, Origin, Server, ServerName, Status, Timestamp, Version,
};

/// The first of January 2027.
const TODAY: i64 = 1_798_761_600;

fn judge(text: &str) -> Judge {
    let policy =
        Policy::parse("policy.toml", text).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    Judge::new(Arc::new(policy), TODAY)
}

fn entry(document: &Value) -> Entry {
    Entry {
        version: Version::parse(document["version"].as_str().unwrap_or("1.0.0")).unwrap(),
        document: document.to_string().into(),
        server: Box::new(Server::read(document)),
        status: Status::Active,
        status_message: None,
        dates: Dates::at(Timestamp::from_unix(0)),
        origin: None,
        evidence: Evidence::UNRECORDED,
        package_checks: Vec::new(),
    }
}

/// What is decided: the action, the position of the rule, the place, and the exceptions that were used.
type Decided = (Action, usize, String, Vec<usize>);

fn decide(judge: &Judge, entry: &Entry, known: Known<'_>) -> Option<Decided> {
    let name = ServerName::parse(&entry.server.name).unwrap();
    let Decision { action, rule, spot, used, .. } =
        judge.decide(&Facts::new(&name, entry, known))?;
    Some((action, rule, spot.pointer().as_str().to_owned(), used))
}

fn document(more: Value) -> Value {
    let mut document = json!({ "name": "com.example/weather", "version": "1.0.0" });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document
}

fn package(more: Value) -> Value {
    let mut package = json!({ "registryType": "npm", "identifier": "weather", "version": "1.0.0" });
    package.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document(json!({ "packages": [package] }))
}

fn remote(more: Value) -> Value {
    let mut remote = json!({ "type": "sse", "url": "https://mcp.example.com/sse" });
    remote.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document(json!({ "remotes": [remote] }))
}

fn image(identifier: &str) -> Value {
    package(json!({ "registryType": "oci", "identifier": identifier, "version": null }))
}

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

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

const KNOWN: Known<'static> = Known { proof: Some("unrecorded"), age: Some(10) };

fn rule(action: &str, conditions: &str) -> String {
    format!(
        "[[rules]]\nid = \"a\"\naction = \"{action}\"\nreason = \"x\"\nmatch = {{ {conditions} }}\n"
    )
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
    let message = toml::from_str::<Conditions>("zzz = 1").unwrap_err().message().to_owned();
    let known: BTreeSet<String> =
        message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(known.len() > 15, "{message}");
    assert_eq!(seen, known);
}

#[test]
fn a_decision_waits_for_facts_that_are_not_known_yet() {
    let own = entry(&document(json!({})));
    let judge = judge(
        &(rule("allow", "proof = [\"proof-file\"]")
            + &rule("deny", "name = [\"*\"]").replace("\"a\"", "\"b\"")),
    );
    assert_eq!(decide(&judge, &own, Known::default()), None);
    assert_eq!(decide(&judge, &own, KNOWN).unwrap().0, Action::Deny);
}

#[test]
fn a_denial_needs_one_package_or_remote_and_an_allowance_all_of_them() {
    let npm = json!({ "registryType": "npm", "identifier": "a", "version": "1.0.0" });
    let oci = json!({ "registryType": "oci", "identifier": "ghcr.io/a/b:1" });
    let sse = json!({ "type": "sse", "url": "https://mcp.example.com/" });
    let both = entry(&document(json!({ "packages": [oci, npm] })));
    let (image, url) =
        (json!({ "packages": [oci] }), json!({ "packages": [oci], "remotes": [sse] }));
    let (image, mixed) = (entry(&document(image)), entry(&document(url)));
    let action = |action: &str, conditions: &str, entry: &Entry| {
        let judge = judge(&("default = \"warn\"\n".to_owned() + &rule(action, conditions)));
        decide(&judge, entry, KNOWN).unwrap()
    };
    let of_npm = action("deny", "package_type = [\"npm\"]", &both);
    assert_eq!((of_npm.0, of_npm.2.as_str()), (Action::Deny, "/packages/1/registryType"));
    // Questions about packages are about one and the same package.
    assert_eq!(action("deny", "package_type = [\"npm\"], pinned = false", &both).0, Action::Warn);
    let allow = "package_type = [\"oci\"]";
    assert_eq!(action("allow", allow, &image).0, Action::Allow);
    assert_eq!(action("allow", allow, &both).0, Action::Warn, "an npm package slipped through");
    assert_eq!(action("allow", allow, &mixed).0, Action::Warn, "a remote slipped through");
    let allow = "package_type = [\"oci\"], remote_host = [\"mcp.example.com\"]";
    assert_eq!(action("allow", allow, &mixed).0, Action::Allow);
    assert_eq!(action("allow", allow, &image).0, Action::Allow);
    assert_eq!(action("deny", allow, &image).0, Action::Warn, "all that is given must hold");
    assert_eq!(action("deny", allow, &mixed).0, Action::Deny);
    // Nothing is known about an entry that was read in part.
    let broken = entry(&document(json!({ "packages": [oci, {"registryType": "npm"}] })));
    assert_eq!(action("allow", "package_type = [\"oci\"]", &broken).0, Action::Warn);
    assert_eq!(action("deny", "package_type = [\"pypi\"]", &broken).0, Action::Deny);
    let nothing = entry(&document(json!({})));
    assert_eq!(action("allow", "package_type = [\"oci\"]", &nothing).0, Action::Warn);
}

#[test]
fn an_exception_lifts_its_own_rule_until_its_day_is_over() {
    let exception = |rule: &str, expires: &str, more: &str| {
        format!(
            "[[exceptions]]\nrule = \"{rule}\"\nname = [\"com.example/*\"]\nreason = \"x\"\napproved_by = \"Jo\"\nexpires = {expires}\n{more}"
        )
    };
    let two = rule("deny", "name = [\"*\"]")
        + &rule("warn", "version = [\"1.*\"]").replace("\"a\"", "\"b\"");
    let own = entry(&document(json!({})));
    for (expires, more, expected) in [
        ("2027-01-01", "", (Action::Warn, 1, vec![0])),
        ("2026-12-31", "", (Action::Deny, 0, vec![])),
        ("2027-01-01", "version = [\"1.0.*\"]\n", (Action::Warn, 1, vec![0])),
        ("2027-01-01", "version = [\"2.*\"]\n", (Action::Deny, 0, vec![])),
    ] {
        let (action, rule, _, used) =
            decide(&judge(&(two.clone() + &exception("a", expires, more))), &own, KNOWN).unwrap();
        assert_eq!((action, rule, used), expected, "{expires} {more}");
    }
    let default = "default = \"deny\"\n".to_owned() + &exception("default", "2027-01-01", "");
    assert_eq!(decide(&judge(&default), &own, KNOWN).unwrap().0, Action::Allow);
    let expired =
        judge(&("default = \"deny\"\n".to_owned() + &exception("default", "2026-12-31", "")));
    assert_eq!(decide(&expired, &own, KNOWN).unwrap().0, Action::Deny);
    let codes = |judge: &Judge, used: &[usize]| -> Vec<String> {
        let found = judge.exceptions(&used.iter().copied().collect()).into_iter();
        found.map(|d| format!("{} {}", d.code, d.place.line)).collect()
    };
    assert_eq!(codes(&expired, &[]), ["policy-exception-expired 3"]);
    assert_eq!(codes(&judge(&default), &[]), ["policy-exception-unused 3"]);
    assert_eq!(codes(&judge(&default), &[0]), [""; 0]);
}

/// The conditions from which random policies are made.
const SOME: [&str; 8] = [
    "name = [\"com.*\"]",
    "name = [\"*/aa\"]",
    "version = [\"1.*\"]",
    "package_type = [\"npm\"]",
    "package_type = [\"oci\"], pinned = false",
    "remote_host = [\"*\"]",
    "transport = [\"sse\"]",
    "has_repository = false",
];

proptest! {
    #[test]
    fn no_later_rule_widens_an_earlier_denial(
        rules in prop::collection::vec((0..3_usize, 0..SOME.len()), 1..6),
        later in prop::collection::vec((0..3_usize, 0..SOME.len()), 0..6),
        default in 0..3_usize,
        parts in (0..2_usize, 0..2_usize, 0..4_usize),
    ) {
        let words = ["allow", "warn", "deny"];
        let text = |rules: &[(usize, usize)], default: usize| {
            let rules = rules.iter().enumerate().map(|(i, (action, conditions))| {
                rule(words[*action], SOME[*conditions]).replace("\"a\"", &format!("\"r{i}\""))
            });
            format!("default = \"{}\"\n{}", words[default], rules.collect::<String>())
        };
        let (name, version, reached) = parts;
        let (name, version) = (["com.example/aa", "org.example/bb"][name], ["1.0.0", "2.0.0"][version]);
        let mut document = json!({ "name": name, "version": version });
        if reached & 1 == 1 {
            document["packages"] = json!([{ "registryType": "npm", "identifier": "a" }, { "registryType": "oci", "identifier": "a/b:1" }]);
        }
        if reached & 2 == 2 {
            document["remotes"] = json!([{ "type": "sse", "url": "https://a.example" }]);
        }
        let entry = entry(&document);
        let before = decide(&judge(&text(&rules, default)), &entry, KNOWN).unwrap();
        let all: Vec<_> = rules.iter().chain(&later).copied().collect();
        for other in 0..3 {
            let after = decide(&judge(&text(&all, other)), &entry, KNOWN).unwrap();
            if before.1 < rules.len() {
                prop_assert_eq!(&before, &after);
            }
        }
    }
}

/// Not a test of correctness: `cargo test --release --lib policy_speed -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn policy_speed_of_500_rules_over_80000_versions() {
    let conditions = |i: usize| match i % 10 {
        0..5 => format!("name = [\"com.company{i}.*/*\", \"io.github.user{i}/*\"]"),
        5 => format!("package = [\"@evil{i}/*\"]"),
        6 => format!(
            "package_type = [\"oci\"], package_host = [\"host{i}.example\"], pinned = false"
        ),
        7 => format!("remote_host = [\"*.bad{i}.example\"]"),
        8 => format!("argument = [\"*--danger{i}*\"]"),
        _ => format!("variable = [\"DANGER_{i}_*\"], transport = [\"stdio\"]"),
    };
    let text: String = (0..500)
        .map(|i| rule("deny", &conditions(i)).replace("\"a\"", &format!("\"r{i}\"")))
        .collect();
    let judge = judge(&text);
    let documents: Vec<Entry> = (0..1000)
        .map(|i| {
            entry(&json!({
                "name": format!("io.github.person{i}/server-{i}"), "version": "1.0.0",
                "packages": [{ "registryType": "npm", "identifier": format!("@person{i}/server"), "version": "1.0.0", "transport": {"type": "stdio"},
                    "packageArguments": [{"type": "positional", "value": "start"}, {"type": "named", "name": "--port", "default": "80"}],
                    "environmentVariables": [{"name": "API_KEY", "isSecret": true}, {"name": "LOG_LEVEL", "default": "info"}] }],
                "remotes": [{ "type": "streamable-http", "url": format!("https://mcp{i}.example.com/mcp") }],
            }))
        })
        .collect();
    let begin = std::time::Instant::now();
    let mut denied = 0;
    for _ in 0..80 {
        for entry in &documents {
            denied += usize::from(decide(&judge, entry, KNOWN).unwrap().0 == Action::Deny);
        }
    }
    println!("80000 versions, 500 rules, {denied} denied: {:?}", begin.elapsed());
}
