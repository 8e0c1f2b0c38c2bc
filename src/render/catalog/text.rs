//! Makes text and links of others safe to show, and formats dates and numbers.
//!
//! Escaping for HTML is the engine's work. Here invisible and control characters become escapes, and
//! links are checked for the schemes that a page may have. The author's text is never shortened.

use serde::Serialize;

use crate::text::{self, is_invisible};

/// A moment: for machines and for people.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Moment {
    pub(super) iso: String,
    day: String,
}

impl Moment {
    pub(super) fn new(rfc3339: &str) -> Self {
        Self { iso: rfc3339.to_owned(), day: day(rfc3339) }
    }
}

/// A link that leads out of the site.
#[derive(Debug, Serialize)]
pub(super) struct OutLink {
    url: String,
    text: String,
}

impl OutLink {
    /// `None` for addresses that a page may not link to.
    pub(super) fn new(url: &str) -> Option<Self> {
        web_link(url).map(|url| Self { text: without_scheme(&url), url })
    }
}

/// `text` with controls, bidi marks and invisible characters written as `\u{202e}`.
///
/// Line breaks and tabs stay (HTML folds them), and so does the joiner between the parts of an emoji.
pub(super) fn shown(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut before = '\0';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = c == '\u{200d}'
            && is_pictorial(before)
            && rest.peek().copied().is_some_and(is_pictorial);
        if !is_invisible(c) || matches!(c, '\n' | '\t') || joins {
            shown.push(c);
        } else {
            shown.extend(c.escape_unicode());
        }
        before = c;
    }
    shown
}

/// [`shown`], for what may be absent.
pub(super) fn shown_option(text: Option<&str>) -> Option<String> {
    text.map(shown)
}

/// Whether a character can be part of a joined emoji.
fn is_pictorial(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns `url` if a page may link to it: http or https, a host, no user info, nothing invisible.
pub(super) fn web_link(url: &str) -> Option<String> {
    let rest = strip(url, "https://").or_else(|| strip(url, "http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let valid = |c: char| !c.is_whitespace() && !is_invisible(c) && !matches!(c, '\\' | '"' | '<');
    let hosted = !authority.is_empty() && !authority.contains('@') && !authority.starts_with(':');
    (hosted && url.chars().all(valid)).then(|| url.to_owned())
}

/// Returns `url` if a page may load a picture from it: https, and no SVG, which can hold scripts.
pub(super) fn picture_link(url: &str, media_type: Option<&str>) -> Option<String> {
    let path = url.split(['?', '#']).next().unwrap_or(url).to_ascii_lowercase();
    let svg = media_type.is_some_and(|t| t.contains("svg")) || path.ends_with(".svg");
    strip(url, "https://")?;
    web_link(url).filter(|_| !svg)
}

/// Returns `text` without its scheme, which may be in either case.
fn strip<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let start = text.get(..scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

/// A link without its scheme and trailing slash, as text to read.
pub(super) fn without_scheme(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_owned()
}

/// Formats a date without the time of day: `13 Oct 2026`.
pub(super) fn day(rfc3339: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |range| rfc3339.get(range).and_then(|digits: &str| digits.parse::<usize>().ok());
    match (rfc3339.get(..4), number(5..7), number(8..10)) {
        (Some(year), Some(month @ 1..=12), Some(day)) => {
            format!("{day} {} {year}", MONTHS[month - 1])
        }
        _ => rfc3339.to_owned(),
    }
}

/// A count with its noun: `1 server`, `1,108 servers`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {}", grouped(count), text::noun(&count, noun))
}

/// A number with commas between thousands.
pub(super) fn grouped(number: usize) -> String {
    let mut text = number.to_string();
    for at in (1..text.len()).rev().skip(2).step_by(3) {
        text.insert(at, ',');
    }
    text
}

/// The letter on a server's tile, and which of eight hues the tile has.
pub(super) fn tile(name: &str, label: &str) -> (String, u8) {
    let letter = label.chars().find(|c| c.is_alphanumeric()).or_else(|| name.chars().next());
    let letter = letter.map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    (letter, (sum % 8) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_and_what_people_write_stays() {
        assert_eq!(shown("a\u{202e}b\u{0}"), "a\\u{202e}b\\u{0}");
        assert_eq!(shown("👨‍👩‍👧 ok\nline"), "👨‍👩‍👧 ok\nline");
        assert_eq!(shown("a\u{200d}b"), "a\\u{200d}b");
        assert_eq!(shown("שלום"), "שלום");
    }

    #[test]
    fn only_plain_web_links_pass() {
        assert!(web_link("https://example.com/a?b#c").is_some());
        assert!(web_link("HTTP://example.com").is_some());
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///x",
            "https://a@b.example",
            "https://a.example/\u{202e}",
            "https://a b",
            "//example.com",
            "é",
        ] {
            assert_eq!(web_link(bad), None, "{bad}");
        }
        assert_eq!(picture_link("https://example.com/a.SVG?x", None), None);
        assert_eq!(picture_link("https://example.com/a", Some("image/svg+xml")), None);
        assert_eq!(picture_link("http://example.com/a.png", None), None);
        assert!(picture_link("https://example.com/a.png", Some("image/png")).is_some());
    }

    #[test]
    fn dates_and_numbers_are_for_people() {
        assert_eq!(day("2026-10-03T06:15:00Z"), "3 Oct 2026");
        assert_eq!(day("é"), "é");
        assert_eq!(counted(1, "server"), "1 server");
        assert_eq!(counted(1_234_567, "server"), "1,234,567 servers");
        assert_eq!(grouped(0), "0");
        assert_eq!(tile("com.example/x", "„über“").0, "Ü");
    }
}
