//! The URL of the registry itself.

crate::text::display_as_str!(BaseUrl);

/// The URL that clients use: https, no trailing slash, no `/v0.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a base URL; the error holds what is wrong and what to write instead. That is a URL that is
    /// right, and never one that would be refused for another reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(mut wrong) = fault(text) else { return Ok(Self(text.to_owned())) };
        let first = wrong.what.clone();
        // Ends, because no step takes back what another did.
        loop {
            match wrong.instead {
                Instead::Hint(hint) => return Err(format!("{}; write {hint}", wrong.what)),
                Instead::Url(url) => match fault(&url) {
                    Some(next) => wrong = next,
                    None => return Err(format!("{first}; write {url:?}")),
                },
            }
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

/// What is wrong with a base URL.
struct Fault {
    what: String,
    instead: Instead,
}

/// What to write instead of a base URL.
enum Instead {
    /// The URL without this fault; it may have others.
    Url(String),
    /// What cannot be told from the text.
    Hint(&'static str),
}

/// Returns the first thing that is wrong with a base URL.
fn fault(text: &str) -> Option<Fault> {
    let url =
        |what: &str, url: String| Some(Fault { what: what.to_owned(), instead: Instead::Url(url) });
    let hint = |what: String, hint| Some(Fault { what, instead: Instead::Hint(hint) });
    if text.trim() != text {
        return url("a base URL has no white space around it", text.trim().to_owned());
    }
    if let Some(rest) = without_scheme(text, "http://") {
        return url("clients refuse http", format!("https://{rest}"));
    }
    let Some(rest) = text.strip_prefix("https://") else {
        let what = "a base URL begins with https://";
        return match without_scheme(text, "https://") {
            Some(rest) => url(what, format!("https://{rest}")),
            None if text.contains('.') && !text.contains("://") => {
                url(what, format!("https://{}", text.trim_start_matches('/')))
            }
            None => hint(what.to_owned(), "a URL such as \"https://registry.example.com\""),
        };
    };
    if let Some(at) = text.find(['?', '#']) {
        return url("a base URL has no query and no fragment", text[..at].to_owned());
    }
    if text.ends_with('/') {
        return url("a base URL does not end in a slash", text.trim_end_matches('/').to_owned());
    }
    for end in ["/v0.1", "/v0", "/v0.1/servers", "/v0/servers", "/index.html", "/index.json"] {
        if let Some(base) = text.strip_suffix(end) {
            let what = "clients append the API's path themselves, so a base URL does not end in";
            return url(&format!("{what} {end}"), base.to_owned());
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
        return hint(format!("{authority:?} is not a host"), instead);
    }
    let segment = |s: &str| !matches!(s, "." | "..") && only(s, b"-._~!$&'()*+,;=:@%");
    if !path.is_empty() && !path[1..].split('/').all(segment) {
        let instead = "segments without white space, dots or empty ones";
        return hint(format!("{path:?} is not a clean path"), instead);
    }
    None
}

/// Returns what follows `scheme`, which is in lower case, at the start of `text` in any case.
fn without_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}
