//! Every rendered document, read back: against schemas of the API's answers, and against the data it
//! was made of.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::project::{Project, home, tree};

fn validator(definition: &str) -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(include_str!("schemas/api.json")).unwrap();
    schema["$ref"] = format!("#/definitions/{definition}").into();
    jsonschema::validator_for(&schema).unwrap()
}

/// Which answer stands at a path of the output.
fn kind(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    Some(match parts.as_slice() {
        ["404.json"] => "problem",
        ["v0.1" | "v0", "servers", "index.json"] => "list",
        ["v0.1" | "v0", "health", _] => "health",
        ["v0.1" | "v0", "ping", _] => "ping",
        ["v0.1" | "v0", "version", _] => "version",
        ["v0.1" | "v0", "servers", _, _, "versions", "index.json"] => "list",
        ["v0.1" | "v0", "servers", _, _, "versions", _, "index.json"] => "entry",
        ["v0.1" | "v0", ..] => panic!("{path} is no document of the API"),
        _ => return None,
    })
}

fn every_document_is_sound(project: &Project) -> usize {
    let validators: BTreeMap<&str, jsonschema::Validator> =
        ["problem", "list", "health", "ping", "version", "entry"].map(|d| (d, validator(d))).into();
    let mut entries = 0;
    for (path, bytes) in tree(&project.path("_site")) {
        let Some(kind) = kind(&path) else { continue };
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        if let Err(e) = validators[kind].validate(&value) {
            panic!("{path} at {}: {e}", e.instance_path());
        }
        if kind == "list" {
            assert_eq!(
                value["metadata"]["count"],
                value["servers"].as_array().unwrap().len(),
                "{path}"
            );
        }
        if kind == "entry" {
            entries += 1;
            equals_its_source(project, &path, &value, &bytes);
        }
    }
    entries
}

/// The author's document passes through with the same keys, values and order: without white space
/// between tokens the texts are equal.
fn equals_its_source(project: &Project, path: &str, value: &Value, bytes: &[u8]) {
    let (name, version) =
        (value["server"]["name"].as_str().unwrap(), value["server"]["version"].as_str().unwrap());
    let source = project.read(&format!("registry-data/servers/{name}/{version}/server.json"));
    let raw: BTreeMap<&str, &serde_json::value::RawValue> = serde_json::from_slice(bytes).unwrap();
    assert_eq!(raw["server"].get(), squeeze(&source), "{path}");
}

/// JSON text without white space outside strings; a slow and independent way to say "compact".
fn squeeze(text: &str) -> String {
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for c in text.chars() {
        if inside || !c.is_ascii_whitespace() {
            out.push(c);
        }
        match c {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && c == '\\' && !escaped;
    }
    out
}

#[test]
fn every_document_of_the_sample_is_sound() {
    let project = Project::sample();
    project.build_api().expect(0);
    // 33 versions, one deleted, and `latest` of 12 servers, each below both names of the API.
    assert_eq!(every_document_is_sound(&project), 2 * (32 + 12));
}

#[test]
fn every_document_of_the_golden_registry_is_sound() {
    let project = Project::empty();
    for (path, bytes) in tree(&home().join("tests/golden/registry-data")) {
        project.bytes(&format!("registry-data/{path}"), &bytes);
    }
    project.build_api().expect(0);
    assert_eq!(every_document_is_sound(&project), 2 * (3 + 2));
    let notes =
        project.json("_site/v0.1/servers/io.github.example-login/notes/versions/latest/index.json");
    let own = &notes["_meta"]["com.example.registry/registry"]["origin"];
    assert_eq!(own["registry"], "https://registry.modelcontextprotocol.io");
}

#[test]
fn hostile_text_passes_through_and_breaks_nothing() {
    let project = Project::empty();
    let nasty =
        r#""title": "</script><script>alert(1)</script> \u2028 \\\" ' ${x} {{y}} 👩‍🔧 مرحبا","#;
    project.entry_with("com.example/nasty", "1.0.0", nasty);
    project.pin("com.example/nasty", "1.0.0", "2026-01-01T00:00:00Z");
    let message = r#"{"status":"deprecated","statusMessage":"\"quoted\" \\ \u0001 </b>\n"}"#;
    project.file("registry-data/servers/com.example/nasty/1.0.0/status.json", message);
    project.run(&["build", "--only", "api", "-A", "json-control-character"]).expect(0);
    assert_eq!(every_document_is_sound(&project), 2 * 2);
    let entry = project.json("_site/v0.1/servers/com.example/nasty/versions/latest/index.json");
    let official = &entry["_meta"]["io.modelcontextprotocol.registry/official"];
    assert_eq!(official["statusMessage"], "\"quoted\" \\ \u{1} </b>\n");
}
