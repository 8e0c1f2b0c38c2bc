//! What people have besides the list of a registry: hand-made lists, the settings of clients, Docker's catalog,
//! ARD and AI Catalog documents, server cards.
//!
//! One row of [`SHAPES`] is one format: how it is recognised, and a pure function that turns a document of it into
//! drafts of `server.json`. To add a format, add a file, its row, and a fixture below `tests/import/`.

mod cards;
mod client;
mod command;
mod docker;
mod list;
mod private;
mod relaxed;
mod repair;
mod value;
mod yaml;

use serde_json::Value;

use crate::data::read_json;
use crate::diag::{Code, Diagnostic, Place, Pointer, SourceFile};
use crate::model::{Status, Timestamp};

use super::record::{Facts, Reason, Unreadable};

pub(super) use cards::{Linked, read_linked};
pub(super) use list::dated_version;
pub(super) use repair::{pretty, repaired};
use value::cut;

/// Largest document of one of these formats, in bytes.
pub(super) const MAX_SHAPED: usize = 32 << 20;

/// Most objects and arrays of one document.
const MAX_OBJECTS: usize = 500_000;

/// Most drafts of one document.
const MAX_DRAFTS: usize = 50_000;

/// A `server.json` that was made from another format, or that has no date of publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its position in the source.
    pub(super) place: Place,
    /// What it is called in the source.
    pub(super) label: String,
    /// The document.
    pub(super) document: Value,
    /// Its text as its author wrote it, if it was a `server.json` already.
    pub(super) exact: Option<String>,
    /// What was changed, guessed or lost.
    pub(super) notes: Vec<String>,
    /// When it was published, if the source says so.
    pub(super) published: Option<Timestamp>,
    /// When it was last changed, if the source says so.
    pub(super) updated: Option<Timestamp>,
    /// Its status, with the reason.
    pub(super) status: (Status, Option<String>),
}

/// A document that has to be fetched to know what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The position of its entry.
    pub(super) place: Place,
    /// What the entry is called.
    pub(super) label: String,
    /// The URL as written.
    pub(super) url: String,
    /// What it is said to be.
    pub(super) kind: Linked,
}

/// What one document holds.
#[derive(Debug, Default)]
pub struct Shaped {
    /// Documents.
    pub(super) drafts: Vec<Draft>,
    /// What is not a server, or cannot be one here.
    pub(super) refused: Vec<Unreadable>,
    /// What has to be fetched.
    pub(super) links: Vec<Link>,
    /// What else is worth knowing about the whole document.
    pub(super) notes: Vec<Diagnostic>,
}

/// A document whose format is to be found out.
pub(super) struct Source<'a> {
    /// Name in messages.
    pub(super) file: &'a str,
    /// The value.
    pub(super) value: &'a Value,
    /// Its text, when that is JSON.
    pub(super) json: Option<&'a str>,
}

/// A format.
struct Shape {
    is: fn(&Value) -> bool,
    read: fn(&Source<'_>, &mut Shaped),
}

/// Every format. The first row that recognises a document reads it.
const SHAPES: &[Shape] = &[
    Shape { is: client::is, read: client::read },
    Shape { is: docker::is_catalog, read: docker::read_catalog },
    Shape { is: docker::is_server, read: docker::read_server },
    Shape { is: cards::is_catalog, read: cards::read_catalog },
    Shape { is: cards::is_card, read: cards::read_card },
    Shape { is: list::is, read: list::read },
    Shape { is: list::is_document, read: list::read_document },
];

impl Draft {
    fn new(place: Place, label: impl Into<String>, document: Value) -> Self {
        let status = (Status::Active, None);
        let (exact, notes, published, updated) = (None, Vec::new(), None, None);
        Self { place, label: label.into(), document, exact, notes, published, updated, status }
    }

    /// Makes a draft of a record of a registry, whose text is `exact`.
    pub(super) fn of_record(
        place: Place,
        name: String,
        document: Value,
        exact: String,
        facts: Option<Facts>,
    ) -> Self {
        let mut draft = Self { exact: Some(exact), ..Self::new(place, name, document) };
        if let Some(facts) = facts {
            (draft.published, draft.updated) = (Some(facts.published), facts.updated);
            draft.status = (facts.status, facts.message);
        }
        draft
    }
}

impl Source<'_> {
    fn place(&self, pointer: &Pointer) -> Place {
        Place { pointer: pointer.clone(), ..Place::file(self.file) }
    }
}

impl Shaped {
    fn draft(&mut self, draft: Draft) {
        match self.drafts.len() {
            0..MAX_DRAFTS => self.drafts.push(draft),
            MAX_DRAFTS => {
                let why = format!("only the first {MAX_DRAFTS} servers of a document are read");
                self.refuse(draft.place, &draft.label, why, "split the document");
            }
            _ => {}
        }
    }

    fn refuse(&mut self, place: Place, name: &str, why: impl Into<String>, help: &str) {
        let reason = Reason::new(why, help);
        self.refused.push(Unreadable { place, name: name.to_owned(), reason });
    }

    fn note(&mut self, place: Place, message: String) {
        self.notes.push(Diagnostic::new(Code::ImportRepaired, place, message));
    }
}

/// Reads a document of one of the formats; `None` when it is none of them.
///
/// # Errors
/// When a file whose name promises YAML is not YAML.
pub(super) fn read_shape(file: &str, bytes: &[u8]) -> Result<Option<Shaped>, Box<Diagnostic>> {
    let is_yaml = [".yaml", ".yml", ".yaml.gz", ".yml.gz"].iter().any(|end| file.ends_with(end));
    if bytes.len() > MAX_SHAPED && is_yaml {
        let message = format!("the file is larger than {} MiB", MAX_SHAPED >> 20);
        let finding = Diagnostic::new(Code::ImportRefused, Place::file(file), message);
        return Err(Box::new(
            finding.help("split it; several imports add up; nothing was imported"),
        ));
    }
    // A list of little else than commas is about no server, and would take many times its size. So would one of small
    // objects.
    let count = |what: &[u8]| bytes.iter().filter(|byte| what.contains(byte)).count();
    let values = count(b",");
    let is_hostile = values > 10_000 && values > bytes.len() / 6 || count(b"{[") > MAX_OBJECTS;
    if bytes.len() > MAX_SHAPED || is_hostile && !is_yaml {
        return Ok(None);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(None) };
    let text = text.trim_start_matches('\u{feff}');
    let is_json = text.trim_start().starts_with(['{', '[', '/']);
    // The reader of YAML has limits of its own.
    let json = if is_hostile { None } else { serde_json::from_str::<Value>(text).ok() };
    let shaped = if let Some(value) = json {
        let mut shaped = read_value(&Source { file, value: &value, json: Some(text) });
        shaped.iter_mut().for_each(|shaped| locate(file, text, shaped));
        match shaped.as_ref().and_then(|shaped| twice(file, text, shaped)) {
            Some(wrong) => return Err(wrong),
            None => shaped,
        }
    } else if let Some((value, plain)) =
        (is_json && !is_yaml).then(|| relaxed::read(text)).flatten()
    {
        let mut shaped = read_value(&Source { file, value: &value, json: None });
        if let Some(shaped) = &mut shaped {
            let message = "comments and commas in front of a closing bracket were ignored";
            shaped.note(Place::file(file), message.to_owned());
        }
        match shaped.as_ref().and_then(|shaped| twice(file, &plain, shaped)) {
            Some(wrong) => return Err(wrong),
            None => shaped,
        }
    } else if is_yaml || !is_json {
        match yaml::read_yaml(text) {
            Ok(value) => {
                let shaped = read_value(&Source { file, value: &value, json: None });
                if shaped.is_none() && is_yaml {
                    let what =
                        "this file is neither Docker's server.yaml nor Docker's catalog file";
                    let finding = Diagnostic::new(Code::DocumentKind, Place::file(file), what);
                    return Err(Box::new(finding.help("name another file; nothing was imported")));
                }
                shaped
            }
            Err(fault) if is_yaml => {
                let place = Place { line: fault.line, column: fault.column, ..Place::file(file) };
                let help = "correct the file, or save it again; nothing was imported";
                return Err(Box::new(
                    Diagnostic::new(Code::ImportRefused, place, fault.message).help(help),
                ));
            }
            Err(_) => None,
        }
    } else {
        None
    };
    Ok(shaped)
}

/// Returns what is wrong with a text in which an object has a key twice, because only one of the values was read.
/// Documents whose exact text is kept are judged alone, later.
pub(super) fn twice(file: &str, text: &str, shaped: &Shaped) -> Option<Box<Diagnostic>> {
    if shaped.drafts.iter().any(|draft| draft.exact.is_some()) {
        return None;
    }
    let document = read_json(file, text.as_bytes().to_vec()).ok()?;
    let is_twice = |found: &&Diagnostic| found.code == Code::JsonDuplicateKey;
    let found = document.findings.iter().find(is_twice)?;
    // Without the excerpt: settings hold secrets.
    let finding = Diagnostic::new(found.code, found.place.clone(), found.message.clone());
    Some(Box::new(finding.help("keep one of the two; nothing of it was imported")))
}

/// Reads a value of one of the formats.
fn read_value(source: &Source<'_>) -> Option<Shaped> {
    let shape = SHAPES.iter().find(|shape| (shape.is)(source.value))?;
    let mut shaped = Shaped::default();
    (shape.read)(source, &mut shaped);
    Some(shaped)
}

/// Adds line and column to the places in a text of JSON, all in one walk.
pub(super) fn locate(file: &str, text: &str, shaped: &mut Shaped) {
    let places = (shaped.drafts.iter_mut().map(|draft| &mut draft.place))
        .chain(shaped.refused.iter_mut().map(|refused| &mut refused.place))
        .chain(shaped.links.iter_mut().map(|link| &mut link.place));
    let places: Vec<&mut Place> = places.filter(|place| place.line == 0).collect();
    let pointers: Vec<Pointer> = places.iter().map(|place| place.pointer.clone()).collect();
    let source = SourceFile::new(file, text);
    let starts = source.spans(&pointers).into_iter().map(|span| span.map_or(0, |s| s.start));
    let starts = pointers.iter().map(|p| p.as_str().to_owned()).zip(starts).collect();
    for (place, found) in places.into_iter().zip(source.places(starts)) {
        *place = found;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_little_else_than_objects_is_not_read_into_memory() {
        let server = "{\"name\": \"com.example/ab\", \"version\": \"1.0.0\"}";
        let usual = format!("[{}]", vec![server; 20_000].join(","));
        assert_eq!(read_shape("l.json", usual.as_bytes()).unwrap().unwrap().drafts.len(), 20_000);
        let hostile = format!("[{server},{}]", vec!["{\"a\":1}"; MAX_OBJECTS].join(","));
        assert!(read_shape("l.json", hostile.as_bytes()).unwrap().is_none());
    }
}
