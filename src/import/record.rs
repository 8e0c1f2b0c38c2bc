//! A record as another registry returned it.
//!
//! The `server` member is kept as text, so that a mirror does not change it. Beside it only the facts in
//! the official block of `_meta` are read. A record without JSON, name, version or date of publication is
//! refused.

use serde_json::Value;

use crate::data::is_suspicious;
use crate::data::read_json;
use crate::diag::{Code, Diagnostic, Place};
use crate::model::{Status, Timestamp};
use crate::text::shorten;

/// Key of the facts that a registry states about a record.
const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// Largest document that is imported, in bytes; the official registry takes no larger request.
const MAX_SERVER: usize = 1024 * 1024;

/// Largest `_meta` that is read, in bytes.
const MAX_META: usize = 256 * 1024;

/// Longest date that is read, in bytes; with nanoseconds and an offset a date has 35.
const MAX_DATE: usize = 64;

/// What a registry states about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// When it was published.
    pub published: Timestamp,
    /// When it was last changed, if stated.
    pub updated: Option<Timestamp>,
    /// When its status was last changed, if stated.
    pub status_changed: Option<Timestamp>,
    /// Whether its registry calls it the latest version of its server.
    pub latest: bool,
    /// Its status.
    pub status: Status,
    /// Why, or what to use instead; never of an active record.
    pub message: Option<String>,
    /// Why some of the above could not be read, although the record is used.
    pub lost: Vec<String>,
}

/// A readable record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamRecord {
    /// Its position in the source.
    pub place: Place,
    /// The server's name as written, whatever its form.
    pub name: String,
    /// The version as written, whatever its form.
    pub version: String,
    /// The text of `server`, byte for byte.
    pub server: String,
    /// What is stated about it, or why that cannot be used.
    pub facts: Result<Facts, Reason>,
}

/// Why a record is refused, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The end of the sentence "… was not imported: …".
    pub why: String,
    /// One imperative sentence.
    pub help: String,
}

impl Reason {
    pub(super) fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
    }

    /// Whether nothing says when the record was published.
    pub(super) fn is_undated(&self) -> bool {
        self.why.ends_with(UNKNOWN)
    }

    /// Returns the warning about the record called `label`, which may be empty.
    pub(super) fn refuse(&self, place: Place, label: &str) -> Diagnostic {
        let label = if label.is_empty() { "a record".into() } else { shorten(label) };
        let message = format!("{label} was not imported: {}", self.why);
        Diagnostic::new(Code::ImportRefused, place, message).help(self.help.clone())
    }
}

/// A record without a name or version, or that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its position in the source.
    pub place: Place,
    /// The server's name as written; empty when it has none.
    pub name: String,
    /// Why.
    pub reason: Reason,
}

/// A record, or why there is none.
pub type Reading = Result<UpstreamRecord, Box<Unreadable>>;

/// End of the reason of a record without a date of publication.
const UNKNOWN: &str = "so the date of publication is unknown";

const ASK: &str = "report it to the registry that it came from";

/// Reads a record from the raw text of its two members.
pub(super) fn read(place: Place, server: Option<&[u8]>, meta: Option<&[u8]>) -> Reading {
    match parts(server) {
        Ok((name, version, server)) => {
            let facts = facts(meta);
            Ok(UpstreamRecord { place, name, version, server, facts })
        }
        Err((name, reason)) => Err(Box::new(Unreadable { place, name, reason })),
    }
}

fn parts(server: Option<&[u8]>) -> Result<(String, String, String), (String, Reason)> {
    let nameless = |why: String, help: &str| (String::new(), Reason::new(why, help));
    let Some(bytes) = server else {
        let help = "import records of the form {\"server\": …, \"_meta\": …}; for one server.json, run `mcp-static add FILE`";
        return Err(nameless("it has no member \"server\"".to_owned(), help));
    };
    if bytes.len() > MAX_SERVER {
        return Err(nameless(format!("its document has {} bytes", bytes.len()), ASK));
    }
    let document = read_json("", bytes.to_vec())
        .map_err(|d| nameless(format!("its document is unreadable: {}", d.message), ASK))?;
    let text = |key: &str| document.value.get(key).and_then(Value::as_str).map(str::to_owned);
    let Some(name) = text("name") else {
        return Err(nameless("its document has no name".to_owned(), ASK));
    };
    let Some(version) = text("version") else {
        return Err((name, Reason::new("its document has no version", ASK)));
    };
    Ok((name, version, document.text))
}

fn facts(meta: Option<&[u8]>) -> Result<Facts, Reason> {
    let undated = |why: &str| {
        Reason::new(
            why,
            "ask for a dump with `_meta`, or add --as-own to make own entries of all records",
        )
    };
    if meta.is_some_and(|meta| meta.len() > MAX_META) {
        return Err(undated("its `_meta` has more than 256 KiB"));
    }
    let meta: Value = match meta.map(serde_json::from_slice) {
        None => return Err(undated(&format!("it has no `_meta`, {UNKNOWN}"))),
        Some(Err(_)) => return Err(undated("its `_meta` is unreadable")),
        Some(Ok(meta)) => meta,
    };
    let Some(official) = meta.get(OFFICIAL).filter(|official| official.is_object()) else {
        let why = format!("its `_meta` has no \"{OFFICIAL}\", {UNKNOWN}");
        return Err(undated(&why));
    };
    let Some(published) = date(official, "publishedAt")? else {
        return Err(undated(&format!("it has no publishedAt, {UNKNOWN}")));
    };
    let (status, mut lost) = (status(official)?, Vec::new());
    let updated = optional(date(official, "updatedAt"), status, &mut lost)?;
    let status_changed = optional(date(official, "statusChangedAt"), status, &mut lost)?;
    let message = match status {
        Status::Active => None,
        _ => optional(message(official), status, &mut lost)?,
    };
    let latest = official.get("isLatest").and_then(Value::as_bool).unwrap_or_default();
    Ok(Facts { published, latest, updated, status_changed, status, message, lost })
}

/// Returns a fact that a record may lack. A withdrawn record may have an invalid one: that must not keep the
/// withdrawal out.
fn optional<T>(
    fact: Result<Option<T>, Reason>,
    status: Status,
    lost: &mut Vec<String>,
) -> Result<Option<T>, Reason> {
    match fact {
        Err(reason) if status == Status::Deleted => {
            lost.push(reason.why);
            Ok(None)
        }
        fact => fact,
    }
}

fn member<'a>(official: &'a Value, key: &str) -> Option<&'a Value> {
    official.get(key).filter(|value| !value.is_null() && value.as_str() != Some(""))
}

fn date(official: &Value, key: &str) -> Result<Option<Timestamp>, Reason> {
    let Some(value) = member(official, key) else { return Ok(None) };
    let text = value.as_str().filter(|text| text.len() <= MAX_DATE);
    match text.and_then(Timestamp::parse) {
        Some(date) => Ok(Some(in_utc(date))),
        None => {
            let value = value.to_string();
            let why = format!("its {key} is {}, which is not an RFC 3339 time", shorten(&value));
            Err(Reason::new(why, ASK))
        }
    }
}

/// Returns the same time written in UTC with the digits of the fraction that it came with.
fn in_utc(date: Timestamp) -> Timestamp {
    if date.is_canonical() {
        return date;
    }
    let fraction = date.as_str().get(19..).unwrap_or_default();
    let fraction = match fraction.find(|c: char| c != '.' && !c.is_ascii_digit()) {
        Some(end) => &fraction[..end],
        None => fraction,
    };
    let whole = Timestamp::from_unix(date.unix());
    let text = format!("{}{fraction}Z", whole.as_str().trim_end_matches('Z'));
    Timestamp::parse(&text).unwrap_or(whole)
}

fn status(official: &Value) -> Result<Status, Reason> {
    let Some(word) = member(official, "status") else { return Ok(Status::Active) };
    word.as_str().and_then(Status::parse).ok_or_else(|| {
        let word = word.to_string();
        Reason::new(format!("its status is {}, which is not known", shorten(&word)), ASK)
    })
}

fn message(official: &Value) -> Result<Option<String>, Reason> {
    let Some(value) = member(official, "statusMessage") else { return Ok(None) };
    let Some(message) = value.as_str() else {
        return Err(Reason::new("its statusMessage is not a string", ASK));
    };
    let length = message.chars().count();
    if length > Status::MESSAGE_MAX {
        return Err(Reason::new(format!("its statusMessage has {length} characters"), ASK));
    }
    if let Some(c) = message.chars().find(|c| is_suspicious(*c)) {
        let why = format!("its statusMessage has U+{:04X}, which readers cannot see", u32::from(c));
        return Err(Reason::new(why, ASK));
    }
    Ok(Some(message.to_owned()))
}
