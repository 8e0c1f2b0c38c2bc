//! Collects what is wrong with the settings, and finds its lines.

use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile, Span, nearest, suggest};

/// Wrong settings, each with the pointer to its value.
#[derive(Debug)]
pub(super) struct Problems {
    code: Code,
    found: Vec<(String, Finding)>,
}

impl Default for Problems {
    fn default() -> Self {
        Self::of(Code::SettingsInvalid)
    }
}

impl Problems {
    /// Starts with nothing wrong; `code` is that of the file.
    pub(super) fn of(code: Code) -> Self {
        Self { code, found: Vec::new() }
    }

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
        // The lists of a policy are its rules, so all of the pointer is needed.
        let named = if self.code == Code::PolicyInvalid { pointer.clone() } else { named };
        let finding = Finding::new(self.code, named, message).help(help);
        self.found.push((pointer, finding));
    }

    /// Returns the diagnostics, in the order of their lines.
    pub(super) fn diagnose(self, source: &SourceFile<'_>) -> Vec<Diagnostic> {
        let table = DeTable::parse(source.text).map(|table| DeValue::Table(table.into_inner()));
        let span = |pointer: &str| table.as_ref().map_or(NOWHERE, |table| find(table, pointer));
        let found = self.found.into_iter().map(|(pointer, finding)| (finding, span(&pointer)));
        source.diagnose_spans(found.collect())
    }
}

/// Returns the message and the advice about a client that is not in `known`, whose ids commas separate.
pub(super) fn unknown_client(id: &str, known: &str) -> Option<(String, String)> {
    if known.split(", ").any(|known| known == id) {
        return None;
    }
    let help = match nearest(id, known.split(", ")) {
        Some(near) => format!("write {near:?}"),
        None => format!("choose from {known}"),
    };
    Some((format!("unknown client {id:?}"), help))
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

/// Returns each pointer with the first byte of its value in TOML `text`.
pub(super) fn toml_starts(
    text: &str,
    pointers: impl Iterator<Item = String>,
) -> Vec<(String, usize)> {
    let table = DeTable::parse(text).map(|table| DeValue::Table(table.into_inner()));
    let start = |pointer: &str| table.as_ref().map_or(0, |table| find(table, pointer).start);
    let located = |pointer: String| {
        let start = start(&pointer);
        (pointer, start)
    };
    pointers.map(located).collect()
}

/// Turns a TOML error into a diagnostic with line and column, and the nearest word when one is not known.
pub fn toml_diagnostic(source: &SourceFile<'_>, code: Code, e: &toml::de::Error) -> Diagnostic {
    let span = e.span().unwrap_or(0..0);
    let message = e.message().lines().next().unwrap_or("it is not valid TOML");
    let (message, help) = unknown_word(message).unwrap_or_else(|| {
        let help = match message {
            "duplicate key" => "it is in this file already; move the lines there".to_owned(),
            _ => format!("correct this line; `mcp-static explain {code}` shows a correct file"),
        };
        let number = ["usize", "u64", "u32", "i64"].iter().find(|word| message.ends_with(**word));
        let named = number.map(|word| message.replace(word, "a whole number"));
        (named.unwrap_or_else(|| message.to_owned()), help)
    });
    let finding = Finding::new(code, Pointer::root(), message).help(help);
    source.diagnose_span(finding, Span { start: span.start, end: span.end })
}

/// Reads serde's message about a key or value that is not known, which quotes it and lists those that are.
fn unknown_word(message: &str) -> Option<(String, String)> {
    let (kind, rest) = match message.strip_prefix("unknown field ") {
        Some(rest) => ("key", rest),
        None => ("value", message.strip_prefix("unknown variant ")?),
    };
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let word = quoted.next()?;
    let known: Vec<&str> = quoted.collect();
    let help = match known.is_empty() {
        true => "remove it".to_owned(),
        false => suggest(word, &known),
    };
    Some((format!("the {kind} {word:?} is not known here"), help))
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_number_is_asked_for_in_words() {
        let text = "[ownership]\nmax_paths_per_change = \"three\"\n";
        let wrong = Config::parse("registry.toml", text).1;
        let said = format!("{wrong:?}");
        assert!(said.contains("expected a whole number") && !said.contains("usize"), "{said}");
    }

    #[test]
    fn a_second_table_is_moved_to_the_first() {
        let text = "[exports]\nenable = []\n[exports]\nenable = [\"all\"]\n";
        let wrong = Config::parse("registry.toml", text).1;
        assert!(format!("{wrong:?}").contains("move the lines there"), "{wrong:?}");
    }
}
