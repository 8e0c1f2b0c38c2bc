//! The forms in which records come: an array, a page, pages, or lines.
//!
//! One reader takes all of them, so that a dump file and the answers of a live registry mean the
//! same. Pages hold records and nothing else, so nothing here is nested more than once. Refused, as a
//! whole, is a text whose outline is broken, or that has more records or more faults than the limits
//! below, with line and column.

use std::ops::Range;

use rayon::prelude::*;
use serde_json::Value;

use crate::diag::{Code, Diagnostic, Place, Pointer};

use super::record::{Reading, Reason, Unreadable, read};
use super::split::{Fault, Lines, Walk};

/// Most records of one import.
pub(super) const MAX_RECORDS: usize = 250_000;

/// Most things of one text that are not records.
const MAX_FAULTS: usize = 1000;

/// Longest cursor, in bytes.
const MAX_CURSOR: usize = 2048;

/// Largest `metadata` of a page, in bytes.
const MAX_METADATA: usize = 64 * 1024;

/// The records of one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Every record in order.
    pub readings: Vec<Reading>,
    /// Cursor of the page that follows the last one, if one is named.
    pub next: Option<String>,
    /// Whether anything like a list of records was there at all.
    pub listed: bool,
}

/// A record's place in the outline, and where its two members stand.
struct Found {
    pointer: Pointer,
    at: usize,
    server: Option<Range<usize>>,
    meta: Option<Range<usize>>,
    fault: Option<&'static str>,
}

/// Reads every record of `bytes`, which messages call `name`.
///
/// The outline is walked once and alone; the records are then read in parallel, each for itself, so
/// that a broken one spoils no other. The error is a text that exceeds a limit, or whose brackets do not
/// close: it may have been cut off, so nothing of it is taken.
pub fn read_text(name: &str, bytes: &[u8]) -> Result<Batch, Box<Diagnostic>> {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut outline = Outline { bytes, found: Vec::new(), faults: 0, next: None, listed: false };
    outline.run(start).map_err(|fault| Box::new(broken(name, bytes, &fault)))?;
    let Outline { found, next, listed, .. } = outline;
    let mut lines = Lines::new(bytes);
    let placed: Vec<(Found, Place)> = found
        .into_iter()
        .map(|found| {
            let (line, column) = lines.locate(found.at);
            let pointer = found.pointer.clone();
            let place = Place { line, column, pointer, ..Place::file(name) };
            (found, place)
        })
        .collect();
    let readings = placed.into_par_iter().map(|(found, place)| reading(bytes, found, place));
    let readings: Vec<Reading> = readings.collect();
    match readings.iter().filter_map(|reading| reading.as_ref().err()).nth(MAX_FAULTS) {
        Some(bad) => Err(Box::new(given_up(bad.place.clone(), TOO_MANY))),
        None => Ok(Batch { readings, next, listed }),
    }
}

/// Reads one record, or says why what stands there is none.
fn reading(bytes: &[u8], found: Found, place: Place) -> Reading {
    if let Some(fault) = found.fault {
        let help = "import records of the form {\"server\": …, \"_meta\": …}";
        let reason = Reason::new(fault, help);
        return Err(Box::new(Unreadable { place, name: String::new(), reason }));
    }
    let part = |range: Option<Range<usize>>| range.map(|range| &bytes[range]);
    read(place, part(found.server), part(found.meta))
}

/// Says where the outline breaks.
fn broken(name: &str, bytes: &[u8], fault: &Fault) -> Diagnostic {
    let (line, column) = Lines::new(bytes).locate(fault.offset);
    let place = Place { line, column, ..Place::file(name) };
    if LIMITS.contains(&fault.message) {
        return given_up(place, fault.message);
    }
    Diagnostic::new(Code::JsonSyntax, place, fault.message)
        .help("fetch it again; nothing was imported")
}

/// Says which limit a text exceeds, and where.
fn given_up(place: Place, limit: &'static str) -> Diagnostic {
    let help = match limit {
        TOO_FULL => "split it; several imports add up; nothing was imported",
        _ => "import records of the form {\"server\": …, \"_meta\": …}; nothing was imported",
    };
    Diagnostic::new(Code::JsonSyntax, place, limit).help(help)
}

/// What an element stands in: a page holds records and no pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    Page,
}

/// Why a text is given up.
const TOO_MANY: &str = "this is the 1,001st thing that is not a record; the rest is not read";
const TOO_FULL: &str = "this is record number 250,001; more than 250,000 are not read";
pub(super) const LIMITS: [&str; 2] = [TOO_MANY, TOO_FULL];

/// Walks the outline of a text and notes every record.
struct Outline<'a> {
    bytes: &'a [u8],
    found: Vec<Found>,
    faults: usize,
    next: Option<String>,
    listed: bool,
}

impl Outline<'_> {
    /// Tells the forms apart by how the text begins: an array, lines, or objects one after the other.
    fn run(&mut self, start: usize) -> Result<(), Fault> {
        let mut walk = Walk::new(self.bytes, start..self.bytes.len());
        if walk.peek() == Some(b'{') {
            let first = walk.clone().value()?;
            let several = Walk::new(self.bytes, first.end..self.bytes.len()).peek().is_some();
            if several && !self.bytes[first].contains(&b'\n') {
                return self.lines(start);
            }
        }
        while let Some(byte) = walk.peek() {
            let pointer = Pointer::root();
            if byte == b'[' {
                self.array(&mut walk, &pointer, Within::Text)?;
            } else {
                let value = walk.value()?;
                self.item(value, pointer, Within::Text)?;
            }
        }
        Ok(())
    }

    /// One value a line, so that a broken line spoils no other.
    fn lines(&mut self, start: usize) -> Result<(), Fault> {
        self.listed = true;
        let mut at = start;
        for line in self.bytes[start..].split_inclusive(|b| *b == b'\n') {
            let mut walk = Walk::new(self.bytes, at..at + line.len());
            at += line.len();
            if walk.peek().is_none() {
                continue;
            }
            let begins = walk.at();
            let whole = walk.value().and_then(|value| match walk.peek() {
                None => self.item(value, Pointer::root(), Within::Text),
                Some(_) => Err(Fault { offset: walk.at(), message: "its line goes on after it" }),
            });
            match whole {
                Err(fault) if LIMITS.contains(&fault.message) => return Err(fault),
                Err(fault) => self.fault(begins, Pointer::root(), fault.message)?,
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Elements that are records or pages: a dump may be an array of either, and both are told apart
    /// one by one.
    fn array(
        &mut self,
        walk: &mut Walk<'_>,
        pointer: &Pointer,
        within: Within,
    ) -> Result<(), Fault> {
        self.listed = true;
        let mut index = 0;
        walk.elements(|element| {
            let pointer = pointer.index(index);
            index += 1;
            self.item(element, pointer, within)
        })
    }

    /// Notes something that stands where a record should; the error is one too many of them.
    fn fault(&mut self, at: usize, pointer: Pointer, fault: &'static str) -> Result<(), Fault> {
        self.faults += 1;
        if self.faults > MAX_FAULTS {
            return Err(Fault { offset: at, message: TOO_MANY });
        }
        self.note(Found { pointer, at, server: None, meta: None, fault: Some(fault) })
    }

    fn note(&mut self, found: Found) -> Result<(), Fault> {
        if self.found.len() == MAX_RECORDS {
            return Err(Fault { offset: found.at, message: TOO_FULL });
        }
        self.found.push(found);
        Ok(())
    }

    /// A record, or a page of records. What is neither is noted as a fault at its place, and the rest
    /// goes on.
    fn item(&mut self, value: Range<usize>, pointer: Pointer, within: Within) -> Result<(), Fault> {
        let at = value.start;
        if self.bytes[at] != b'{' {
            return self.fault(at, pointer, "it is not an object");
        }
        let (mut server, mut meta, mut servers, mut metadata) = (None, None, None, None);
        let mut twice = false;
        let outline = Walk::new(self.bytes, value).members(|key, value| {
            let member = match key {
                b"server" => &mut server,
                b"_meta" => &mut meta,
                b"servers" => &mut servers,
                b"metadata" => &mut metadata,
                _ => return,
            };
            twice |= member.replace(value).is_some();
        });
        let fault = match outline {
            Err(fault) => Some(fault.message),
            Ok(()) => twice.then_some("it holds the same member twice"),
        };
        if let Some(fault) = fault {
            return self.fault(at, pointer, fault);
        }
        match (servers, within) {
            (Some(servers), Within::Text) => self.page(servers, metadata, &pointer.key("servers")),
            (Some(_), Within::Page) => self.fault(at, pointer, "it is a page inside a page"),
            (None, _) => self.note(Found { pointer, at, server, meta, fault: None }),
        }
    }

    /// The records of a page, and the cursor of the next one.
    fn page(
        &mut self,
        servers: Range<usize>,
        metadata: Option<Range<usize>>,
        pointer: &Pointer,
    ) -> Result<(), Fault> {
        self.next = match metadata {
            Some(metadata) => self.cursor(metadata)?,
            None => None,
        };
        match &self.bytes[servers.clone()] {
            b"null" => self.listed = true,
            [b'[', ..] => {
                let mut walk = Walk::new(self.bytes, servers);
                return self.array(&mut walk, pointer, Within::Page);
            }
            _ => {
                return self.fault(servers.start, pointer.clone(), "its servers are not a list");
            }
        }
        Ok(())
    }

    /// The cursor that `metadata` names. One that cannot be read is a fault of the whole text: without
    /// it a page would count as the last one.
    fn cursor(&self, metadata: Range<usize>) -> Result<Option<String>, Fault> {
        let fail = |message| Err(Fault { offset: metadata.start, message });
        if metadata.len() > MAX_METADATA {
            return fail("this metadata has more than 64 KiB");
        }
        let Ok(value) = serde_json::from_slice::<Value>(&self.bytes[metadata.clone()]) else {
            return fail("this metadata cannot be read");
        };
        match value.get("nextCursor") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(cursor)) if cursor.is_empty() => Ok(None),
            Some(Value::String(cursor)) if cursor.len() <= MAX_CURSOR => Ok(Some(cursor.clone())),
            Some(Value::String(_)) => fail("the cursor here has more than 2,048 bytes"),
            Some(_) => fail("the cursor here is not a string"),
        }
    }
}
