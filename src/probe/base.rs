//! The base URL as given, and typical mistakes in it.
//!
//! Clients append paths without checking, so a probe uses the URL as given and only suggests a
//! correction. What is not a URL is refused.

use crate::model::probe::Trouble;
use crate::world::http::Url;

/// A base URL.
#[derive(Debug)]
pub(super) struct Base {
    /// As given.
    pub(super) given: String,
    /// Without slashes at its end.
    pub(super) trimmed: String,
    /// Whether it was given with a slash at its end.
    pub(super) slash: bool,
    /// What is wrong with it, and what was probably meant.
    pub(super) mistake: Option<(Trouble, String)>,
    url: Url,
}

/// What clients append themselves, the longest first.
const API_PATHS: [&str; 5] = ["/v0.1/servers", "/v0/servers", "/v0.1", "/v0", "/servers"];

/// Endings of files that people give for a base URL.
const FILES: [&str; 5] = [".json", ".html", ".htm", ".yaml", ".yml"];

impl Base {
    /// Reads a base URL; the error ends the sentence "this URL …".
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let given = text.trim();
        // A renderer reads a backslash as a slash.
        let slashed = given.replace('\\', "/");
        let url = Url::parse(&slashed)?;
        let trimmed = slashed.trim_end_matches('/').to_owned();
        let (why, meant) = meant(given.trim_end_matches('/'));
        let mistake = why.map(|why| (why, meant));
        Ok(Self { slash: given.ends_with('/'), given: given.to_owned(), trimmed, mistake, url })
    }

    /// Whether the connection is encrypted, or stays on this computer.
    pub(super) fn is_safe(&self) -> bool {
        self.url.is_https() || self.url.is_loopback()
    }

    /// Whether it is this computer.
    pub(super) fn is_loopback(&self) -> bool {
        self.url.is_loopback()
    }
}

/// Returns the first mistake in a URL, and the corrected URL.
fn meant(url: &str) -> (Option<Trouble>, String) {
    let (mut why, mut url) = (None, url);
    if let Some(at) = url.find(['?', '#', '\\']) {
        (why, url) = (Some(Trouble::BaseIsOdd), url[..at].trim_end_matches('/'));
    }
    let last = url.rsplit('/').next().unwrap_or_default();
    let has_path = url.matches('/').count() > 2;
    if has_path && FILES.iter().any(|end| last.ends_with(end)) {
        why = why.or(Some(Trouble::BaseIsFile));
        url = url[..url.len() - last.len()].trim_end_matches('/');
    }
    if let Some(base) = API_PATHS.iter().find_map(|end| url.strip_suffix(end)) {
        why = why.or(Some(Trouble::BaseHasApiPath));
        url = base.trim_end_matches('/');
    }
    (why, url.to_owned())
}
