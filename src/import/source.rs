//! The source of an import, as the user names it.

use crate::config::OFFICIAL_REGISTRY;
use crate::error::{Error, ErrorKind, Result};
use crate::world::http::Url;

/// Whether `text` names a registry and not a file.
pub fn is_registry(text: &str) -> bool {
    text == "official" || text.contains("://")
}

/// Returns the base URL for "official", or for a URL with or without the API's path.
pub fn registry_url(text: &str) -> Result<String> {
    if text == "official" {
        return Ok(OFFICIAL_REGISTRY.to_owned());
    }
    let help =
        "give the registry's base URL, such as https://registry.example.com, or \"official\"";
    let wrong = |why: String| Error::new(ErrorKind::Usage, why).help(help);
    if !["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Err(wrong("the URL has to begin with https:// or http://".to_owned()));
    }
    let url = Url::parse(text)
        .map_err(|why| wrong(format!("the source is not a valid URL: it {why}")))?;
    if let Some(why) = url.objection() {
        return Err(wrong(format!("the source cannot be used: {why}")));
    }
    let text = url.to_string();
    let mut base = text.split('?').next().unwrap_or_default().trim_end_matches('/');
    for end in ["/servers", "/v0.1", "/v0"] {
        base = base.strip_suffix(end).unwrap_or(base).trim_end_matches('/');
    }
    Ok(base.to_owned())
}

/// Returns the URL of a document, when `text` names one and not a registry: its path ends like a file.
pub fn document_url(text: &str) -> Option<Url> {
    const ENDINGS: [&str; 5] = [".json", ".json.gz", ".yaml", ".yml", "/server-card"];
    let path = text.split(['?', '#']).next().unwrap_or_default();
    ENDINGS.iter().any(|end| path.ends_with(end)).then(|| Url::parse(text).ok()).flatten()
}
