//! What an entry may not smuggle: line breaks, names, options, risks and namespaces, in every place
//! where they can stand.

use serde_json::{Value, json};

use super::{official, strict, with, with_package};
use crate::check::{DocumentRules, Profile};
use crate::config::Config;
use crate::diag::Severity;

pub(super) fn config(text: &str) -> Config {
    let (config, wrong) = Config::parse("registry.toml", text);
    assert_eq!(wrong, []);
    config
}

pub(super) const PUBLIC: &str = "[registry]\nvisibility = \"public\"\n";

/// Codes with severities and places, as in `error url-own-machine@/remotes/0/url`.
pub(super) fn reported(document: &Value, settings: &str) -> Vec<String> {
    let rules = DocumentRules::of(Profile::Strict, &config(settings));
    let found = super::super::document(document, &rules);
    let mut reported: Vec<_> = found
        .iter()
        .filter(|f| f.severity != Severity::Note)
        .map(|f| format!("{} {}@{}", f.severity, f.code, f.pointer.as_str()))
        .collect();
    reported.sort();
    reported
}

/// A document with `text` in each place that is one line, and where it is.
fn lines(text: &str) -> Vec<(Value, &'static str)> {
    let remote = |more: Value| {
        let mut remote = json!({"type": "sse", "url": "https://example.com/"});
        for (key, value) in more.as_object().unwrap() {
            remote[key] = value.clone();
        }
        with(json!({"remotes": [remote]}))
    };
    let header = |key: &str| {
        let mut header = json!({"name": "X-A"});
        header[key] = json!(text);
        remote(json!({"headers": [header]}))
    };
    let package = |list: &str, input: Value| with_package(json!({list: [input]}));
    vec![
        (with(json!({"title": text})), "/title"),
        (with(json!({"description": text})), "/description"),
        (header("name"), "/remotes/0/headers/0/name"),
        (header("value"), "/remotes/0/headers/0/value"),
        (header("default"), "/remotes/0/headers/0/default"),
        (header("placeholder"), "/remotes/0/headers/0/placeholder"),
        (
            remote(json!({"headers": [{"name": "A", "choices": ["a", text]}]})),
            "/remotes/0/headers/0/choices/1",
        ),
        (
            remote(
                json!({"headers": [{"name": "A", "value": "{v}", "variables": {"v": {"value": text}}}]}),
            ),
            "/remotes/0/headers/0/variables/v/value",
        ),
        (remote(json!({"variables": {"v": {"default": text}}})), "/remotes/0/variables/v/default"),
        (
            package("environmentVariables", json!({"name": text})),
            "/packages/0/environmentVariables/0/name",
        ),
        (
            package("environmentVariables", json!({"name": "A", "value": text})),
            "/packages/0/environmentVariables/0/value",
        ),
        (
            package("runtimeArguments", json!({"type": "positional", "value": text})),
            "/packages/0/runtimeArguments/0/value",
        ),
        (
            package("packageArguments", json!({"type": "named", "name": text})),
            "/packages/0/packageArguments/0/name",
        ),
        (
            package(
                "packageArguments",
                json!({"type": "positional", "valueHint": text, "value": "a"}),
            ),
            "/packages/0/packageArguments/0/valueHint",
        ),
        (
            with_package(
                json!({"transport": {"type": "sse", "url": "http://localhost/", "headers": [{"name": "A", "value": text}]}}),
            ),
            "/packages/0/transport/headers/0/value",
        ),
        (with_package(json!({"runtimeHint": text})), "/packages/0/runtimeHint"),
        (
            with(
                json!({"repository": {"url": "https://github.com/a/b", "source": "github", "id": text}}),
            ),
            "/repository/id",
        ),
    ]
}

#[test]
fn a_text_of_one_line_holds_no_line_break_wherever_it_is() {
    for text in ["a\nb", "a\r\nb", "a\rb", "a\tb", "\na", "a\n"] {
        for (document, place) in lines(text) {
            let reported = reported(&document, "");
            let wanted = format!("error text-line-break@{place}");
            assert!(reported.contains(&wanted), "{text:?} at {place}: {reported:?}");
            let quiet = crate::check::document(&document, &DocumentRules::new(Profile::Official));
            assert!(quiet.iter().all(|f| f.code.as_str() != "text-line-break"));
        }
    }
    for (document, place) in lines("ab") {
        let reported = reported(&document, "");
        let others = reported.iter().filter(|line| !line.contains("runtime-argument-misplaced"));
        assert_eq!(others.count(), 0, "{place}: {reported:?}");
    }
    let paragraphs = json!({"environmentVariables": [{"name": "A", "description": "a\n\nb\tc"}]});
    strict(&with_package(paragraphs), "");
}

#[test]
fn a_name_is_nothing_but_a_name() {
    for (name, fine) in [("A", true), ("", true), ("x-api-key", true), ("A=b", false), ("=", false)]
    {
        let wanted =
            if fine { "" } else { "input-name-invalid@packages[0].environmentVariables[0].name" };
        strict(&with_package(json!({"environmentVariables": [{"name": name}]})), wanted);
    }
    for (name, fine) in [
        ("X-Key", true),
        ("a_b.c~", true),
        ("X: y", false),
        ("X Y", false),
        ("X:", false),
        ("\u{e9}", false),
    ] {
        let headers = json!([{"name": name}]);
        let wanted = if fine { "" } else { "input-name-invalid" };
        strict(
            &with(
                json!({"remotes": [{"type": "sse", "url": "https://example.com", "headers": headers}]}),
            ),
            wanted,
        );
        strict(
            &with_package(
                json!({"transport": {"type": "sse", "url": "http://localhost/", "headers": headers}}),
            ),
            wanted,
        );
    }
    for (name, fine) in
        [("tenant", true), ("a b", true), ("a=b", false), ("a{b", false), ("a\nb", false)]
    {
        let variables = json!({name: {}});
        let wanted = if fine { "" } else { "input-name-invalid" };
        strict(
            &with(
                json!({"remotes": [{"type": "sse", "url": "https://example.com", "variables": variables}]}),
            ),
            wanted,
        );
        strict(
            &with_package(
                json!({"packageArguments": [{"type": "positional", "value": "a", "variables": variables}]}),
            ),
            wanted,
        );
    }
}

#[test]
fn packages_are_no_options_and_hints_are_programs() {
    strict(
        &with_package(json!({"identifier": "-g"})),
        "package-leading-hyphen@packages[0].identifier",
    );
    strict(&with_package(json!({"version": "-1"})), "package-leading-hyphen@packages[0].version");
    official(&with_package(json!({"identifier": "-g", "version": "-1"})), "");
    for (hint, fine) in [
        ("npx", true),
        ("python3.12", true),
        ("g++", true),
        ("darwin-arm64", true),
        ("/bin/sh", false),
        ("./npx", false),
        ("..", false),
        ("C:\\npx.cmd", false),
        ("npx -y", false),
        ("-c", false),
        ("npx;sh", false),
        ("$SHELL", false),
        ("n\u{440}x", false),
    ] {
        let wanted = if fine { "" } else { "runtime-hint-invalid@packages[0].runtimeHint" };
        strict(&with_package(json!({"runtimeHint": hint})), wanted);
    }
}

#[test]
fn loaders_and_escapes_are_warnings() {
    strict(
        &with_package(json!({"environmentVariables": [{"name": "ld_preload"}]})),
        "risky-environment",
    );
    for (arguments, wanted) in [
        (json!([{"type": "positional", "value": "--privileged"}]), "risky-container"),
        (json!([{"type": "named", "name": "--privileged"}]), "risky-container"),
        (json!([{"type": "named", "name": "--network", "value": "host"}]), "risky-container"),
        (json!([{"type": "named", "name": "--network", "default": "host"}]), "risky-container"),
        (json!([{"type": "named", "name": "--network=host"}]), "risky-container"),
        (
            json!([{"type": "positional", "value": "--net"}, {"type": "positional", "value": "host"}]),
            "risky-container",
        ),
        (
            json!([{"type": "named", "name": "-v", "value": "{a}{b}:/x", "variables": {"a": {"value": "/"}, "b": {"default": "root"}}}]),
            "risky-container",
        ),
        (
            json!([{"type": "named", "name": "-e", "value": "LD_PRELOAD=/x.so"}]),
            "risky-environment",
        ),
        (
            json!([{"type": "named", "name": "-e", "value": "API_KEY={k}", "variables": {"k": {}}}]),
            "",
        ),
        (json!([{"type": "named", "name": "-v", "value": "data:/data"}]), ""),
    ] {
        // Most of these are options of containers, which the runtime of this package does not have.
        let reported =
            super::reported(&with_package(json!({"runtimeArguments": arguments})), Profile::Strict);
        let risks = reported.iter().filter(|one| !one.starts_with("runtime-argument-misplaced@"));
        let risks: Vec<&str> = risks.map(|one| one.split('@').next().unwrap()).collect();
        assert_eq!(risks, wanted.split_whitespace().collect::<Vec<_>>(), "{arguments}");
        official(&with_package(json!({"runtimeArguments": arguments})), "");
    }
    // Variables that name each other's text do not make a value grow without end.
    let long = "{a}".repeat(10_000);
    let arguments = json!([{"type": "positional", "value": long, "variables": {"a": {"value": "x".repeat(10_000)}}}]);
    let package = with_package(json!({"runtimeArguments": arguments}));
    strict(&package, "runtime-argument-misplaced");
}

#[test]
fn a_namespace_that_cannot_be_proven_is_said_where_a_proof_is_wanted() {
    let wants = [PUBLIC, "[ownership]\ntrust = \"proof\"\n"];
    let opens = [
        "",
        "[ownership]\ntrust = \"review\"\n",
        "[registry]\nvisibility = \"public\"\n[ownership]\ntrust = \"review\"\n",
        "[registry]\nvisibility = \"public\"\n[[ownership.rule]]\nnamespace = \"*\"\nmethods = [\"owners-file\"]\n",
    ];
    for namespace in
        ["uk.co", "io.github", "internal.acme", "test.acme", "corp.acme", "localhost.acme"]
    {
        let document = with(json!({"name": format!("{namespace}/weather")}));
        for settings in wants {
            assert_eq!(
                reported(&document, settings),
                ["error ownership-unclaimable@/name"],
                "{namespace}"
            );
        }
        for settings in opens {
            assert_eq!(
                reported(&document, settings),
                Vec::<String>::new(),
                "{namespace} {settings}"
            );
        }
        official(&document, "");
    }
    for namespace in [
        "com.example",
        "io.github.alice",
        "io.github.github",
        "io.github.actions",
        "io.github.dependabot",
    ] {
        let document = with(json!({"name": format!("{namespace}/weather")}));
        assert_eq!(reported(&document, PUBLIC), Vec::<String>::new(), "{namespace}");
    }
    for namespace in ["io.github.settings", "io.github.Orgs", "io.github.ghost"] {
        let document = with(json!({"name": format!("{namespace}/weather")}));
        assert_eq!(reported(&document, PUBLIC), ["error namespace-grammar@/name"], "{namespace}");
    }
}
