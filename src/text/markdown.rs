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

fn ends_with_www(text: &str) -> bool {
    let at = text.len().saturating_sub(3);
    text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}
