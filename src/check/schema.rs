//! `$schema` and the JSON Schema that it names.
//!
//! The six released schemas are written anew from their facts and compiled in, each on first use.
//! They are shaped so that every refusal points at the member that is wrong. Nothing is ever fetched:
//! an address outside the closed list is an unknown version.

use std::collections::HashSet;
use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::{Map, Value};

use super::url;
use super::words::{is_word, one_of, quote, type_of};
use crate::diag::{Code, Finding, Pointer};

/// The address of the current schema.
pub const CURRENT: &str =
    "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// The version in [`CURRENT`].
const CURRENT_VERSION: &str = "2025-12-11";

/// Every released schema, oldest first.
const RELEASED: [(&str, &str); 6] = [
    ("2025-07-09", include_str!("schemas/2025-07-09.json")),
    ("2025-09-16", include_str!("schemas/2025-09-16.json")),
    ("2025-09-29", include_str!("schemas/2025-09-29.json")),
    ("2025-10-11", include_str!("schemas/2025-10-11.json")),
    ("2025-10-17", include_str!("schemas/2025-10-17.json")),
    ("2025-12-11", include_str!("schemas/2025-12-11.json")),
];

static COMPILED: [OnceLock<Option<Validator>>; 6] = [const { OnceLock::new() }; 6];

/// The version that `$schema` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SchemaVersion<'a> {
    /// A released version.
    Released(&'static str),
    /// A version that was never released.
    Unknown(&'a str),
    /// No version at all.
    Missing,
}

/// Returns the version that a `$schema` names, wherever the address leads.
pub(super) fn schema_version(address: &str) -> SchemaVersion<'_> {
    match version_in(address) {
        None => SchemaVersion::Missing,
        Some(version) => RELEASED
            .iter()
            .find(|(released, _)| *released == version)
            .map_or(SchemaVersion::Unknown(version), |(name, _)| SchemaVersion::Released(name)),
    }
}

/// Returns the text between `/schemas/` and `/server.schema.json`, if it is one segment of version
/// letters.
fn version_in(address: &str) -> Option<&str> {
    address.match_indices("/schemas/").find_map(|(at, prefix)| {
        let (version, rest) = address[at + prefix.len()..].split_once('/')?;
        (is_word(version, b"_~.-") && rest.starts_with("server.schema.json")).then_some(version)
    })
}

/// Applies the rules of `$schema` itself.
pub(super) fn check_address(address: &str, found: &mut Vec<Finding>) {
    let mut add = |code, message: String| {
        let help = format!("write \"$schema\": \"{CURRENT}\"");
        found.push(Finding::new(code, "/$schema", message).help(help));
    };
    if address.is_empty() {
        return add(Code::SchemaFieldRequired, "a server needs \"$schema\"".to_owned());
    }
    let version = schema_version(address);
    if version == SchemaVersion::Missing {
        let message = format!("{} does not name a version of the server schema", quote(address));
        return add(Code::SchemaVersionExtractionError, message);
    }
    if address != CURRENT {
        let message = format!("{} is not the current schema", quote(address));
        add(Code::SchemaVersionDeprecated, message);
    }
    if let SchemaVersion::Unknown(version) = version {
        let message = format!("there is no released schema version {}", quote(version));
        add(Code::SchemaVersionNotAvailable, message);
    }
}

/// Returns the compiled schema of a released version. A test compiles all of them.
fn validator(version: &str) -> Option<&'static Validator> {
    let at = RELEASED.iter().position(|(released, _)| *released == version)?;
    COMPILED[at].get_or_init(|| compile(RELEASED[at].1)).as_ref()
}

/// Formats are asserted, and `uri` means what Go's parser makes of it.
fn compile(text: &str) -> Option<Validator> {
    let schema: Value = serde_json::from_str(text).ok()?;
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex())
        .with_format("uri", url::is_uri)
        .should_validate_formats(true)
        .build(&schema)
        .ok()
}

/// Whether a document keeps the schema of a released version, such as `2025-12-11`.
///
/// The document is taken as it is; see [`normalised`](super::normalised) for what the official
/// registry shows to the schema.
pub fn keeps_schema(document: &Value, version: &str) -> bool {
    validator(version).is_some_and(|validator| validator.is_valid(document))
}

/// Returns everything in the document that breaks the schema of a released version.
pub(super) fn violations(document: &Value, version: &str) -> Vec<Finding> {
    let Some(validator) = validator(version) else {
        let message = format!("the schema of {version} cannot be read");
        return vec![Finding::new(Code::SchemaViolation, "", message)];
    };
    if validator.is_valid(document) {
        return Vec::new();
    }
    let mut reported = HashSet::new();
    let findings = validator.iter_errors(document).flat_map(|error| explain(&error, version));
    findings.filter(|finding| reported.insert(finding.pointer.clone())).collect()
}

/// Makes one finding for each member that an error is about.
fn explain(error: &ValidationError<'_>, version: &str) -> Vec<Finding> {
    // Step by step, because a pointer cuts long keys.
    let place = Pointer::from(error.instance_path().as_str());
    let place = place.steps().fold(Pointer::root(), |place, step| place.key(&step));
    match error.kind() {
        // The structs keep an empty object, so this is the most common violation.
        ValidationErrorKind::Required { .. }
            if place.as_str() == "/repository"
                && error.instance().as_object().is_some_and(Map::is_empty) =>
        {
            let message = format!("an empty repository breaks the schema of {version}");
            let finding = Finding::new(Code::SchemaViolation, place, message);
            vec![finding.help("remove it, or write \"url\" and \"source\"")]
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let message = format!("the schema of {version} requires {}", quote(name));
            let finding = Finding::new(Code::SchemaViolation, place.key(name), message);
            vec![finding.help(missing_help(name, version))]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let finding = |name: &String| {
                let message = format!("the schema of {version} has no {} here", quote(name));
                Finding::new(Code::SchemaViolation, place.key(name), message)
                    .on_key()
                    .help(format!("write {}", current_schema()))
            };
            unexpected.iter().map(finding).collect()
        }
        kind => {
            let (fault, help) = fault(kind, version);
            let value = match &**error.instance() {
                Value::String(text) => quote(text),
                other => type_of(other).to_owned(),
            };
            let message = format!("{value} {fault}");
            let template = version != CURRENT_VERSION
                && matches!(kind, ValidationErrorKind::Format { .. })
                && error.instance().as_str().is_some_and(|text| text.contains('{'));
            let help = match template {
                true => format!("write {}, which allows variables here", current_schema()),
                false => help.to_owned(),
            };
            vec![Finding::new(Code::SchemaViolation, place, message).help(help)]
        }
    }
}

/// Returns what a document writes to name the current schema.
fn current_schema() -> String {
    format!("\"$schema\": \"{CURRENT}\"")
}

/// Returns what to do about a member that a schema requires. The oldest one asks for names that the
/// API no longer takes, and the next ones for a version that images must not have.
fn missing_help(name: &str, version: &str) -> String {
    if name.contains('_') {
        format!("write {}", current_schema())
    } else if name == "version" && version != CURRENT_VERSION {
        format!("add {}, or write {}", quote(name), current_schema())
    } else {
        format!("add {}", quote(name))
    }
}

/// Returns what is wrong, as the end of the sentence "`x` …", and what to do about it.
fn fault(kind: &ValidationErrorKind, version: &str) -> (String, &'static str) {
    let change = "change the value so that it fits the schema";
    match kind {
        ValidationErrorKind::Enum { options } => {
            let words = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let fault = format!("is not {}", one_of(words.iter().filter_map(Value::as_str)));
            (fault, "write one of these words")
        }
        ValidationErrorKind::Format { .. } => {
            ("is not an absolute URL".to_owned(), "write a whole URL, beginning with https://")
        }
        ValidationErrorKind::Pattern { pattern } => {
            let url =
                "write a URL that begins with http:// or https:// and contains no white space";
            let help = if pattern.starts_with("^https?") { url } else { change };
            (format!("does not match the pattern {pattern}"), help)
        }
        ValidationErrorKind::MaxLength { limit } => {
            (format!("has more than {limit} characters"), "shorten it")
        }
        ValidationErrorKind::MinLength { limit } => {
            (format!("has fewer than {limit} characters"), change)
        }
        ValidationErrorKind::Type { .. } => {
            (format!("has the wrong type for the schema of {version}"), change)
        }
        ValidationErrorKind::Not { .. } => {
            ("is a value that the schema excludes".to_owned(), change)
        }
        ValidationErrorKind::AnyOf { .. } => (
            "has neither \"value\" nor \"valueHint\"".to_owned(),
            "add \"value\" for a fixed argument or \"valueHint\" for one that the user enters",
        ),
        _ => (format!("breaks the schema of {version}"), change),
    }
}
