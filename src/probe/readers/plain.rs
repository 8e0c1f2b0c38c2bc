//! Readers without a type system: they take what they need from an entry and drop it otherwise.

use serde_json::Value;

use super::flaw::{Flaw, filled};
use crate::model::probe::{Grade, Trouble};

/// Entries that lack a member of `server`, or, written with a NUL before it, one beside `server`.
pub(super) fn list(entries: &[Value], wanted: &[&str]) -> Vec<Flaw> {
    let lacks = |entry: &Value| {
        wanted.iter().copied().find(|key| match key.strip_prefix('\0') {
            Some(beside) => entry.get(beside).is_none_or(|value| !value.is_object()),
            None => entry.get("server").and_then(|server| filled(server, key)).is_none(),
        })
    };
    let invalid: Vec<(usize, &str)> =
        entries.iter().enumerate().filter_map(|(i, e)| Some((i, lacks(e)?))).collect();
    let Some((i, key)) = invalid.first() else { return Vec::new() };
    let key = key.trim_start_matches('\0');
    let all = invalid.len() == entries.len();
    let grade = if all { Grade::Fails } else { Grade::Partly };
    let trouble = if key == "_meta" { Trouble::NoMeta } else { Trouble::EntryInvalid };
    let detail = format!("/servers/{i} has no {key}; {} of {}", invalid.len(), entries.len());
    vec![Flaw::new(trouble, grade, detail)]
}
