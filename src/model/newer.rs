//! Which of two versions of a package is newer, whatever package registry they are from.
//!
//! Semantic versions are compared by their precedence. Others, such as `2.0rc1`, `1.2.3.4` and `2026.1`, are compared
//! number by number; words after the numbers make a prerelease, except `post`.

use std::cmp::Ordering;

use super::version::precedence;
use super::{OciReference, PackageType};

/// Compares two versions of a package; `None` when one of them is not a version but a word such as `latest`.
pub fn compare_packages(a: &str, b: &str) -> Option<Ordering> {
    precedence(a, b).or_else(|| {
        let (a, b) = (Loose::read(a)?, Loose::read(b)?);
        let numbers = a.numbers.len().max(b.numbers.len());
        let order = (0..numbers).map(|i| number_order(a.number(i), b.number(i)));
        let order = order.fold(Ordering::Equal, Ordering::then);
        Some(order.then_with(|| a.words_order(&b)))
    })
}

/// Whether a version of a package is a prerelease, such as `1.0.0-rc.1` or `1.0rc1`.
pub fn is_prerelease(version: &str) -> bool {
    Loose::read(version).is_some_and(|version| version.rank() < RELEASE)
}

/// Returns the newest of `versions`. Prereleases count only if `current` is one.
pub fn newest_of<'a>(
    current: &str,
    versions: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let early = is_prerelease(current);
    let wanted = versions
        .into_iter()
        .filter(|version| Loose::read(version).is_some() && (early || !is_prerelease(version)));
    wanted.reduce(|a, b| match compare_packages(a, b) {
        Some(Ordering::Less) => b,
        _ => a,
    })
}

/// Returns the version of a package by its members: for an image that is its tag.
pub fn package_version<'a>(kind: &str, identifier: &'a str, version: &'a str) -> &'a str {
    match PackageType::is_image(kind) {
        true => OciReference::split(identifier).tag.unwrap_or_default(),
        false => version,
    }
}

/// A version in its parts: `v1.2-rc.3+build` is `1`, `2` and the words `rc` and `3`.
struct Loose<'a> {
    numbers: Vec<&'a str>,
    words: Vec<&'a str>,
}

/// Place of a release among what begins with the same numbers.
const RELEASE: u8 = 2;

impl<'a> Loose<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split('+').next().unwrap_or(text);
        let is_valid = |b: u8| b.is_ascii_alphanumeric() || b".-_!".contains(&b);
        if text.len() > 255
            || !text.as_bytes().first()?.is_ascii_digit()
            || !text.bytes().all(is_valid)
        {
            return None;
        }
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at(end);
        let parts = |text: &'a str| text.split(['.', '-', '_']).filter(|part| !part.is_empty());
        Some(Self {
            numbers: parts(numbers).collect(),
            words: parts(rest).flat_map(runs).collect(),
        })
    }

    fn number(&self, i: usize) -> &'a str {
        self.numbers.get(i).copied().unwrap_or_default()
    }

    fn word(&self, i: usize) -> &'a str {
        self.words.get(i).copied().unwrap_or_default()
    }

    fn rank(&self) -> u8 {
        match self.words.first().copied() {
            None => RELEASE,
            Some("dev") => 0,
            Some("post" | "r" | "rev") => RELEASE + 1,
            Some(_) => 1,
        }
    }

    fn words_order(&self, other: &Self) -> Ordering {
        let mut order = self.rank().cmp(&other.rank());
        let words = self.words.len().max(other.words.len());
        for i in 0..words {
            let (a, b) = (self.word(i), other.word(i));
            let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            order = order.then_with(|| match is_number(a) && is_number(b) {
                true => number_order(a, b),
                false => a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()),
            });
        }
        order
    }
}

/// Returns the runs of digits and of other characters of a text.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.bytes().next()?.is_ascii_digit();
        let end = rest.bytes().position(|b| b.is_ascii_digit() != first).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    })
}

/// Order of two digit strings; nothing is zero.
fn number_order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_order() {
        let sorted = [
            "1.0.dev1",
            "1.0a1",
            "1.0b2",
            "1.0rc1",
            "1.0rc10",
            "1.0",
            "1.0.post1",
            "1.0.1",
            "1.2.3",
            "1.2.3.4",
            "1.10.0-alpha",
            "1.10.0-alpha.1",
            "1.10.0-beta.2",
            "1.10.0-beta.11",
            "1.10.0",
            "v2.0.0",
            "2026.1",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare_packages(a, b), Some(i.cmp(&j)), "{a} {b}");
            }
        }
        assert_eq!(compare_packages("1.0", "1.0.0"), Some(Ordering::Equal));
        assert_eq!(compare_packages("1.0.0", "latest"), None);
    }

    #[test]
    fn prereleases_count_only_for_prereleases() {
        let all = ["1.0.0", "1.1.0", "2.0.0-rc.1", "latest", "sha-1234", ""];
        assert_eq!(newest_of("1.0.0", all), Some("1.1.0"));
        assert_eq!(newest_of("1.0.0-beta", all), Some("2.0.0-rc.1"));
        assert_eq!(newest_of("1.0.0", ["edge"]), None);
    }
}
