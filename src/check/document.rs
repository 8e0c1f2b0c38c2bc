//! Applies every rule to one document.

use std::collections::HashSet;

use serde_json::Value;

use super::shape::SERVER;
use super::{
    DocumentRules, Profile, about, input, kind, line, lint, look, naming, normal, package,
};
use super::{placeholder, publish, reach, risk, schema, transport};
use crate::diag::{Code, Finding, Pointer, Severity};

/// Returns the document as the official API's typed structs write it: empty optional members are gone. It
/// is checked and never published.
pub fn normalised(document: &Value) -> Value {
    normal::normalised(document, &SERVER)
}

/// Most violations of the input rules with which the JSON Schema is still applied. With more of them it
/// would mostly repeat them.
const MAX_INPUT_FINDINGS: usize = 200;

/// Returns everything that is wrong with a document, roughly in the order of its members.
pub fn document(value: &Value, rules: &DocumentRules) -> Vec<Finding> {
    if let Some(other) = kind::check(value) {
        return vec![other];
    }
    let input = input::check(value, rules);
    if !value.is_object() {
        return input.findings;
    }
    let mut found = semantic(value, rules);
    let structural = |finding: &&Finding| finding.code != Code::ValueNotAllowed;
    let broken = places(input.findings.iter().filter(structural));
    found.retain(|finding| !broken.contains(&finding.pointer));
    let enough = input.findings.len() > MAX_INPUT_FINDINGS;
    add_unless_known(&mut found, input.findings);
    if enough {
        return found;
    }
    let named = schema::schema_version(look::text(value, "$schema"));
    if let schema::SchemaVersion::Released(version) = named {
        let violations = match input.has_empty_members {
            true => schema::violations(&normalised(value), version),
            false => schema::violations(value, version),
        };
        add_unless_known(&mut found, violations);
    }
    found
}

/// Applies the semantic rules. Each skips what is missing or of the wrong type.
fn semantic(document: &Value, rules: &DocumentRules) -> Vec<Finding> {
    let mut found = Vec::new();
    match document.get("$schema") {
        None => schema::check_address("", &mut found),
        Some(Value::String(address)) => schema::check_address(address, &mut found),
        Some(_) => {}
    }
    naming::check(document, rules, &mut found);
    about::check(document, rules, &mut found);
    package::check(document, rules, &mut found);
    transport::check_remotes(document, rules, &mut found);
    if rules.profile == Profile::Strict {
        publish::check(document, &rules.config.packages, &mut found);
        let mut more = Vec::new();
        reach::check(document, &rules.config, &mut more);
        line::check(document, &mut more);
        add_unless_known(&mut found, more);
        risk::check(document, &mut found);
        lint::check(document, &mut found);
        let mut left = Vec::new();
        placeholder::check(document, &mut left);
        // What is wrong with a placeholder says nothing about the value that belongs there.
        let places = places(left.iter());
        found.retain(|finding| !places.contains(&finding.pointer));
        found.append(&mut left);
    }
    found
}

/// Adds findings at places that have no error yet, so that a problem is reported once.
fn add_unless_known(found: &mut Vec<Finding>, mut more: Vec<Finding>) {
    let known = places(found.iter().filter(|earlier| earlier.severity == Severity::Error));
    more.retain(|finding| !known.contains(&finding.pointer));
    found.append(&mut more);
}

fn places<'a>(findings: impl Iterator<Item = &'a Finding>) -> HashSet<Pointer> {
    findings.map(|finding| finding.pointer.clone()).collect()
}
