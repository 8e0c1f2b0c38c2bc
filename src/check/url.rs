//! Parses URLs as Go's `net/url` does.
//!
//! The official registry parses every URL with Go's parser, which follows neither RFC 3986 nor WHATWG: it
//! does not check a rootless path after a scheme, accepts spaces in a path, and refuses an ASCII percent
//! escape in a host. To reach the same verdict, this module implements the documented behaviour of
//! Go 1.26. Nothing is resolved, normalised or fetched.

use std::net::Ipv6Addr;

use crate::text::from_hex;

/// Why a URL does not parse, as the end of the sentence "`x` …".
pub(super) type UrlFault = &'static str;

/// The parts of a URL that rules look at, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GoUrl<'a> {
    /// Before the first colon; empty when there is none. Case is kept, see [`GoUrl::has_scheme`].
    pub(super) scheme: &'a str,
    /// Host with port, without user part; empty when there is no authority.
    pub(super) host: &'a str,
    /// The path, still escaped; empty for an opaque URL such as `mailto:a`.
    pub(super) path: &'a str,
}

impl<'a> GoUrl<'a> {
    /// Whether the scheme is `scheme`, in any case.
    pub(super) fn has_scheme(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// Whether it is http or https and has a host.
    pub(super) fn is_web(&self) -> bool {
        (self.has_scheme("http") || self.has_scheme("https")) && !self.host.is_empty()
    }

    /// Returns the host without port and without the brackets of an IPv6 address.
    pub(super) fn hostname(&self) -> &'a str {
        let host = match self.host.rfind(':') {
            Some(at) if is_optional_port(&self.host[at..]) => &self.host[..at],
            _ => self.host,
        };
        host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host)
    }
}

/// Whether `text` is a URI in the sense of the registry's schema format: Go parses it and it has a
/// scheme.
pub fn is_uri(text: &str) -> bool {
    parse(text).is_ok_and(|url| !url.scheme.is_empty())
}

/// Parses a URL. The error tells why Go would refuse it.
pub(super) fn parse(text: &str) -> Result<GoUrl<'_>, UrlFault> {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let url = parse_without_fragment(text)?;
    unescape(fragment, Component::Other)?;
    Ok(url)
}

fn parse_without_fragment(text: &str) -> Result<GoUrl<'_>, UrlFault> {
    if text.bytes().any(|b| b < b' ' || b == 0x7f) {
        return Err("contains a control character");
    }
    if text == "*" {
        return Ok(GoUrl { scheme: "", host: "", path: text });
    }
    let (scheme, rest) = split_scheme(text)?;
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Ok(GoUrl { scheme, host: "", path: "" });
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("has a colon in its first path segment");
        }
    }
    let (host, path) = split_authority(scheme, rest)?;
    unescape(path, Component::Other)?;
    Ok(GoUrl { scheme, host, path })
}

/// Splits off the text before the first colon, if a scheme may hold all of it.
fn split_scheme(text: &str) -> Result<(&str, &str), UrlFault> {
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
            b':' if i == 0 => return Err("begins with a colon instead of a scheme"),
            b':' => return Ok((&text[..i], &text[i + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

/// Splits what follows the scheme into host and path. Three slashes without a scheme are a path.
fn split_authority<'a>(scheme: &str, rest: &'a str) -> Result<(&'a str, &'a str), UrlFault> {
    let relative_path = scheme.is_empty() && rest.starts_with("///");
    let Some(authority) = rest.strip_prefix("//").filter(|_| !relative_path) else {
        return Ok(("", rest));
    };
    let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    check_host(scheme, host)?;
    check_user(user)?;
    Ok((host, path))
}

fn check_user(user: &str) -> Result<(), UrlFault> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
    if !user.bytes().all(allowed) {
        return Err("has an invalid user part");
    }
    user.split(':').try_for_each(|part| unescape(part, Component::Other))
}

fn check_host(scheme: &str, host: &str) -> Result<(), UrlFault> {
    if let Some(open) = host.rfind('[') {
        return if open == 0 { check_ip_literal(host) } else { Err("has a bracket in its host") };
    }
    // Colons inside a host are forgiven for other schemes, which name lists of hosts.
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let colon = if web { host.find(':') } else { host.rfind(':') };
    if colon.is_some_and(|at| !is_optional_port(&host[at..])) {
        return Err("has an invalid port");
    }
    unescape(host, Component::Host)
}

/// Checks a host in brackets: an IPv6 address, perhaps with a zone after `%25`, and then a port.
fn check_ip_literal(host: &str) -> Result<(), UrlFault> {
    let Some(close) = host.rfind(']') else { return Err("has a bracket that is not closed") };
    if !is_optional_port(&host[close + 1..]) {
        return Err("has an invalid port");
    }
    let inner = &host[1..close];
    let address = match inner.find("%25") {
        Some(at) => {
            unescape(&inner[at..], Component::Zone)?;
            if at + 3 == inner.len() {
                return Err("has an empty zone in its host");
            }
            &inner[..at]
        }
        None => inner,
    };
    let fault = "has brackets around something that is not an IPv6 address";
    address.parse::<Ipv6Addr>().map(drop).map_err(|_| fault)
}

/// Whether `text` is empty or a colon and digits, perhaps none.
fn is_optional_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// Which part of a URL is being unescaped; hosts and zones are stricter than the rest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Component {
    Host,
    Zone,
    Other,
}

/// Checks the percent escapes of `text`, and the characters of a host.
fn unescape(text: &str, part: Component) -> Result<(), UrlFault> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        if b == b'%' {
            let digits = bytes.get(at + 1..at + 3).and_then(from_hex);
            let Some([value]) = digits.as_deref() else {
                return Err("has a percent sign that does not begin an escape");
            };
            if !may_be_escaped(*value, part) {
                return Err("has a percent escape that a host does not allow");
            }
            at += 3;
        } else {
            if part != Component::Other && b.is_ascii() && !is_host_byte(b) {
                return Err("has a character that a host cannot contain");
            }
            at += 1;
        }
    }
    Ok(())
}

/// Whether a host or zone may hold this byte escaped. A host may escape only what is not ASCII and
/// the percent sign; a zone also what it could hold.
fn may_be_escaped(value: u8, part: Component) -> bool {
    match part {
        Component::Other => true,
        Component::Host => value >= 0x80 || value == b'%',
        Component::Zone => value == b'%' || value == b' ' || is_host_byte(value),
    }
}

fn is_host_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&b)
}
