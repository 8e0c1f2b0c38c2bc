//! The two profiles together: what is reported, and what is reported only once.

use serde_json::json;

use super::{findings, official, reported, strict, with, with_package};
use crate::check::{DocumentRules, Profile, RULES};
use crate::diag::Severity;

#[test]
fn strict_is_the_default_and_a_good_document_is_clean() {
    assert_eq!(DocumentRules::default().profile, Profile::Strict);
    strict(&with(json!({})), "");
    official(&with(json!({})), "");
    strict(&with_package(json!({})), "");
}

#[test]
fn everything_is_said_in_one_run() {
    let document = json!({
        "$schema": "https://example.com/", "name": "weather", "description": "", "version": "1.x",
        "websiteUrl": "http://example.com", "title": " ", "extra": 1,
        "packages": [{"registryType": "npm", "identifier": "a b", "transport": {"type": "x"}}],
        "remotes": [{"type": "sse", "url": "http://localhost"}],
    });
    assert_eq!(
        reported(&document, Profile::Official),
        [
            "invalid-remote-url@remotes[0].url",
            "invalid-server-name@name",
            "package-name-has-spaces@packages[0].identifier",
            "property-unknown@extra",
            "schema-version-extraction-error@schema",
            "title-whitespace-only@title",
            "unsupported-transport-type@packages[0].transport.type",
            "value-not-allowed@description",
            "version-looks-like-range@version",
            "website-url-invalid-scheme@websiteUrl",
        ]
    );
}

#[test]
fn an_official_refusal_is_a_strict_refusal() {
    for (more, refused) in [
        (json!({}), false),
        (json!({"version": ""}), false),
        (json!({"name": "x"}), true),
        (json!({"repository": {}}), true),
    ] {
        let errors = |profile| {
            findings(&with(more.clone()), profile)
                .iter()
                .any(|f| f.code.severity() == Severity::Error)
        };
        assert_eq!(errors(Profile::Official), refused, "{more}");
        assert!(!refused || errors(Profile::Strict), "{more}");
    }
}

#[test]
fn only_strict_rules_are_silent_under_the_official_profile() {
    let strict_only: Vec<_> =
        RULES.iter().filter(|rule| !rule.profiles.contains(&Profile::Official)).collect();
    assert!(strict_only.iter().all(|rule| matches!(
        rule.family,
        "naming" | "placeholder" | "publish" | "line" | "reach" | "risk" | "lint"
    )));
    assert!(RULES.iter().all(|rule| rule.profiles.contains(&Profile::Strict)));
}

#[test]
fn a_stranger_cannot_break_a_message_into_lines() {
    let found = findings(
        &with(json!({"title": "a".repeat(200), "name": "a\n\u{202e}/\"b"})),
        Profile::Official,
    );
    for finding in &found {
        assert!(!finding.message.contains(['\n', '\u{202e}']), "{finding:?}");
        assert!(finding.message.chars().count() < 300, "{finding:?}");
    }
    assert!(found.iter().any(|f| f.message.contains("\\n\\u{202e}")), "{found:#?}");
}
