//! Request → answer, without a socket.
//!
//! A path is split at its raw slashes, each part is decoded once, and the parts are looked up in the
//! tables of [`Live`]. An encoded slash counts as a slash only in a server's name; empty parts are
//! skipped; `.`, `..` and backslashes are not found. A request without one of the six list parameters
//! gets the document that `build` writes, byte for byte, with one exception: instead of a list that is
//! larger than clients read, it gets the first page, as from the official registry.

use crate::text::percent_decode;
use tiny_http::Method;

use crate::model::query::{ListQuery, QueryError, include_deleted};
use crate::render::api::Problem;
use crate::site::Body;

use super::answer::Answer;
use super::document::{Document, Form, NOT_FOUND, etag};
use super::live::Live;
use super::request::Request;

/// The name of the API, and its older one, below which the same is found.
const API: &str = "v0.1";
const OLD_API: &str = "v0";

/// Message of the official registry for an unknown path inside the API.
const NO_ENDPOINT: &str = "Endpoint not found. See /docs for the API documentation.";

/// Its message for a path with a NUL character.
pub(super) const NUL_IN_PATH: &str = "Invalid request: URL path contains null bytes";

impl Live {
    /// Answers a request. Never fails, whatever the request contains.
    pub fn answer(&self, request: &Request<'_>) -> Answer {
        // Queries for a host's own program are answered as if no host were imitated.
        let Some(host) = &self.host else { return answer(self, request) };
        match host.for_program(request.target) {
            Some(target) => answer(self, &Request { target, ..request.clone() }),
            None => host.answer(request),
        }
    }
}

/// What of a registry decides an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// The entries of this server, if there is one of this name.
    Entries(String),
    /// The page of this server, or what is beside it; that there is none is said by a page of the whole registry.
    Page(String),
    /// The first servers that can be on this page of the list.
    List(ListQuery),
    /// Possibly everything.
    Everything,
}

impl Needs {
    /// Returns what decides the answer to a request.
    pub(super) fn of(request: &Request<'_>) -> Self {
        let (path, query) = request.target.split_once('?').unwrap_or((request.target, ""));
        if !matches!(request.method, Method::Get | Method::Head) || has_nul(request.target) {
            return Self::Nothing;
        }
        let Ok(route) = Route::parse(path) else { return Self::Nothing };
        if route.slashed {
            return Self::Everything;
        }
        if route.is_list() {
            return match ListQuery::parse(query) {
                Ok(None) => Self::Everything,
                Ok(Some(query)) => Self::List(query),
                Err(_) => Self::Nothing,
            };
        }
        if let Some((name, _)) = route.server() {
            return Self::Entries(name);
        }
        let segments: Vec<&str> = route.segments.iter().map(String::as_str).collect();
        match *segments.as_slice() {
            ["servers", namespace, name]
            | ["servers", namespace, name, _]
            | ["cards", namespace, name, _] => Self::Page(format!("{namespace}/{name}")),
            _ => Self::Everything,
        }
    }
}

/// Answers a request with the documents and queries of `live`.
fn answer(live: &Live, request: &Request<'_>) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head | Method::Options) {
        return Answer::wrong_method();
    }
    let (path, query) = request.target.split_once('?').unwrap_or((request.target, ""));
    if has_nul(path) {
        return Answer::json_problem(&Problem::new(400, NUL_IN_PATH));
    }
    if has_nul(query) {
        return Answer::json_problem(&Problem::of_query(&QueryError::null_bytes()));
    }
    if request.method == Method::Options {
        return Answer::preflight();
    }
    let route = match Route::parse(path) {
        Ok(route) => route,
        Err(detail) => return Answer::problem(&Problem::new(400, detail)),
    };
    if let Some(made) = query_answer(live, &route, query, request) {
        return made;
    }
    match live.document(&route.key()) {
        Some(document) => document_answer(live, &document, &route, query, request),
        None => missing(live, &route, path, request),
    }
}

/// Whether a part of a target holds a NUL character, raw or encoded.
fn has_nul(raw: &str) -> bool {
    raw.contains('\0') || raw.contains("%00")
}

/// A path, decoded.
#[derive(Debug)]
struct Route {
    segments: Vec<String>,
    /// Whether a segment contains a slash, so that the segments cannot be joined.
    slashed: bool,
    /// Whether the path is written with single raw slashes only, and one at its end.
    folder: bool,
}

impl Route {
    /// Decodes a path; the error is the message about an invalid escape.
    fn parse(path: &str) -> Result<Self, &'static str> {
        let mut segments: Vec<String> = Vec::with_capacity(7);
        let mut slashed = false;
        let mut folder = path.ends_with('/') && !path.contains("//");
        for raw in path.split('/').filter(|raw| !raw.is_empty()) {
            let is_name = is_before_name(&segments);
            let segment =
                percent_decode(raw, false).ok_or_else(|| broken_escape(&segments, is_name))?;
            if !segment.contains('/') {
                let old = segments.is_empty() && segment == OLD_API;
                segments.push(if old { API.to_owned() } else { segment });
                continue;
            }
            folder = false;
            match segment.split_once('/').filter(|_| is_name) {
                Some((namespace, name))
                    if !namespace.is_empty() && !name.is_empty() && !name.contains('/') =>
                {
                    segments.extend([namespace.to_owned(), name.to_owned()]);
                }
                _ => {
                    slashed = true;
                    segments.push(segment);
                }
            }
        }
        Ok(Self { segments, slashed, folder })
    }

    /// Returns the key of the document; no document has `/`.
    fn key(&self) -> String {
        if self.slashed { "/".to_owned() } else { self.segments.join("/") }
    }

    /// Whether this lies inside the API, where errors never become pages.
    fn is_api(&self) -> bool {
        self.segments.first().is_some_and(|first| first == API)
    }

    /// Whether this is the list of servers.
    fn is_list(&self) -> bool {
        self.is_api() && self.segments.len() == 2 && self.segments[1] == "servers"
    }

    /// Returns the name and version of a path below a server: the version is absent for the list of versions.
    fn server(&self) -> Option<(String, Option<&str>)> {
        let [api, servers, name @ .., last] = self.segments.as_slice() else { return None };
        if api != API || servers != "servers" {
            return None;
        }
        let (name, version) = match name {
            [name @ .., versions] if versions == "versions" && !name.is_empty() => {
                (name, Some(last.as_str()))
            }
            name if last == "versions" && !name.is_empty() => (name, None),
            _ => return None,
        };
        Some((name.join("/"), version))
    }

    /// Returns the official registry's answer to an unknown path.
    fn unknown(&self, path: &str) -> Problem {
        if self.is_api() {
            return Problem::new(404, NO_ENDPOINT);
        }
        let path = percent_decode(path, false).unwrap_or_else(|| path.to_owned());
        let detail = format!(
            "Endpoint not found. Did you mean '/v0.1{path}' or '/v0{path}'? See /docs for the API documentation."
        );
        Problem::new(404, &detail)
    }
}

/// Whether the segment after these is a server's name.
fn is_before_name(segments: &[String]) -> bool {
    match segments {
        [servers] => servers == "servers",
        [api, servers] => api == API && servers == "servers",
        _ => false,
    }
}

/// Returns the message about an invalid escape after these segments.
fn broken_escape(before: &[String], is_name: bool) -> &'static str {
    if is_name {
        "Invalid server name encoding"
    } else if before.len() > 2 && before.last().is_some_and(|last| last == "versions") {
        "Invalid version encoding"
    } else {
        "Invalid URL path encoding"
    }
}

/// Returns the answer to a query; `None` when there is none and the document without a query answers.
fn query_answer(live: &Live, route: &Route, query: &str, request: &Request<'_>) -> Option<Answer> {
    if query.is_empty() || route.slashed {
        return None;
    }
    if route.is_list() {
        return match ListQuery::parse(query) {
            Ok(None) => None,
            Ok(Some(query)) => Some(made(live.list(&query).into(), request)),
            Err(error) => Some(Answer::problem(&Problem::of_query(&error))),
        };
    }
    let (name, version) = route.server()?;
    match include_deleted(query) {
        Ok(false) => return None,
        Ok(true) => {}
        Err(error) => return Some(Answer::problem(&Problem::of_query(&error))),
    }
    let body = match version {
        None => live.all_versions(&name)?,
        Some(version) => live.any_version(&name, version)?,
    };
    Some(made(body, request))
}

/// Returns the answer with a body that a query made, or 304.
fn made(body: Body, request: &Request<'_>) -> Answer {
    let etag = etag(&body);
    let document = Document { form: Form::Only, ..Document::json(body, &etag) };
    Answer::document(&document, request)
}

/// Returns a document, or redirects to the URL of a page at which its relative links work. The target is
/// never taken from the request, so it cannot be another site.
fn document_answer(
    live: &Live,
    document: &Document,
    route: &Route,
    query: &str,
    request: &Request<'_>,
) -> Answer {
    match &document.folder {
        Some(url) if !route.folder => {
            if query.is_empty() || !query.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Answer::moved(url);
            }
            Answer::moved(&format!("{url}?{query}"))
        }
        _ => {
            let packed = document.packed(request, &live.compressed);
            Answer::document(packed.as_deref().unwrap_or(document), request)
        }
    }
}

/// Returns the answer when there is no document.
fn missing(live: &Live, route: &Route, path: &str, request: &Request<'_>) -> Answer {
    if route.server().is_some() {
        return Answer::problem(&Problem::new(404, "Server not found"));
    }
    if route.is_api() {
        return Answer::problem(&route.unknown(path));
    }
    match request.wants_page.then(|| live.document(NOT_FOUND)).flatten() {
        Some(page) => Answer::not_found_page(page.body.clone()),
        None => Answer::not_found(&route.unknown(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Artifact, Freshness, Media, Shape, Site, UrlPath};

    /// A site with pages, as the catalog has them, and a file beside them.
    fn live() -> Live {
        let mut site = Site::default();
        let rows: [(&[&str], Shape, Media); 5] = [
            (&[], Shape::Endpoint, Media::Html),
            (&["servers", "com.example", "weather"], Shape::Endpoint, Media::Html),
            (&["servers", "com.example"], Shape::Endpoint, Media::Html),
            (&["assets", "style.css"], Shape::File, Media::Css),
            (&["404.html"], Shape::File, Media::Html),
        ];
        for (path, shape, media) in rows {
            let body = path.join("/").into_bytes().into();
            let path = UrlPath::new(path.iter().copied()).unwrap_or_default();
            let freshness = Freshness::Revalidate;
            assert!(site.add(Artifact { path, shape, media, freshness, body }).is_ok());
        }
        Live::of_site(&site)
    }

    fn ask(target: &str) -> (u16, String) {
        let live = live();
        let answer = live.answer(&Request::get(target));
        let location = answer.headers().find(|(name, _)| *name == "Location");
        let text = location.map(|(_, value)| value.to_owned());
        (answer.status(), text.unwrap_or_else(|| String::from_utf8_lossy(answer.body()).into()))
    }

    #[test]
    fn a_page_is_served_where_its_relative_links_work() {
        for (target, body) in [
            ("/", ""),
            ("/?utm=1", ""),
            ("/servers/com.example/weather/", "servers/com.example/weather"),
            ("/servers/com%2Eexample/weather/?x", "servers/com.example/weather"),
            ("/assets/style.css", "assets/style.css"),
            ("/assets//style.css/", "assets/style.css"),
            ("/404.html", "404.html"),
        ] {
            assert_eq!(ask(target), (200, body.to_owned()), "{target}");
        }
    }

    #[test]
    fn other_spellings_of_a_page_lead_to_it_and_nowhere_else() {
        for (target, location) in [
            ("//", "/"),
            ("/servers/com.example", "/servers/com.example/"),
            ("/servers/com.example/weather", "/servers/com.example/weather/"),
            ("/servers/com.example%2Fweather", "/servers/com.example/weather/"),
            ("/servers/com.example%2fweather/", "/servers/com.example/weather/"),
            ("//servers/com.example/weather/", "/servers/com.example/weather/"),
            ("/servers/com.example?a=b&c", "/servers/com.example/?a=b&c"),
            ("/servers/com.example?a=\u{e9}", "/servers/com.example/"),
            ("/servers/com.example?a=\r\nSet-Cookie: x", "/servers/com.example/"),
        ] {
            assert_eq!(ask(target), (308, location.to_owned()), "{target}");
        }
        for target in
            ["//evil.example/%2e%2e", "/servers%2Fcom.example", "/assets%2Fstyle.css", "/\\"]
        {
            assert_eq!(ask(target).0, 404, "{target}");
        }
    }
}
