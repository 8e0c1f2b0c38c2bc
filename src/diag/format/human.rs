//! The form for a reader at a terminal.
//!
//! Head line, place, the source line with its mark, second places, what to do; then one summary.
//! Marks are placed by counting characters as they are shown. It refuses to wrap or to cut.

use crate::text::push_visible;
use std::collections::BTreeSet;

use super::shared::{Style, position, summary};
use crate::diag::{Code, Diagnostic, Label, Place, Report, Severity, Snippet};
use crate::text::visible;

/// What a piece of text is, as far as colour goes.
#[derive(Clone, Copy)]
enum Ink {
    Error,
    Warning,
    Note,
    Frame,
    Strong,
}

impl Ink {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Note,
        }
    }

    /// Parameters of the terminal's colour escape: one of the sixteen colours that every terminal
    /// has and that its user chose to be readable.
    fn sgr(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Note => "1;36",
            Self::Frame => "1;34",
            Self::Strong => "1",
        }
    }
}

/// Text in the making. Colour is decided here and nowhere else.
struct Pen {
    text: String,
    color: bool,
}

impl Pen {
    /// Writes text that means something.
    fn ink(&mut self, ink: Ink, text: &str) {
        if self.color {
            self.text.push_str(&format!("\u{1b}[{}m{text}\u{1b}[0m", ink.sgr()));
        } else {
            self.text.push_str(text);
        }
    }

    /// Writes text in the colour of the terminal.
    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

/// Prints every diagnostic and a summary.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let mut pen = Pen { text: String::new(), color: style.color };
    let mut explained: BTreeSet<Code> = BTreeSet::new();
    for diagnostic in report.items() {
        block(&mut pen, diagnostic, explained.insert(diagnostic.code));
        pen.plain("\n");
    }
    let worst = report.items().iter().map(|d| d.severity).max();
    pen.ink(worst.map_or(Ink::Strong, Ink::of), &summary(report));
    pen.plain("\n");
    pen.text
}

/// One diagnostic. The page behind its code is named once in a report, by `explain`.
fn block(pen: &mut Pen, diagnostic: &Diagnostic, explain: bool) {
    let ink = Ink::of(diagnostic.severity);
    pen.ink(ink, &format!("{}[{}]", diagnostic.severity, diagnostic.code));
    pen.plain(": ");
    pen.ink(Ink::Strong, &visible(&diagnostic.message));
    pen.plain("\n");
    let width = digits(diagnostic);
    if has_place(&diagnostic.place) {
        arrow(pen, width, &diagnostic.place);
    }
    if let (Some(snippet), 1..) = (&diagnostic.snippet, diagnostic.place.line) {
        mark(pen, width, diagnostic.place.line, snippet, ink);
    }
    for label in &diagnostic.labels {
        second_place(pen, width, label);
    }
    if let Some(help) = &diagnostic.help {
        remark(pen, width, "help", &visible(help));
    }
    if explain {
        remark(pen, width, "more", &format!("mcp-static explain {}", diagnostic.code));
    }
}

/// How wide the line numbers of a diagnostic are.
fn digits(diagnostic: &Diagnostic) -> usize {
    let lines = diagnostic.labels.iter().map(|label| label.place.line);
    let largest = lines.chain([diagnostic.place.line]).max().unwrap_or_default();
    largest.to_string().len()
}

/// Whether there is anything to put behind an arrow.
fn has_place(place: &Place) -> bool {
    !place.file.is_empty() || !place.pointer.as_str().is_empty()
}

/// `--> file:line:column   /pointer`, as much of it as is known.
fn arrow(pen: &mut Pen, width: usize, place: &Place) {
    pen.plain(&" ".repeat(width + 1));
    pen.ink(Ink::Frame, "-->");
    if !place.file.is_empty() {
        pen.plain(" ");
        pen.plain(&visible(&place.file));
        if let Some(position) = position(place) {
            pen.plain(":");
            pen.plain(&position);
        }
    }
    if !place.pointer.as_str().is_empty() {
        pen.plain("   ");
        pen.plain(&visible(place.pointer.as_str()));
    }
    pen.plain("\n");
}

/// The frame left of a source line, with its number if it has one.
fn gutter(pen: &mut Pen, width: usize, line: Option<u32>) {
    let number = line.map(|line| line.to_string()).unwrap_or_default();
    pen.ink(Ink::Frame, &format!(" {number:>width$} |"));
}

/// The source line and the carets below it. A tab is one space wide, so that columns agree; an escape
/// is as wide as it is written.
fn mark(pen: &mut Pen, width: usize, line: u32, snippet: &Snippet, ink: Ink) {
    let source = snippet.text.replace('\t', " ");
    let (mut shown, mut before, mut end) = (String::new(), None, None);
    let mut columns = 0;
    for (index, (at, c)) in source.char_indices().enumerate() {
        if index == snippet.before {
            before = Some(columns);
        }
        if index == snippet.before + snippet.width {
            end = Some(columns);
        }
        let length = shown.len();
        push_visible(&mut shown, &source, at, c);
        columns += shown[length..].chars().count();
    }
    let before = before.unwrap_or(columns);
    let carets = end.unwrap_or(columns).saturating_sub(before).max(1);
    gutter(pen, width, None);
    pen.plain("\n");
    gutter(pen, width, Some(line));
    if !shown.trim_end().is_empty() {
        pen.plain(" ");
        pen.plain(shown.trim_end());
    }
    pen.plain("\n");
    gutter(pen, width, None);
    pen.plain(&" ".repeat(before + 1));
    pen.ink(ink, &"^".repeat(carets));
    pen.plain("\n");
}

/// A label: its place, and what is there. Log commands begin with colons, so it has an arrow too.
fn second_place(pen: &mut Pen, width: usize, label: &Label) {
    if has_place(&label.place) {
        arrow(pen, width, &label.place);
    }
    gutter(pen, width, None);
    pen.plain(" ");
    pen.plain(&visible(&label.message));
    pen.plain("\n");
}

/// `= word: text` below everything else.
fn remark(pen: &mut Pen, width: usize, word: &str, text: &str) {
    pen.plain(&" ".repeat(width + 2));
    pen.ink(Ink::Frame, "=");
    pen.plain(" ");
    pen.ink(Ink::Strong, &format!("{word}:"));
    pen.plain(" ");
    pen.plain(text);
    pen.plain("\n");
}
