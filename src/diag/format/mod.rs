//! The printed forms of one report.
//!
//! Each form is a pure function from [`Report`] to text. Printing decides nothing: severities, order
//! and places are those of the report (annotations alone are regrouped, because a forge shows only
//! the first few). Invisible characters in other people's text are made visible on the way, so that
//! they cannot change what a form shows.

mod github;
mod human;
mod json;
mod markdown;
mod sarif;
mod shared;

use super::Report;
#[cfg(feature = "cli")]
use super::Severity;

pub use shared::quiet_json;
pub use shared::{Style, summary};

crate::text::display_as_str!(Format);

impl std::fmt::Display for Report {
    /// Writes the form for people, without colour.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&render(self, Format::Human, &Style::default()))
    }
}

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

    /// Returns the name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
        }
    }

    /// Returns the form called `word`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

/// Prints a report as Markdown, without anything around it.
#[cfg(feature = "cli")]
pub fn markdown(report: &Report) -> String {
    markdown::render(report)
}

/// Returns an annotation of GitHub Actions that is not about a place in the data, without a line break.
#[cfg(feature = "cli")]
pub fn annotation(severity: Severity, title: &str, text: &str) -> String {
    github::message(severity, title, text)
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
