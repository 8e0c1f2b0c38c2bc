//! Adding one document, or one entry of another registry, through the program.

use std::collections::HashMap;

use pretty_assertions::assert_eq;

use crate::http::{Host, status};
use crate::scratch::{Scratch, recorded};

const DOCUMENT: &str = r#"{
  "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
  "name": "com.example/weather",
  "description": "Forecasts for every place on earth",
  "version": "1.2.3",
  "remotes": [{"type": "streamable-http", "url": "https://weather.example.com/mcp"}]
}
"#;

const PLACE: &str = "servers/com.example/weather/1.2.3/server.json";

#[test]
fn a_document_is_put_at_its_place_unchanged() {
    let scratch = Scratch::new();
    scratch.write("server.json", DOCUMENT);
    let dry = scratch.run(&["add", "server.json", "--dry-run"]);
    assert_eq!((dry.code, dry.out), (0, format!("write {PLACE}\n")), "{}", dry.err);
    let ran = scratch.run(&["add", "server.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("git add registry-data/servers/") && ran.err.contains("pull request"),
        "{}",
        ran.err
    );
    assert_eq!(scratch.files(), [PLACE]);
    assert_eq!(scratch.read(PLACE), DOCUMENT);
    let again = scratch.run(&["add", "server.json"]);
    assert!(again.code == 0 && again.err.contains("already there"), "{}", again.err);
}

#[test]
fn a_document_may_come_from_standard_input() {
    let scratch = Scratch::new();
    let ran = scratch.run_with(&["add", "-"], &[], DOCUMENT);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(scratch.read(PLACE), DOCUMENT);
}

#[test]
fn a_wrong_document_is_not_added() {
    let scratch = Scratch::new();
    for (from, to, code) in [
        ("com.example/weather", "weather", "invalid-server-name"),
        ("1.2.3", "latest", "reserved-version-string"),
        ("1.2.3", "1.2", "version-not-semver"),
        ("\"name\"", "\"nam\"", "property-missing"),
        ("}\n", "", "json-syntax"),
    ] {
        scratch.write("server.json", DOCUMENT.replace(from, to));
        let ran = scratch.run(&["add", "server.json"]);
        assert_eq!(ran.code, 1, "{code}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(&format!("error[{code}]")), "{code}: {}", ran.out);
        assert!(ran.out.contains("server.json:"), "{}", ran.out);
    }
    assert!(scratch.files().is_empty());
}

#[test]
fn the_settings_of_the_registry_hold() {
    let scratch = Scratch::new();
    scratch.write("registry-data/registry.toml", "[check]\nallow_non_semver = true\n");
    scratch.write("server.json", DOCUMENT.replace("1.2.3", "2026.06"));
    let ran = scratch.run(&["add", "server.json"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn a_published_version_is_not_overwritten() {
    let scratch = Scratch::new();
    scratch.run_with(&["add", "-"], &[], DOCUMENT);
    scratch.run_with(&["add", "-"], &[], &DOCUMENT.replace("1.2.3", "1.10.0"));
    let ran = scratch.run_with(&["add", "-"], &[], &DOCUMENT.replace("Forecasts", "Weather"));
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("error[duplicate-version]"), "{}", ran.out);
    assert!(ran.out.contains("publish this document as version 1.10.1"), "{}", ran.out);
    assert!(ran.out.contains(PLACE), "{}", ran.out);
    assert_eq!(scratch.read(PLACE), DOCUMENT);
}

#[test]
fn collisions_and_tombstones_keep_a_document_out() {
    let scratch = Scratch::new();
    scratch.run_with(&["add", "-"], &[], DOCUMENT);
    scratch
        .write("registry-data/tombstones/com.example/weather/2.0.0.toml", "reason = \"malware\"\n");
    for (from, to, code) in [
        ("com.example/weather", "Com.example/other", "namespace-case-collision"),
        ("com.example/weather", "com.example/Weather", "name-case-collision"),
        ("1.2.3", "2.0.0", "tombstone-violated"),
    ] {
        let ran = scratch.run_with(&["add", "-"], &[], &DOCUMENT.replace(from, to));
        assert_eq!(ran.code, 1, "{code}: {}", ran.err);
        assert!(ran.out.contains(&format!("error[{code}]")), "{code}: {}", ran.out);
    }
    scratch.run_with(&["add", "-"], &[], &DOCUMENT.replace("1.2.3", "1.2.3-rc"));
    let ran = scratch.run_with(&["add", "-"], &[], &DOCUMENT.replace("1.2.3", "1.2.3-RC"));
    assert!(ran.code == 1 && ran.out.contains("version-case-collision"), "{}", ran.out);
}

#[test]
fn wrong_use_is_told_what_to_do() {
    let scratch = Scratch::new();
    scratch.write("server.json", DOCUMENT);
    for (arguments, hint) in [
        (vec!["add", "none.json"], "name a server.json"),
        (vec!["add", "com.example/weather@1.0.0"], "--from official"),
        (vec!["add", "server.json", "--data", "none"], "mkdir none"),
        (
            vec!["add", "weather", "--from", "https://registry.example.com"],
            "com.example/weather@1.0.0",
        ),
        (vec!["add", "com.example/weather", "--from", "http://registry.example.com"], "base URL"),
    ] {
        let ran = scratch.run(&arguments);
        assert!(ran.code == 2 && ran.err.contains(hint), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn an_entry_of_another_registry_comes_with_its_origin() {
    let scratch = Scratch::new();
    let list: serde_json::Value = serde_json::from_slice(&recorded("page-2.json")).unwrap();
    let host = Host::new(|_| {
        let beta = status(200, "", &list["servers"][0].to_string());
        HashMap::from([
            ("/v0.1/servers/com.example%2Fbeta/versions/latest", beta.clone()),
            ("/v0.1/servers/com.example%2Fbeta/versions/2.0.0", beta),
        ])
    });
    let ran = scratch.run(&["add", "com.example/beta", "--from", &host.base]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let folder = "servers/com.example/beta/2.0.0";
    let files =
        ["origin.json", "server.json", "status.json"].map(|file| format!("{folder}/{file}"));
    assert_eq!(scratch.files(), files);
    assert_eq!(scratch.read(&files[1]), list["servers"][0]["server"].to_string());
    assert!(scratch.read(&files[0]).contains("\"publishedAt\": \"2025-10-02T08:30:00.123456Z\""));
    let again = scratch.run(&["add", "com.example/beta@2.0.0", "--from", &host.base]);
    assert!(again.code == 0 && again.err.contains("already there"), "{}", again.err);
    let none = scratch.run(&["add", "com.example/beta@3.0.0", "--from", &host.base]);
    assert!(none.code == 2 && none.err.contains("has no com.example/beta@3.0.0"), "{}", none.err);
    std::fs::remove_file(scratch.data().join(&files[0])).unwrap();
    scratch.write(&format!("registry-data/{}", files[1]), "{}");
    let conflict = scratch.run(&["add", "com.example/beta", "--from", &host.base]);
    assert!(conflict.code == 1 && conflict.out.contains("import-conflict"), "{}", conflict.out);
}

#[test]
fn the_answer_of_an_api_is_taken_apart() {
    let scratch = Scratch::new();
    scratch.write("answer.json", format!("{{\"server\": {}, \"_meta\": {{}}}}", DOCUMENT.trim()));
    let ran = scratch.run(&["add", "answer.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(scratch.read(PLACE), DOCUMENT);
    let wrong = DOCUMENT.replace("1.2.3", "1.2").replace('\n', "\n    ");
    scratch.write("answer.json", format!("{{\n  \"server\": {}\n}}\n", wrong.trim()));
    let ran = scratch.run(&["add", "answer.json"]);
    assert!(ran.code == 1 && ran.out.contains("answer.json:6:18"), "{}", ran.out);
    scratch.write(
        "answer.json",
        format!("{{\"servers\": [{{\"server\": {DOCUMENT}, \"_meta\": {{}}}}]}}"),
    );
    let ran = scratch.run(&["add", "answer.json"]);
    assert_eq!((ran.code, ran.out.matches("error[").count()), (1, 1), "{}", ran.out);
    assert!(ran.out.contains("mcp-static import FILE"), "{}", ran.out);
}

#[test]
fn a_remote_that_another_server_has_is_told() {
    let scratch = Scratch::new();
    scratch.run_with(&["add", "-"], &[], DOCUMENT);
    let renamed = DOCUMENT.replace("com.example/weather", "com.example/forecast");
    let told = |ran: &crate::scratch::Ran| ran.out.contains("remote-url-shared");
    let ran = scratch.run_with(&["add", "-", "--dry-run"], &[], &renamed);
    assert!(ran.code == 0 && told(&ran), "{}", ran.out);
    assert!(ran.out.contains("mcp-static status com.example/weather deleted"), "{}", ran.out);
    // Another version of the same server may have it, and so may the successor of a withdrawn one.
    let next = scratch.run_with(&["add", "-"], &[], &DOCUMENT.replace("1.2.3", "1.2.4"));
    assert!(next.code == 0 && !told(&next), "{}", next.out);
    assert_eq!(scratch.run(&["status", "com.example/weather", "deleted"]).code, 0);
    let ran = scratch.run_with(&["add", "-"], &[], &renamed);
    assert!(ran.code == 0 && !told(&ran), "{}", ran.out);
}
