//! The JSON that clients read. The author's text is inserted unchanged.
//!
//! Shapes and key order are those of the official registry's answers. Everything is compact: the same
//! text of an entry is in the version document, `latest`, `versions` and the list.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::query::{BadParameter, QueryError};
use crate::model::{Entry, Overridden};

/// Key of the registry's own block in `_meta`.
pub const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// The registry's own block, with the keys in the order of the official registry.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Official<'a> {
    status: &'a str,
    status_changed_at: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<&'a str>,
    published_at: &'a str,
    updated_at: &'a str,
    is_latest: bool,
}

/// What this registry adds about an entry.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum OwnFacts<'a> {
    /// Where a mirrored entry came from.
    Origin {
        registry: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        sha256: Option<&'a str>,
    },
    /// How ownership of an own entry was proven.
    Ownership {
        method: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        issued: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        commit: Option<&'a str>,
    },
}

/// What this registry changed in an entry.
#[derive(Serialize)]
struct OverrideFacts<'a> {
    reason: &'a str,
    /// SHA-256 of the author's document.
    of: &'a str,
    members: &'a [String],
}

/// Returns `value` as compact JSON.
pub(in crate::render) fn json(value: &(impl Serialize + ?Sized)) -> String {
    // Only maps with keys other than text cannot be written, and there are none.
    serde_json::to_string(value).unwrap_or_default()
}

/// Writes one entry: `{"server":…,"_meta":{…}}`.
///
/// `meta_key` is the key of the registry's own facts; without it they are omitted. What the registry is told to
/// say about the entry follows them inside that key, and then under keys of others, byte for byte.
pub fn entry_json(entry: &Entry, is_latest: bool, meta_key: Option<&str>) -> String {
    let official = Official {
        status: entry.status.as_str(),
        status_changed_at: entry.dates.status_changed.as_str(),
        status_message: entry.status_message.as_deref(),
        published_at: entry.dates.published.as_str(),
        updated_at: entry.dates.updated.as_str(),
        is_latest,
    };
    let mut text = String::with_capacity(entry.document.len() + 320);
    let (document, official) = (&entry.document, json(&official));
    let _ = write!(text, "{{\"server\":{document},\"_meta\":{{\"{OFFICIAL}\":{official}");
    if let Some(key) = meta_key {
        let _ = write!(text, ",{}:{}", json(key), json(&own_facts(entry)));
        if let Some(it) = &entry.overridden {
            let Overridden { reason, of, members, .. } = &**it;
            text.pop();
            let it = json(&OverrideFacts { reason, of, members });
            let _ = write!(text, ",\"override\":{it}}}");
        }
        // Without the braces, which are those of the object before.
        let own = entry.own_annotations().map(|own| &own.text[1..own.text.len() - 1]);
        if let Some(members) = own.filter(|members| !members.is_empty()) {
            text.pop();
            let _ = write!(text, ",{members}}}");
        }
    }
    for (key, value) in entry.annotations.iter().flat_map(|it| &it.members) {
        let _ = write!(text, ",{}:{value}", json(key));
    }
    text.push_str("}}");
    text
}

/// Returns the author's document inside of what [`entry_json`] wrote.
pub fn document_of(entry: &[u8]) -> Option<&str> {
    #[derive(Deserialize)]
    struct Shown<'a> {
        #[serde(borrow)]
        server: &'a RawValue,
    }
    serde_json::from_slice::<Shown<'_>>(entry).ok().map(|shown| shown.server.get())
}

fn own_facts(entry: &Entry) -> OwnFacts<'_> {
    if let Some(registry) = entry.mirrored_from() {
        let sha256 = entry.origin.as_ref().and_then(|origin| origin.sha256.as_deref());
        return OwnFacts::Origin { registry, sha256 };
    }
    let evidence = &entry.evidence;
    OwnFacts::Ownership {
        method: evidence.method,
        subject: evidence.subject.as_deref(),
        key: evidence.key.as_deref(),
        issued: evidence.issued.as_ref().map(|time| time.as_str()),
        commit: evidence.commit.as_deref(),
    }
}

/// What comes before the entries of a list.
pub const LIST_START: &[u8] = b"{\"servers\":[";

/// What comes between two entries of a list.
pub const LIST_SEPARATOR: &[u8] = b",";

/// What comes after the `count` entries of a list.
pub fn list_end(count: usize, next_cursor: Option<&str>) -> String {
    let cursor = next_cursor.map(|cursor| format!("\"nextCursor\":{},", json(cursor)));
    format!("],\"metadata\":{{{}\"count\":{count}}}}}", cursor.unwrap_or_default())
}

/// Returns the size of a list of `count` entries that have `bytes` bytes together, without a cursor.
pub fn list_size(count: usize, bytes: usize) -> usize {
    list_json(std::iter::empty::<&[u8]>(), None).len() - 1
        + count.to_string().len()
        + bytes
        + count.saturating_sub(1)
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
        text.extend_from_slice(if count > 0 { LIST_SEPARATOR } else { b"" });
        text.extend_from_slice(entry.as_ref());
        count += 1;
    }
    text.extend_from_slice(list_end(count, next_cursor).as_bytes());
    text
}

/// An error body (RFC 9457), as the official registry writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    text: String,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [BadParameter],
}

impl Problem {
    /// A problem without a list of errors.
    pub fn new(status: u16, detail: &str) -> Self {
        Self::with(status, detail, &[])
    }

    /// Why a query was refused.
    pub fn of_query(error: &QueryError) -> Self {
        Self::with(error.status, error.detail, &error.errors)
    }

    fn with(status: u16, detail: &str, errors: &[BadParameter]) -> Self {
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
        Self { status, text: json(&ProblemJson { title, status, detail, errors }) }
    }

    /// The body.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
