//! The JSON that clients read, written by hand so that the author's text passes through untouched.
//!
//! Shapes and key order are those of the official registry's answers. Everything is compact: answers
//! are pasted from the same text into the version document, `latest`, `versions` and the list.

use std::fmt::Write as _;
use std::ops::Range;

use crate::model::query::{Given, QueryError};
use crate::model::{Entry, Evidence, Listing};
use crate::site::Body;
use crate::text::push_json_string;

/// Key of the registry's own block in `_meta`.
pub const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// One entry: `{"server":…,"_meta":{…}}`.
///
/// `meta_key` is the key of the registry's own facts; without it they are omitted.
pub fn entry_json(entry: &Entry, is_latest: bool, meta_key: Option<&str>) -> String {
    let mut text = String::with_capacity(entry.document.len() + 320);
    text.push_str("{\"server\":");
    text.push_str(&entry.document);
    let _ = write!(text, ",\"_meta\":{{\"{OFFICIAL}\":{{\"status\":\"{}\"", entry.status);
    let _ = write!(text, ",\"statusChangedAt\":\"{}\"", entry.dates.status_changed);
    if let Some(message) = &entry.status_message {
        text.push_str(",\"statusMessage\":");
        push_string(&mut text, message);
    }
    let _ = write!(
        text,
        ",\"publishedAt\":\"{}\",\"updatedAt\":\"{}\",\"isLatest\":{is_latest}}}",
        entry.dates.published, entry.dates.updated
    );
    if let Some(key) = meta_key {
        text.push(',');
        push_string(&mut text, key);
        match mirror(entry) {
            Some(origin) => {
                text.push_str(":{\"origin\":");
                text.push_str(&origin);
            }
            None => {
                text.push_str(":{\"ownership\":");
                push_evidence(&mut text, &entry.evidence);
            }
        }
        text.push('}');
    }
    text.push_str("}}");
    text
}

/// How ownership of an own entry was shown.
fn push_evidence(text: &mut String, evidence: &Evidence) {
    let issued = evidence.issued.as_ref().map(|time| time.as_str());
    let members = [
        ("subject", evidence.subject.as_deref()),
        ("key", evidence.key.as_deref()),
        ("issued", issued),
        ("commit", evidence.commit.as_deref()),
    ];
    let _ = write!(text, "{{\"method\":\"{}\"", evidence.method);
    for (name, value) in members {
        if let Some(value) = value {
            let _ = write!(text, ",\"{name}\":");
            push_string(text, value);
        }
    }
    text.push('}');
}

/// Where a mirrored entry came from.
fn mirror(entry: &Entry) -> Option<String> {
    let registry = entry.mirrored_from()?;
    let mut text = String::from("{\"registry\":");
    push_string(&mut text, registry);
    if let Some(sha256) = entry.origin.as_ref().and_then(|origin| origin.sha256.as_deref()) {
        text.push_str(",\"sha256\":");
        push_string(&mut text, sha256);
    }
    text.push('}');
    Some(text)
}

/// The JSON of one of a listing's entries.
pub fn of(listing: &Listing, entry: &Entry, meta_key: Option<&str>) -> String {
    entry_json(entry, listing.is_latest(entry), meta_key)
}

/// How a list begins.
const LIST_START: &[u8] = b"{\"servers\":[";

/// Returns the byte range of each of `entries` in a list of them.
pub(in crate::render) fn list_ranges<'a>(
    entries: impl Iterator<Item = &'a Body>,
) -> impl Iterator<Item = Range<usize>> {
    let mut start = LIST_START.len();
    entries.map(move |entry| {
        let end = start + entry.len();
        std::mem::replace(&mut start, end + 1)..end // one byte for the comma
    })
}

/// A list: `{"servers":[…],"metadata":{"nextCursor":…,"count":n}}`.
pub fn list_json(
    entries: impl IntoIterator<Item = impl AsRef<[u8]>, IntoIter: Clone>,
    next_cursor: Option<&str>,
) -> Vec<u8> {
    let entries = entries.into_iter();
    let size: usize = entries.clone().map(|entry| entry.as_ref().len() + 1).sum();
    let mut text = Vec::with_capacity(size + 80);
    text.extend_from_slice(LIST_START);
    let mut count = 0;
    for entry in entries {
        if count > 0 {
            text.push(b',');
        }
        text.extend_from_slice(entry.as_ref());
        count += 1;
    }
    let mut end = String::from("],\"metadata\":{");
    if let Some(cursor) = next_cursor {
        end.push_str("\"nextCursor\":");
        push_string(&mut end, cursor);
        end.push(',');
    }
    let _ = write!(end, "\"count\":{count}}}}}");
    text.extend_from_slice(end.as_bytes());
    text
}

/// An error body (RFC 9457), as the official registry writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    text: String,
}

impl Problem {
    /// A problem without a list of errors.
    pub fn new(status: u16, detail: &str) -> Self {
        Self::with(status, detail, "")
    }

    /// Why a query was refused.
    pub fn of_query(error: &QueryError) -> Self {
        let mut errors = String::new();
        for (i, bad) in error.errors.iter().enumerate() {
            errors.push_str(if i == 0 { ",\"errors\":[" } else { "," });
            errors.push_str("{\"message\":");
            push_string(&mut errors, bad.message);
            errors.push_str(",\"location\":");
            push_string(&mut errors, bad.location);
            errors.push_str(",\"value\":");
            match &bad.value {
                Given::Text(text) => push_string(&mut errors, text),
                Given::Number(number) => {
                    let _ = write!(errors, "{number}");
                }
            }
            errors.push('}');
        }
        if !errors.is_empty() {
            errors.push(']');
        }
        Self::with(error.status, error.detail, &errors)
    }

    fn with(status: u16, detail: &str, errors: &str) -> Self {
        let title = match status {
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            421 => "Misdirected Request",
            422 => "Unprocessable Entity",
            431 => "Request Header Fields Too Large",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        };
        let mut text = format!("{{\"title\":\"{title}\",\"status\":{status},\"detail\":");
        push_string(&mut text, detail);
        text.push_str(errors);
        text.push('}');
        Self { status, text }
    }

    /// The body.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Appends `text` as a JSON string.
pub fn push_string(out: &mut String, text: &str) {
    push_json_string(out, text, |_| false);
}
