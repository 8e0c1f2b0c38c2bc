//! Tables of documents and what is reported of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod about;
mod document;
mod habits;
mod hostile;
mod hosts;
mod input;
mod naming;
mod package;
mod properties;
mod publish;
mod reach;
mod transport;
mod url;

use serde_json::{Value, json};

use super::schema::CURRENT as CURRENT_SCHEMA;
use super::{DocumentRules, Profile};
use crate::diag::{Finding, Pointer};

/// A document that both profiles accept without a word, with `more` laid over it; null removes.
fn with(more: Value) -> Value {
    let mut document = json!({
        "$schema": CURRENT_SCHEMA,
        "name": "com.example/weather",
        "description": "Weather forecasts",
        "version": "1.0.0",
        "remotes": [{"type": "streamable-http", "url": "https://example.com/mcp"}],
    });
    for (key, value) in more.as_object().unwrap() {
        if value.is_null() {
            document.as_object_mut().unwrap().remove(key);
        } else {
            document[key] = value.clone();
        }
    }
    document
}

/// The document with this one package beside its remote.
fn with_package(more: Value) -> Value {
    let mut package = json!({
        "registryType": "npm", "identifier": "@example/weather", "version": "1.0.0",
        "transport": {"type": "stdio"},
    });
    for (key, value) in more.as_object().unwrap() {
        if value.is_null() {
            package.as_object_mut().unwrap().remove(key);
        } else {
            package[key] = value.clone();
        }
    }
    with(json!({"packages": [package]}))
}

fn findings(document: &Value, profile: Profile) -> Vec<Finding> {
    super::document(document, &DocumentRules::new(profile))
}

/// Codes with their places, as in `invalid-server-name@name`, sorted.
/// Returns a pointer as the official registry's answers show it: `packages[0].transport.url`, and
/// `schema` for the `$schema` member.
fn dotted(pointer: &Pointer) -> String {
    let mut text = String::new();
    for step in pointer.steps() {
        if step.parse::<usize>().is_ok() {
            text.push_str(&format!("[{step}]"));
        } else {
            text.push_str(if text.is_empty() { "" } else { "." });
            text.push_str(if step == "$schema" { "schema" } else { &step });
        }
    }
    text
}

fn reported(document: &Value, profile: Profile) -> Vec<String> {
    let mut reported: Vec<_> = findings(document, profile)
        .iter()
        .map(|f| format!("{}@{}", f.code, dotted(&f.pointer)))
        .collect();
    reported.sort();
    reported
}

/// Demands that exactly these are reported; a place may be left out when the code says enough.
#[track_caller]
fn expect(document: &Value, profile: Profile, wanted: &str) {
    let reported = reported(document, profile);
    let mut wanted: Vec<_> = wanted.split_whitespace().collect();
    wanted.sort_unstable();
    let short: Vec<_> = reported.iter().map(|one| one.split('@').next().unwrap()).collect();
    let same = reported.len() == wanted.len()
        && reported
            .iter()
            .zip(&short)
            .zip(&wanted)
            .all(|((long, short), w)| long == w || short == w);
    assert!(same, "reported {reported:?}, wanted {wanted:?} of {document:#}");
}

#[track_caller]
fn official(document: &Value, wanted: &str) {
    expect(document, Profile::Official, wanted);
}

#[track_caller]
fn strict(document: &Value, wanted: &str) {
    expect(document, Profile::Strict, wanted);
}
