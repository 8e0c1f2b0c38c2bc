//! Compact indexes from which a small program at the edge of a network answers list queries.
//!
//! Only hosts that can run such a program get these files below `/v0.1/_q/`. `site/edge.js` reads them,
//! and `docs/edge.md` describes the format in full. The answers must be those of
//! [`crate::model::query::page`].
//!
//! | file | holds | one line or member |
//! |---|---|---|
//! | `head.json` | where every other file begins, and its size | `[first key, file, bytes, lines]`, in order |
//! | `i-….txt` | every version, deleted ones marked | `name` TAB `version flags updated` TAB … |
//! | `b-….txt` | bodies of versions that are not deleted | `key` TAB body |
//! | `d-….txt` | bodies of deleted versions, which are stored nowhere else | `key` TAB body |
//!
//! A key is `name:version`, as in a cursor; all files are in list order (name, then version, by bytes).
//! A body holds no line break, because a document is written without white space between tokens.
//!
//! Files are named by digests of their bytes, and the keys decide where one ends. So a new version changes
//! one file of each kind and the head; and a reader with an old head finds old files or none, never wrong
//! ones.

mod cut;
mod read;

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::query::ListedEntry;
use crate::model::{Entry, Listing, Timestamp};
use crate::site::{Artifact, Body, FileDigest, Media};

use super::{Facts, api};
use cut::{Cut, pieces};
pub use read::read;

/// Largest file of an index, in bytes. Every host accepts more.
pub const MOST_BYTES: usize = 5_000_000;

/// Fewest versions in a file of bodies, its last and very large ones excepted: a page of the largest
/// size then touches two files at most.
pub const FEWEST_BODIES: usize = crate::model::query::LIMIT.1;

/// Most versions of one server on a line.
const LINE: usize = 1000;

/// Version of the format of these files.
const FORMAT: u8 = 2;

/// Flags of a version.
const LATEST: u8 = 1;
const DELETED: u8 = 2;

const INDEX: Cut = Cut { rows: 1, least: 512 << 10, enough: 1 << 20, most: MOST_BYTES };
const BODIES: Cut =
    Cut { rows: FEWEST_BODIES, least: 256 << 10, enough: 1 << 20, most: MOST_BYTES };

/// One version as the indexes hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedVersion {
    name: Arc<str>,
    version: Box<str>,
    updated: Timestamp,
    deleted: bool,
    latest: bool,
    body: Body,
}

impl IndexedVersion {
    /// A row of a list, and its entry as compact JSON without a line break.
    pub fn new(row: &impl ListedEntry, body: Body) -> Self {
        Self {
            name: row.name().into(),
            version: row.version().into(),
            updated: row.updated().clone(),
            deleted: row.is_deleted(),
            latest: row.is_latest(),
            body,
        }
    }

    /// Its entry, as the API shows it.
    pub fn body(&self) -> &Body {
        &self.body
    }

    fn key(&self) -> String {
        format!("{}:{}", self.name, self.version)
    }
}

impl ListedEntry for IndexedVersion {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn updated(&self) -> &Timestamp {
        &self.updated
    }

    fn is_deleted(&self) -> bool {
        self.deleted
    }

    fn is_latest(&self) -> bool {
        self.latest
    }
}

/// Every version of one server, deleted ones included, in list order.
pub fn items(listing: &Listing, facts: &Facts) -> Vec<IndexedVersion> {
    let key = facts.meta_key.as_deref();
    items_with(listing, |entry| api::entry_json(entry, listing.is_latest(entry), key).into())
}

/// As [`items`], with entries that are already JSON.
pub fn items_with(listing: &Listing, body: impl Fn(&Entry) -> Body) -> Vec<IndexedVersion> {
    let name: Arc<str> = listing.name().as_str().into();
    let mut items: Vec<IndexedVersion> = listing
        .entries()
        .iter()
        .map(|entry| IndexedVersion {
            name: name.clone(),
            version: entry.version.as_str().into(),
            updated: entry.dates.updated.clone(),
            deleted: !entry.is_live(),
            latest: listing.is_latest(entry),
            body: body(entry),
        })
        .collect();
    items.sort_unstable_by(|a, b| a.version.cmp(&b.version));
    items
}

/// First key, name, bytes and lines of a file. A reader rejects a file with fewer.
type FileRange = (String, String, usize, usize);

#[derive(Default, Serialize, Deserialize)]
struct IndexHead {
    /// Format of these files; a reader rejects other numbers.
    format: u8,
    index: Vec<FileRange>,
    live: Vec<FileRange>,
    deleted: Vec<FileRange>,
}

/// The files below `/v0.1/_q/`; `items` of all servers in list order.
///
/// No file is larger than [`MOST_BYTES`], unless a single body is; and but for bodies so large that
/// [`FEWEST_BODIES`] of them exceed it, a page without filters takes the head and two files of bodies.
pub fn artifacts(items: &[IndexedVersion]) -> Vec<Artifact> {
    let mut files = Vec::new();
    let (deleted, live): (Vec<&IndexedVersion>, Vec<&IndexedVersion>) =
        items.iter().partition(|item| item.deleted);
    let mut head = IndexHead { format: FORMAT, ..IndexHead::default() };
    head.index = write(&mut files, "i", INDEX, &lines(items));
    head.live = write(&mut files, "b", BODIES, &bodies(&live));
    head.deleted = write(&mut files, "d", BODIES, &bodies(&deleted));
    let head = serde_json::to_string(&head).unwrap_or_default();
    files.extend(file("head.json", Media::Json, head.into()));
    files
}

/// A line of a file, and the key of the first version on it.
struct Line<'a> {
    key: String,
    /// What is written before `body`, its line break excepted.
    text: String,
    body: &'a [u8],
}

impl Line<'_> {
    fn size(&self) -> usize {
        self.text.len() + self.body.len() + 1
    }
}

/// The lines of the index: one for each server, or some for one with very many versions.
fn lines(items: &[IndexedVersion]) -> Vec<Line<'static>> {
    let of_servers = items.chunk_by(|a, b| a.name == b.name);
    of_servers.flat_map(|server| server.chunks(LINE)).filter_map(line).collect()
}

fn line(items: &[IndexedVersion]) -> Option<Line<'static>> {
    let first = items.first()?;
    let mut text = first.name.to_string();
    for item in items {
        let flags = if item.latest { LATEST } else { 0 } | if item.deleted { DELETED } else { 0 };
        let _ = write!(text, "\t{} {flags} {}", item.version, moment(&item.updated));
    }
    Some(Line { key: first.key(), text, body: b"" })
}

/// Writes seconds after 1970 began. Trailing zeros after the point are omitted, so that the digits of two
/// times compare as text.
fn moment(time: &Timestamp) -> String {
    let text = format!("{}.{:09}", time.unix(), time.nanos());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn bodies<'a>(items: &[&'a IndexedVersion]) -> Vec<Line<'a>> {
    let line = |item: &&'a IndexedVersion| {
        let key = item.key();
        Line { text: format!("{key}\t"), key, body: &item.body }
    };
    items.iter().map(line).collect()
}

/// Adds the files that hold `lines`, and returns where each begins.
fn write(files: &mut Vec<Artifact>, kind: &str, cut: Cut, lines: &[Line<'_>]) -> Vec<FileRange> {
    let sizes = lines.iter().map(|line| (line.key.as_str(), line.size()));
    let mut places = Vec::new();
    for Range { start, end } in pieces(&cut, sizes) {
        let lines = &lines[start..end];
        let mut bytes = Vec::with_capacity(lines.iter().map(Line::size).sum());
        for line in lines {
            bytes.extend_from_slice(line.text.as_bytes());
            bytes.extend_from_slice(line.body);
            bytes.push(b'\n');
        }
        let name = format!("{kind}-{:.16}.txt", FileDigest::of(&bytes).to_string());
        let place = |line: &Line| (line.key.clone(), name.clone(), bytes.len(), lines.len());
        places.extend(lines.first().map(place));
        files.extend(file(&name, Media::Text, bytes.into()));
    }
    places
}

/// Makes a file. It is revalidated although its bytes never change, since hosts allow few cache rules.
fn file(name: &str, media: Media, body: Body) -> Option<Artifact> {
    Artifact::file(["v0.1", "_q", name], media, body)
}
