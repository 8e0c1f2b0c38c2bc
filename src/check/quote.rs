//! Quotes text of others, so that a message stays one readable line.

use std::fmt::Write;

use crate::text::is_invisible;

/// Longest text that is quoted whole, in characters.
const LONGEST: usize = 80;

/// The text in double quotes: control, reordering and invisible characters as escapes, the middle
/// left out when it is long.
pub(super) fn quote(text: &str) -> String {
    let count = text.chars().count();
    let mut quoted = String::with_capacity(text.len().min(LONGEST * 2) + 2);
    quoted.push('"');
    if count <= LONGEST {
        escape(text.chars(), &mut quoted);
    } else {
        escape(text.chars().take(LONGEST - 20), &mut quoted);
        quoted.push('…');
        escape(text.chars().skip(count - 16), &mut quoted);
    }
    quoted.push('"');
    quoted
}

fn escape(text: impl Iterator<Item = char>, into: &mut String) {
    for c in text {
        match c {
            '"' | '\\' => into.extend(['\\', c]),
            '\n' => into.push_str("\\n"),
            '\t' => into.push_str("\\t"),
            '\r' => into.push_str("\\r"),
            c if is_invisible(c) || c == '\u{a0}' => {
                // Writing to a string cannot fail.
                let _ = write!(into, "\\u{{{:04x}}}", u32::from(c));
            }
            c => into.push(c),
        }
    }
}

/// The words with commas and a last "or".
pub(super) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// The name of a JSON type with its article.
pub(super) fn type_of(value: &serde_json::Value) -> &'static str {
    use serde_json::Value;
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
