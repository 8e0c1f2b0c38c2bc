//! The forms in which records come: an array, a page, pages, or lines.
//!
//! One reader takes all of them, so that a dump file and the answers of a live registry mean the
//! same. Refused, as a whole, is a text whose outline is broken, with line and column.

use std::ops::Range;

use rayon::prelude::*;
use serde_json::Value;

use crate::diag::{Code, Diagnostic, Place, Pointer};

use super::record::{Reading, Reason, Unreadable, read};
use super::split::{Fault, Lines, Walk};

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
/// that a broken one spoils no other. The error is a text whose brackets do not close: it may have been
/// cut off, so nothing of it is taken.
pub fn read_text(name: &str, bytes: &[u8]) -> Result<Batch, Box<Diagnostic>> {
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut outline = Outline { bytes, found: Vec::new(), next: None, listed: false };
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
    Ok(Batch { readings: readings.collect(), next, listed })
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
    Diagnostic::new(Code::JsonSyntax, place, fault.message)
        .help("fetch it again; nothing was imported")
}

/// Walks the outline of a text and notes every record.
struct Outline<'a> {
    bytes: &'a [u8],
    found: Vec<Found>,
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
                self.array(&mut walk, &pointer)?;
            } else {
                let value = walk.value()?;
                self.item(value, pointer)?;
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
                None => self.item(value, Pointer::root()),
                Some(_) => Err(Fault { offset: walk.at(), message: "its line goes on after it" }),
            });
            if let Err(fault) = whole {
                self.fault(begins, Pointer::root(), fault.message);
            }
        }
        Ok(())
    }

    /// Elements that are records or pages: a dump may be an array of either, and both are told apart
    /// one by one.
    fn array(&mut self, walk: &mut Walk<'_>, pointer: &Pointer) -> Result<(), Fault> {
        self.listed = true;
        let mut index = 0;
        walk.elements(|element| {
            let pointer = pointer.index(index);
            index += 1;
            self.item(element, pointer)
        })
    }

    /// Notes something that stands where a record should.
    fn fault(&mut self, at: usize, pointer: Pointer, fault: &'static str) {
        self.found.push(Found { pointer, at, server: None, meta: None, fault: Some(fault) });
    }

    /// A record, or a page of records. What is neither is noted as a fault at its place, and the rest
    /// goes on.
    fn item(&mut self, value: Range<usize>, pointer: Pointer) -> Result<(), Fault> {
        let at = value.start;
        if self.bytes[at] != b'{' {
            self.fault(at, pointer, "it is not an object");
            return Ok(());
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
            self.fault(at, pointer, fault);
            return Ok(());
        }
        match servers {
            Some(servers) => self.page(servers, metadata, &pointer.key("servers")),
            None => {
                self.found.push(Found { pointer, at, server, meta, fault: None });
                Ok(())
            }
        }
    }

    /// The records of a page, and the cursor of the next one.
    fn page(
        &mut self,
        servers: Range<usize>,
        metadata: Option<Range<usize>>,
        pointer: &Pointer,
    ) -> Result<(), Fault> {
        self.next = metadata.and_then(|metadata| {
            let metadata: Value = serde_json::from_slice(&self.bytes[metadata]).ok()?;
            let cursor = metadata.get("nextCursor")?.as_str()?;
            Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty())
        });
        match &self.bytes[servers.clone()] {
            b"null" => self.listed = true,
            [b'[', ..] => return self.array(&mut Walk::new(self.bytes, servers), pointer),
            _ => self.fault(servers.start, pointer.clone(), "its servers are not a list"),
        }
        Ok(())
    }
}
