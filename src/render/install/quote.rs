//! Quoting: one function for each language that a text is put into.
//!
//! Every value here may come from a stranger. What a quoter returns is read back by its language as
//! exactly the text that went in, whatever the text holds. Quoters refuse nothing; what is too odd to
//! be shown at all is refused before, by [`super::identifier`] and [`super::recipe`].

use std::fmt::Write as _;

use crate::text::is_invisible;

/// One word for a POSIX shell.
pub(crate) fn posix(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"@%+:,./_-".contains(&b);
    // A word with `=` in front of a command would be an assignment, so it is quoted.
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// One word for PowerShell.
///
/// PowerShell takes four typographic quotes for apostrophes, splits `-a.b` in two, and drops the first
/// bare `--` when a command is a script; all of those are quoted.
pub(crate) fn powershell(text: &str) -> String {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/');
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '-' | '.' | ':');
    let option = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    // A number is handed on as it would be printed, so only plain ones stay as they are.
    let number =
        text.len() < 10 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    let bare = match text.trim_start_matches('-') {
        _ if text == "--" || text.is_empty() => false,
        _ if number => true,
        word if word.len() < text.len() => option(word),
        word => word.starts_with(begins) && word.chars().all(inner),
    };
    if bare {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}

/// Whether PowerShell hands the word on to any program unchanged. Older ones lose empty words and a
/// backslash at the end, and a program may be a batch file, which `cmd` reads.
pub(crate) fn survives_powershell(text: &str) -> bool {
    !text.is_empty() && !text.ends_with('\\') && survives_cmd(text)
}

/// Whether `cmd /c` hands the word on unchanged: it reads these characters a second time.
pub(crate) fn survives_cmd(text: &str) -> bool {
    !text.contains(['"', '%', '!', '^', '&', '|', '<', '>', '(', ')']) && is_one_line(text)
}

/// Whether a text can stand in a line that people copy: nothing in it acts or hides.
pub(crate) fn is_one_line(text: &str) -> bool {
    text.bytes().all(is_printable) || !text.chars().any(is_invisible)
}

/// A text as one component of a URL: everything but the unreserved characters as `%XX`.
pub(crate) fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3 / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Base64 with padding, in the usual alphabet.
pub(crate) fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(text.len().div_ceil(3) * 4);
    for chunk in text.as_bytes().chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let index = (bits >> (18 - 6 * i)) & 63;
            encoded.push(if i > chunk.len() { '=' } else { char::from(ALPHABET[index as usize]) });
        }
    }
    encoded
}

/// Whether a byte is an ASCII character that can be seen, or a space.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// A string for JSON. What cannot be seen is escaped, so that nothing hides in what people copy.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_json(&mut out, text);
    out
}

/// Appends [`json`] to `out`.
pub(crate) fn push_json(out: &mut String, text: &str) {
    push_quoted(out, text, |c, out| {
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    });
}

/// A string for TOML, and as well for YAML: like JSON's, but with one escape for a character above
/// U+FFFF.
pub(crate) fn toml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_quoted(&mut out, text, |c, out| {
        let _ = match u32::from(c) {
            code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
            code => write!(out, "\\U{code:08x}"),
        };
    });
    out
}

fn push_quoted(out: &mut String, text: &str, escape: impl Fn(char, &mut String)) {
    let plain = |byte: u8| is_printable(byte) && byte != b'"' && byte != b'\\';
    let ends = text.bytes().position(|byte| !plain(byte)).unwrap_or(text.len());
    let (begin, rest) = text.split_at(ends);
    out.push('"');
    out.push_str(begin);
    for c in rest.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_invisible(c) => escape(c, out),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn powershell_words_are_quoted_when_powershell_would_read_them() {
        for (text, quoted) in [
            ("npx", "npx"),
            ("-y", "-y"),
            ("--log-level", "--log-level"),
            ("a@1.0.0", "'a@1.0.0'"),
            ("@scope/a", "'@scope/a'"),
            ("--", "'--'"),
            ("-a.b", "'-a.b'"),
            ("", "''"),
            ("it's", "'it''s'"),
            ("a\u{2019}b", "'a\u{2019}\u{2019}b'"),
            ("$(calc)", "'$(calc)'"),
            ("a`b", "'a`b'"),
            ("a;b", "'a;b'"),
            ("{x}", "'{x}'"),
            ("1kb", "'1kb'"),
            ("8080", "8080"),
            ("007", "'007'"),
            ("https://a.example/b", "https://a.example/b"),
            ("https://a.example/b?c=d&e", "'https://a.example/b?c=d&e'"),
        ] {
            assert_eq!(powershell(text), quoted);
        }
    }

    #[test]
    fn base64_and_percent_are_what_others_read() {
        for (text, encoded) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("é?>", "w6k/Pg==")]
        {
            assert_eq!(base64(text), encoded);
        }
        assert_eq!(percent("a/b c~é"), "a%2Fb%20c~%C3%A9");
    }

    #[test]
    fn cmd_and_powershell_limits_are_known() {
        assert!(survives_cmd("a@1.0") && !survives_cmd("a&b") && !survives_cmd("%PATH%"));
        assert!(survives_powershell("a b") && !survives_powershell("a\"b"));
        assert!(
            !survives_powershell("a&calc")
                && !survives_powershell("")
                && !survives_powershell("C:\\")
        );
    }

    fn through_a_shell(words: &[String]) -> Vec<u8> {
        let line: Vec<String> = words.iter().map(|word| posix(word)).collect();
        let script = format!("printf '%s\\n' {}", line.join(" "));
        std::process::Command::new("sh").arg("-c").arg(script).output().unwrap().stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_real_shell_reads_back_what_was_quoted(
            words in prop::collection::vec("[^\\x00]{0,12}|[-'\"$`\\\\!*?~#&|;<>(){}\\[\\]= \n\t]{0,12}", 1..12),
        ) {
            let expected: String = words.iter().map(|word| format!("{word}\n")).collect();
            prop_assert_eq!(String::from_utf8(through_a_shell(&words)).unwrap(), expected);
        }

        #[test]
        fn json_and_toml_strings_are_read_back(text in any::<String>()) {
            prop_assert_eq!(&serde_json::from_str::<String>(&json(&text)).unwrap(), &text);
            let table: toml::Table = toml::from_str(&format!("a = {}", toml(&text))).unwrap();
            prop_assert_eq!(table["a"].as_str().unwrap(), &text);
        }
    }
}
