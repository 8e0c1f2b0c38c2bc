//! For a comment or the summary of a workflow: the same table and causes as Markdown.
//!
//! What the host wrote stands in code spans only, from which it cannot get out.

use std::fmt::Write as _;

use super::super::findings::{Capability, Findings, Grade};
use crate::text::visible;

impl Findings {
    /// The findings as Markdown. Required clients are in bold.
    pub fn markdown(&self, required: &[String]) -> String {
        let mut out = format!(
            "### What clients {} of {}\n\n{} servers listed, {} requests sent.\n\n| client |",
            if self.preview { "would see (preview)" } else { "see" },
            code(&self.base),
            self.servers,
            self.requests
        );
        for capability in Capability::ALL {
            let _ = write!(out, " {} |", capability.as_str());
        }
        out.push_str("\n|---|");
        out.push_str(&":-:|".repeat(Capability::ALL.len()));
        for row in &self.rows {
            let bold = if required.iter().any(|id| id == row.client.id) { "**" } else { "" };
            let _ = write!(out, "\n| {bold}{}{bold} |", row.client.name);
            for (_, cell) in row.cells() {
                let _ = write!(out, " {} |", Grade::sign(cell.grade, false));
            }
        }
        out.push('\n');
        for cause in self.causes() {
            let problem = cause.example;
            let clients: Vec<&str> = cause.clients.iter().map(|client| client.name).collect();
            let _ = write!(
                out,
                "\n- {} **{}**: {}. For {}.\n  {}",
                Grade::sign(Some(problem.grade), false),
                problem.trouble.id(),
                prose(problem.trouble.title()),
                clients.join(", "),
                code(&problem.request),
            );
            if !problem.detail.is_empty() {
                let _ = write!(out, " {}", code(&problem.detail));
            }
            let _ = writeln!(out, "\n  **Fix:** {}.", prose(problem.trouble.fix()));
        }
        for note in &self.notes {
            let _ = write!(out, "\n- Note: {}\n", code(note));
        }
        out
    }
}

/// Our own words: only the characters in them that Markdown gives a meaning are guarded.
fn prose(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}

/// A stranger's words in a code span.
fn code(text: &str) -> String {
    format!("`{}`", visible(text).replace('`', "'").replace('|', "¦"))
}
