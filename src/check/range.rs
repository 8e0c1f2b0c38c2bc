//! Versions that look like a range of versions.
//!
//! The official registry recognises ranges by four patterns; this is their meaning without a regex
//! engine. Each function consumes what its pattern would match and returns the rest, which is enough
//! because no pattern can match the same text in two ways.

/// Whether the text matches one of the registry's four range patterns.
pub(super) fn looks_like_range(text: &str) -> bool {
    let text = text.trim();
    // A specific version needs none of the four readers, and most versions are specific.
    text.bytes().any(|b| b"^~<>=|*xX \t\n\x0c\r".contains(&b))
        && (is_comparison(text) || is_span(text) || is_choice(text) || is_wildcard(text))
}

/// Whether the text is a whole specific version that only an `x` in its prerelease makes a range.
pub(super) fn is_unlucky_prerelease(text: &str) -> bool {
    let core = text.split('-').next().unwrap_or_default();
    text.contains('-') && core.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// `^1.2.3`, `>= 1.0`, …
fn is_comparison(text: &str) -> bool {
    let operators = ["^", "~", ">=", "<=", ">", "<", "="];
    operators
        .iter()
        .any(|operator| text.strip_prefix(operator).map(skip_space).and_then(version) == Some(""))
}

/// `1.2 - 2.0`: exactly one white space before the hyphen.
fn is_span(text: &str) -> bool {
    let after = |text| {
        let rest = version(text)?;
        let rest = rest.strip_prefix(is_space)?.strip_prefix('-')?;
        version(skip_space(rest))
    };
    after(text) == Some("")
}

/// `1.2 || 1.3`.
fn is_choice(text: &str) -> bool {
    let Some(mut rest) = version(text).map(skip_space) else { return false };
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let next = rest.strip_prefix("||").map(skip_space).and_then(version);
        match next {
            Some(next) => rest = skip_space(next),
            None => return false,
        }
    }
    true
}

/// `1.x`, `1.2.*`, and by the registry's quirk any `x` in the prerelease of such a version.
fn is_wildcard(text: &str) -> bool {
    let Some(mut rest) = wildcard(text).or_else(|| text.strip_prefix('v').and_then(digits)) else {
        return false;
    };
    let mut parts = 0;
    while parts < 2 {
        match rest.strip_prefix('.').and_then(wildcard) {
            Some(next) => rest = next,
            None => break,
        }
        parts += 1;
    }
    parts > 0 && prerelease(rest).is_empty() && text.contains(['x', 'X', '*'])
}

/// One part of a wildcard version.
fn wildcard(text: &str) -> Option<&str> {
    text.strip_prefix(['x', 'X', '*']).or_else(|| digits(text))
}

/// `v?` one to four numbers, and perhaps a prerelease.
fn version(text: &str) -> Option<&str> {
    let mut rest = digits(text.strip_prefix('v').unwrap_or(text))?;
    for _ in 0..3 {
        match rest.strip_prefix('.').and_then(digits) {
            Some(next) => rest = next,
            None => break,
        }
    }
    Some(prerelease(rest))
}

/// At least one digit.
fn digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

/// A hyphen and at least one more character, if that is what comes next.
fn prerelease(text: &str) -> &str {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    match text.strip_prefix('-') {
        Some(tail) if tail.starts_with(inner) => tail.trim_start_matches(inner),
        _ => text,
    }
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// White space as Go's patterns know it.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}
