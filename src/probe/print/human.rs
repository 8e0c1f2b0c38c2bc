//! For a terminal: the table, then every cause with its evidence and its fix, in 100 columns.
//!
//! Requests quote the host, so everything passes through [`visible`]. Without Unicode the signs are
//! letters and arrows are drawn with a minus.

use std::fmt::Write as _;

use super::super::findings::{Capability, Cause, Findings, Grade};
use crate::text::{count, visible};

/// Columns that a line may fill.
const WIDTH: usize = 100;

/// How the text may look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Only ASCII.
    pub ascii: bool,
    /// With colours.
    pub color: bool,
}

impl Findings {
    /// The findings as text. `required` are the clients whose rows are marked with a star.
    pub fn human(&self, look: Look, required: &[String]) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{}{}: {} listed, {} sent",
            if self.preview { "preview of " } else { "" },
            visible(&self.base),
            count(self.servers, "server"),
            count(self.requests, "request")
        );
        if !self.subjects.is_empty() {
            let named = |(name, version): &(String, String)| match version.as_str() {
                "" => name.clone(),
                version => format!("{name}@{version}"),
            };
            let list: Vec<String> = self.subjects.iter().map(named).collect();
            out += &wrap("looked up: ", "           ", &list.join(", "));
        }
        out.push('\n');
        self.table(&mut out, look, required);
        for cause in self.causes() {
            out.push('\n');
            self.cause(&mut out, look, &cause);
        }
        if !self.notes.is_empty() {
            out.push('\n');
        }
        for note in &self.notes {
            out += &wrap("note: ", "      ", note);
        }
        if look.ascii { plain(&out) } else { out }
    }

    fn table(&self, out: &mut String, look: Look, required: &[String]) {
        let _ = write!(out, "  {:24}", "client");
        for capability in Capability::ALL {
            let _ = write!(out, " {}", capability.as_str());
        }
        out.push('\n');
        for row in &self.rows {
            let star = if required.iter().any(|id| id == row.client.id) { '*' } else { ' ' };
            let _ = write!(out, "{star} {:24}", row.client.name);
            for (capability, cell) in row.cells() {
                let sign = Grade::sign(cell.grade, look.ascii);
                let width = capability.as_str().len();
                let before = (width - sign.chars().count()) / 2;
                let after = width - sign.chars().count() - before;
                let (on, off) = paint(cell.grade, look.color);
                let _ = write!(out, " {:before$}{on}{sign}{off}{:after$}", "", "");
            }
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
        let sign = |grade| Grade::sign(grade, look.ascii);
        let _ = writeln!(
            out,
            "\n  {} works   {} works in part   {} fails   {} not used or not tried   * required",
            sign(Some(Grade::Works)),
            sign(Some(Grade::Partly)),
            sign(Some(Grade::Fails)),
            sign(None)
        );
    }

    fn cause(&self, out: &mut String, look: Look, cause: &Cause<'_>) {
        let problem = cause.example;
        let sign = Grade::sign(Some(problem.grade), look.ascii);
        let (on, off) = paint(Some(problem.grade), look.color);
        let head =
            wrap("  ", "  ", &format!("{}: {}", problem.trouble.id(), problem.trouble.title()));
        let _ = write!(out, "{on}{sign}{off} {}", &head[2..]);
        let everybody = cause.clients.len() == self.rows.len() && self.rows.len() > 1;
        let clients: Vec<&str> = cause.clients.iter().map(|client| client.name).collect();
        let clients = if everybody { "every client".to_owned() } else { clients.join(", ") };
        let columns: Vec<&str> = cause.capabilities.iter().map(|c| c.as_str()).collect();
        *out += &wrap("    for:  ", "          ", &format!("{clients} ({})", columns.join(", ")));
        *out += &wrap("    seen: ", "          ", &problem.request);
        if !problem.detail.is_empty() {
            *out += &wrap("          ", "          ", &problem.detail);
        }
        *out += &wrap("    fix:  ", "          ", problem.trouble.fix());
    }
}

/// What switches a grade's colour on and off.
fn paint(grade: Option<Grade>, color: bool) -> (&'static str, &'static str) {
    if !color {
        return ("", "");
    }
    let on = match grade {
        Some(Grade::Works) => "\u{1b}[32m",
        Some(Grade::Partly) => "\u{1b}[33m",
        Some(Grade::Fails) => "\u{1b}[1;31m",
        None => "\u{1b}[2m",
    };
    (on, "\u{1b}[0m")
}

/// Lines of at most [`WIDTH`] columns; words that are longer are cut.
fn wrap(first: &str, next: &str, text: &str) -> String {
    let text = visible(text);
    let mut out = first.to_owned();
    let mut column = first.chars().count();
    let mut begun = false;
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        if begun && column + 1 + letters.len() > WIDTH {
            let _ = write!(out, "\n{next}");
            column = next.chars().count();
        } else if begun {
            out.push(' ');
            column += 1;
        }
        while column + letters.len() > WIDTH {
            let rest = letters.split_off(WIDTH - column);
            out.extend(letters);
            let _ = write!(out, "\n{next}");
            column = next.chars().count();
            letters = rest;
        }
        column += letters.len();
        out.extend(letters);
        begun = true;
    }
    out.push('\n');
    out
}

/// The same in ASCII.
fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '→' => out.push_str("->"),
            '…' => out.push_str("..."),
            c if c.is_ascii() => out.push(c),
            _ => out.push('?'),
        }
        out
    })
}
