//! The order of rules, exceptions and, below, every predicate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

mod predicates;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::facts::{Facts, Known};
use super::{Decision, Judge};
use crate::config::{Action, Policy, Variables};
use crate::model::{
    Dates, Entry, Evidence, PackageCheck, PackageOutcome, Server, ServerName, Status, Timestamp,
    Version,
};

/// The first of January 2027.
const TODAY: i64 = 1_798_761_600;

fn judge(text: &str) -> Judge {
    let policy = Policy::parse("policy.toml", text, &Variables::default())
        .unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
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
        annotations: None,
        overridden: None,
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

#[test]
fn what_is_recorded_about_a_package_decides() {
    let judge = judge(&rule("deny", "package_proof = [\"unproven\", \"unrecorded\"]"));
    let mut entry = entry(&package(json!({})));
    let denied =
        |entry: &Entry| decide(&judge, entry, KNOWN).is_some_and(|it| it.0 == Action::Deny);
    assert!(denied(&entry), "nothing is recorded");
    for (outcome, is_denied) in [(PackageOutcome::Proven, false), (PackageOutcome::Unproven, true)]
    {
        let day = "2026-11-20".to_owned();
        entry.package_checks = vec![PackageCheck { index: 0, outcome, day, newest: None }];
        assert_eq!(denied(&entry), is_denied, "{outcome}");
    }
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

const KNOWN: Known<'static> = Known { proof: Some("unrecorded"), age: Some(10) };

fn rule(action: &str, conditions: &str) -> String {
    format!(
        "[[rules]]\nid = \"a\"\naction = \"{action}\"\nreason = \"x\"\nmatch = {{ {conditions} }}\n"
    )
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
#[ignore = "prints the time for 500 rules and 80,000 versions; run it with --release --nocapture"]
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
