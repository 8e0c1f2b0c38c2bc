//! `override.json`: what a registry changes in a document that stays as its author wrote it.

use serde_json::Value;

use super::json::Document;
use super::members::Members;
use super::records::RecordReader;
use crate::diag::{Code, Diagnostic, Pointer};
use crate::text::is_lower_hex;

/// The members that can be changed. What an entry is called and what it claims stay its author's.
const OVERRIDABLE: [&str; 2] = ["packages", "remotes"];

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// The content of an `override.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverrideRecord {
    /// Why.
    pub reason: String,
    /// SHA-256 of the `server.json` that it was written for, in lower-case hex.
    pub of: String,
    /// A merge patch (RFC 7396) of the document: new members, and `None` for those that are removed.
    pub patch: Vec<(String, Option<Box<str>>)>,
}

/// Reads an `override.json`. The record is `None` when it cannot be applied.
pub fn read_override(path: &str, document: &Document) -> (Option<OverrideRecord>, Vec<Diagnostic>) {
    let mut fields =
        RecordReader::new(path, document, Code::OverrideInvalid, &["reason", "of", "patch"]);
    let reason = fields.text("reason").unwrap_or_default();
    let length = reason.chars().count();
    if reason.trim().is_empty() {
        fields.report(
            "/reason",
            "there is no reason",
            "write why the entry is changed, in a sentence",
        );
    } else if length > REASON_MAX || reason.chars().any(char::is_control) {
        let help = format!("write one line of at most {REASON_MAX} characters");
        fields.report(
            "/reason",
            format!("the reason has {length} characters or more than one line"),
            help,
        );
    }
    let of = fields.text("of").unwrap_or_default();
    if !is_lower_hex(of, 64) {
        let help = "write the 64 digits that `sha256sum server.json` prints";
        fields.report("/of", "the SHA-256 of the document that is changed is missing", help);
    }
    let patch = document.value.get("patch");
    let members = patch.and_then(Value::as_object);
    let mut changes = Vec::new();
    if members.is_none_or(|members| members.is_empty()) {
        let help = "write { \"packages\": [ … ] }, \"remotes\" or both, as they should be";
        fields.report("/patch", "there is no patch", help);
    }
    let texts = Members::read(&document.compact).and_then(|Members(all)| {
        let (_, text) = all.into_iter().find(|(key, _)| key == "patch")?;
        Members::read(&text)
    });
    for (key, text) in texts.unwrap_or_default().0 {
        let pointer = Pointer::root().key("patch").key(&key);
        let value = members.and_then(|members| members.get(&key)).unwrap_or(&Value::Null);
        if !OVERRIDABLE.contains(&key.as_str()) {
            let help = format!("an override can change {} only", OVERRIDABLE.join(" and "));
            fields.report(pointer, format!("{key:?} stays as its author wrote it"), help);
        } else if value.is_array() {
            changes.push((key, Some(text)));
        } else if value.is_null() {
            changes.push((key, None));
        } else {
            let help = "write the whole list as it should be, or null to remove it";
            fields.report(pointer, format!("{key} is not a list"), help);
        }
    }
    let wrong = fields.diagnostics();
    let (reason, of) = (reason.to_owned(), of.to_owned());
    let record = wrong.is_empty().then_some(OverrideRecord { reason, of, patch: changes });
    (record, wrong)
}
