//! The printed forms of one report.
//!
//! Each form is a pure function from [`Report`] to text. Printing decides nothing: severities, order
//! and places are those of the report (annotations alone are regrouped, because a forge shows only
//! the first few). Text of strangers is made visible on the way, so that no form can be made to say
//! more than it says.

mod github;
mod human;
mod json;
mod markdown;
mod sarif;

use crate::text::{self, is_invisible, push_json_escape};
use std::collections::BTreeSet;
use std::fmt;

use super::{Place, Report, Severity, nearest};

/// A printed form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a reader at a terminal, with the line concerned.
    #[default]
    Human,
    /// One JSON object per line and diagnostic.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0, one log.
    Sarif,
    /// The one comment on a pull request.
    Markdown,
}

impl Format {
    /// Every form.
    pub const ALL: [Format; 5] =
        [Format::Human, Format::Json, Format::Github, Format::Sarif, Format::Markdown];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
        }
    }

    /// The form called `word`, or the nearest word when there is none.
    pub fn parse(word: &str) -> Result<Self, Option<&'static str>> {
        match Self::ALL.into_iter().find(|format| format.as_str() == word) {
            Some(format) => Ok(format),
            None => Err(nearest(word, Self::ALL.map(Self::as_str))),
        }
    }
}

/// A report as Markdown, without anything around it.
#[cfg(feature = "cli")]
pub(crate) fn markdown(report: &Report) -> String {
    markdown::render(report)
}

#[cfg(feature = "cli")]
pub(crate) use markdown::{escape, span};

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a form may look; meaning never depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// Whether the human form may use the colours of a terminal.
    pub color: bool,
}

impl Style {
    /// A style with or without colour.
    pub fn new(color: bool) -> Self {
        Self { color }
    }
}

/// Prints `report`. The text is empty or ends with a line break.
pub fn render(report: &Report, format: Format, style: &Style) -> String {
    match format {
        Format::Human => human::render(report, style),
        Format::Json => json::render(report),
        Format::Github => github::render(report),
        Format::Sarif => sarif::render(report),
        Format::Markdown => markdown::render(report),
    }
}

/// How much was found, such as `2 errors, 1 warning in 3 files`.
pub fn summary(report: &Report) -> String {
    let counts = report.counts();
    let mut parts = Vec::new();
    for (count, word) in
        [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
    {
        if count > 0 {
            parts.push(text::count(count, word));
        }
    }
    if parts.is_empty() {
        return "no problems found".to_owned();
    }
    let files: BTreeSet<&str> =
        report.items().iter().map(|d| d.place.file.as_str()).filter(|f| !f.is_empty()).collect();
    let found = parts.join(", ");
    if files.is_empty() {
        found
    } else {
        format!("{found} in {}", text::count(files.len(), "file"))
    }
}

/// `line:column` of a place, as much of it as is known.
fn position(place: &Place) -> Option<String> {
    match (place.line, place.column) {
        (0, _) => None,
        (line, 0) => Some(line.to_string()),
        (line, column) => Some(format!("{line}:{column}")),
    }
}

/// The severities from the worst on.
const WORST_FIRST: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

/// Returns JSON `text` with the characters that [`visible`](crate::text::visible) would hide written as
/// JSON escapes, so that a reader gets them back and a log never sees them.
///
/// They can only stand inside strings, where an escape means the same.
pub(crate) fn quiet_json(text: &str) -> String {
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
