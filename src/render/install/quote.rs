//! Quoting: one function for each language that a text is put into.
//!
//! The text is not trusted. The language reads the result back as exactly the same text. Every text is
//! accepted; what must not be shown at all is refused before, by [`super::identifier`] and
//! [`super::recipe`].

use crate::text::{is_invisible, push_json_string, push_toml_string};

/// Quotes one word for a POSIX shell.
pub fn posix(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"@%+:,./_-".contains(&b);
    // A word with `=` in front of a command would be an assignment, so it is quoted.
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Quotes one word for PowerShell.
///
/// PowerShell takes four typographic quotes for apostrophes, splits `-a.b` in two, and drops the first
/// bare `--` when a command is a script; all of those are quoted.
pub fn powershell(text: &str) -> String {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/');
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '-' | '.' | ':');
    let option = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    // PowerShell passes on a number as it would print it, so only plain ones stay unquoted.
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
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let inner = text.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 }));
    format!("'{}'", inner.collect::<String>())
}

/// Whether PowerShell passes the word to any program unchanged. Older ones lose empty words and a
/// backslash at the end, and a program may be a batch file, which `cmd` reads.
pub fn survives_powershell(text: &str) -> bool {
    !text.is_empty() && !text.ends_with('\\') && survives_cmd(text)
}

/// Whether `cmd /c` passes the word on unchanged: it interprets these characters.
pub fn survives_cmd(text: &str) -> bool {
    !text.contains(['"', '%', '!', '^', '&', '|', '<', '>', '(', ')']) && is_one_line(text)
}

/// Whether a text is safe in a line that people copy: no control or invisible characters.
pub fn is_one_line(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(is_invisible)
}

/// Returns `text` as a JSON string. What cannot be seen is escaped, so that nothing hides in what people
/// copy.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_json(&mut out, text);
    out
}

/// Appends [`json`] to `out`.
pub fn push_json(out: &mut String, text: &str) {
    push_json_string(out, text, is_invisible);
}

/// Returns `text` as a string for TOML, and as well for YAML. What cannot be seen is escaped.
pub fn toml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_toml_string(&mut out, text, is_invisible);
    out
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
