//! What this registry changed in an entry, as pages show it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::text::shown;
use crate::model::Overridden;

/// Most of the author's text that a page shows, in bytes.
const SHOWN: usize = 8 * 1024;

/// The box of a server's page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OverrideView {
    reason: String,
    members: String,
    /// The members as their author wrote them; `None` when they are long.
    original: Option<String>,
}

impl OverrideView {
    pub(super) fn new(it: &Overridden) -> Self {
        let original: Map<String, Value> = serde_json::from_str(&it.original).unwrap_or_default();
        let changed = original.into_iter().filter(|(key, _)| it.members.contains(key));
        let text = serde_json::to_string_pretty(&Value::Object(changed.collect()));
        Self {
            reason: shown(&it.reason),
            members: it.members.join(" and "),
            original: text.ok().filter(|text| text.len() <= SHOWN).map(|text| shown(&text)),
        }
    }
}
