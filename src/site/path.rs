//! URL paths as decoded segments.
//!
//! The slash inside a server name is data until the name is split into its halves, so a literal
//! `%2F` can never become part of a folder's name.

use std::borrow::Borrow;
use std::fmt;

use crate::text::percent_encode_except;

/// An absolute URL path: its segments, decoded. The empty path is the site's root.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(Box<str>);

impl UrlPath {
    /// Returns a path of `segments`. `None` when one is empty, `.` or `..`, or holds a slash, backslash or
    /// control character.
    pub fn new<'a>(segments: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut text = String::new();
        for segment in segments {
            let valid = !matches!(segment, "" | "." | "..")
                && !segment.chars().any(|c| matches!(c, '/' | '\\') || c.is_control());
            if !valid {
                return None;
            }
            if !text.is_empty() {
                text.push('/');
            }
            text.push_str(segment);
        }
        Some(Self(text.into()))
    }

    /// Returns the segments joined by slashes, without one in front.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the decoded segments.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }
}

impl Borrow<str> for UrlPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UrlPath {
    /// Writes the path in the form of a URL: a slash before each segment, percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        write!(f, "/{}", percent_encode_except(&self.0, PLAIN))
    }
}

/// Bytes of a path that are not encoded in a URL, besides letters and digits (RFC 3986, `pchar`, and
/// the slash between segments).
const PLAIN: &[u8] = b"/-._~!$&'()*+,;=:@";
