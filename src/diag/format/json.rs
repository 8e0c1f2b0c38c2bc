//! JSON lines: one object per diagnostic, for programs.
//!
//! File and pointer are given exactly, because a program opens them; message and help are text to be
//! shown and come as the other forms show them.

use std::borrow::Cow;

use serde::Serialize;

use super::shared::quiet_json;
use crate::diag::{Diagnostic, Label, Report};
use crate::text::visible;

/// The keys, in the order in which they are printed. They are a contract.
#[derive(Serialize)]
struct Line<'a> {
    code: &'static str,
    severity: &'static str,
    file: &'a str,
    pointer: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    help: Option<&'a str>,
    /// Second places; absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Second<'a>>,
}

/// A second place.
#[derive(Serialize)]
struct Second<'a> {
    file: &'a str,
    pointer: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: Cow<'a, str>,
}

/// Prints one line per diagnostic; nothing at all for an empty report.
pub(super) fn render(report: &Report) -> String {
    report.items().iter().map(|diagnostic| line(diagnostic) + "\n").collect()
}

/// Returns a line or column, if it is known.
fn known(number: u32) -> Option<u32> {
    Some(number).filter(|number| *number > 0)
}

fn second(label: &Label) -> Second<'_> {
    let place = &label.place;
    Second {
        file: &place.file,
        pointer: place.pointer.as_str(),
        line: known(place.line),
        column: known(place.column),
        message: visible(&label.message),
    }
}

fn line(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_deref().map(visible);
    let line = Line {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.as_str(),
        file: &diagnostic.place.file,
        pointer: diagnostic.place.pointer.as_str(),
        line: known(diagnostic.place.line),
        column: known(diagnostic.place.column),
        message: &visible(&diagnostic.message),
        help: help.as_deref(),
        labels: diagnostic.labels.iter().map(second).collect(),
    };
    // Strings and numbers always serialize.
    quiet_json(&serde_json::to_string(&line).unwrap_or_default())
}
