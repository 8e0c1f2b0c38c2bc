//! What several printed forms share.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Place, Report, Severity};
use crate::text::{self, is_invisible, push_json_escape};

/// How a form may look; meaning never depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// Whether the human form may use the colours of a terminal.
    pub color: bool,
    /// Whether the human form shows only the first few findings of a code, and counts the others.
    pub brief: bool,
}

impl Style {
    /// Makes a style with or without colour.
    pub fn new(color: bool) -> Self {
        Self { color, brief: false }
    }

    /// Sets whether the human form counts what it repeats.
    #[must_use]
    pub fn brief(self, brief: bool) -> Self {
        Self { brief, ..self }
    }
}

/// Returns how much was found, such as `2 errors, 1 warning in 3 files`.
pub fn summary(report: &Report) -> String {
    let files: BTreeSet<&str> =
        report.items().iter().map(|d| d.place.file.as_str()).filter(|f| !f.is_empty()).collect();
    match (counted(report.items().iter()), files.len()) {
        (found, _) if found.is_empty() => "no problems found".to_owned(),
        (found, 0) => found,
        (found, files) => format!("{found} in {}", text::count(files, "file")),
    }
}

/// Counts diagnostics by severity, such as `2 errors, 1 warning`; empty when there is none.
pub(super) fn counted<'a>(found: impl Iterator<Item = &'a Diagnostic> + Clone) -> String {
    let count = |severity| -> usize {
        found.clone().filter(|d| d.severity == severity).map(|d| d.count).sum()
    };
    let counts = WORST_FIRST.map(|severity| (count(severity), severity.as_str()));
    let parts = counts.into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, word)| text::count(count, word)).collect::<Vec<_>>().join(", ")
}

/// Returns `line:column` of a place, as much of it as is known.
pub(super) fn position(place: &Place) -> Option<String> {
    match (place.line, place.column) {
        (0, _) => None,
        (line, 0) => Some(line.to_string()),
        (line, column) => Some(format!("{line}:{column}")),
    }
}

/// The severities from the worst on.
pub(super) const WORST_FIRST: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

/// Returns JSON `text` with the characters that [`visible`](crate::text::visible) would hide written as
/// JSON escapes, so that a reader gets them back and a log never sees them.
///
/// They can only be inside strings, where an escape means the same.
pub fn quiet_json(text: &str) -> String {
    let mut quiet = String::with_capacity(text.len());
    for c in text.chars() {
        // Line breaks between tokens are layout; inside a string none is raw.
        if c != '\n' && is_invisible(c) {
            push_json_escape(&mut quiet, c);
        } else {
            quiet.push(c);
        }
    }
    // Two number signs in a row make the commands of some logs; only strings hold them.
    quiet.replace("##", "#\\u0023")
}
