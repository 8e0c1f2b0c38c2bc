//! The path of a request, as a host reads it.
//!
//! Hosts differ in what they decode before they look for a file. Paths with dot segments, backslashes or
//! control characters are never found.

use crate::site::{EncodedSlash, Plus, Resolution};
use crate::text::{percent_decode, percent_encode_except};

/// What `decodeURI` leaves encoded.
const RESERVED: &[u8] = b";/?:@&=+$,#";

/// A path below the site's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The path of a file or folder, without a slash at either end; empty for the root.
    pub(super) key: String,
    /// Whether it ended in a slash.
    pub(super) slash: bool,
}

/// Why a path cannot be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathFault {
    /// It cannot be decoded.
    Malformed,
    /// No file can be there.
    Nowhere,
}

impl Asked {
    /// Reads a raw path.
    pub(super) fn read(raw: &str, how: &Resolution) -> Result<Self, PathFault> {
        if !raw.starts_with('/') || raw.contains("%00") || raw.contains('\0') {
            return Err(PathFault::Malformed);
        }
        let text = match (how.encoded_slash, how.manner.plus) {
            (EncodedSlash::Kept, _) => decode_reserving(raw),
            (_, Plus::Space) => percent_decode(&raw.replace('+', " "), false),
            _ => percent_decode(raw, false),
        };
        let mut text = text.ok_or(PathFault::Malformed)?;
        if how.manner.plus == Plus::Lost && text.contains('+') {
            return Err(PathFault::Nowhere);
        }
        if how.manner.merged_slashes {
            text = merged(&text);
        }
        let slash = text.ends_with('/');
        let key = text.strip_prefix('/').unwrap_or(&text);
        let key = key.strip_suffix('/').unwrap_or(key);
        let valid = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && !segment.chars().any(|c| c == '\\' || c.is_control())
        };
        if !key.is_empty() && !key.split('/').all(valid) {
            return Err(PathFault::Nowhere);
        }
        // `//` alone is the root only where slashes are merged.
        if key.is_empty() && text.len() > 1 {
            return Err(PathFault::Nowhere);
        }
        Ok(Self { key: key.to_owned(), slash })
    }

    /// Returns the path with the slash that it ended in.
    pub(super) fn written(&self) -> String {
        format!("{}{}", self.key, if self.slash { "/" } else { "" })
    }
}

/// Returns a text with one slash for each run of them.
pub(super) fn merged(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '/' || !out.ends_with('/') {
            out.push(c);
        }
    }
    out
}

/// As [`percent_decode`], but escapes of [`RESERVED`] stay as they are spelled.
fn decode_reserving(raw: &str) -> Option<String> {
    let mut kept = String::with_capacity(raw.len());
    let mut parts = raw.split('%');
    kept.push_str(parts.next()?);
    for part in parts {
        let escape = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        // An escaped percent sign is what a kept escape has to be protected by.
        kept.push_str(if RESERVED.contains(&escape) { "%25" } else { "%" });
        kept.push_str(part);
    }
    percent_decode(&kept, false)
}

/// Returns the path of `key` as it is written in a URL; `plain` are the bytes that stand for themselves
/// besides letters and digits.
pub(super) fn encoded(key: &str, plain: &[u8]) -> String {
    format!("/{}", percent_encode_except(key, plain))
}

/// Whether a path lies inside the API.
pub(super) fn is_api(key: &str) -> bool {
    matches!(key.split('/').next(), Some("v0.1" | "v0"))
}

/// Whether rules for paths below the API match `key`, which begins without a slash.
pub(super) fn is_below_api(key: &str) -> bool {
    key.starts_with("v0.1/") || key.starts_with("v0/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_of_a_reserved_character_stays_and_others_go() {
        let read = |raw| decode_reserving(raw);
        assert_eq!(read("/a%2Fb%2fc%2B%20%2e").as_deref(), Some("/a%2Fb%2fc%2B ."));
        assert_eq!(read("/a%252F").as_deref(), Some("/a%2F"));
        for broken in ["/%", "/%2", "/%zz", "/%é"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_path_is_written_as_it_is_read() {
        assert_eq!(encoded("a b/c+d@é", b"/-._+@"), "/a%20b/c+d@%C3%A9");
        assert_eq!(encoded("a/c+d", b"/-._"), "/a/c%2Bd");
        assert_eq!(merged("//a///b/"), "/a/b/");
    }
}
