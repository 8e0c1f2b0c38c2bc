//! Escaping for HTML and JSON.

use std::fmt::Write as _;

/// Returns `text` fit for HTML and XML, as text and inside a quoted attribute.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    // Writing to a string cannot fail.
    let _ = write_html(&mut out, text);
    out
}

/// Writes [`escape_html`] to `out`.
pub fn write_html(out: &mut impl std::fmt::Write, text: &str) -> std::fmt::Result {
    let special = |byte: &u8| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
    let mut rest = text;
    while let Some(at) = position(rest.as_bytes(), special) {
        let escape = match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => "&#39;",
        };
        out.write_str(&rest[..at])?;
        out.write_str(escape)?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}

/// Position of the first byte that `wanted` finds. Blocks without one are passed at once, which a
/// compiler turns into few instructions.
fn position(bytes: &[u8], wanted: impl Fn(&u8) -> bool) -> Option<usize> {
    let has = |block: &[u8]| block.iter().fold(false, |found, byte| found | wanted(byte));
    let passed = 32 * bytes.chunks_exact(32).take_while(|block| !has(block)).count();
    Some(passed + bytes[passed..].iter().position(wanted)?)
}

/// Appends `text` as a JSON string with its quotes, escaped as `JSON.stringify` does.
///
/// Every character for which `hide` is true is escaped too, as one or two `\uXXXX`.
pub fn push_json_string(out: &mut String, text: &str, hide: impl Fn(char) -> bool) {
    push_quoted(out, text, hide, push_json_escape);
}

/// Appends `text` as a string for TOML and YAML: like JSON's, but with one escape for a character above
/// U+FFFF.
pub fn push_toml_string(out: &mut String, text: &str, hide: impl Fn(char) -> bool) {
    push_quoted(out, text, hide, |out, c| {
        let _ = match u32::from(c) {
            code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
            code => write!(out, "\\U{code:08x}"),
        };
    });
}

/// Appends `c` as a JSON escape, as two for a character above U+FFFF.
pub fn push_json_escape(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

fn push_quoted(
    out: &mut String,
    text: &str,
    hide: impl Fn(char) -> bool,
    escape: impl Fn(&mut String, char),
) {
    out.push('"');
    let mut rest = text;
    let special = |c: char| matches!(c, '"' | '\\') || c < ' ' || (c > '~' && hide(c));
    let next = |rest: &str| {
        // Bytes of plain characters are passed without decoding them.
        let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        let skipped = position(rest.as_bytes(), |byte| !is_plain(byte))?;
        let found = rest[skipped..].char_indices().find(|(_, c)| special(*c));
        found.map(|(at, c)| (skipped + at, c))
    };
    while let Some((at, c)) = next(rest) {
        out.push_str(&rest[..at]);
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c => escape(out, c),
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn html_is_inert_in_text_and_attributes() {
        assert_eq!(
            escape_html("<a href='x'>&\"é\""),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;é&quot;"
        );
    }

    proptest! {
        #[test]
        fn json_strings_are_read_back(text in any::<String>(), bound in any::<char>()) {
            let (mut plain, mut hidden) = (String::new(), String::new());
            push_json_string(&mut plain, &text, |_| false);
            push_json_string(&mut hidden, &text, |c| c > bound);
            prop_assert_eq!(&plain, &serde_json::to_string(&text).unwrap());
            prop_assert_eq!(serde_json::from_str::<String>(&hidden).unwrap(), text);
        }
    }
}
