//! What readers find.

pub(super) use crate::check::type_of;
use serde_json::Value;

use crate::model::probe::{Grade, Trouble};

/// Something that a client rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub trouble: Trouble,
    pub grade: Grade,
    /// Where, and what was found.
    pub detail: String,
}

impl Flaw {
    pub(super) fn new(trouble: Trouble, grade: Grade, detail: impl Into<String>) -> Self {
        Self { trouble, grade, detail: detail.into() }
    }

    pub(super) fn fails(trouble: Trouble, detail: impl Into<String>) -> Self {
        Self::new(trouble, Grade::Fails, detail)
    }
}

/// Describes an unexpected value for messages.
pub(super) fn keys(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let keys: Vec<&str> = members.keys().map(String::as_str).take(6).collect();
            format!("members: {}", keys.join(", "))
        }
        other => format!("it is {}", type_of(other)),
    }
}

/// Returns a string member that is not empty.
pub(super) fn filled<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The key of the registry's own block in `_meta`.
pub(super) const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// The key of the publisher's block in `server._meta`.
pub(super) const PUBLISHER: &str = "io.modelcontextprotocol.registry/publisher-provided";
