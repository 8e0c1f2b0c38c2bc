//! The URL of the registry itself.

crate::text::display_as_str!(BaseUrl);

/// The URL that clients use: https, no trailing slash, no `/v0.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a base URL; the error holds what is wrong and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fail = |what: &str, instead: &str| Err(format!("{what}; write {instead}"));
        if let Some(rest) = text.strip_prefix("http://") {
            return fail("clients refuse http", &format!("\"https://{rest}\""));
        }
        let Some(rest) = text.strip_prefix("https://") else {
            return fail(
                "a base URL begins with https://",
                "such as \"https://registry.example.com\"",
            );
        };
        if let Some(at) = text.find(['?', '#']) {
            return fail("a base URL has no query and no fragment", &format!("{:?}", &text[..at]));
        }
        if text.ends_with('/') {
            return fail(
                "a base URL does not end in a slash",
                &format!("{:?}", text.trim_end_matches('/')),
            );
        }
        for end in ["/v0.1", "/v0", "/v0.1/servers", "/v0/servers", "/index.html", "/index.json"] {
            if let Some(base) = text.strip_suffix(end) {
                return fail(
                    &format!(
                        "clients append the API's path themselves, so a base URL does not end in {end}"
                    ),
                    &format!("{base:?}"),
                );
            }
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !host.split('.').all(label) || port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return fail(
                &format!("{authority:?} is not a host"),
                "a host name in ASCII, with a port if need be",
            );
        }
        let segment = |s: &str| {
            !matches!(s, "" | "." | "..")
                && s.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&b))
        };
        if !path.is_empty() && !path[1..].split('/').all(segment) {
            return fail(
                &format!("{path:?} is not a clean path"),
                "segments without white space, dots or empty ones",
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host name without port.
    pub fn host(&self) -> &str {
        let authority = self.0["https://".len()..].split('/').next().unwrap_or_default();
        authority.split(':').next().unwrap_or_default()
    }

    /// The path below the host: empty, or beginning with a slash.
    pub fn path(&self) -> &str {
        let rest = &self.0["https://".len()..];
        rest.find('/').map_or("", |at| &rest[at..])
    }
}
