//! For a terminal: the table, then every cause with its evidence and its fix, in 100 columns.
//!
//! Requests quote the host, so all text passes through [`visible`]. Without Unicode, signs are letters
//! and arrows are `->`.

use std::fmt::Write as _;

use crate::model::probe::{Capability, Grade, LookedUp, ProbeResult, ProblemGroup};
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

/// Prints a result as text. Required clients are marked with a star.
pub fn human(result: &ProbeResult, look: Look) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}{}: {} listed, {} sent",
        if result.preview { "preview of " } else { "" },
        visible(&result.base_url),
        count(result.servers, "server"),
        count(result.requests, "request")
    );
    if !result.looked_up.is_empty() {
        let named = |LookedUp { name, version }: &LookedUp| match version.as_str() {
            "" => name.clone(),
            version => format!("{name}@{version}"),
        };
        let list: Vec<String> = result.looked_up.iter().map(named).collect();
        out += &wrap("looked up: ", "           ", &list.join(", "));
    }
    out.push('\n');
    table(&mut out, result, look);
    for group in result.causes() {
        out.push('\n');
        problem(&mut out, look, &group, result.clients.len());
    }
    if !result.notes.is_empty() {
        out.push('\n');
    }
    for note in &result.notes {
        out += &wrap("note: ", "      ", note);
    }
    if look.ascii { plain(&out) } else { out }
}

fn table(out: &mut String, result: &ProbeResult, look: Look) {
    let _ = write!(out, "  {:24}", "client");
    for capability in Capability::ALL {
        let _ = write!(out, " {}", capability.as_str());
    }
    out.push('\n');
    for client in &result.clients {
        let star = if client.required { '*' } else { ' ' };
        let _ = write!(out, "{star} {:24}", client.name);
        for capability in Capability::ALL {
            let grade = client.grade(capability);
            let sign = Grade::sign(grade, look.ascii);
            let width = capability.as_str().len();
            let before = (width - sign.chars().count()) / 2;
            let after = width - sign.chars().count() - before;
            let (on, off) = paint(grade, look.color);
            let _ = write!(out, " {:before$}{on}{sign}{off}{:after$}", "", "");
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    let sign = |grade| Grade::sign(grade, look.ascii);
    let _ = writeln!(
        out,
        "\n  {} works   {} works partially   {} fails   {} not used or not tried   * required",
        sign(Some(Grade::Works)),
        sign(Some(Grade::Partly)),
        sign(Some(Grade::Fails)),
        sign(None)
    );
}

fn problem(out: &mut String, look: Look, group: &ProblemGroup<'_>, all: usize) {
    let problem = group.example;
    let sign = Grade::sign(Some(problem.grade), look.ascii);
    let (on, off) = paint(Some(problem.grade), look.color);
    let head = wrap("  ", "  ", &format!("{}: {}", problem.id, problem.title));
    let _ = write!(out, "{on}{sign}{off} {}", &head[2..]);
    let every = group.clients.len() == all && all > 1;
    let clients = if every { "every client".to_owned() } else { group.clients.join(", ") };
    let columns: Vec<&str> = group.capabilities.iter().map(|c| c.as_str()).collect();
    *out += &wrap("    for:  ", "          ", &format!("{clients} ({})", columns.join(", ")));
    *out += &wrap("    seen: ", "          ", &problem.request);
    if !problem.detail.is_empty() {
        *out += &wrap("          ", "          ", &problem.detail);
    }
    *out += &wrap("    fix:  ", "          ", &problem.fix);
}

/// Returns the codes that switch a grade's colour on and off.
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

/// Wraps a text into lines of at most [`WIDTH`] columns; longer words are cut.
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

/// Replaces what is not ASCII.
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
