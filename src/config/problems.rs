//! Collects what is wrong with the settings, and finds its lines.

use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile, Span, nearest};

/// Wrong settings, each with the pointer to its value.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(String, Finding)>);

impl Problems {
    /// Adds a wrong value. `pointer` leads to it from the top of the file, such as `/catalog/links/0/url`;
    /// the report names it as far as the first position in a list.
    pub(super) fn add(
        &mut self,
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let pointer = pointer.into();
        let steps = pointer.split('/').take_while(|step| step.parse::<usize>().is_err());
        let named = steps.collect::<Vec<_>>().join("/");
        let finding = Finding::new(Code::SettingsInvalid, named, message).help(help);
        self.0.push((pointer, finding));
    }

    /// Returns the diagnostics, in the order of their lines.
    pub(super) fn diagnose(self, source: &SourceFile<'_>) -> Vec<Diagnostic> {
        let table = DeTable::parse(source.text).map(|table| DeValue::Table(table.into_inner()));
        let span = |pointer: &str| table.as_ref().map_or(NOWHERE, |table| find(table, pointer));
        let found = self.0.into_iter().map(|(pointer, finding)| (finding, span(&pointer)));
        source.diagnose_spans(found.collect())
    }
}

/// The span of a value that is not in the file because its default is used.
const NOWHERE: Span = Span { start: 0, end: 0 };

fn find(table: &DeValue<'_>, pointer: &str) -> Span {
    let (mut at, mut span) = (table, NOWHERE);
    for step in Pointer::from(pointer).steps() {
        let next = match step.parse::<usize>() {
            Ok(index) => at.get(index),
            Err(_) => at.get(step.as_str()),
        };
        let Some(next) = next else { return NOWHERE };
        at = next.get_ref();
        span = Span { start: next.span().start, end: next.span().end };
    }
    span
}

/// Returns the bytes of the value at `pointer` in TOML `text`; none when it is not there.
pub fn toml_span(text: &str, pointer: &str) -> Span {
    let table = DeTable::parse(text).map(|table| DeValue::Table(table.into_inner()));
    table.map_or(NOWHERE, |table| find(&table, pointer))
}

/// Returns the key that was probably meant by an unknown one. The parser's message quotes it and then the
/// known ones.
fn meant(message: &str) -> Option<&str> {
    let mut quoted = message.strip_prefix("unknown field")?.split('`').skip(1).step_by(2);
    nearest(quoted.next()?, quoted)
}

/// Turns a TOML error into a diagnostic with line and column.
pub fn toml_diagnostic(source: &SourceFile<'_>, code: Code, e: &toml::de::Error) -> Diagnostic {
    let span = e.span().unwrap_or(0..0);
    let message = e.message().lines().next().unwrap_or("it is not valid TOML").to_owned();
    let help = match meant(&message) {
        Some(key) => format!("write `{key}`; docs/settings.md lists every key"),
        None => "correct the line; docs/settings.md lists every key".to_owned(),
    };
    let finding = Finding::new(code, Pointer::root(), message).help(help);
    source.diagnose_span(finding, Span { start: span.start, end: span.end })
}
