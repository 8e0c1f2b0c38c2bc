//! Quotes text of others, so that a message stays one readable line.

use std::fmt::Write;

use super::is_invisible;

/// Longest text that is quoted whole, in characters.
const LONGEST: usize = 80;

/// Returns the text in double quotes. Control, reordering and invisible characters become escapes; of a
/// long text the middle is left out.
pub fn quote(text: &str) -> String {
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
