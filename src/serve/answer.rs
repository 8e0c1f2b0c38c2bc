//! Answers, and the text of their heads.
//!
//! A head has three parts: that of the answer, [`COMMON`], which every answer has, and that of the
//! connection. Header values with anything but
//! visible ASCII and spaces are left out, so that no value can end a line early.

use std::fmt::Write as _;

use tiny_http::{HTTPVersion, Header, StatusCode};

use crate::render::api::Problem;
use crate::site::{Body, Freshness, Media};

use super::document::{Document, Form};
use super::request::Request;

/// Headers of every answer, errors and redirects included: browsers hide an answer without them
/// from the page that asked, and GitHub's clients call that a failure.
pub(super) const COMMON: &str = "Access-Control-Allow-Origin: *\r\n\
     Access-Control-Allow-Methods: GET, OPTIONS\r\n\
     Access-Control-Allow-Headers: Authorization, Content-Type\r\n\
     X-Content-Type-Options: nosniff\r\n";

/// Allowed methods.
const ALLOW: (&str, &str) = ("Allow", "GET, HEAD, OPTIONS");

/// A wrong link is answered with a page for browsers and with JSON for programs.
const VARY: (&str, &str) = ("Vary", "Accept");

/// Clients that accept it get a compressed form.
const VARY_FORM: (&str, &str) = ("Vary", "Accept-Encoding");

/// The answer to a request: a head without the headers of the connection, and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    head: String,
    body: Body,
    /// Headers of every answer of this server; an imitated host has others.
    common: &'static str,
}

impl Answer {
    /// Returns a document, or 304 when the client has it.
    pub(super) fn document(document: &Document, request: &Request<'_>) -> Self {
        if request.has(&document.etag) {
            return Self::unchanged(document);
        }
        let size = document.body.len().to_string();
        let mut fields = vec![
            ("Content-Type", document.media.content_type()),
            ("Content-Length", &size),
            ("ETag", &document.etag),
            ("Cache-Control", document.freshness.cache_control()),
        ];
        fields.extend((document.form == Form::Gzip).then_some(("Content-Encoding", "gzip")));
        fields.extend((document.form != Form::Only).then_some(VARY_FORM));
        Self::of(200, head(200, &fields), document.body.clone())
    }

    /// Returns 304: the copy that the client has is still valid.
    fn unchanged(document: &Document) -> Self {
        let cache = document.freshness.cache_control();
        let mut fields = vec![("ETag", &*document.etag), ("Cache-Control", cache)];
        fields.extend((document.form != Form::Only).then_some(VARY_FORM));
        Self::bare(304, &fields)
    }

    /// Returns why a request is refused.
    pub(super) fn problem(problem: &Problem) -> Self {
        Self::refusal(problem, Media::Problem, &[])
    }

    /// As [`Answer::problem`], with the type that the official registry uses for requests with NUL
    /// characters.
    pub(super) fn json_problem(problem: &Problem) -> Self {
        Self::refusal(problem, Media::Json, &[])
    }

    /// Returns 404 for programs; see [`Answer::not_found_page`].
    pub(super) fn not_found(problem: &Problem) -> Self {
        Self::refusal(problem, Media::Problem, &[VARY])
    }

    /// Returns 405.
    pub(super) fn wrong_method() -> Self {
        Self::refusal(&Problem::new(405, "Method not allowed"), Media::Problem, &[ALLOW])
    }

    /// Returns 503: the limit of connections is reached.
    pub(super) fn crowded() -> Self {
        let problem = Problem::new(503, "Too many connections; try again in a moment");
        Self::refusal(&problem, Media::Problem, &[("Retry-After", "1")])
    }

    /// Returns the answer to a request that waited in vain for the registry to be read.
    pub(super) fn unread() -> Self {
        let problem = Problem::new(503, "The registry is still being read; try again in a moment");
        Self::refusal(&problem, Media::Problem, &[("Retry-After", "5")])
    }

    /// Returns 404 with a page, for browsers.
    pub(super) fn not_found_page(page: Body) -> Self {
        Self::with_body(404, Media::Html, page, &[VARY])
    }

    /// Returns the answer to a preflight request.
    pub(super) fn preflight() -> Self {
        Self::bare(204, &[ALLOW, ("Access-Control-Max-Age", "86400")])
    }

    /// Redirects to `location`, where the relative links of the page work.
    pub(super) fn moved(location: &str) -> Self {
        let keep = Freshness::Volatile.cache_control();
        Self::bare(308, &[("Location", location), ("Cache-Control", keep), ("Content-Length", "0")])
    }

    /// Returns the answer of an imitated host, with these headers only.
    pub(super) fn foreign(status: u16, fields: &[(&str, &str)], body: Body) -> Self {
        Self { common: "", ..Self::of(status, head(status, fields), body) }
    }

    fn of(status: u16, head: String, body: Body) -> Self {
        Self { status, head, body, common: COMMON }
    }

    fn bare(status: u16, fields: &[(&str, &str)]) -> Self {
        Self::of(status, head(status, fields), Body::default())
    }

    fn refusal(problem: &Problem, media: Media, fields: &[(&str, &str)]) -> Self {
        let body = problem.as_str().to_owned().into();
        Self::with_body(problem.status, media, body, fields)
    }

    fn with_body(status: u16, media: Media, body: Body, fields: &[(&str, &str)]) -> Self {
        let length = body.len().to_string();
        let mut all = vec![
            ("Content-Type", media.content_type()),
            ("Content-Length", &length),
            ("Cache-Control", Freshness::Volatile.cache_control()),
        ];
        all.extend_from_slice(fields);
        Self::of(status, head(status, &all), body)
    }

    /// Returns the status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the body; a `HEAD` request is answered without it.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns names and values of the headers, without those of the connection (`Date`, `Connection`).
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.head.lines().skip(1);
        own.chain(self.common.lines()).filter_map(|line| line.split_once(": "))
    }

    /// Returns the status line and headers of the answer itself, each line ended.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    /// Returns the headers that every answer has.
    pub(super) fn common(&self) -> &'static str {
        self.common
    }
}

/// Returns a status line and headers, each line ended; no empty line follows.
fn head(status: u16, fields: &[(&str, &str)]) -> String {
    let status = StatusCode(status);
    let (version, word) = (HTTPVersion(1, 1), status.default_reason_phrase());
    let mut text = format!("HTTP/{version} {} {word}\r\n", status.0);
    for (name, value) in fields {
        let valid = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if let (true, Ok(header)) = (valid, Header::from_bytes(*name, *value)) {
            let _ = write!(text, "{}: {}\r\n", header.field, header.value);
        }
    }
    text
}
