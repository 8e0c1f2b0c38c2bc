//! Versions and their order, as the official registry compares them.
//!
//! Semantic versions beat all others; among them precedence counts (build metadata and a leading `v`
//! do not); among the others the later publication is newer. The registry's own definition of a
//! semantic version differs from a library's (a leading `v` is one), so the reader is ours.

use std::cmp::Ordering;
use std::fmt;

use super::grammar::{InvalidName, is_device};
use super::timestamp::Timestamp;

crate::text::display_as_str!(Version);

/// A version text that can be a path segment and is not `latest`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Version {
    text: Box<str>,
    semver: bool,
}

impl Version {
    /// Longest version accepted, in bytes.
    pub const MAX: usize = 255;

    /// Reads a version: a letter or digit, then also `.`, `_`, `+`, `-`; no `..`, no trailing dot, not
    /// `latest` in any case, not a device name.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
        let first = text.as_bytes().first();
        let why = match text.to_ascii_lowercase().as_str() {
            "" => "is empty",
            _ if text.len() > Self::MAX => "is longer than 255 characters",
            "latest" => "is the word for the newest version",
            _ if !first.is_some_and(u8::is_ascii_alphanumeric) || !text.bytes().all(inner) => {
                "is not a safe path segment: a letter or digit, then letters, digits, '.', '_', '+' and '-'"
            }
            "index.json" => "is not a safe path segment on every system",
            _ if text.contains("..") || text.ends_with('.') || is_device(text) => {
                "is not a safe path segment on every system"
            }
            _ => return Ok(Self { text: text.into(), semver: Semver::parse(text).is_some() }),
        };
        Err(InvalidName::new(why))
    }

    /// The version as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the registry's order treats it as a semantic version (a leading `v` is allowed).
    pub fn is_semver(&self) -> bool {
        self.semver
    }

    /// Whether it is a semantic version as semver.org writes it, without a leading `v`.
    pub fn is_strict_semver(&self) -> bool {
        self.semver && !self.text.starts_with('v') && self.text.len() <= 100
    }

    /// Compares by the registry's rule: greater is newer.
    ///
    /// Equal means that neither is newer (equal precedence, or two other versions of the same time).
    pub fn compare(
        &self,
        published: &Timestamp,
        other: &Self,
        other_published: &Timestamp,
    ) -> Ordering {
        match (Semver::parse(&self.text), Semver::parse(&other.text)) {
            (Some(a), Some(b)) => a.precedence(&b),
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (None, None) => published.cmp(other_published),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// A semantic version, read in place. Numbers stay text, so none is too large.
#[derive(Debug, Clone, Copy)]
struct Semver<'a> {
    core: [&'a str; 3],
    pre: &'a str,
}

impl<'a> Semver<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let mut numbers = core.split('.');
        let core = [numbers.next()?, numbers.next()?, numbers.next()?];
        let valid = numbers.next().is_none()
            && core.iter().all(|n| is_number(n) && !has_leading_zero(n))
            && pre.is_none_or(|pre| {
                pre.split('.').all(|part| is_identifier(part) && !has_leading_zero(part))
            })
            && build.is_none_or(|build| build.split('.').all(is_identifier));
        valid.then_some(Self { core, pre: pre.unwrap_or_default() })
    }

    fn precedence(&self, other: &Self) -> Ordering {
        let core = self.core.iter().zip(&other.core).map(|(a, b)| number_order(a, b));
        core.fold(Ordering::Equal, Ordering::then).then_with(|| pre_order(self.pre, other.pre))
    }
}

/// Returns the precedence of two semantic versions, a leading `v` aside; `None` when one of them is not one.
pub(super) fn precedence(a: &str, b: &str) -> Option<Ordering> {
    Some(Semver::parse(a)?.precedence(&Semver::parse(b)?))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn has_leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && is_number(text)
}

/// Order of two digit strings without leading zeros.
fn number_order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Order of two prereleases; none at all is the greatest.
fn pre_order(a: &str, b: &str) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.is_empty().cmp(&b.is_empty());
    }
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (Some(x), Some(y)) => match (is_number(x), is_number(y)) {
                (true, true) => number_order(x, y),
                // A number comes before a word.
                (x_is_number, y_is_number) => y_is_number.cmp(&x_is_number).then(x.cmp(y)),
            },
            (x, y) => return x.is_some().cmp(&y.is_some()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}
