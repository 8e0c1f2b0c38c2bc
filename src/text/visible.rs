//! Makes text of others safe to print.
//!
//! Terminals obey control characters, some characters reorder or hide text, and the logs of forges obey
//! lines that look like commands. All printed forms go through [`visible`].

use std::borrow::Cow;
use std::fmt::Write;

use super::is_invisible;

/// Returns `text` with every invisible or control character written as `\u{202e}`.
///
/// Line breaks are such characters too, so the result is one line. It never begins with `::` and
/// never holds `##[` or `##vso[`, which the logs of forges would take for commands.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.char_indices().any(|(at, c)| must_hide(text, at, c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        push_visible(&mut shown, text, at, c);
    }
    Cow::Owned(shown)
}

/// Most characters of a text or URL that a message quotes.
const QUOTED: usize = 200;

/// Returns the beginning of `text`, with an ellipsis where it was cut.
pub fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(QUOTED) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// Appends the character `c`, which is at byte `at` of `text`, as it is shown.
pub fn push_visible(shown: &mut String, text: &str, at: usize, c: char) {
    if must_hide(text, at, c) {
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    } else {
        shown.push(c);
    }
}

fn must_hide(text: &str, at: usize, c: char) -> bool {
    is_invisible(c) || (matches!(c, '#' | ':') && begins_command(text, at, c))
}

/// Whether the `#` or `:` at byte `at` makes a log command of what follows.
///
/// A forge looks for `##[` and `##vso[` anywhere in a line, for `::` after leading white space.
fn begins_command(text: &str, at: usize, c: char) -> bool {
    let (before, rest) = (&text[..at], &text.as_bytes()[at + 1..]);
    if c == ':' {
        return rest.first() == Some(&b':') && before.chars().rev().all(char::is_whitespace);
    }
    before.ends_with('#')
        && (rest.first() == Some(&b'[')
            || rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"vso[")))
}

#[cfg(test)]
mod tests;
