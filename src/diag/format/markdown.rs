//! The form for one comment on a pull request.
//!
//! A list by file. Everything that other people wrote is escaped: it can neither link, mention, embed
//! nor break out of its line. The comment stays below the size that forges accept, and counts what it left
//! out.

use super::shared::{WORST_FIRST, counted, position, summary};
use crate::diag::{Diagnostic, Report};
use crate::text::{markdown_message, markdown_span};

/// Most characters of a comment.
const MAX: usize = 60_000;
/// Characters kept for the line that says what was left out.
const RESERVE: usize = 120;

/// Prints the comment. When it has no room for everything, it has room for the worst.
pub(super) fn render(report: &Report) -> String {
    let mut text = format!("**{}**\n", summary(report));
    let mut room = MAX.saturating_sub(text.chars().count() + RESERVE);
    let items = report.items();
    let mut pieces: Vec<Option<String>> = vec![None; items.len()];
    for severity in WORST_FIRST {
        for (diagnostic, place) in items.iter().zip(&mut pieces) {
            if diagnostic.severity != severity {
                continue;
            }
            let piece = item(diagnostic);
            // As if each stood alone below the name of its file.
            let size = piece.chars().count() + heading(&diagnostic.place.file).chars().count();
            if size > room {
                room = 0;
                break;
            }
            room -= size;
            *place = Some(piece);
        }
    }
    let mut file = None;
    for (diagnostic, piece) in items.iter().zip(&pieces) {
        let Some(piece) = piece else { continue };
        if file != Some(&diagnostic.place.file) {
            text.push_str(&heading(&diagnostic.place.file));
            file = Some(&diagnostic.place.file);
        }
        text.push_str(piece);
    }
    let rest = items.iter().zip(&pieces).filter(|(_, piece)| piece.is_none()).map(|(d, _)| d);
    text.push_str(&left_out(rest));
    text
}

/// Returns what the comment has no room for, by severity.
fn left_out<'a>(rest: impl Iterator<Item = &'a Diagnostic> + Clone) -> String {
    match counted(rest).as_str() {
        "" => String::new(),
        found => format!("\n…and {found} more that this comment has no room for.\n"),
    }
}

fn heading(file: &str) -> String {
    if file.is_empty() {
        "\n**The registry as a whole**\n\n".to_owned()
    } else {
        format!("\n{}\n\n", markdown_span(file))
    }
}

fn item(diagnostic: &Diagnostic) -> String {
    let mut text = format!("- **{}** `{}`", diagnostic.severity, diagnostic.code);
    if let Some(position) = position(&diagnostic.place) {
        text.push_str(&format!(" at {position}"));
    }
    let pointer = diagnostic.place.pointer.as_str();
    if !pointer.is_empty() {
        text.push_str(&format!(" {}", markdown_span(pointer)));
    }
    text.push_str(&format!(": {}\n", markdown_message(&diagnostic.message)));
    for label in &diagnostic.labels {
        text.push_str("  - ");
        if !label.place.file.is_empty() {
            let position = position(&label.place).map(|p| format!(":{p}")).unwrap_or_default();
            let place = format!("{}{position}", label.place.file);
            text.push_str(&format!("{}: ", markdown_span(&place)));
        }
        text.push_str(&format!("{}\n", markdown_message(&label.message)));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("  - help: {}\n", markdown_message(help)));
    }
    text
}
