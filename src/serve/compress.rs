//! Compressed copies of documents, for clients that accept gzip.
//!
//! Documents are compressed when they are first asked for in this form, and copies are kept as `cache`
//! allows. Answers to queries are not compressed: few of them are asked for twice.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site::Body;

/// Documents of fewer bytes fit into one packet, compressed or not.
pub(super) const LEAST: usize = 1024;

/// Returns `body` compressed; `None` if that saves nothing.
pub(super) fn gzip(body: &[u8]) -> Option<Body> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::default());
    encoder.write_all(body).ok()?;
    let mut bytes = encoder.finish().ok().filter(|bytes| bytes.len() < body.len())?;
    bytes.shrink_to_fit();
    Some(bytes.into())
}

/// Whether the value of `Accept-Encoding` accepts gzip.
pub(super) fn accepts_gzip(value: &str) -> bool {
    let mut parts = value.split(',').map(|part| part.split_once(';').unwrap_or((part, "")));
    parts.any(|(name, weight)| {
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_ask_for_it() {
        for yes in ["gzip", "br, GZIP", "deflate,gzip;q=0.1", "gzip; q=1.0, *;q=0"] {
            assert!(accepts_gzip(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "gzip;q=0.000, br", "gzip;q=x", "*", "gzip2"] {
            assert!(!accepts_gzip(no), "{no}");
        }
    }

    #[test]
    fn what_does_not_shrink_is_left_alone() {
        assert!(gzip(b"").is_none() && gzip(b"abcdefgh").is_none());
        assert!(gzip(&[b'a'; 2000]).is_some_and(|bytes| bytes.len() < 100));
    }
}
