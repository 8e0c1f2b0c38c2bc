//! The URL of the registry itself.

crate::text::display_as_str!(BaseUrl);

/// The URL that clients use: https, no trailing slash, no `/v0.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a base URL; the error holds what is wrong and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        match fault(text) {
            Some((what, instead)) => Err(format!("{what}; write {instead}")),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Returns the whole URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host name without port.
    pub fn host(&self) -> &str {
        let authority = self.0["https://".len()..].split('/').next().unwrap_or_default();
        authority.split(':').next().unwrap_or_default()
    }

    /// Returns the path below the host: empty, or beginning with a slash.
    pub fn path(&self) -> &str {
        let rest = &self.0["https://".len()..];
        rest.find('/').map_or("", |at| &rest[at..])
    }
}

/// Returns what is wrong with a base URL, and what to write instead.
fn fault(text: &str) -> Option<(String, String)> {
    let quoted = |text: &str| format!("{text:?}");
    if let Some(rest) = text.strip_prefix("http://") {
        return Some(("clients refuse http".into(), quoted(&format!("https://{rest}"))));
    }
    let Some(rest) = text.strip_prefix("https://") else {
        let instead = "such as \"https://registry.example.com\"";
        return Some(("a base URL begins with https://".into(), instead.into()));
    };
    if let Some(at) = text.find(['?', '#']) {
        return Some(("a base URL has no query and no fragment".into(), quoted(&text[..at])));
    }
    if text.ends_with('/') {
        let instead = quoted(text.trim_end_matches('/'));
        return Some(("a base URL does not end in a slash".into(), instead));
    }
    for end in ["/v0.1", "/v0", "/v0.1/servers", "/v0/servers", "/index.html", "/index.json"] {
        if let Some(base) = text.strip_suffix(end) {
            let what = "clients append the API's path themselves, so a base URL does not end in";
            return Some((format!("{what} {end}"), quoted(base)));
        }
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "443"));
    let only = |s: &str, more: &[u8]| {
        !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    let label = |s: &str| only(s, b"-") && !s.starts_with('-') && !s.ends_with('-');
    if !host.split('.').all(label) || port.parse::<u16>().is_err() {
        let instead = "a host name in ASCII, with a port if needed";
        return Some((format!("{authority:?} is not a host"), instead.into()));
    }
    let segment = |s: &str| !matches!(s, "." | "..") && only(s, b"-._~!$&'()*+,;=:@%");
    if !path.is_empty() && !path[1..].split('/').all(segment) {
        let instead = "segments without white space, dots or empty ones";
        return Some((format!("{path:?} is not a clean path"), instead.into()));
    }
    None
}
