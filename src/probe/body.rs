//! The kind of a body, before any client's rules are applied to it.
//!
//! The content type is ignored, because hosts that choose it by file extension send JSON under any type.

use serde_json::Value;

use crate::world::http::Reply;

/// The form that a body has.
#[derive(Debug, PartialEq)]
pub(super) enum BodyKind {
    Json(Value),
    Page,
    Xml,
    Empty,
    /// None of these; the text is the error of the JSON parser.
    Other(String),
}

/// A body and its kind.
#[derive(Debug)]
pub(super) struct Body {
    /// Its bytes, as far as they were read.
    pub(super) bytes: Vec<u8>,
    /// Whether all of it was read.
    pub(super) whole: bool,
    /// Whether it begins with a byte order mark.
    pub(super) mark: bool,
    pub(super) form: BodyKind,
}

impl Body {
    /// Determines the kind of a body.
    pub(super) fn read(bytes: Vec<u8>, whole: bool) -> Self {
        let mark = bytes.starts_with(b"\xef\xbb\xbf");
        let text = if mark { &bytes[3..] } else { &bytes[..] };
        let form = match serde_json::from_slice::<Value>(text) {
            Ok(value) => BodyKind::Json(value),
            Err(e) => other(text, &e),
        };
        Self { bytes, whole, mark, form }
    }

    /// Returns the JSON value, if there is one.
    pub(super) fn json(&self) -> Option<&Value> {
        match &self.form {
            BodyKind::Json(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the array `servers`, if this is a list.
    pub(super) fn servers(&self) -> Option<&Vec<Value>> {
        self.json()?.get("servers")?.as_array()
    }

    /// Whether this is an error of an object store.
    pub(super) fn is_store_error(&self) -> bool {
        self.form == BodyKind::Xml && self.bytes.windows(6).any(|at| at == b"<Code>")
    }
}

fn other(text: &[u8], e: &serde_json::Error) -> BodyKind {
    let start = String::from_utf8_lossy(&text[..text.len().min(512)]).trim_start().to_lowercase();
    if start.is_empty() {
        BodyKind::Empty
    } else if (start.starts_with("<?xml") || start.starts_with("<error"))
        && !start.contains("<html")
    {
        BodyKind::Xml
    } else if start.starts_with('<') {
        BodyKind::Page
    } else {
        BodyKind::Other(e.to_string())
    }
}

/// Returns the media type of an answer, without parameters and in lower case; empty when there is none.
pub(super) fn media(reply: &Reply) -> String {
    let value = reply.header("content-type").unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
