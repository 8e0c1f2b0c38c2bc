//! The form for a reader at a terminal.
//!
//! Head line, place, the source line with its mark, second places, what to do; then one summary. In the
//! brief form, findings of a code after the first few are counted in a line before the summary.
//! Marks are placed by counting characters as they are shown. Lines are neither wrapped nor cut.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::shared::{Style, position, summary};
use crate::diag::{Code, Diagnostic, Place, Report, Severity, Snippet};
use crate::text::{count, push_visible, visible};

/// Colours, as parameters of the terminal's escape: those of the sixteen that every terminal has and
/// that its user chose to be readable.
const FRAME: &str = "1;34";
const STRONG: &str = "1";

fn color_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;36",
    }
}

/// The text so far. Colour is decided here and nowhere else.
struct Pen {
    text: String,
    color: bool,
}

impl Pen {
    /// Writes text in a colour, if colours are wanted.
    fn ink(&mut self, color: &str, text: &str) {
        if self.color {
            self.text.push_str(&format!("\u{1b}[{color}m{text}\u{1b}[0m"));
        } else {
            self.text.push_str(text);
        }
    }

    /// Writes text in the colour of the terminal.
    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

/// Most findings of a code and severity that the brief form shows.
const SHOWN: usize = 5;

/// Prints diagnostics and a summary.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let mut pen = Pen { text: String::new(), color: style.color };
    let mut groups: BTreeMap<(Reverse<Severity>, &str), Vec<&Diagnostic>> = BTreeMap::new();
    let mut explained: BTreeSet<Code> = BTreeSet::new();
    for diagnostic in report.items() {
        let group = groups.entry((Reverse(diagnostic.severity), diagnostic.code.as_str()));
        let group = group.or_default();
        group.push(diagnostic);
        if !style.brief || group.len() <= SHOWN {
            block(&mut pen, diagnostic, explained.insert(diagnostic.code));
            pen.plain("\n");
        }
    }
    if style.brief {
        let rest = groups.values().filter_map(|group| group.get(SHOWN..));
        count_rest(&mut pen, rest.filter(|rest| !rest.is_empty()).collect());
    }
    let worst = report.items().iter().map(|d| d.severity).max();
    pen.ink(worst.map_or(STRONG, color_of), &summary(report));
    pen.plain("\n");
    pen.text
}

/// Writes how many findings of each group are not shown.
fn count_rest(pen: &mut Pen, groups: Vec<&[&Diagnostic]>) {
    for rest in &groups {
        let Some(Diagnostic { severity, code, .. }) = rest.first() else { continue };
        pen.ink(color_of(*severity), &format!("{severity}[{code}]"));
        let found: usize = rest.iter().map(|d| d.count).sum();
        let files: BTreeSet<&str> = rest.iter().map(|d| d.place.file.as_str()).collect();
        pen.plain(&format!(": {found} more, in {}\n", count(files.len(), "file")));
    }
    if !groups.is_empty() {
        remark(pen, 1, "help", "--verbose shows all of them");
        pen.plain("\n");
    }
}

/// Writes one diagnostic. The page behind its code is named once in a report, by `explain`.
fn block(pen: &mut Pen, diagnostic: &Diagnostic, explain: bool) {
    let color = color_of(diagnostic.severity);
    pen.ink(color, &format!("{}[{}]", diagnostic.severity, diagnostic.code));
    pen.plain(": ");
    pen.ink(STRONG, &visible(&diagnostic.message));
    pen.plain("\n");
    let width = digits(diagnostic);
    arrow(pen, width, &diagnostic.place);
    if let (Some(snippet), 1..) = (&diagnostic.snippet, diagnostic.place.line) {
        mark(pen, width, diagnostic.place.line, snippet, color);
    }
    for label in &diagnostic.labels {
        // Log commands begin with colons, so a label has an arrow too.
        arrow(pen, width, &label.place);
        gutter(pen, width, "");
        pen.plain(&format!(" {}\n", visible(&label.message)));
    }
    if let Some(help) = &diagnostic.help {
        remark(pen, width, "help", &visible(help));
    }
    if explain {
        remark(pen, width, "more", &format!("mcp-static explain {}", diagnostic.code));
    }
}

/// Returns how wide the line numbers of a diagnostic are.
fn digits(diagnostic: &Diagnostic) -> usize {
    let lines = diagnostic.labels.iter().map(|label| label.place.line);
    let largest = lines.chain([diagnostic.place.line]).max().unwrap_or_default();
    largest.to_string().len()
}

/// Writes `--> file:line:column   /pointer`, as much of it as is known; nothing when nothing is.
fn arrow(pen: &mut Pen, width: usize, place: &Place) {
    let (file, pointer) = (visible(&place.file), visible(place.pointer.as_str()));
    if file.is_empty() && pointer.is_empty() {
        return;
    }
    pen.plain(&" ".repeat(width + 1));
    pen.ink(FRAME, "-->");
    if !file.is_empty() {
        let position = position(place).map(|position| format!(":{position}")).unwrap_or_default();
        pen.plain(&format!(" {file}{position}"));
    }
    if !pointer.is_empty() {
        pen.plain(&format!("   {pointer}"));
    }
    pen.plain("\n");
}

/// Writes the frame left of a source line, with its number if it has one.
fn gutter(pen: &mut Pen, width: usize, number: &str) {
    pen.ink(FRAME, &format!(" {number:>width$} |"));
}

/// Writes the source line and the carets below it. A tab is one space wide, so that columns agree;
/// an escape is as wide as it is written.
fn mark(pen: &mut Pen, width: usize, line: u32, snippet: &Snippet, color: &str) {
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
    gutter(pen, width, "");
    pen.plain("\n");
    gutter(pen, width, &line.to_string());
    pen.plain(format!(" {shown}").trim_end());
    pen.plain("\n");
    gutter(pen, width, "");
    pen.plain(&" ".repeat(before + 1));
    pen.ink(color, &"^".repeat(carets));
    pen.plain("\n");
}

/// Writes `= word: text` below everything else.
fn remark(pen: &mut Pen, width: usize, word: &str, text: &str) {
    pen.plain(&" ".repeat(width + 2));
    pen.ink(FRAME, "=");
    pen.plain(" ");
    pen.ink(STRONG, &format!("{word}:"));
    pen.plain(&format!(" {text}\n"));
}
