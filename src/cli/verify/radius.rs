//! What a change does to clients that enforce what is approved, in the comment and on the terminal.

use crate::error::Result;
use crate::judge::{Judged, Judgement};
use crate::pipeline::{BlastRadius, Rows, blast_radius};
use crate::text::{count, markdown_span as span};

use super::Change;
use super::Global;

/// Most servers, and most commands of one server, that are listed.
const MOST: usize = 20;

/// Finds out what a change does to clients; `None` where nothing is merged, and for a change that is refused.
pub(super) fn of(global: &Global, change: &Change, judged: &Judged) -> Result<Option<BlastRadius>> {
    let (Some(base), false) = (&change.base, change.by_commit) else { return Ok(None) };
    if judged.judgement == Judgement::Refused {
        return Ok(None);
    }
    let head = change.head.as_deref().unwrap_or("HEAD");
    let options = global.load_options()?;
    Ok(blast_radius(&options, base, head)?.filter(|radius| !radius.is_empty()))
}

/// Returns the part of the comment. Foreign text in it is escaped.
pub(super) fn section(radius: &BlastRadius) -> String {
    let mut text = "\n#### Clients that enforce the allowlist\n\nAfter the merge, once the files of this registry are rolled out again:\n".to_owned();
    list(&mut text, "They stop", &radius.stops);
    list(&mut text, "They newly allow", &radius.allows);
    if !radius.gone.is_empty() {
        text.push_str("\nNo longer listed, so that clients that go by name refuse them: ");
        let names: Vec<String> = radius.gone.iter().take(MOST).map(|name| span(name)).collect();
        text.push_str(&names.join(", "));
        text.push_str(&more(radius.gone.len(), ", and "));
        text.push_str(".\n");
    }
    text
}

fn list(text: &mut String, what: &str, rows: &Rows) {
    if rows.is_empty() {
        return;
    }
    let total: usize = rows.iter().map(|(_, rows)| rows.len()).sum();
    let what_all = match total {
        1 => "1 command or URL".to_owned(),
        total => format!("{total} commands and URLs"),
    };
    text.push_str(&format!("\n{what} {what_all} of {}:\n\n", count(rows.len(), "server")));
    for (name, rows) in rows.iter().take(MOST) {
        let shown: Vec<String> = rows.iter().take(MOST).map(|row| span(row)).collect();
        text.push_str(&format!(
            "- {}: {}{}\n",
            span(name),
            shown.join(", "),
            more(rows.len(), ", and ")
        ));
    }
    if rows.len() > MOST {
        text.push_str(&format!("- and {}\n", count(rows.len() - MOST, "more server")));
    }
}

fn more(total: usize, before: &str) -> String {
    match total.saturating_sub(MOST) {
        0 => String::new(),
        more => format!("{before}{more} more"),
    }
}

/// Returns a line for the terminal.
pub(super) fn line(radius: &BlastRadius) -> String {
    let number = |rows: &Rows| rows.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    format!(
        "clients that enforce will stop {} and newly allow {} of commands and URLs; --comment lists them",
        number(&radius.stops),
        number(&radius.allows)
    )
}
