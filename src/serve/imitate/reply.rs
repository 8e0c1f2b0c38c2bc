//! The answer: status, headers and body as the host sends them.

use tiny_http::Method;

use crate::serve::answer::Answer;
use crate::serve::request::Request;
use crate::site::{Body, COMMON, Cors, EncodedSlash, Freshness, Media};

use super::asked::{Asked, PathFault, encoded, is_api, is_below_api, merged};
use super::find::Lookup;
use super::imitation::Imitation;
use super::store::{Stored, media_of};

/// Bytes that stand for themselves in a path (RFC 3986, `pchar` and the slash).
const PCHAR: &[u8] = b"/-._~!$&'()*+,;=:@";

/// Bytes that `encodeURIComponent` leaves alone, and the slash.
const COMPONENT: &[u8] = b"/-_.!~*'()";

/// Allowed methods.
const ALLOW: (&str, &str) = ("Allow", "GET, HEAD, OPTIONS");

/// Answer of an object store about an unknown key.
const NO_KEY: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>";

/// A request's path, raw, without the path of the base URL, and its query.
pub(super) struct SplitTarget<'a> {
    pub(super) path: &'a str,
    /// The removed path of the base URL.
    pub(super) base: &'a str,
    query: &'a str,
}

/// What a file is sent with.
struct Sent<'a, 'p> {
    status: u16,
    /// The path that was asked for.
    key: &'p str,
    /// The path of the file.
    file: &'p str,
    stored: &'a Stored,
}

impl Imitation {
    /// Answers a request. Never fails, whatever the request contains.
    pub fn answer(&self, request: &Request<'_>) -> Answer {
        let target = self.target(request.target);
        let how = &self.can.resolution;
        match (&request.method, self.preflight()) {
            (Method::Get | Method::Head, _) | (Method::Options, None) => {}
            (Method::Options, Some(status)) => return self.bare(status, &[ALLOW]),
            _ => return self.bare(405, &[ALLOW]),
        }
        let asked = match Asked::read(target.path, how) {
            Ok(asked) => asked,
            Err(PathFault::Malformed) => return self.bare(400, &[]),
            Err(PathFault::Nowhere) => {
                return self.missing(target.path.trim_start_matches('/'), request);
            }
        };
        let found = self.find(&asked, target.query);
        if let Some(moved) = self.moved(&target, &asked, &found) {
            return moved;
        }
        match found {
            Lookup::File(file, stored) => {
                self.send(&Sent { status: 200, key: &asked.key, file: &file, stored }, request)
            }
            _ => self.missing(&asked.written(), request),
        }
    }

    /// Removes the path of the base URL.
    pub(super) fn target<'a>(&self, target: &'a str) -> SplitTarget<'a> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let below = path.strip_prefix(self.base.as_str());
        match below.filter(|rest| !self.base.is_empty() && rest.starts_with('/')) {
            Some(rest) => SplitTarget { path: rest, base: &path[..path.len() - rest.len()], query },
            None => SplitTarget { path, base: "", query },
        }
    }

    /// Returns the redirect that a request gets, if any.
    fn moved(&self, target: &SplitTarget<'_>, asked: &Asked, found: &Lookup<'_>) -> Option<Answer> {
        let how = &self.can.resolution;
        let to = if let Lookup::Moved(to) = found { Some(to) } else { None };
        let end = |to: &Asked| if to.slash && !to.key.is_empty() { "/" } else { "" };
        let (status, place) = match how.encoded_slash {
            EncodedSlash::Redirected(status) => {
                // One redirect does both: the slash of a folder and the only spelling that counts.
                let to = to.unwrap_or(asked);
                let place = encoded(&to.key, COMPONENT) + end(to);
                if place == target.path {
                    return None;
                }
                (status, place)
            }
            EncodedSlash::Kept => {
                let slash = if to?.slash { "/" } else { "" };
                (how.folder_redirect?, merged(target.path) + slash)
            }
            _ => (how.folder_redirect?, encoded(&to?.key, PCHAR) + end(to?)),
        };
        let base = if how.manner.own { &*self.base } else { target.base };
        let mut location = format!("{base}{place}");
        let valid = target.query.bytes().all(|byte| byte.is_ascii_graphic());
        if how.manner.keeps_query && valid && !target.query.is_empty() {
            location.push('?');
            location.push_str(target.query);
        }
        let cache = self.cache(&asked.key, &asked.key, status);
        let mut fields = vec![("Location", location.as_str())];
        fields.extend(cache.map(|cache| ("Cache-Control", cache)));
        Some(self.bare(status, &fields))
    }

    /// Answers a path without a file: with the nearest `404.html` in a parent folder, with the API's body,
    /// or with the host's own text.
    fn missing(&self, key: &str, request: &Request<'_>) -> Answer {
        let how = &self.can.resolution;
        let mut candidates: Vec<String> =
            key.rmatch_indices('/').map(|(at, _)| format!("{}/404.html", &key[..at])).collect();
        if how.json_not_found && (is_below_api(key) || (how.manner.own && is_api(key))) {
            candidates.push("404.json".to_owned());
        }
        candidates.push("404.html".to_owned());
        let known = how.cors != Cors::Operator;
        let page = candidates.iter().find_map(|file| Some((file, self.store.get(file)?)));
        if let Some((file, stored)) = page.filter(|_| known) {
            return self.send(&Sent { status: 404, key, file, stored }, request);
        }
        let (kind, body) = match how.indexes {
            [] => ("application/xml", NO_KEY),
            _ => ("text/plain", "404 not found\n"),
        };
        let length = body.len().to_string();
        let mut fields = vec![("Content-Type", kind), ("Content-Length", &length)];
        fields.extend(self.cors());
        Answer::foreign(404, &fields, body.to_owned().into())
    }

    /// Answers with a file, or with 304.
    fn send(&self, sent: &Sent<'_, '_>, request: &Request<'_>) -> Answer {
        let cache = sent.stored.cache.as_deref();
        let cache = cache.or_else(|| self.cache(sent.key, sent.file, sent.status));
        let mut fields: Vec<(&str, &str)> = self.cors().to_vec();
        fields.extend(cache.map(|cache| ("Cache-Control", cache)));
        if sent.status == 200 {
            fields.push(("ETag", &sent.stored.etag));
            if request.has(&sent.stored.etag) {
                return Answer::foreign(304, &fields, Body::default());
            }
        }
        let length = sent.stored.body.len().to_string();
        fields.push(("Content-Length", &length));
        fields.extend(self.kind(sent).map(|kind| ("Content-Type", kind)));
        Answer::foreign(sent.status, &fields, sent.stored.body.clone())
    }

    /// Returns the type of an answer.
    fn kind<'a>(&self, sent: &Sent<'a, '_>) -> Option<&'a str> {
        if let Some(kind) = &sent.stored.kind {
            return Some(kind);
        }
        let manner = &self.can.resolution.manner;
        let ruled = self.store.types.get(&self.place(sent.key, sent.file)).copied();
        let api =
            || (manner.api_type && is_below_api(sent.key)).then(|| Media::Json.content_type());
        let told = || media_of(sent.file).map(Media::content_type);
        ruled.or_else(api).or_else(told).or(manner.unknown_type)
    }

    /// Returns how long an answer may be kept.
    fn cache(&self, key: &str, file: &str, status: u16) -> Option<&'static str> {
        let manner = &self.can.resolution.manner;
        if let Some(cache) = manner.error_cache.filter(|_| status >= 400) {
            return Some(cache);
        }
        if self.store.fixed.contains(&self.place(key, file)) {
            return Some(Freshness::Immutable.cache_control());
        }
        let ruled = self.can.headers && is_below_api(key);
        let usual = || manner.cache.filter(|_| status / 100 != 3 || manner.cached_redirects);
        ruled.then(|| Freshness::Revalidate.cache_control()).or_else(usual)
    }

    /// Returns what rules match: the address where headers are a list of their own, else the file.
    fn place(&self, key: &str, file: &str) -> String {
        format!("/{}", if self.can.resolution.manner.own { file } else { key })
    }

    /// Returns the CORS headers of every answer.
    fn cors(&self) -> &'static [(&'static str, &'static str)] {
        match self.can.resolution.cors {
            Cors::Host => &COMMON[..1],
            Cors::Rules => &COMMON,
            // The last of them has nothing to do with CORS.
            Cors::Operator if self.configured => &COMMON[..3],
            Cors::Operator => &[],
        }
    }

    /// Status of the answer to a preflight. A store forbids it until it has CORS rules.
    fn preflight(&self) -> Option<u16> {
        match (self.can.resolution.preflight, self.can.resolution.cors) {
            (Some(403), Cors::Operator) if self.configured => Some(200),
            (status, _) => status,
        }
    }

    /// Returns an answer without a body.
    fn bare(&self, status: u16, fields: &[(&str, &str)]) -> Answer {
        let mut all = fields.to_vec();
        all.extend(self.cors());
        if status != 204 {
            all.push(("Content-Length", "0"));
        }
        Answer::foreign(status, &all, Body::default())
    }
}
