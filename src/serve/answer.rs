//! Answers, and the text of their heads.
//!
//! A head has three parts: that of the answer (rendered once per document, when the registry is loaded),
//! [`COMMON`], which every answer has, and that of the connection. Header values with anything but
//! visible ASCII and spaces are left out, so that no value can end a line early.

use std::borrow::Cow;
use std::fmt::Write as _;

use tiny_http::{HTTPVersion, Header, StatusCode};

use crate::render::api::Problem;
use crate::site::{Freshness, Media};

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

/// The answer to a request: a head without the headers of the connection, and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    status: u16,
    head: Cow<'a, str>,
    body: Cow<'a, [u8]>,
    /// Headers of every answer of this server; an imitated host has others.
    common: &'static str,
}

impl<'a> Answer<'a> {
    /// Returns a document whose head is rendered already.
    pub(super) fn document(head: &'a str, body: &'a [u8]) -> Self {
        Self::of(200, Cow::Borrowed(head), Cow::Borrowed(body))
    }

    /// Returns a document that a query made.
    pub(super) fn made(body: Cow<'a, [u8]>, etag: &str) -> Self {
        let head = document_head(Media::Json, Freshness::Revalidate, etag, body.len());
        Self::of(200, Cow::Owned(head), body)
    }

    /// Returns 304: the copy that the client has is still valid.
    pub(super) fn unchanged(freshness: Freshness, etag: &str) -> Self {
        let fields = [("ETag", etag), ("Cache-Control", freshness.cache_control())];
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

    /// Returns 404 with a page, for browsers.
    pub(super) fn not_found_page(page: &'a [u8]) -> Self {
        Self::with_body(404, Media::Html, Cow::Borrowed(page), &[VARY])
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
    pub(super) fn foreign(status: u16, fields: &[(&str, &str)], body: Cow<'a, [u8]>) -> Self {
        Self { common: "", ..Self::of(status, Cow::Owned(head(status, fields)), body) }
    }

    fn of(status: u16, head: Cow<'a, str>, body: Cow<'a, [u8]>) -> Self {
        Self { status, head, body, common: COMMON }
    }

    fn bare(status: u16, fields: &[(&str, &str)]) -> Self {
        Self::of(status, Cow::Owned(head(status, fields)), Cow::Borrowed(&[]))
    }

    fn refusal(problem: &Problem, media: Media, fields: &[(&str, &str)]) -> Self {
        let body = Cow::Owned(problem.as_str().as_bytes().to_vec());
        Self::with_body(problem.status, media, body, fields)
    }

    fn with_body(status: u16, media: Media, body: Cow<'a, [u8]>, fields: &[(&str, &str)]) -> Self {
        let length = body.len().to_string();
        let mut all = vec![
            ("Content-Type", media.content_type()),
            ("Content-Length", &length),
            ("Cache-Control", Freshness::Volatile.cache_control()),
        ];
        all.extend_from_slice(fields);
        Self::of(status, Cow::Owned(head(status, &all)), body)
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

/// Returns the head of a document.
pub(super) fn document_head(media: Media, freshness: Freshness, etag: &str, size: usize) -> String {
    let size = size.to_string();
    head(
        200,
        &[
            ("Content-Type", media.content_type()),
            ("Content-Length", &size),
            ("ETag", etag),
            ("Cache-Control", freshness.cache_control()),
        ],
    )
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
