//! SARIF 2.1.0: the form that code scanning services read.
//!
//! One run of one tool. Only rules that were met are listed, in the order of the table of codes.
//! Nothing depends on time or machine: paths are those of the report, relative and percent-encoded.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::shared::quiet_json;
use crate::diag::{Code, Diagnostic, Place, Report, Snippet};
use crate::text::{percent_encode_except, visible};

/// Where the format is defined, for editors.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Prints the log.
pub(super) fn render(report: &Report) -> String {
    let met: BTreeSet<Code> = report.items().iter().map(|d| d.code).collect();
    let codes: Vec<Code> = met.into_iter().collect();
    let results: Vec<Value> = report.items().iter().map(|d| result(d, &codes)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "columnKind": "unicodeCodePoints",
            "tool": { "driver": {
                "name": "mcp-static",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "results": results,
        }],
    });
    // A value of strings and numbers always serializes.
    let mut text = quiet_json(&serde_json::to_string_pretty(&log).unwrap_or_default());
    text.push('\n');
    text
}

/// Describes a rule with its default level; settings may change the level of a result.
fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.summary() },
        "help": { "text": code.summary(), "markdown": code.explanation() },
        "defaultConfiguration": { "level": code.severity().as_str() },
    })
}

/// Returns one diagnostic; its labels are related locations.
fn result(diagnostic: &Diagnostic, codes: &[Code]) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or_default(),
        "level": diagnostic.severity.as_str(),
        "message": { "text": text(diagnostic) },
        "partialFingerprints": { "mcpStaticPlace/v1": fingerprint(diagnostic) },
    });
    let place = location(&diagnostic.place, diagnostic.snippet.as_ref());
    result["locations"] = place.into_iter().map(Value::Object).collect();
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .filter_map(|label| {
            let mut place = location(&label.place, None)?;
            place.insert("message".into(), json!({ "text": visible(&label.message) }));
            Some(Value::Object(place))
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

/// Returns message and help. SARIF has no field for advice that is not a ready-made fix.
fn text(diagnostic: &Diagnostic) -> String {
    let message = visible(&diagnostic.message);
    match &diagnostic.help {
        Some(help) => format!("{message}\nhelp: {}", visible(help)),
        None => message.into_owned(),
    }
}

/// Returns what stays the same when lines above are added or removed.
fn fingerprint(diagnostic: &Diagnostic) -> String {
    let Place { file, pointer, .. } = &diagnostic.place;
    format!("{} {}#{}", diagnostic.code, uri(file), pointer)
}

/// Returns file and region as the physical place, the pointer as the logical one; `None` when both
/// are unknown.
fn location(place: &Place, snippet: Option<&Snippet>) -> Option<Map<String, Value>> {
    let mut location = Map::new();
    if !place.file.is_empty() {
        let mut physical = json!({ "artifactLocation": { "uri": uri(&place.file) } });
        if place.line > 0 {
            physical["region"] = region(place, snippet);
        }
        location.insert("physicalLocation".into(), physical);
    }
    if !place.pointer.as_str().is_empty() {
        let name = json!([{ "fullyQualifiedName": place.pointer.as_str() }]);
        location.insert("logicalLocations".into(), name);
    }
    (!location.is_empty()).then_some(location)
}

/// Columns count characters, as `columnKind` says; the end is exclusive.
fn region(place: &Place, snippet: Option<&Snippet>) -> Value {
    let mut region = json!({ "startLine": place.line });
    if place.column > 0 {
        region["startColumn"] = place.column.into();
        if let Some(snippet) = snippet {
            let width = u32::try_from(snippet.width).unwrap_or(1);
            region["endColumn"] = place.column.saturating_add(width).into();
        }
    }
    region
}

/// Returns a path as a relative reference: everything but unreserved characters and slashes is
/// encoded, so that no part of it is taken for a scheme, a query or a fragment.
fn uri(path: &str) -> String {
    percent_encode_except(path, b"-._~/")
}
