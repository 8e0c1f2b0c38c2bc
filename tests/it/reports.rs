//! Levels, order and counts of a report, and the names of codes.

use std::collections::BTreeSet;

use mcp_static::internals::diag::{Code, Diagnostic, Levels, Place, Report, Severity};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

fn finished(diagnostic: Diagnostic, levels: &Levels) -> Vec<Severity> {
    let mut report = Report::new();
    report.push(diagnostic);
    report.finish(levels).items().iter().map(|d| d.severity).collect()
}

fn about(code: Code) -> Diagnostic {
    Diagnostic::new(code, Place::file("a.json"), "x")
}

#[test]
fn the_last_word_on_a_code_wins() {
    let mut settings = Levels::default();
    settings.allow(Code::FileUnexpected);
    settings.warn(Code::JsonSyntax);
    assert_eq!(finished(about(Code::FileUnexpected), &settings), []);
    assert_eq!(finished(about(Code::JsonSyntax), &settings), [Severity::Warning]);
    assert_eq!(finished(about(Code::JsonNotUtf8), &settings), [Severity::Error]);
    let mut line = Levels::default();
    line.deny(Code::FileUnexpected);
    settings.extend(&line);
    assert_eq!(finished(about(Code::FileUnexpected), &settings), [Severity::Error]);
}

#[test]
fn a_note_for_a_mirrored_entry_stays_one() {
    // Whatever the severity of the code is, even a note.
    for code in [Code::JsonSyntax, Code::FileUnexpected, Code::LintIconWithoutPng] {
        let mut levels = Levels::default();
        levels.deny(code);
        assert_eq!(finished(about(code), &levels), [Severity::Error]);
        assert_eq!(finished(about(code).as_note(), &levels), [Severity::Note]);
        levels.allow(code);
        assert_eq!(finished(about(code).as_note(), &levels), []);
    }
}

#[test]
fn equal_diagnostics_are_said_once() {
    let mut report = Report::new();
    report.extend([about(Code::JsonSyntax), about(Code::FileUnexpected), about(Code::JsonSyntax)]);
    let report = report.finish(&Levels::default());
    assert_eq!(report.items().len(), 2);
    assert!(report.has_errors());
    assert_eq!(
        (report.counts().errors, report.counts().warnings, report.counts().notes),
        (1, 1, 0)
    );
}

#[test]
fn codes_have_unique_names_that_read_back() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Ok(*code));
        let name = code.as_str();
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{name}"
        );
        assert!(!code.summary().is_empty() && !code.summary().ends_with('.'), "{name}");
    }
    assert_eq!(Code::parse("json-sintax"), Err(Some("json-syntax")));
    assert_eq!(Code::parse("quite-something-else"), Err(None));
    assert_eq!(Code::parse(""), Err(None));
}

proptest! {
    #[test]
    fn the_order_of_finding_does_not_matter(
        picks in prop::collection::vec((0usize..3, 0u32..3, any::<bool>(), "[ab]?", "[ab]?"), 0..8),
    ) {
        let mut items = Vec::new();
        for (code, line, lowered, help, label) in picks {
            let place = Place { line, ..Place::file("a.json") };
            let mut item = Diagnostic::new(Code::ALL[code], place.clone(), "x").label(place, label);
            item.help = Some(help).filter(|help| !help.is_empty());
            items.push(if lowered { item.as_note() } else { item });
        }
        let mut forward = Report::new();
        forward.extend(items.clone());
        items.reverse();
        let mut backward = Report::new();
        backward.extend(items);
        prop_assert_eq!(forward.finish(&Levels::default()), backward.finish(&Levels::default()));
    }
}
