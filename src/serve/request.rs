//! The parts of a request that decide its answer.
//!
//! A head that two programs could read in two ways is refused: with two hosts or none, or with a path
//! that is neither absolute nor a URL.

use tiny_http::Method;

use super::compress::accepts_gzip;

/// Most header fields in a request.
const MAX_FIELDS: usize = 100;

/// A request as the routes see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// What to do with the document.
    pub method: Method,
    /// Path and query as sent, escapes and all.
    pub target: &'a str,
    /// The validators of the copies that the client has.
    pub if_none_match: Option<&'a str>,
    /// Whether it is a person with a browser who asks.
    pub wants_page: bool,
    /// Whether the client accepts answers compressed with gzip.
    pub gzip: bool,
}

impl<'a> Request<'a> {
    /// Returns a plain `GET`.
    pub fn get(target: &'a str) -> Self {
        Self { method: Method::Get, target, if_none_match: None, wants_page: false, gzip: false }
    }

    /// Whether the client has a copy with this validator.
    pub(super) fn has(&self, etag: &str) -> bool {
        self.if_none_match.is_some_and(|tags| {
            tags.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
        })
    }
}

/// The head of a message: the request, and what concerns the connection.
#[derive(Debug)]
pub(super) struct RequestHead<'a> {
    /// The request.
    pub(super) request: Request<'a>,
    /// The requested host; only HTTP/1.0 may leave it out.
    pub(super) host: Option<&'a str>,
    /// Whether the client speaks HTTP/1.0, where connections end unless both sides say otherwise.
    pub(super) old: bool,
    /// Whether the connection stays open for more requests.
    pub(super) keep: bool,
}

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nonsense {
    /// It breaks the grammar of HTTP/1.
    Malformed,
    /// A NUL character in the path.
    NulInPath,
    /// A NUL character in the query.
    NulInQuery,
    /// It has more than [`MAX_FIELDS`] fields.
    TooManyFields,
    /// It names no host, or two.
    Host,
    /// Its target is neither a path nor a URL.
    Target,
}

impl<'a> RequestHead<'a> {
    /// Reads a head; `None` while it is not complete.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Option<Self>, Nonsense> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut head = httparse::Request::new(&mut fields);
        match head.parse(bytes) {
            Ok(httparse::Status::Partial) => return Ok(None),
            Ok(httparse::Status::Complete(_)) => {}
            Err(httparse::Error::TooManyHeaders) => return Err(Nonsense::TooManyFields),
            Err(_) => return Err(nul(bytes).unwrap_or(Nonsense::Malformed)),
        }
        let method = head.method.unwrap_or_default().parse().map_err(|()| Nonsense::Malformed)?;
        let (authority, target) = split_target(head.path.unwrap_or_default(), &method)?;
        let old = head.version == Some(0);
        let fields = HeaderFields::read(head.headers)?;
        if fields.host.is_none() && !old {
            return Err(Nonsense::Host);
        }
        Ok(Some(Self {
            request: Request {
                method,
                target,
                if_none_match: fields.if_none_match,
                wants_page: fields.wants_page,
                gzip: fields.gzip,
            },
            host: authority.or(fields.host),
            old,
            keep: !fields.has_body && !fields.close && (!old || fields.keep_alive),
        }))
    }
}

/// What the header fields say.
#[derive(Default)]
struct HeaderFields<'a> {
    host: Option<&'a str>,
    if_none_match: Option<&'a str>,
    wants_page: bool,
    gzip: bool,
    has_body: bool,
    close: bool,
    keep_alive: bool,
}

impl<'a> HeaderFields<'a> {
    fn read(fields: &[httparse::Header<'a>]) -> Result<Self, Nonsense> {
        let mut read = Self::default();
        for field in fields {
            let is = |name: &str| field.name.eq_ignore_ascii_case(name);
            let text = || std::str::from_utf8(field.value).map(str::trim);
            if is("host") {
                let host = text().map_err(|_| Nonsense::Host)?;
                if read.host.replace(host).is_some() {
                    return Err(Nonsense::Host);
                }
            } else if is("if-none-match") {
                read.if_none_match = text().ok();
            } else if is("accept") {
                read.wants_page |= text().is_ok_and(|text| text.contains("text/html"));
            } else if is("accept-encoding") {
                read.gzip |= text().is_ok_and(accepts_gzip);
            } else if is("connection") {
                let says = |word| text().is_ok_and(|text| has_token(text, word));
                read.close |= says("close");
                read.keep_alive |= says("keep-alive");
            } else if is("transfer-encoding") {
                read.has_body = true;
            } else if is("content-length") {
                read.has_body |= text() != Ok("0");
            }
        }
        Ok(read)
    }
}

fn has_token(list: &str, word: &str) -> bool {
    list.split(',').any(|token| token.trim().eq_ignore_ascii_case(word))
}

/// Splits a target into the authority of an absolute form, if it is one, and path with query.
fn split_target<'a>(
    target: &'a str,
    method: &Method,
) -> Result<(Option<&'a str>, &'a str), Nonsense> {
    if target.starts_with('/') || (target == "*" && *method == Method::Options) {
        return Ok((None, target));
    }
    let absolute = ["http://", "https://"].into_iter().find_map(|scheme| {
        let head = target.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &target[scheme.len()..])
    });
    let rest = absolute.ok_or(Nonsense::Target)?;
    match rest.find('/') {
        Some(at) => Ok((Some(&rest[..at]), &rest[at..])),
        None if rest.contains('?') => Err(Nonsense::Target),
        None => Ok((Some(rest), "/")),
    }
}

/// Returns where the request line holds a NUL character, if it does.
fn nul(bytes: &[u8]) -> Option<Nonsense> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let at = line.iter().position(|byte| *byte == 0)?;
    let query = line[..at].contains(&b'?');
    Some(if query { Nonsense::NulInQuery } else { Nonsense::NulInPath })
}
