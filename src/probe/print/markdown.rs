//! For a comment or the summary of a workflow: the same table and causes as Markdown.
//!
//! Text from the host appears in code spans only, which it cannot leave.

use std::fmt::Write as _;

use crate::model::probe::{Capability, Grade, ProbeResult};
use crate::text::{count, visible};

/// Prints a result as Markdown. Required clients are in bold.
pub fn markdown(result: &ProbeResult) -> String {
    let mut out = format!(
        "### What clients {} of {}\n\n{} listed, {} sent.\n\n| client |",
        if result.preview { "would see (preview)" } else { "see" },
        code(&result.base_url),
        count(result.servers, "server"),
        count(result.requests, "request")
    );
    for capability in Capability::ALL {
        let _ = write!(out, " {} |", capability.as_str());
    }
    out.push_str("\n|---|");
    out.push_str(&":-:|".repeat(Capability::ALL.len()));
    for client in &result.clients {
        let bold = if client.required { "**" } else { "" };
        let _ = write!(out, "\n| {bold}{}{bold} |", client.name);
        for capability in Capability::ALL {
            let _ = write!(out, " {} |", Grade::sign(client.grade(capability), false));
        }
    }
    out.push('\n');
    for group in result.causes() {
        let problem = group.example;
        let _ = write!(
            out,
            "\n- {} **{}**: {}. For {}.\n  {}",
            Grade::sign(Some(problem.grade), false),
            problem.id,
            prose(&problem.title),
            group.clients.join(", "),
            code(&problem.request),
        );
        if !problem.detail.is_empty() {
            let _ = write!(out, " {}", code(&problem.detail));
        }
        let _ = writeln!(out, "\n  **Fix:** {}.", prose(&problem.fix));
    }
    for note in &result.notes {
        let _ = write!(out, "\n- Note: {}\n", code(note));
    }
    out
}

/// Escapes characters of the built-in texts that are special in Markdown.
fn prose(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}

/// Puts text from a host into a code span.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'").replace('|', "¦"))
}
