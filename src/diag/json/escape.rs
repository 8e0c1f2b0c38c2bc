//! Escapes in JSON strings.

use std::borrow::Cow;

use crate::text::from_hex;

/// Returns the value of the four hex digits at `at`.
pub(super) fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = from_hex(bytes.get(at..at + 4)?)?;
    Some(digits.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Returns the text of a raw string with its escapes resolved, and whether a surrogate stood alone
/// in it (each such one becomes U+FFFD).
pub fn unescape(raw: &str) -> (Cow<'_, str>, bool) {
    if !raw.contains('\\') {
        return (Cow::Borrowed(raw), false);
    }
    let bytes = raw.as_bytes();
    let (mut text, mut lone, mut at) = (String::with_capacity(raw.len()), false, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            let run = raw[at..].find('\\').unwrap_or(raw.len() - at);
            text.push_str(&raw[at..at + run]);
            at += run;
            continue;
        }
        let (c, length) = resolve(bytes, at);
        lone |= c.is_none();
        text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        at += length;
    }
    (Cow::Owned(text), lone)
}

/// Returns the character of the escape at `at` (`None`: a lone surrogate) and how many bytes it
/// takes.
fn resolve(bytes: &[u8], at: usize) -> (Option<char>, usize) {
    let simple = match bytes.get(at + 1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let first = hex4(bytes, at + 2).unwrap_or(0xfffd);
            if !(0xd800..0xe000).contains(&first) {
                return (char::from_u32(first), 6);
            }
            let second =
                (bytes.get(at + 6..at + 8) == Some(b"\\u")).then(|| hex4(bytes, at + 8)).flatten();
            return match second {
                Some(low @ 0xdc00..=0xdfff) if first < 0xdc00 => {
                    (char::from_u32(0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00)), 12)
                }
                _ => (None, 6),
            };
        }
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (Some(simple), 2)
}
