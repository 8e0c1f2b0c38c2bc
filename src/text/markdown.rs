//! Escaping for Markdown.

use super::visible;

/// Most characters of one text.
const MAX: usize = 400;

/// The beginning of a text, made visible.
fn short(text: &str) -> String {
    let shown = visible(text);
    match shown.char_indices().nth(MAX) {
        Some((at, _)) => format!("{}…", &shown[..at]),
        None => shown.into_owned(),
    }
}

/// Returns a code span. Its fence is longer than any run of backticks inside.
pub fn markdown_span(text: &str) -> String {
    let text = short(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    if longest == 0 {
        // A span of white space alone would be none.
        return if text.trim().is_empty() { "` `".to_owned() } else { format!("`{text}`") };
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

/// Returns text of others as plain text: character references keep it from meaning anything in Markdown or
/// HTML, and an invisible reference after `@` and `#` keeps forges from making mentions of it.
pub fn escape_markdown(text: &str) -> String {
    let text = short(text);
    let mut safe = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '@' | '#' => safe.push_str(&format!("{c}&#8203;")),
            ':' if text[at..].starts_with("://") => safe.push_str("&#58;"),
            '.' if ends_with_www(&text[..at]) => safe.push_str("&#46;"),
            '|' | '`' | '[' | ']' | '*' | '_' | '~' | '\\' | '!' | '$' => {
                safe.push_str(&format!("&#{};", u32::from(c)));
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Returns a message of this program as Markdown: commands between backticks become code spans, which can be copied
/// as they are, and the rest is plain text. Text with unpaired backticks, or with a bar inside a span, which would end
/// the cell of a table, is plain text as a whole.
pub fn markdown_message(text: &str) -> String {
    let text = short(text);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let is_code = |at: usize| at % 2 == 1;
    let unclear = |(at, part): (usize, &&str)| match is_code(at) {
        true => part.trim().is_empty() || part.contains('|'),
        // Two spans that touch would be read as one.
        false => part.is_empty() && at != 0 && at != last,
    };
    if is_code(last) || parts.iter().enumerate().any(unclear) {
        return escape_markdown(&text);
    }
    let parts = parts.iter().enumerate();
    parts
        .map(|(at, part)| if is_code(at) { markdown_span(part) } else { escape_markdown(part) })
        .collect()
}

fn ends_with_www(text: &str) -> bool {
    let at = text.len().saturating_sub(3);
    text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::markdown_message;

    #[test]
    fn a_command_can_be_copied_and_nothing_else_means_anything() {
        for (text, markdown) in [
            ("run `sign a/b@1` <now>", "run `sign a/b@1` &lt;now&gt;"),
            ("`a` and `b`", "`a` and `b`"),
            ("a ` @all", "a &#96; @&#8203;all"),
            ("a | `b`", "a &#124; `b`"),
            ("`a|b`", "&#96;a&#124;b&#96;"),
            ("`a``b`", "&#96;a&#96;&#96;b&#96;"),
            ("`` [x](y)", "&#96;&#96; &#91;x&#93;(y)"),
        ] {
            assert_eq!(markdown_message(text), markdown, "{text}");
        }
    }
}
