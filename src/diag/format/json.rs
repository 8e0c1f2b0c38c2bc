//! JSON lines: one object per diagnostic, for programs.
//!
//! File and pointer are given exactly, because a program opens them; message and help are text to be
//! shown and come as the other forms show them.

use serde::Serialize;

use super::shared::quiet_json;
use crate::diag::{Diagnostic, Report};
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
}

/// Prints one line per diagnostic; nothing at all for an empty report.
pub(super) fn render(report: &Report) -> String {
    report.items().iter().map(|diagnostic| line(diagnostic) + "\n").collect()
}

fn line(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_deref().map(visible);
    let line = Line {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.as_str(),
        file: &diagnostic.place.file,
        pointer: diagnostic.place.pointer.as_str(),
        line: Some(diagnostic.place.line).filter(|line| *line > 0),
        column: Some(diagnostic.place.column).filter(|column| *column > 0),
        message: &visible(&diagnostic.message),
        help: help.as_deref(),
    };
    // Strings and numbers always serialize.
    quiet_json(&serde_json::to_string(&line).unwrap_or_default())
}
