//! The forms in which records come: an array, a page, pages, or lines.
//!
//! One reader takes all forms, for dump files and for the answers of a live registry. Pages hold records
//! and no pages. A text whose outline is broken, or that exceeds the limits below, is refused as a whole,
//! with line and column.

use std::ops::Range;

use rayon::prelude::*;
use serde_json::Value;

use crate::diag::{Code, Diagnostic, Place, Pointer};

use super::record::{Reading, Reason, Unreadable, read};
use super::split::{Lines, Scanner, SplitFault};

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

/// A record's position in the outline, and the ranges of its two members.
struct RawRecord {
    pointer: Pointer,
    at: usize,
    server: Option<Range<usize>>,
    meta: Option<Range<usize>>,
    fault: Option<&'static str>,
}

/// Reads every record of `bytes`, which messages call `name`.
///
/// The outline is scanned first; the records are then parsed in parallel, each alone, so that a broken
/// one does not affect the others.
///
/// # Errors
/// When the text exceeds a limit, or when its brackets do not close, since it may be truncated.
pub fn read_text(name: &str, bytes: &[u8]) -> Result<Batch, Box<Diagnostic>> {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut outline = Outline { bytes, found: Vec::new(), faults: 0, next: None, listed: false };
    outline.run(start).map_err(|fault| Box::new(broken(name, bytes, &fault)))?;
    let Outline { found, next, listed, .. } = outline;
    let mut lines = Lines::new(bytes);
    let placed: Vec<(RawRecord, Place)> = found
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

/// Reads one record, or returns why there is none.
fn reading(bytes: &[u8], found: RawRecord, place: Place) -> Reading {
    if let Some(fault) = found.fault {
        let help = "import records of the form {\"server\": …, \"_meta\": …}";
        let reason = Reason::new(fault, help);
        return Err(Box::new(Unreadable { place, name: String::new(), reason }));
    }
    let part = |range: Option<Range<usize>>| range.map(|range| &bytes[range]);
    read(place, part(found.server), part(found.meta))
}

/// Reports where the outline breaks.
fn broken(name: &str, bytes: &[u8], fault: &SplitFault) -> Diagnostic {
    let (line, column) = Lines::new(bytes).locate(fault.offset);
    let place = Place { line, column, ..Place::file(name) };
    if LIMITS.contains(&fault.message) {
        return given_up(place, fault.message);
    }
    Diagnostic::new(Code::JsonSyntax, place, fault.message)
        .help("fetch it again; nothing was imported")
}

/// Reports which limit a text exceeds, and where.
fn given_up(place: Place, limit: &'static str) -> Diagnostic {
    let help = match limit {
        TOO_FULL => "split it; several imports add up; nothing was imported",
        _ => "import records of the form {\"server\": …, \"_meta\": …}; nothing was imported",
    };
    Diagnostic::new(Code::JsonSyntax, place, limit).help(help)
}

/// Why a text is refused.
const TOO_MANY: &str = "this is the 1,001st thing that is not a record; the rest is not read";
const TOO_FULL: &str = "this is record number 250,001; more than 250,000 are not read";
pub(super) const LIMITS: [&str; 2] = [TOO_MANY, TOO_FULL];

/// Scans the outline of a text and collects every record.
struct Outline<'a> {
    bytes: &'a [u8],
    found: Vec<RawRecord>,
    faults: usize,
    next: Option<String>,
    listed: bool,
}

impl Outline<'_> {
    /// Detects the form by the beginning of the text: an array, lines, or consecutive objects.
    fn run(&mut self, start: usize) -> Result<(), SplitFault> {
        let mut scanner = Scanner::new(self.bytes, start..self.bytes.len());
        if scanner.peek() == Some(b'{') {
            let first = scanner.clone().value()?;
            let several = Scanner::new(self.bytes, first.end..self.bytes.len()).peek().is_some();
            if several && !self.bytes[first].contains(&b'\n') {
                return self.lines(start);
            }
        }
        while let Some(byte) = scanner.peek() {
            let pointer = Pointer::root();
            if byte == b'[' {
                self.array(&mut scanner, &pointer, false)?;
            } else {
                let value = scanner.value()?;
                self.item(value, pointer, false)?;
            }
        }
        Ok(())
    }

    /// Reads one value per line, so that a broken line does not affect the others.
    fn lines(&mut self, start: usize) -> Result<(), SplitFault> {
        self.listed = true;
        let mut at = start;
        for line in self.bytes[start..].split_inclusive(|b| *b == b'\n') {
            let mut scanner = Scanner::new(self.bytes, at..at + line.len());
            at += line.len();
            if scanner.peek().is_none() {
                continue;
            }
            let begins = scanner.at();
            let whole = scanner.value().and_then(|value| match scanner.peek() {
                None => self.item(value, Pointer::root(), false),
                Some(_) => {
                    Err(SplitFault { offset: scanner.at(), message: "its line goes on after it" })
                }
            });
            match whole {
                Err(fault) if LIMITS.contains(&fault.message) => return Err(fault),
                Err(fault) => self.fault(begins, Pointer::root(), fault.message)?,
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Reads the elements of an array; each may be a record or, unless it is `in_page`, a page.
    fn array(
        &mut self,
        scanner: &mut Scanner<'_>,
        pointer: &Pointer,
        in_page: bool,
    ) -> Result<(), SplitFault> {
        self.listed = true;
        let mut index = 0;
        scanner.elements(|element| {
            let pointer = pointer.index(index);
            index += 1;
            self.item(element, pointer, in_page)
        })
    }

    /// Collects something that is not a record; the error is one too many of them.
    fn fault(
        &mut self,
        at: usize,
        pointer: Pointer,
        fault: &'static str,
    ) -> Result<(), SplitFault> {
        self.faults += 1;
        if self.faults > MAX_FAULTS {
            return Err(SplitFault { offset: at, message: TOO_MANY });
        }
        self.note(RawRecord { pointer, at, server: None, meta: None, fault: Some(fault) })
    }

    fn note(&mut self, found: RawRecord) -> Result<(), SplitFault> {
        if self.found.len() == MAX_RECORDS {
            return Err(SplitFault { offset: found.at, message: TOO_FULL });
        }
        self.found.push(found);
        Ok(())
    }

    /// Reads a record or a page of records; anything else is collected as a fault.
    fn item(
        &mut self,
        value: Range<usize>,
        pointer: Pointer,
        in_page: bool,
    ) -> Result<(), SplitFault> {
        let at = value.start;
        if self.bytes[at] != b'{' {
            return self.fault(at, pointer, "it is not an object");
        }
        let (mut server, mut meta, mut servers, mut metadata) = (None, None, None, None);
        let mut twice = false;
        let outline = Scanner::new(self.bytes, value).members(|key, value| {
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
        match servers {
            Some(_) if in_page => self.fault(at, pointer, "it is a page inside a page"),
            Some(servers) => self.page(servers, metadata, &pointer.key("servers")),
            None => self.note(RawRecord { pointer, at, server, meta, fault: None }),
        }
    }

    /// Reads the records of a page, and the cursor of the next one.
    fn page(
        &mut self,
        servers: Range<usize>,
        metadata: Option<Range<usize>>,
        pointer: &Pointer,
    ) -> Result<(), SplitFault> {
        self.next = match metadata {
            Some(metadata) => self.cursor(metadata)?,
            None => None,
        };
        match &self.bytes[servers.clone()] {
            b"null" => {
                self.listed = true;
                Ok(())
            }
            [b'[', ..] => self.array(&mut Scanner::new(self.bytes, servers), pointer, true),
            _ => self.fault(servers.start, pointer.clone(), "its servers are not a list"),
        }
    }

    /// Returns the cursor in `metadata`. An unreadable one is a fault of the whole text: without it a page
    /// would count as the last one.
    fn cursor(&self, metadata: Range<usize>) -> Result<Option<String>, SplitFault> {
        let fail = |message| Err(SplitFault { offset: metadata.start, message });
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
