//! Annotations of GitHub Actions: workflow commands on standard output.
//!
//! A step shows at most ten annotations of each kind, so the worst come first; the log has the
//! rest. Only lines that are written here begin with `::`.

use super::shared::{WORST_FIRST, position, summary};
use crate::diag::{Diagnostic, Report, Severity};
use crate::text::visible;

/// How many annotations of each kind the forge shows for a step.
const SHOWN: usize = 10;

/// Prints one command per diagnostic, errors first, and a summary as plain text.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for severity in WORST_FIRST {
        let commands = report.items().iter().filter(|d| d.severity == severity).map(command);
        text.extend(commands.map(|command| command + "\n"));
    }
    text.push_str(&summary(report));
    let counts = report.counts();
    if counts.errors.max(counts.warnings).max(counts.notes) > SHOWN {
        text.push_str("; the first ten of each kind are annotated, this log holds them all");
    }
    text.push('\n');
    text
}

fn command(diagnostic: &Diagnostic) -> String {
    let mut properties = Vec::new();
    let place = &diagnostic.place;
    if !place.file.is_empty() {
        properties.push(format!("file={}", property(&visible(&place.file))));
        if place.line > 0 {
            properties.push(format!("line={}", place.line));
        }
        if place.line > 0 && place.column > 0 {
            properties.push(format!("col={}", place.column));
        }
    }
    properties.push(format!("title={}", property(diagnostic.code.as_str())));
    let word = word(diagnostic.severity);
    format!("::{word} {}::{}", properties.join(","), body(diagnostic))
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "notice",
        severity => severity.as_str(),
    }
}

/// Returns the command for a message that is not about a place in the data.
#[cfg(feature = "cli")]
pub(super) fn message(severity: Severity, title: &str, text: &str) -> String {
    format!("::{} title={}::{}", word(severity), property(title), data(&visible(text)))
}

/// Returns message, second places and help, one per line.
fn body(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![data(&visible(&diagnostic.message))];
    for label in &diagnostic.labels {
        let message = data(&visible(&label.message));
        let file = data(&visible(&label.place.file));
        lines.push(match (file.is_empty(), position(&label.place)) {
            (true, _) => message,
            (false, None) => format!("{file}: {message}"),
            (false, Some(position)) => format!("{file}:{position}: {message}"),
        });
    }
    if let Some(help) = &diagnostic.help {
        lines.push(format!("help: {}", data(&visible(help))));
    }
    lines.join("%0A")
}

/// Escapes the text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
