//! What an import would change: a pure function of the records and of what is there.
//!
//! A published version is immutable, so an entry with another document is never overwritten; only
//! what upstream states beside the document moves. Nothing is left out in silence: whatever does not
//! come in is a warning with its reason.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::data::{
    Clash, Edits, EntryFile, OriginRecord, ServerFolder, Spellings, StatusRecord, Tree,
    VersionFolder, digest, entry_folder,
};
use crate::diag::{Code, Diagnostic, Place};
use crate::model::{ServerName, Status, Version};

use super::filter::Filter;
use super::record::{Facts, Reading, Reason, Record};

/// An entry that is there already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Bytes of `server.json`.
    pub server: Option<Vec<u8>>,
    /// What `origin.json` says, if it is there.
    pub origin: Option<OriginRecord>,
    /// What `status.json` says, if it is there.
    pub status: Option<StatusRecord>,
    /// Which of its small files cannot be read.
    pub broken: Option<&'static str>,
}

/// What is there: the spellings that are taken, and the entries that the records name.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// How messages call the data folder.
    pub label: String,
    /// Names and versions that are taken.
    pub spellings: Spellings,
    /// Entries by their folder below the data folder.
    pub entries: HashMap<String, Found>,
}

/// What an import would change, and what it would not bring in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The change.
    pub edits: Edits,
    /// Entries that are new.
    pub new: usize,
    /// Entries of which upstream changed the status or a date.
    pub updated: usize,
    /// Entries that are as upstream has them.
    pub unchanged: usize,
    /// Records that do not come in.
    pub skipped: usize,
    /// Records that nobody asked for.
    pub filtered: usize,
    /// Why each skipped record does not come in.
    pub findings: Vec<Diagnostic>,
}

/// A record that may come in.
struct Candidate {
    record: Record,
    name: ServerName,
    version: Version,
    facts: Facts,
}

impl Candidate {
    fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// Compares `readings`, which came from the registry called `origin`, with what is `present`.
///
/// Of two spellings of one name the one that is there stays, else the one that was published first.
pub fn plan(origin: &str, readings: Vec<Reading>, present: &Present, filter: &Filter) -> Plan {
    let mut plan = Plan::default();
    let mut candidates = plan.sift(readings, filter);
    candidates.sort_by(|a, b| a.facts.published.cmp(&b.facts.published));
    let mut spellings = present.spellings.clone();
    for candidate in candidates {
        match spellings.clash(&candidate.name, &candidate.version) {
            Some(clash) => plan.refuse(&candidate, &reason(clash)),
            None => {
                spellings.take(&candidate.name, &candidate.version);
                plan.place(origin, candidate, present);
            }
        }
    }
    plan
}

/// The folder that an entry has in `tree`, when its record names one that is there.
pub(super) fn folder_of<'a>(
    tree: &'a Tree,
    record: &Record,
) -> Option<(String, &'a ServerFolder, &'a VersionFolder)> {
    let name = ServerName::parse(&record.name).ok()?;
    let version = Version::parse(&record.version).ok()?;
    let server = tree.server(&name)?;
    Some((entry_folder(&name, &version), server, server.version(&version)?))
}

fn reason(clash: Clash) -> Reason {
    let spelled = |what: &str, other: &str| format!("its {what} differs from {other} only by case");
    let help = "leave it out with --exclude; the spelling that was published first stays";
    match clash {
        Clash::Namespace(other) => Reason::new(spelled("namespace", &other), help),
        Clash::Name(other) => Reason::new(spelled("name", &other), help),
        Clash::Version(other) => Reason::new(spelled("version", &other), help),
        Clash::Document(file) => Reason::new(
            format!("its namespace is called like the document {file} of the API"),
            "leave it out with --exclude",
        ),
        Clash::Tombstone(path) => Reason::new(
            format!("it was removed from this registry for good ({path})"),
            "leave it out with --exclude",
        ),
    }
}

impl Plan {
    fn refuse(&mut self, candidate: &Candidate, reason: &Reason) {
        self.skip(reason.refuse(candidate.record.place.clone(), &candidate.label()));
    }

    fn skip(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
        self.skipped += 1;
    }

    /// Leaves the records that are wanted and make sense, each once.
    fn sift(&mut self, readings: Vec<Reading>, filter: &Filter) -> Vec<Candidate> {
        let mut kept: Vec<Candidate> = Vec::with_capacity(readings.len());
        let mut seen: BTreeMap<(ServerName, String), usize> = BTreeMap::new();
        for reading in readings {
            // A record without a name is none that a pattern asks for.
            let name = match &reading {
                Ok(record) => &record.name,
                Err(bad) => &bad.name,
            };
            if !filter.wants(name) {
                self.filtered += 1;
                continue;
            }
            let record = match reading {
                Ok(record) => record,
                Err(bad) => {
                    self.skip(bad.reason.refuse(bad.place.clone(), &bad.name));
                    continue;
                }
            };
            let Some(candidate) = self.make_sense(record) else { continue };
            let key = (candidate.name.clone(), candidate.version.as_str().to_owned());
            match seen.get(&key) {
                Some(at) => self.twice(&mut kept[*at], candidate),
                None => {
                    seen.insert(key, kept.len());
                    kept.push(candidate);
                }
            }
        }
        kept
    }

    fn make_sense(&mut self, record: Record) -> Option<Candidate> {
        let label = format!("{}@{}", record.name, record.version);
        let ask = "tell its publisher; the name and version become a path";
        let name = ServerName::parse(&record.name)
            .map_err(|fault| Reason::new(format!("its name {fault}"), ask));
        let version = Version::parse(&record.version)
            .map_err(|fault| Reason::new(format!("its version {fault}"), ask));
        let whole = name.and_then(|name| Ok((name, version?, record.facts.clone()?)));
        match whole {
            Ok((name, version, facts)) => Some(Candidate { record, name, version, facts }),
            Err(reason) => {
                self.skip(reason.refuse(record.place, &label));
                None
            }
        }
    }

    /// A record that stands in its source a second time: the one that was changed last counts.
    fn twice(&mut self, first: &mut Candidate, second: Candidate) {
        let time = |c: &Candidate| c.facts.updated.clone().unwrap_or(c.facts.published.clone());
        let differs = !same_document(first.record.server.as_bytes(), &second.record.server);
        let (label, place) = (second.label(), second.record.place.clone());
        let first_place = first.record.place.clone();
        if time(&second) > time(first) {
            *first = second;
        }
        if differs {
            let reason = Reason::new(
                "it stands in the source twice with different documents; the one that was changed last is taken",
                "tell the registry that it came from",
            );
            self.skip(reason.refuse(place, &label).label(first_place, "it stands here first"));
        }
    }

    /// Decides what becomes of a record whose name and version are free or its own.
    fn place(&mut self, origin: &str, candidate: Candidate, present: &Present) {
        let folder = entry_folder(&candidate.name, &candidate.version);
        let none = Found::default();
        let found = present.entries.get(&folder).unwrap_or(&none);
        let path = |file: EntryFile| format!("{folder}/{}", file.file_name());
        let there = format!("{}/{}", present.label, path(EntryFile::Server));
        let there = Place::file(there.trim_start_matches('/'));
        match compare(origin, &candidate, found) {
            Step::Keep => self.unchanged += 1,
            Step::Newer(finding) => {
                self.unchanged += 1;
                self.findings.push(finding.label(there, "the entry that is here").as_note());
            }
            Step::Conflict(finding) => self.skip(finding.label(there, "the entry that is here")),
            Step::Write { origin, document } => {
                if document {
                    self.new += 1;
                    self.edits.write(path(EntryFile::Server), candidate.record.server);
                } else {
                    self.updated += 1;
                }
                self.edits.write(path(EntryFile::Origin), origin.to_json());
                let (status, message) = (candidate.facts.status, candidate.facts.message);
                if status != Status::Active {
                    let record = StatusRecord { status, message };
                    self.edits.write(path(EntryFile::Status), record.to_json());
                } else if found.status.is_some() {
                    self.edits.remove(path(EntryFile::Status));
                }
            }
        }
    }
}

/// What becomes of a record.
enum Step {
    /// Nothing: it is there.
    Keep,
    /// Nothing: the entry was changed here, later than upstream.
    Newer(Diagnostic),
    /// Nothing: something else is there.
    Conflict(Diagnostic),
    /// Its small files are written, and the document too when it is new.
    Write { origin: OriginRecord, document: bool },
}

fn compare(origin: &str, candidate: &Candidate, found: &Found) -> Step {
    if let Some(file) = found.broken {
        let why = format!("the {file} that is here cannot be read");
        return Step::Conflict(conflict(candidate, &why, "run `mcp-static check` and correct it"));
    }
    let Some(bytes) = &found.server else {
        let bytes = candidate.record.server.as_bytes();
        return Step::Write { origin: stated(candidate, origin, bytes), document: true };
    };
    let mirrored = found.origin.as_ref().and_then(|o| Some((o, o.registry.as_deref()?)));
    if !same_document(bytes, &candidate.record.server) {
        let (why, help) = match mirrored {
            Some(_) => (
                "the document that is here differs, and a published version is immutable",
                "remove the folder and import again if upstream's document is the right one",
            ),
            None => (
                "an own entry with another document stands here",
                "leave the record out with --exclude, or remove the own entry",
            ),
        };
        return Step::Conflict(conflict(candidate, why, help));
    }
    match mirrored {
        Some((here, registry)) => {
            refresh(origin, candidate, (here, registry), bytes, found.status.as_ref())
        }
        None => Step::Keep, // an own entry that upstream has too
    }
}

/// What becomes of the facts about a mirrored document that is here already.
fn refresh(
    origin: &str,
    candidate: &Candidate,
    (here, registry): (&OriginRecord, &str),
    bytes: &[u8],
    status: Option<&StatusRecord>,
) -> Step {
    let is_url = |text: &str| text.contains("://");
    if is_url(registry) && is_url(origin) && registry != origin {
        return Step::Keep; // whoever brought it first keeps it current
    }
    // A dump does not take over from a live registry; the other way round is welcome.
    let stated = stated(candidate, if is_url(registry) { registry } else { origin }, bytes);
    let (facts, status) = (&candidate.facts, status.cloned().unwrap_or_default());
    let agrees = (status.status, &status.message) == (facts.status, &facts.message);
    if agrees && *here == stated {
        return Step::Keep;
    }
    if here.dates().map(|d| d.updated) > stated.dates().map(|d| d.updated) {
        let message =
            format!("{} was changed here after upstream's last change", candidate.label());
        let place = candidate.record.place.clone();
        return Step::Newer(Diagnostic::new(Code::ImportConflict, place, message));
    }
    Step::Write { origin: stated, document: false }
}

fn conflict(candidate: &Candidate, why: &str, help: &str) -> Diagnostic {
    let message = format!("{} was not imported: {why}", candidate.label());
    Diagnostic::new(Code::ImportConflict, candidate.record.place.clone(), message).help(help)
}

/// The `origin.json` of a document that came from `registry`.
fn stated(candidate: &Candidate, registry: &str, bytes: &[u8]) -> OriginRecord {
    let facts = &candidate.facts;
    OriginRecord {
        registry: Some(registry.to_owned()),
        sha256: Some(digest(bytes)),
        published: Some(facts.published.clone()),
        updated: facts.updated.clone(),
        status_changed: facts.status_changed.clone(),
    }
}

/// Whether two texts say the same: equal bytes, or equal values however they are spelled.
fn same_document(bytes: &[u8], text: &str) -> bool {
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    bytes == text.as_bytes()
        || value(bytes).is_some_and(|here| value(text.as_bytes()) == Some(here))
}
