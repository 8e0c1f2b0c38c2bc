//! Rules of spelling that names and versions share: device names and reserved words.

use std::fmt;

/// Why a name or version is refused, as the end of the sentence "`x` …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidName(pub String);

impl InvalidName {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidName {}

/// Names of routes and documents of the output.
const ROUTES: &[&str] =
    &["index", "index.html", "index.json", "latest", "versions", "servers", "health", "ping"];

/// Whether `segment` is the name of a route.
pub fn is_route(segment: &str) -> bool {
    ROUTES.iter().any(|route| route.eq_ignore_ascii_case(segment))
}

/// Whether Windows takes `segment` for a device, with or without an extension.
pub fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || matches!(port.map(str::as_bytes), Some([b'1'..=b'9']))
}

/// Whether `text` is not empty, begins and ends with an ASCII letter or digit, and holds nothing but
/// letters, digits and the bytes of `inner`.
pub fn is_word(text: &str, inner: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || inner.contains(b))
}
