//! Copilot for Eclipse (code): most of an entry is read loosely, some of `_meta` is typed, and a
//! mismatch there makes the whole answer fail.

use serde_json::Value;

use super::flaw::{Flaw, OFFICIAL, PUBLISHER, type_of};
use crate::model::Status;
use crate::model::probe::Trouble;

/// Returns what Eclipse rejects in the entry at `at`.
pub(super) fn entry(entry: &Value, at: &str) -> Option<Flaw> {
    let status = entry.get("_meta").and_then(|meta| meta.get(OFFICIAL)?.get("status"));
    let known = |status: &Value| status.as_str().is_some_and(|s| Status::parse(s).is_some());
    if let Some(status) = status.filter(|status| !status.is_null() && !known(status)) {
        let detail = format!("{at}/_meta status is {status}");
        return Some(Flaw::fails(Trouble::StrictEnum, detail));
    }
    let publisher = entry.get("server")?.get("_meta")?.get(PUBLISHER)?;
    let wrong = |key: &str, fits: fn(&Value) -> bool| {
        let value = publisher.get(key).filter(|value| !value.is_null() && !fits(value))?;
        let detail = format!("{at}/server publisher-provided.{key} is {}", type_of(value));
        Some(Flaw::fails(Trouble::WrongType, detail))
    };
    let scalar = |value: &Value| !value.is_object() && !value.is_array();
    wrong("tool", scalar)
        .or_else(|| wrong("version", scalar))
        .or_else(|| wrong("buildInfo", Value::is_object))
}
