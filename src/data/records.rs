//! The small files beside a `server.json`: status, origin, tombstone.

use crate::text::{is_lower_hex, to_hex};
use serde_json::{Map, Value};

use crate::config::toml_diagnostic;
use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile, nearest};
use crate::error::Result;
use crate::model::{Dates, Status, Timestamp};

use super::json::{Document, MAX_FILE, too_large};
use super::tree::{FileRef, Tree};

/// The content of a `status.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusRecord {
    /// The status of the version.
    pub status: Status,
    /// Why, or what to use instead.
    pub message: Option<String>,
}

/// The content of an `origin.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginRecord {
    /// The registry that the entry was mirrored from.
    pub registry: Option<String>,
    /// SHA-256 of `server.json`.
    pub sha256: Option<String>,
    /// Pinned dates.
    pub published: Option<Timestamp>,
    /// Pinned date of the last change.
    pub updated: Option<Timestamp>,
    /// Pinned date of the last change of status.
    pub status_changed: Option<Timestamp>,
}

impl OriginRecord {
    /// Returns the pinned dates, when publication is pinned; the others default to it.
    pub fn dates(&self) -> Option<Dates> {
        let published = self.published.clone()?;
        Some(Dates {
            updated: self.updated.clone().unwrap_or_else(|| published.clone()),
            status_changed: self.status_changed.clone().unwrap_or_else(|| published.clone()),
            published,
        })
    }
}

/// Returns two-space JSON of an object of texts, with a final newline.
fn to_json(members: &[(&str, Option<&str>)]) -> String {
    let line = |(key, text): &(&str, Option<&str>)| {
        Some(format!("  \"{key}\": {}", Value::from((*text)?)))
    };
    let lines: Vec<String> = members.iter().filter_map(line).collect();
    if lines.is_empty() { "{}\n".to_owned() } else { format!("{{\n{}\n}}\n", lines.join(",\n")) }
}

impl StatusRecord {
    /// Returns the text of its `status.json`.
    pub fn to_json(&self) -> String {
        to_json(&[
            ("status", Some(self.status.as_str())),
            ("statusMessage", self.message.as_deref()),
        ])
    }
}

impl OriginRecord {
    /// Returns the text of its `origin.json`; dates keep their digits.
    pub fn to_json(&self) -> String {
        to_json(&[
            ("registry", self.registry.as_deref()),
            ("sha256", self.sha256.as_deref()),
            ("publishedAt", self.published.as_ref().map(Timestamp::as_str)),
            ("updatedAt", self.updated.as_ref().map(Timestamp::as_str)),
            ("statusChangedAt", self.status_changed.as_ref().map(Timestamp::as_str)),
        ])
    }
}

/// Returns the SHA-256 of a document as `origin.json` writes it: lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    to_hex(&Sha256::digest(bytes))
}

/// Picks members of an object and reports what is wrong with them.
pub(super) struct RecordReader<'a> {
    source: SourceFile<'a>,
    members: Option<&'a Map<String, Value>>,
    code: Code,
    wrong: Vec<Finding>,
}

impl<'a> RecordReader<'a> {
    pub(super) fn new(
        path: &'a str,
        document: &'a Document,
        code: Code,
        known: &[&'static str],
    ) -> Self {
        let source = SourceFile::new(path, &document.text);
        let members = document.value.as_object();
        let mut fields = Self { source, members, code, wrong: Vec::new() };
        if members.is_none() {
            fields.report("", "the document is not an object", "write { … }");
        }
        let keys = members.into_iter().flat_map(Map::keys);
        for key in keys.filter(|key| !known.contains(&key.as_str())) {
            let help = match nearest(key, known.iter().copied()) {
                Some(near) => format!("write \"{near}\", or remove it"),
                None => format!("remove it; known are {}", known.join(", ")),
            };
            let message = format!("the property {key:?} is not known");
            fields.report(Pointer::root().key(key), message, help);
        }
        fields
    }

    pub(super) fn report(
        &mut self,
        pointer: impl Into<Pointer>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.wrong.push(Finding::new(self.code, pointer, message).help(help));
    }

    /// Returns what is wrong with them.
    pub(super) fn diagnostics(self) -> Vec<Diagnostic> {
        self.source.diagnose_all(self.wrong)
    }

    pub(super) fn text(&mut self, key: &str) -> Option<&'a str> {
        let value = self.members?.get(key)?;
        if !value.is_string() {
            let message = format!("{key} is not a string");
            self.report(Pointer::root().key(key), message, "write it in quotes");
        }
        value.as_str()
    }

    fn date(&mut self, key: &str) -> Option<Timestamp> {
        let text = self.text(key)?;
        let date = Timestamp::parse(text).filter(Timestamp::is_canonical);
        if date.is_none() {
            let message = format!("{text:?} is not a UTC time as RFC 3339 writes it");
            let help = "write it like \"2026-03-01T12:00:00Z\"";
            self.report(Pointer::root().key(key), message, help);
        }
        date
    }
}

/// Reads a `status.json`.
pub fn read_status(path: &str, document: &Document) -> (StatusRecord, Vec<Diagnostic>) {
    let mut fields =
        RecordReader::new(path, document, Code::StatusInvalid, &["status", "statusMessage"]);
    if fields.members.is_some_and(|members| !members.contains_key("status")) {
        let help = "add \"status\": \"active\", \"deprecated\" or \"deleted\"";
        fields.report("", "there is no status", help);
    }
    let word = fields.text("status").unwrap_or(Status::Active.as_str());
    let status = Status::parse(word).unwrap_or_else(|| {
        let words = Status::ALL.map(Status::as_str);
        let help = match nearest(word, words) {
            Some(near) => format!("write \"{near}\""),
            None => format!("write one of {}", words.join(", ")),
        };
        fields.report("/status", format!("{word:?} is not a status"), help);
        Status::Active
    });
    let message = fields.text("statusMessage").filter(|text| !text.is_empty());
    if let Some(text) = message {
        let length = text.chars().count();
        if length > Status::MESSAGE_MAX {
            let help = format!("shorten it to {} characters", Status::MESSAGE_MAX);
            fields.report("/statusMessage", format!("the message has {length} characters"), help);
        } else if status == Status::Active {
            let help = "remove the message, or write another status";
            fields.report("/statusMessage", "an active version has no status message", help);
        }
    }
    (StatusRecord { status, message: message.map(str::to_owned) }, fields.diagnostics())
}

/// Reads an `origin.json`.
pub fn read_origin(path: &str, document: &Document) -> (OriginRecord, Vec<Diagnostic>) {
    let known = ["registry", "sha256", "publishedAt", "updatedAt", "statusChangedAt"];
    let mut fields = RecordReader::new(path, document, Code::OriginInvalid, &known);
    let record = OriginRecord {
        registry: fields.text("registry").map(str::to_owned),
        sha256: fields.text("sha256").map(str::to_owned),
        published: fields.date("publishedAt"),
        updated: fields.date("updatedAt"),
        status_changed: fields.date("statusChangedAt"),
    };
    if record.sha256.as_ref().is_some_and(|text| !is_lower_hex(text, 64)) {
        let help = "write the 64 digits that `sha256sum server.json` prints";
        fields.report("/sha256", "this is not a SHA-256 in lower-case hex", help);
    }
    if record.published.is_none() && (record.updated.is_some() || record.status_changed.is_some()) {
        let help = "add publishedAt, or remove the other dates";
        fields.report("", "dates are pinned but publishedAt is not", help);
    }
    (record, fields.diagnostics())
}

/// Reads a tombstone: a TOML file with a `reason`.
pub fn read_tombstone(path: &str, text: &str) -> Vec<Diagnostic> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Tombstone {
        reason: String,
    }
    let source = SourceFile::new(path, text);
    match toml::from_str::<Tombstone>(text) {
        Ok(stone) if !stone.reason.trim().is_empty() => Vec::new(),
        Ok(_) => {
            let finding = Finding::new(Code::TombstoneInvalid, "/reason", "the reason is empty");
            vec![source.diagnose(finding.help("write why the version was removed"))]
        }
        Err(e) => vec![toml_diagnostic(&source, Code::TombstoneInvalid, &e)],
    }
}

impl Tree {
    /// Reads a file of TOML; the inner error reports that it is too large.
    pub fn read_text(&self, file: &FileRef) -> Result<std::result::Result<String, Diagnostic>> {
        let content = self.read(file)?;
        Ok(match content.size > MAX_FILE {
            true => Err(too_large(&self.display(&file.path), content.size)),
            false => Ok(String::from_utf8_lossy(&content.bytes).into_owned()),
        })
    }
}
