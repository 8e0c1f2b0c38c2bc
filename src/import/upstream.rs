//! Records from a live registry.
//!
//! The list is walked page by page, politely: as large a page as the API allows, waits that grow when
//! the host is busy, and no page twice. The host is not trusted to end: cursors that come back, too
//! many pages and too many bytes are refused. Nothing is known about a host that does not answer,
//! which is an error of its own kind.

use crate::text::percent_encode;
use std::collections::HashSet;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{ServerName, Version};
use crate::text::shorten;
use crate::world::clock::Clock;
use crate::world::http::{Http, HttpError, Request, Secret, Url, shown};

use super::record::Reading;
use super::retry::{Next, TRIES, next};
use super::store::{State, Store};
use super::text::{Batch, LIMITS, MAX_RECORDS, read_text};

/// Base URL of the official registry.
pub const OFFICIAL_REGISTRY: &str = "https://registry.modelcontextprotocol.io";

/// Most bytes of one answer.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;
/// Most bytes of all pages together.
const MAX_TOTAL: u64 = 256 << 20;
/// Most pages.
const MAX_PAGES: usize = 20_000;

/// Whether `text` names a registry and not a file.
pub fn is_registry(text: &str) -> bool {
    text == "official" || text.contains("://")
}

/// The base URL that `text` means: "official", or a URL with or without the API's own path.
pub fn registry_url(text: &str) -> Result<String> {
    if text == "official" {
        return Ok(OFFICIAL_REGISTRY.to_owned());
    }
    let help =
        "give the registry's base URL, such as https://registry.example.com, or \"official\"";
    let wrong = |why: String| Error::new(ErrorKind::Usage, format!("the source {why}")).help(help);
    let url = Url::parse(text).map_err(|why| wrong(format!("is not a URL: it {why}")))?;
    if let Some(why) = url.objection() {
        return Err(wrong(format!("cannot be asked: {why}")));
    }
    let text = url.to_string();
    let mut base = text.split('?').next().unwrap_or_default().trim_end_matches('/');
    for end in ["/servers", "/v0.1", "/v0"] {
        base = base.strip_suffix(end).unwrap_or(base).trim_end_matches('/');
    }
    Ok(base.to_owned())
}

/// What happens while a registry is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// A page came, from the registry or from what was kept.
    Page {
        /// How many records it holds.
        records: usize,
        /// Whether it was kept from an interrupted import.
        kept: bool,
    },
    /// A request is sent again after a wait.
    Waiting {
        /// What went wrong.
        why: String,
        /// How long the wait is.
        wait: Duration,
    },
}

/// A registry that can be asked.
pub struct Upstream<'a> {
    /// Whoever fetches.
    pub http: &'a dyn Http,
    /// For waits.
    pub clock: &'a dyn Clock,
    /// The registry's base URL, without a trailing slash.
    pub registry: String,
    /// Proof of the right to read it, if it asks for one.
    pub token: Option<Secret>,
    /// Hears what happens.
    pub hear: &'a dyn Fn(Heard),
}

impl Upstream<'_> {
    /// Every record of the registry, deleted ones included when it tells of them.
    pub fn records(&self, store: &Store) -> Result<Batch> {
        let mut walk = Walk::new(self, store)?;
        while walk.page()? {}
        Ok(walk.batch)
    }

    /// One version of a server, or its latest one.
    pub fn entry(&self, name: &ServerName, version: Option<&Version>) -> Result<Reading> {
        let wanted = version.map_or("latest", Version::as_str);
        let url = format!(
            "{}/v0.1/servers/{}/versions/{}",
            self.registry,
            percent_encode(name.as_str()),
            percent_encode(wanted)
        );
        let (_, mut batch) = self.fetch(&url).map_err(|failure| match failure.http {
            Some(HttpError::Status { status: 404, .. }) => {
                let what = format!("{} has no {name}@{wanted}", shown(&self.registry));
                Error::new(ErrorKind::Usage, what)
                    .help("names are case-sensitive; deleted versions cannot be fetched")
            }
            _ => failure.error,
        })?;
        match batch.readings.pop() {
            Some(Ok(record))
                if record.name != name.as_str()
                    || version.is_some_and(|v| v.as_str() != record.version) =>
            {
                let entry = format!("{}@{}", record.name, record.version);
                let (url, entry) = (shown(&url), shorten(&entry));
                let what = format!("{url} answers with another entry, {entry}");
                Err(Error::new(ErrorKind::Remote, what))
            }
            Some(reading) if batch.readings.is_empty() && !batch.listed => Ok(reading),
            _ => Err(not_api(&url, "it is not one entry")),
        }
    }

    fn request(&self) -> Request {
        Request { accept: "application/json", bearer: self.token.clone(), limit: MAX_ANSWER }
    }

    /// Fetches records, again and again while there is hope.
    fn fetch(&self, url: &str) -> std::result::Result<(Vec<u8>, Batch), Box<Failure>> {
        let mut tries = 0;
        loop {
            tries += 1;
            let failed = match self.once(url) {
                Ok(got) => return Ok(got),
                Err(Trouble::Foreign(why)) => return Err(not_api(url, &why).into()),
                Err(Trouble::Cut(why)) if tries >= TRIES => return Err(not_api(url, &why).into()),
                Err(Trouble::Cut(why)) => HttpError::NoAnswer { url: url.to_owned(), why },
                Err(Trouble::Http(e)) => e,
            };
            match next(&failed, tries, self.clock.now()) {
                Next::Wait(wait) => {
                    (self.hear)(Heard::Waiting { why: failed.to_string(), wait });
                    self.clock.sleep(wait);
                }
                Next::GiveUp(error) => return Err(Box::new(Failure { error, http: Some(failed) })),
            }
        }
    }

    fn once(&self, url: &str) -> std::result::Result<(Vec<u8>, Batch), Trouble> {
        let answer = self.http.get(url, &self.request()).map_err(Trouble::Http)?;
        match read_text(&shown(&answer.url), &answer.body) {
            Ok(batch) => Ok((answer.body, batch)),
            Err(fault) => {
                let (line, column) = (fault.place.line, fault.place.column);
                let why = format!("{} (line {line}, column {column})", fault.message);
                let json = answer.body.first().is_some_and(|b| matches!(b, b'{' | b'['));
                // What exceeds a limit exceeds it the next time too.
                let cut = json && !LIMITS.contains(&fault.message.as_str());
                Err(if cut { Trouble::Cut(why) } else { Trouble::Foreign(why) })
            }
        }
    }
}

/// Why one request brought no records.
enum Trouble {
    Http(HttpError),
    /// JSON that was cut off on its way, it seems.
    Cut(String),
    /// Something that never was JSON.
    Foreign(String),
}

/// Why a fetch failed: what to say, and what the host said.
struct Failure {
    error: Error,
    http: Option<HttpError>,
}

impl From<Error> for Box<Failure> {
    fn from(error: Error) -> Self {
        Box::new(Failure { error, http: None })
    }
}

fn not_api(url: &str, why: &str) -> Error {
    let what = format!("the answer of {} is not that of a v0.1 registry: {why}", shown(url));
    Error::new(ErrorKind::Remote, what).help(
        "give the base URL to which clients append /v0.1/servers; open that address to see what is there",
    )
}

/// A walk over the pages of a list.
struct Walk<'a> {
    upstream: &'a Upstream<'a>,
    store: &'a Store,
    state: State,
    /// Whether pages may still be kept from before.
    resuming: bool,
    number: usize,
    bytes: u64,
    cursor: Option<String>,
    seen: HashSet<String>,
    batch: Batch,
}

impl<'a> Walk<'a> {
    fn new(upstream: &'a Upstream<'a>, store: &'a Store) -> Result<Self> {
        let now = upstream.clock.now();
        let kept = store.state(&upstream.registry, now);
        let resuming = kept.is_some();
        let state = kept.unwrap_or_else(|| State {
            registry: upstream.registry.clone(),
            include_deleted: true,
            started_at: now,
        });
        if !resuming {
            store.begin(&state)?;
        }
        let batch = Batch { listed: true, ..Batch::default() };
        let seen = HashSet::new();
        Ok(Self {
            upstream,
            store,
            state,
            resuming,
            number: 0,
            bytes: 0,
            cursor: None,
            seen,
            batch,
        })
    }

    fn url(&self) -> String {
        let mut url = format!("{}/v0.1/servers?limit=100", self.upstream.registry);
        if let Some(cursor) = &self.cursor {
            url.push_str("&cursor=");
            url.push_str(&percent_encode(cursor));
        }
        if self.state.include_deleted {
            url.push_str("&include_deleted=true");
        }
        url
    }

    /// Takes the next page; whether another one follows.
    fn page(&mut self) -> Result<bool> {
        self.number += 1;
        let (page, kept) = self.turn()?;
        if !page.listed {
            return Err(not_api(&self.url(), "it is not a list of servers"));
        }
        (self.upstream.hear)(Heard::Page { records: page.readings.len(), kept });
        self.batch.readings.extend(page.readings);
        let Some(cursor) = page.next else { return Ok(false) };
        if !self.seen.insert(cursor.clone()) {
            let (registry, cursor) = (shown(&self.upstream.registry), shorten(&cursor));
            let what = format!("{registry} sends the cursor {cursor:?} a second time");
            return Err(Error::new(ErrorKind::Remote, what).help(
                "this host ignores cursors, so only its first page can be read; ask its operator for a dump and import that",
            ));
        }
        let records = self.batch.readings.len();
        if self.number >= MAX_PAGES || self.bytes > MAX_TOTAL || records > MAX_RECORDS {
            let what = format!(
                "{} sends more than any registry holds: {records} records on {} pages with {} MiB",
                shown(&self.upstream.registry),
                self.number,
                self.bytes >> 20
            );
            return Err(Error::new(ErrorKind::Remote, what).help("ask its operator for a dump"));
        }
        self.cursor = Some(cursor);
        Ok(true)
    }

    /// The page whose turn it is, and whether it was kept.
    fn turn(&mut self) -> Result<(Batch, bool)> {
        if self.resuming {
            let kept = self.store.page(self.number, self.cursor.as_deref(), MAX_ANSWER);
            if let Some(body) = kept
                && let Ok(batch) = read_text(&shown(&self.url()), &body)
            {
                self.bytes += body.len() as u64;
                return Ok((batch, true));
            }
            self.resuming = false;
        }
        let (body, batch) = match self.upstream.fetch(&self.url()) {
            Err(failure)
                if self.number == 1 && self.state.include_deleted && failure.is_bad_query() =>
            {
                self.state.include_deleted = false;
                self.store.begin(&self.state)?;
                self.upstream.fetch(&self.url())
            }
            fetched => fetched,
        }
        .map_err(|failure| self.explain(*failure))?;
        self.bytes += body.len() as u64;
        self.store.keep(self.number, self.cursor.as_deref(), &body)?;
        Ok((batch, false))
    }

    fn explain(&self, failure: Failure) -> Error {
        let (error, first) = (failure.error, self.number == 1);
        match failure.http {
            Some(HttpError::Status { status: 404, .. }) if first => error.help(
                "there is no v0.1 registry at this base URL; clients append /v0.1/servers to it",
            ),
            _ if error.kind() == ErrorKind::Indeterminate && !first => error.help(format!(
                "run the same command again later: {} pages are kept and it goes on from there",
                self.number - 1
            )),
            _ => error,
        }
    }
}

impl Failure {
    /// Whether the host does not like the question.
    fn is_bad_query(&self) -> bool {
        matches!(self.http, Some(HttpError::Status { status: 400 | 422, .. }))
    }
}
