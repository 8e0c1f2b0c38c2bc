//! URLs, as much of them as fetching needs: where one leads, and whether it may be requested.

use std::fmt;
use std::net::IpAddr;

use crate::text::shorten;

/// An http or https URL without user name, password and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    https: bool,
    /// In lower case, with the port when it is not the usual one.
    authority: String,
    /// Path and query; begins with a slash.
    rest: String,
}

impl Url {
    /// Reads a URL; the error ends the sentence "this URL …".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("holds a character that must be percent-encoded");
        }
        let (scheme, rest) = text.split_once("://").ok_or("has no scheme")?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err("is neither https nor http"),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("holds a user name or password");
        }
        let mut authority = authority.to_ascii_lowercase();
        let usual = if https { ":443" } else { ":80" };
        if let Some(bare) = authority.strip_suffix(usual) {
            authority = bare.to_owned();
        }
        let url = Self { https, authority, rest: path.to_owned() };
        let port = &url.authority[url.host_end()..];
        let is_port = |p: &str| p.parse::<u16>().is_ok_and(|p| p > 0);
        let has_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        let is_valid = |b: u8| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b);
        if url.host().is_empty() || !has_port || !url.host().bytes().all(is_valid) {
            return Err("names no host");
        }
        Ok(if url.rest.starts_with('/') { url } else { Self { rest: format!("/{path}"), ..url } })
    }

    /// Returns where the host ends and the port begins; colons of a bracketed address do not count.
    fn host_end(&self) -> usize {
        let from = self.authority.find(']').unwrap_or(0);
        self.authority[from..].find(':').map_or(self.authority.len(), |at| from + at)
    }

    /// Returns the host's name, or its address (version 6 in brackets).
    pub fn host(&self) -> &str {
        &self.authority[..self.host_end()]
    }

    fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// Returns scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority)
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is this computer itself.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Returns why this URL must not be requested, if it must not.
    ///
    /// Requests to this computer need no encryption.
    pub fn objection(&self) -> Option<&'static str> {
        (!self.https && !self.is_loopback())
            .then_some("plain http can be read and changed by others; use https")
    }

    /// Whether both have the same scheme, host and port.
    pub fn same_origin(&self, other: &Self) -> bool {
        self.https == other.https && self.authority == other.authority
    }

    /// Returns why an answer from here must not redirect to `next`, if it must not.
    pub fn redirect_objection(&self, next: &Self) -> Option<&'static str> {
        (self.https && !next.https).then_some("it redirects from https to http")
    }

    /// Resolves a `Location` found at this URL.
    ///
    /// Takes the forms that servers send: absolute, without scheme, from the root, relative, and a query
    /// alone (RFC 3986, section 5.2).
    pub fn join(&self, location: &str) -> Result<Self, &'static str> {
        let location = location.split('#').next().unwrap_or_default();
        let path = self.rest.split('?').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let rest = match location.bytes().next() {
            _ if location.starts_with("//") => {
                return Self::parse(&format!("{}:{location}", self.scheme()));
            }
            _ if location.split(['/', '?']).next().is_some_and(|first| first.contains(':')) => {
                return Self::parse(location);
            }
            None => self.rest.clone(),
            Some(b'/') => location.to_owned(),
            Some(b'?') => format!("{path}{location}"),
            Some(_) => format!("{folder}/{location}"),
        };
        Self::parse(&format!("{}{}", self.origin(), without_dots(&rest)))
    }
}

/// Returns a path without `.` and `..` steps; the query is kept.
fn without_dots(rest: &str) -> String {
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/').skip(1) {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    let slash = path.ends_with("/.") || path.ends_with("/..");
    format!("/{}{}{query}", steps.join("/"), if slash && !steps.is_empty() { "/" } else { "" })
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.rest)
    }
}

/// Parameters of a query that hold no secret.
const OPEN: [&str; 6] =
    ["cursor", "limit", "search", "updated_since", "version", "include_deleted"];

/// Returns a URL as messages show it: values of unknown parameters left out, since they may be secrets, and cut
/// when it is long.
pub fn shown(url: &str) -> String {
    let Some((base, query)) = url.split_once('?') else { return shorten(url).into_owned() };
    let pair = |pair: &str| match pair.split_once('=') {
        Some((key, _)) if !OPEN.contains(&key) => format!("{key}=…"),
        None if !OPEN.contains(&pair) && !pair.is_empty() => "…".to_owned(),
        _ => pair.to_owned(),
    };
    // A query that is cut anyway is not walked to its end.
    let pairs: Vec<String> = query.split('&').take(40).map(pair).collect();
    shorten(&format!("{base}?{}", pairs.join("&"))).into_owned()
}
