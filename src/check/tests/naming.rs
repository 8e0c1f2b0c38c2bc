//! Names and versions.

use serde_json::json;

use super::{official, strict, with, with_package};
use crate::check::range::looks_like_range;
use crate::check::{DocumentRules, Profile, document};
use crate::config::Config;

#[test]
fn names_of_the_official_rule() {
    for name in [
        "com.example/weather",
        "aa/bb",
        "com.example/a.b_c-d",
        "com..example/x1",
        "COM.Example/Weather",
        "example/weather",
        "1a.b2/3c",
        "io.github.octo-org/a--b",
    ] {
        official(&with(json!({"name": name})), "");
    }
    for name in [
        "com.example",
        "com.example/a/b",
        "/weather",
        "com.example/",
        "a/weather",
        "com.example/w",
        "-com.example/weather",
        "com.example-/weather",
        ".com/weather",
        "com./weather",
        "com.example/-w1",
        "com.example/w1_",
        "com_example/weather",
        "com.example/we ather",
        "com.exämple/weather",
        "com.example/weather!",
        "@example/weather",
        "com.example//weather",
        "",
        "ab",
    ] {
        official(&with(json!({"name": name})), "invalid-server-name@name");
    }
    official(
        &with(json!({"name": format!("com.example/{}", "a".repeat(189))})),
        "value-not-allowed@name",
    );
    official(&with(json!({"name": format!("com.example/{}", "a".repeat(188))})), "");
}

#[test]
fn names_of_the_strict_rule() {
    for (name, wanted) in [
        ("com.example/weather", ""),
        ("io.github.octo-org/weather", ""),
        ("example/weather", "namespace-grammar"),
        ("com..example/weather", "namespace-grammar"),
        ("com.exam-.ple/weather", "namespace-grammar"),
        ("1.2.3.4/weather", "namespace-grammar"),
        ("io.github.a.b/weather", "namespace-grammar"),
        ("io.github.a--b/weather", "namespace-grammar"),
        ("io.github.ghost/weather", "namespace-grammar"),
        ("com.example/we..ather", "name-grammar"),
        ("com.example/con", "name-grammar"),
        ("com.example/LPT1.x", "name-grammar"),
        ("com.example/index.html", "name-reserved"),
        ("com.example/Versions", "name-reserved"),
        ("example/aux", "name-grammar namespace-grammar"),
    ] {
        strict(&with(json!({"name": name})), wanted);
    }
}

#[test]
fn versions_that_are_ranges() {
    for text in [
        "^1.2.3",
        "~1.2.3",
        ">=1.0.0",
        "<=1",
        ">1.0",
        "<2",
        "=1.0.0",
        "^ 1.2",
        "^v1.2.3-rc.1",
        " ^1.0 ",
        "1.2.3 - 2.0.0",
        "1 - 2",
        "v1 -v2",
        "1.0-a - 2.0-b",
        "1.2 || 1.3",
        "1||2||3",
        "1.0-x || 2",
        "1.x",
        "1.2.x",
        "1.X",
        "1.*",
        "1.2.*",
        "x.1",
        "*.1",
        "v1.x",
        "1.x-rc",
        "X.X.X",
        "1.0.0-next.1",
        "1.0.0-linux",
        "1.0.0-x64",
        "1.0.0-experimental",
        "1.0-x",
        "v1.0.0-exp",
    ] {
        assert!(looks_like_range(text), "{text:?}");
    }
}

#[test]
fn versions_that_are_not_ranges() {
    for text in [
        "",
        " ",
        "1.0.0",
        "v1.0.0",
        "1",
        "2025-06-18",
        "1.0.0-rc.1",
        "1.0.0+5",
        "*",
        "x",
        "X",
        ">=1.0.0 <2.0.0",
        "^1.0.0+build",
        "[1.0,2.0)",
        "~=1.4",
        "Latest",
        "1.0.0-next.1+5",
        "1.0.0.0-next",
        "1.2.3.4.x",
        "1.2.3  - 2.0.0",
        "1.2.3- 2",
        "1.2.3 -",
        "||1",
        "1||",
        "1 | 2",
        "==1.0",
        "^",
        "^x",
        "^1.0.0.0.0",
        "1.2.3x",
        "x1.2",
        "alpha",
        "1.x.y",
        "\u{a0}^1.0 x",
    ] {
        assert!(!looks_like_range(text), "{text:?}");
    }
}

#[test]
fn versions_of_server_and_packages() {
    official(&with(json!({"version": "latest"})), "reserved-version-string@version");
    official(&with(json!({"version": "1.x"})), "version-looks-like-range@version");
    official(&with(json!({"version": ""})), "");
    official(&with(json!({"version": "Latest"})), "");
    official(&with(json!({"version": "a".repeat(256)})), "schema-violation@version");
    official(
        &with_package(json!({"version": "latest"})),
        "reserved-version-string@packages[0].version",
    );
    official(
        &with_package(json!({"version": "~1"})),
        "version-looks-like-range@packages[0].version",
    );
    official(&with_package(json!({"version": ""})), "value-not-allowed@packages[0].version");
    official(&with_package(json!({"version": null})), "");
}

#[test]
fn versions_of_the_strict_rule() {
    for (version, wanted) in [
        ("1.0.0", ""),
        ("1.0.0-rc.1", ""),
        ("v1.0.0", "version-not-semver"),
        ("1.0", "version-not-semver"),
        ("2025-06-18", "version-not-semver"),
        ("2025.06.18", "version-not-semver"),
        ("1.0.0+5", "version-build-metadata"),
        ("1.0+5", "version-not-semver version-build-metadata"),
        ("", "version-grammar"),
        ("LATEST", "version-grammar"),
        ("1..0", "version-grammar"),
        ("../1", "version-grammar"),
        ("1.0.0 ", "version-grammar"),
        ("*", "version-grammar"),
        ("1.0.0-next.1", "version-looks-like-range"),
        ("latest", "reserved-version-string"),
    ] {
        strict(&with(json!({"version": version})), wanted);
    }
    let config = Config { allow_non_semver: true, ..Config::default() };
    let rules = DocumentRules::of(Profile::Strict, &config);
    assert_eq!(document(&with(json!({"version": "2025-06-18"})), &rules), []);
    assert_eq!(document(&with(json!({"version": "../1"})), &rules).len(), 1);
}

#[test]
fn a_help_names_the_version_that_was_meant() {
    for (version, help) in [
        ("^1.2.3", "write one exact version, such as 1.2.3"),
        ("1.2.x", "write one exact version, such as 1.0.0"),
        ("v1.2.3", "write 1.2.3, or allow other versions in registry.toml"),
        ("1.2", "write 1.2.0, or allow other versions in registry.toml"),
        ("2025.06.08", "write 2025.6.8, or allow other versions in registry.toml"),
        ("v1.0.0-rc.1", "write 1.0.0-rc.1, or allow other versions in registry.toml"),
    ] {
        let found = document(&with(json!({"version": version})), &DocumentRules::default());
        assert_eq!(found[0].help.as_deref(), Some(help), "{version}");
    }
    let found = document(&with(json!({"version": "1.0.0-next.1"})), &DocumentRules::default());
    assert!(found[0].help.as_deref().is_some_and(|help| help.contains("without the letter x")));
}
