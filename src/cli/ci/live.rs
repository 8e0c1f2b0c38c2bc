//! Asks the live site which deployment it serves.
//!
//! The manifest is a plain file of every site, so 401, 403, or a page at another address in its place come from a
//! login before the site.

use crate::error::{Error, ErrorKind, Result};
use crate::site::{FileDigest, Manifest};
use crate::world::http::{Http, HttpClient, HttpError, Request, Response, Url};

use super::super::args::Global;
use super::super::check::MAX_MANIFEST;
use super::super::net;
use super::job::Patience;

/// Seconds to wait before each request for the manifest: a cache may keep an older one for ten minutes.
const PAUSES: [u64; 9] = [0, 5, 10, 20, 40, 60, 120, 180, 180];

/// Longest pause, in seconds, for a host that wants a login or does not answer; neither is the work of a cache.
const LONGEST_FOR_OTHERS: u64 = 60;

/// What the live site answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The manifest that was expected.
    Expected,
    /// A login in its place.
    Login,
    /// Something else: the status, or what happened instead.
    Other(String),
}

/// A live site.
pub(super) struct LiveSite {
    http: HttpClient,
    manifest: String,
}

impl LiveSite {
    /// Names the site at `base`: https, or http on this computer.
    ///
    /// # Errors
    /// When `base` is not such a URL.
    pub(super) fn new(global: &Global, base: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::new(ErrorKind::Usage, format!("the URL of the live site {why}"))
                .help("give its base URL, such as https://registry.example.com")
        };
        let manifest = format!("{}/manifest.json", base.trim().trim_end_matches('/'));
        let url = Url::parse(&manifest).map_err(wrong)?;
        if let Some(why) = url.objection() {
            return Err(wrong(&format!("is not used: {why}")));
        }
        Ok(Self { http: net::client(global)?, manifest: url.to_string() })
    }

    /// Returns the URL of the manifest.
    pub(super) fn manifest_url(&self) -> &str {
        &self.manifest
    }

    /// Returns the manifest, if the site hands one out.
    pub(super) fn manifest(&self) -> Option<Manifest> {
        let body = self.get().ok()?.body;
        Manifest::parse(std::str::from_utf8(&body).ok()?).ok()
    }

    fn get(&self) -> Result<Response, HttpError> {
        let accept = "application/json";
        let request = Request { accept, bearer: None, limit: MAX_MANIFEST, fresh: true };
        self.http.get(&self.manifest, &request)
    }

    /// Asks until the manifest has this digest, or nothing more can be expected.
    pub(super) fn wait_for(&self, manifest: FileDigest, patience: Patience) -> Answer {
        let mut last = None;
        for seconds in PAUSES {
            if let Some((answer, is_cache)) = &last
                && seconds > LONGEST_FOR_OTHERS
                && (*answer == Answer::Login || !is_cache)
            {
                break;
            }
            patience.pause(seconds);
            let (answer, is_cache) = self.look(manifest);
            if answer == Answer::Expected {
                return answer;
            }
            last = Some((answer, is_cache));
        }
        last.map_or(Answer::Other("none".to_owned()), |(answer, _)| answer)
    }

    /// Asks once. Also returns whether an older site, or one that is not there yet, may have answered.
    fn look(&self, expected: FileDigest) -> (Answer, bool) {
        match self.get() {
            Ok(response) if FileDigest::of(&response.body) == expected => (Answer::Expected, true),
            Ok(response) => {
                let is_page = response.content_type.starts_with("text/html");
                match response.url != self.manifest && is_page {
                    true => (Answer::Login, true),
                    false => (Answer::Other("200".to_owned()), true),
                }
            }
            Err(HttpError::Status { status: 401 | 403 | 407, .. }) => (Answer::Login, true),
            Err(HttpError::Status { status, .. }) => {
                (Answer::Other(status.to_string()), status == 404)
            }
            Err(error) => (Answer::Other(error.to_string()), false),
        }
    }
}
