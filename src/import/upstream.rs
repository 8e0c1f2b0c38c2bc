//! Records from a live registry.
//!
//! The list is fetched page by page: as large a page as the API allows, waits that grow when the host is
//! busy, and no page twice. Repeated cursors, too many pages and too many bytes are errors, so a host
//! cannot keep an import running forever. A host that does not answer is an `Indeterminate` error.

use std::collections::HashSet;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{ServerName, Timestamp, Version};
use crate::text::{count, percent_encode, shorten};
use crate::world::clock::Clock;
use crate::world::http::{Http, HttpError, Request, Secret, shown};

use super::record::Reading;
use super::retry::{TRIES, next};
use super::store::{ImportState, PageStore};
use super::text::{Batch, LIMITS, MAX_RECORDS, read_text};

/// Most bytes of one answer.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;
/// Most bytes of all pages together.
const MAX_TOTAL: u64 = 256 << 20;
/// Most pages.
const MAX_PAGES: usize = 20_000;

/// Progress of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
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

/// The records of a walk through a list.
#[derive(Debug)]
pub struct Walk {
    /// Those that were kept.
    pub readings: Vec<Reading>,
    /// Whether the list held everything, and not only what changed after a date.
    pub complete: bool,
}

/// A live registry.
pub struct Upstream<'a> {
    /// The HTTP client.
    pub http: &'a dyn Http,
    /// For waits.
    pub clock: &'a dyn Clock,
    /// The registry's base URL, without a trailing slash.
    pub registry: String,
    /// Bearer token, if the registry requires one.
    pub token: Option<Secret>,
    /// Called for every page and every wait.
    pub on_progress: &'a dyn Fn(Progress),
}

impl Upstream<'_> {
    /// Fetches every record of the registry, deleted ones included when it lists them.
    pub fn records(&self, store: &PageStore) -> Result<Batch> {
        let readings = self.walk(store, None, &mut |_| true)?.readings;
        Ok(Batch { listed: true, readings, ..Batch::default() })
    }

    /// Fetches what changed after `since`, or everything, page by page, and returns the records for which `keep` is
    /// true. A registry that refuses `updated_since` is asked for everything.
    pub fn walk(
        &self,
        store: &PageStore,
        since: Option<&Timestamp>,
        keep: &mut dyn FnMut(&Reading) -> bool,
    ) -> Result<Walk> {
        let mut pager = Pager::new(self, store, since)?;
        while pager.page(keep)? {}
        Ok(Walk { readings: pager.readings, complete: pager.state.since.is_none() })
    }

    /// Fetches every version of a server, deleted ones included when the registry lists them; `None` when it has no
    /// such server.
    pub fn versions(&self, name: &ServerName) -> Result<Option<Vec<Reading>>> {
        let base =
            format!("{}/v0.1/servers/{}/versions", self.registry, percent_encode(name.as_str()));
        let mut fetched = self.fetch(&format!("{base}?include_deleted=true"));
        if matches!(&fetched, Err(failure) if failure.refuses_query()) {
            fetched = self.fetch(&base);
        }
        let (_, batch) = match fetched {
            Ok(fetched) => fetched,
            Err(failure) if failure.status() == Some(404) => return Ok(None),
            Err(failure) => return Err(failure.error),
        };
        let other =
            |reading: &&Reading| reading.as_ref().is_ok_and(|record| record.name != name.as_str());
        if !batch.listed {
            return Err(not_api(&base, "it is not a list of versions"));
        }
        if let Some(Ok(record)) = batch.readings.iter().find(other) {
            let why = format!("it holds the server {}", shorten(&record.name));
            return Err(not_api(&base, &why));
        }
        (self.on_progress)(Progress::Page { records: batch.readings.len(), kept: false });
        Ok(Some(batch.readings))
    }

    /// Fetches one version of a server, or its latest one.
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

    /// Fetches records, with retries.
    fn fetch(&self, url: &str) -> std::result::Result<(Vec<u8>, Batch), Box<Failure>> {
        let (accept, bearer) = ("application/json", self.token.clone());
        let request = Request { accept, bearer, limit: MAX_ANSWER, fresh: false };
        let mut tries = 0;
        loop {
            tries += 1;
            let failed = match self.http.get(url, &request) {
                Err(e) => e,
                Ok(answer) => match read_text(&shown(&answer.url), &answer.body) {
                    Ok(batch) => return Ok((answer.body, batch)),
                    Err(fault) => {
                        let (line, column) = (fault.place.line, fault.place.column);
                        let why = format!("{} (line {line}, column {column})", fault.message);
                        // Truncated JSON is fetched again. What exceeds a limit would exceed it again.
                        let json = answer.body.first().is_some_and(|b| matches!(b, b'{' | b'['));
                        let again = json && !LIMITS.contains(&fault.message.as_str());
                        if !again || tries >= TRIES {
                            return Err(not_api(url, &why).into());
                        }
                        HttpError::NoAnswer { url: url.to_owned(), why }
                    }
                },
            };
            match next(&failed, tries, self.clock.now()) {
                Ok(wait) => {
                    (self.on_progress)(Progress::Waiting { why: failed.to_string(), wait });
                    self.clock.sleep(wait);
                }
                Err(error) => return Err(Box::new(Failure { error, http: Some(failed) })),
            }
        }
    }
}

/// Why a fetch failed: the error for the user, and the HTTP error.
struct Failure {
    error: Error,
    http: Option<HttpError>,
}

impl Failure {
    fn status(&self) -> Option<u16> {
        match self.http {
            Some(HttpError::Status { status, .. }) => Some(status),
            _ => None,
        }
    }

    /// Whether the registry does not know a parameter of the query.
    fn refuses_query(&self) -> bool {
        matches!(self.status(), Some(400 | 422))
    }
}

impl From<Error> for Box<Failure> {
    fn from(error: Error) -> Self {
        Box::new(Failure { error, http: None })
    }
}

fn not_api(url: &str, why: &str) -> Error {
    let what = format!("the answer of {} is not one of a v0.1 registry: {why}", shown(url));
    Error::new(ErrorKind::Remote, what).help(
        "give the base URL to which clients append /v0.1/servers; open that URL to see what is there",
    )
}

/// Fetches the pages of a list in turn.
struct Pager<'a> {
    upstream: &'a Upstream<'a>,
    store: &'a PageStore,
    state: ImportState,
    /// Whether pages may still be kept from before.
    resuming: bool,
    number: usize,
    bytes: u64,
    cursor: Option<String>,
    seen: HashSet<String>,
    /// How many records came.
    records: usize,
    /// Those that were kept.
    readings: Vec<Reading>,
}

impl<'a> Pager<'a> {
    fn new(
        upstream: &'a Upstream<'a>,
        store: &'a PageStore,
        since: Option<&Timestamp>,
    ) -> Result<Self> {
        let now = upstream.clock.now();
        let asked = ImportState {
            registry: upstream.registry.clone(),
            since: since.map(|since| since.as_str().to_owned()),
            include_deleted: true,
            started_at: now,
        };
        let kept = store.state(&asked);
        let resuming = kept.is_some();
        let state = kept.unwrap_or(asked);
        if !resuming {
            store.begin(&state)?;
        }
        let (number, bytes, cursor, seen) = (0, 0, None, HashSet::new());
        let (records, readings) = (0, Vec::new());
        Ok(Self {
            upstream,
            store,
            state,
            resuming,
            number,
            bytes,
            cursor,
            seen,
            records,
            readings,
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
        if let Some(since) = &self.state.since {
            url.push_str("&updated_since=");
            url.push_str(&percent_encode(since));
        }
        url
    }

    /// Takes the next page; returns whether another one follows.
    fn page(&mut self, keep: &mut dyn FnMut(&Reading) -> bool) -> Result<bool> {
        self.number += 1;
        let (page, kept) = self.current_page()?;
        if !page.listed {
            return Err(not_api(&self.url(), "it is not a list of servers"));
        }
        (self.upstream.on_progress)(Progress::Page { records: page.readings.len(), kept });
        self.records += page.readings.len();
        self.readings.extend(page.readings.into_iter().filter(|reading| keep(reading)));
        let Some(cursor) = page.next else { return Ok(false) };
        if !self.seen.insert(cursor.clone()) {
            let (registry, cursor) = (shown(&self.upstream.registry), shorten(&cursor));
            let what = format!("{registry} sends the cursor {cursor:?} a second time");
            return Err(Error::new(ErrorKind::Remote, what).help(
                "this host ignores cursors, so only its first page can be read; ask its operator for a dump and import that",
            ));
        }
        let records = self.records;
        if self.number >= MAX_PAGES || self.bytes > MAX_TOTAL || records > MAX_RECORDS {
            let what = format!(
                "{} sends more than any registry holds: {records} records on {} with {} MiB",
                shown(&self.upstream.registry),
                count(self.number, "page"),
                self.bytes >> 20
            );
            return Err(Error::new(ErrorKind::Remote, what).help("ask its operator for a dump"));
        }
        self.cursor = Some(cursor);
        Ok(true)
    }

    /// Returns the current page, and whether it was kept.
    fn current_page(&mut self) -> Result<(Batch, bool)> {
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
        let mut fetched = self.upstream.fetch(&self.url());
        while self.number == 1
            && matches!(&fetched, Err(failure) if failure.refuses_query())
            && self.ask_for_less()
        {
            self.store.begin(&self.state)?;
            fetched = self.upstream.fetch(&self.url());
        }
        let (body, batch) = fetched.map_err(|failure| self.explain(*failure))?;
        self.bytes += body.len() as u64;
        self.store.keep(self.number, self.cursor.as_deref(), &body)?;
        Ok((batch, false))
    }

    /// Drops a parameter that some registries do not know; returns whether there was one.
    fn ask_for_less(&mut self) -> bool {
        let dated = self.state.since.take().is_some();
        dated || std::mem::take(&mut self.state.include_deleted)
    }

    fn explain(&self, failure: Failure) -> Error {
        let (error, first) = (failure.error, self.number == 1);
        match failure.http {
            Some(HttpError::Status { status: 404, .. }) if first => {
                error.help("check the base URL: clients append /v0.1/servers to it")
            }
            _ if error.kind() == ErrorKind::Indeterminate && !first => error.help(format!(
                "run the same command again later: it continues after the {} fetched so far",
                count(self.number - 1, "page")
            )),
            _ => error,
        }
    }
}
