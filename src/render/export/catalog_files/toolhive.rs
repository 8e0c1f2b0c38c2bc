//! ToolHive: one file with the documents of all servers.

use super::super::super::Facts;
use super::{Element, Shown, Totals};

/// What the file begins with.
pub(super) const START: &str = "{\"$schema\":\"https://raw.githubusercontent.com/stacklok/toolhive-core/main/registry/types/data/upstream-registry.schema.json\",\"version\":\"1.0.0\",\"data\":{\"servers\":[\n";

pub(super) fn element(shown: &Shown<'_>, _: &Facts) -> Result<Element, String> {
    Ok(Element { key: shown.server.name.clone(), text: shown.document.to_owned() })
}

/// The last change is known at the end only.
pub(super) fn end(totals: &Totals) -> String {
    let updated =
        Some(&*totals.updated).filter(|it| !it.is_empty()).unwrap_or("1970-01-01T00:00:00Z");
    format!("\n]}},\"meta\":{{\"last_updated\":\"{updated}\"}}}}\n")
}
