//! How many bytes Go writes for a JSON value.
//!
//! The official registry measures publisher metadata after Go wrote it anew: compact, numbers as
//! floating point, and `<`, `>`, `&` and two line separators as six-byte escapes. Only the length is
//! computed; no text is made.

use serde_json::{Number, Value};

/// Returns the length of the value as Go's `json.Marshal` writes it.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(number) => number_size(number),
        Value::String(text) => text_size(text),
        Value::Array(items) => {
            2 + items.len().saturating_sub(1) + items.iter().map(size).sum::<usize>()
        }
        Value::Object(members) => {
            let inner = members.iter().map(|(key, value)| text_size(key) + 1 + size(value));
            2 + members.len().saturating_sub(1) + inner.sum::<usize>()
        }
    }
}

fn text_size(text: &str) -> usize {
    2 + text.chars().map(char_size).sum::<usize>()
}

fn char_size(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\u{0}'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

/// Returns the length of a number. Go writes a 64-bit float: shortest digits, with an exponent when
/// very large or small.
fn number_size(number: &Number) -> usize {
    let Some(value) = number.as_f64() else { return number.to_string().len() };
    let magnitude = value.abs();
    if magnitude != 0.0 && magnitude < 1e-6 {
        format!("{value:e}").len()
    } else if magnitude >= 1e21 {
        // Go writes the exponent's plus sign.
        format!("{value:e}").len() + 1
    } else {
        format!("{value}").len()
    }
}
