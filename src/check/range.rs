//! Finds versions that look like a range of versions, by the four patterns of the official registry.

use std::sync::LazyLock;

use regex::RegexSet;

/// A range that is not a wildcard: `>= 1.0`, `1.2 - 2.0`, `1.2 || 1.3`.
static RANGE: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let version = r"v?[0-9]+(\.[0-9]+){0,3}(-[0-9A-Za-z.-]+)?";
    // White space as Go's patterns know it.
    let space = r"[\t\n\f\r ]";
    let patterns = [
        format!(r"^(\^|~|>=|<=|>|<|=){space}*{version}$"),
        format!(r"^{version}{space}-{space}*{version}$"),
        format!(r"^{version}({space}*\|\|{space}*{version})+$"),
    ];
    RegexSet::new(patterns).ok()
});

/// A version of at least two parts, which is a range if an `x` or `*` is anywhere in it, even in its
/// prerelease.
static WILDCARD: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let part = r"([0-9]+|[xX*])";
    let pattern = format!(r"^(v?[0-9]+|[xX*])(\.{part}){{1,2}}(-[0-9A-Za-z.-]+)?$");
    RegexSet::new([pattern]).ok()
});

/// Whether the text matches one of the registry's four range patterns. A test matches all of them.
pub(super) fn looks_like_range(text: &str) -> bool {
    let text = text.trim();
    let matches = |set: &Option<RegexSet>| set.as_ref().is_some_and(|set| set.is_match(text));
    // Most versions are specific and hold none of these characters.
    (text.contains(['^', '~', '<', '>', '=', '|', ' ', '\t', '\n', '\x0c', '\r'])
        && matches(&RANGE))
        || (text.contains(['x', 'X', '*']) && matches(&WILDCARD))
}

/// Whether the text is a whole specific version that only an `x` in its prerelease makes a range.
pub(super) fn is_unlucky_prerelease(text: &str) -> bool {
    let core = text.split('-').next().unwrap_or_default();
    text.contains('-') && core.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}
