//! URLs that hold `{variables}`: what they look like once filled, and which names they use.
//!
//! The official registry replaces each template by a plausible text and parses the result, so a URL
//! is judged by its shape with all variables filled. Nothing here knows which names are declared.

use std::borrow::Cow;

use super::url;

/// Whether the filled URL parses, is http or https, and has a host.
pub(super) fn is_valid(text: &str) -> bool {
    url::parse(&fill(text)).is_ok_and(|url| url.is_web())
}

/// Whether the filled URL is valid and https.
pub(super) fn is_secure(text: &str) -> bool {
    url::parse(&fill(text)).is_ok_and(|url| url.is_web() && url.has_scheme("https"))
}

/// Whether the filled URL is valid, https, and does not point at the reader's own machine in one of the
/// three spellings that the official registry knows.
pub(super) fn is_valid_remote(text: &str) -> bool {
    let is_local =
        |host: &str| matches!(host, "localhost" | "127.0.0.1") || host.ends_with(".localhost");
    is_secure(text) && url::parse(&fill(text)).is_ok_and(|url| !is_local(url.hostname()))
}

/// Returns the names between braces, in order.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = first(rest)?;
        rest = after;
        Some(name)
    })
}

/// Returns the text before the first `{…}` that is not empty, its name, and the text after it.
pub(super) fn first(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('{')?;
        let close = start + text[start..].find('}')?;
        if close > start + 1 {
            return Some((&text[..start], &text[start + 1..close], &text[close + 1..]));
        }
        from = start + 1;
    }
}

/// What the registry writes for the names it knows.
const KNOWN: &[(&str, &str)] = &[
    ("{host}", "example.com"),
    ("{port}", "8080"),
    ("{path}", "api"),
    ("{protocol}", "http"),
    ("{scheme}", "http"),
];

/// Replaces every template: known names first, then those in the place of a port, then all others.
pub(super) fn fill(text: &str) -> Cow<'_, str> {
    if !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let known = KNOWN.iter().fold(text.to_owned(), |text, (name, to)| text.replace(name, to));
    Cow::Owned(fill_others(&fill_ports(&known)))
}

/// Replaces a template that follows a colon and ends the authority or the text.
fn fill_ports(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    // Where the text that is not written yet begins, and the first closing brace behind it.
    let (mut at, mut close) = (0, 0);
    while let Some(colon) = text[at..].find(":{").map(|found| at + found) {
        let open = colon + 1;
        if close <= open {
            let Some(found) = text[open..].find('}') else { break };
            close = open + found;
        }
        filled.push_str(&text[at..open]);
        let rest = &text[close + 1..];
        at = if close > open + 1 && (rest.is_empty() || rest.starts_with('/')) {
            filled.push_str("8080");
            close + 1
        } else {
            open
        };
    }
    filled.push_str(&text[at..]);
    filled
}

/// Replaces every template that is left.
fn fill_others(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, _, after)) = first(rest) {
        filled.push_str(before);
        filled.push_str("placeholder");
        rest = after;
    }
    filled.push_str(rest);
    filled
}
