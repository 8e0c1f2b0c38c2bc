//! What an import would change: a pure function of the records, of what is there and of the time.
//!
//! A published version is immutable, so an entry with another document is never overwritten; only
//! what upstream states beside the document moves. Nothing is left out in silence: whatever does not
//! come in is a warning with its reason.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::data::{
    Clash, Edits, EntryFile, OriginRecord, ServerFolder, Spellings, StatusRecord, Tree,
    VersionFolder, entry_folder,
};
use crate::diag::{Code, Diagnostic, Place};
use crate::model::{ServerName, Status, Timestamp, Version};

use super::compare::{Compare, Step, same_document};
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

/// How far a date may be ahead of the clock, in seconds.
const AHEAD: i64 = 24 * 60 * 60;

/// A record that may come in.
pub(super) struct Candidate {
    pub(super) record: Record,
    pub(super) name: ServerName,
    pub(super) version: Version,
    pub(super) facts: Facts,
    /// Whether the date of its last change lies in the future and was not taken.
    pub(super) ahead: bool,
}

impl Candidate {
    pub(super) fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// Compares `readings`, which came from the registry called `origin`, with what is `present`; `now` is the
/// time in seconds after 1970 began.
///
/// Of two spellings of one name the one that is there stays, else the one that was published first. An
/// entry that a build would refuse is not planned.
pub fn plan(
    origin: &str,
    readings: Vec<Reading>,
    present: &Present,
    filter: &Filter,
    now: i64,
) -> Plan {
    let latest = Timestamp::from_unix(now.saturating_add(AHEAD));
    let mut plan = Plan::default();
    let mut candidates = plan.sift(readings, filter, &latest);
    candidates.sort_by(|a, b| a.facts.published.cmp(&b.facts.published));
    let compare = Compare::new(origin, &present.label, &latest);
    let none = Found::default();
    let steps: Vec<Step> = candidates
        .par_iter()
        .map(|candidate| {
            let folder = entry_folder(&candidate.name, &candidate.version);
            compare.step(candidate, present.entries.get(&folder).unwrap_or(&none))
        })
        .collect();
    let mut spellings = present.spellings.clone();
    for (candidate, step) in candidates.into_iter().zip(steps) {
        match (spellings.clash(&candidate.name, &candidate.version), step) {
            (Some(clash), _) => plan.refuse(&candidate, &reason(clash)),
            (None, Step::Refuse(reason)) => plan.refuse(&candidate, &reason),
            (None, step) => {
                spellings.take(&candidate.name, &candidate.version);
                plan.place(candidate, step, present);
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
    fn sift(
        &mut self,
        readings: Vec<Reading>,
        filter: &Filter,
        latest: &Timestamp,
    ) -> Vec<Candidate> {
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
            let Some(candidate) = self.make_sense(record, latest) else { continue };
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

    fn make_sense(&mut self, record: Record, latest: &Timestamp) -> Option<Candidate> {
        let label = format!("{}@{}", record.name, record.version);
        let ask = "tell its publisher; the name and version become a path";
        let name = ServerName::parse(&record.name)
            .map_err(|fault| Reason::new(format!("its name {fault}"), ask));
        let version = Version::parse(&record.version)
            .map_err(|fault| Reason::new(format!("its version {fault}"), ask));
        let whole = name.and_then(|name| Ok((name, version?, record.facts.clone()?)));
        let whole = whole.and_then(|whole| match whole.2.published > *latest {
            false => Ok(whole),
            true => Err(Reason::new(
                format!("its publishedAt {} lies in the future", whole.2.published),
                "tell the registry that it came from, or correct the clock of this computer",
            )),
        });
        match whole {
            Ok((name, version, mut facts)) => {
                let ahead = self.drop_future(&label, &record.place, &mut facts, latest);
                Some(Candidate { record, name, version, facts, ahead })
            }
            Err(reason) => {
                self.skip(reason.refuse(record.place, &label));
                None
            }
        }
    }

    /// Drops dates that lie in the future, and says so: as the last change of a version one would keep
    /// every later change out.
    fn drop_future(
        &mut self,
        label: &str,
        place: &Place,
        facts: &mut Facts,
        latest: &Timestamp,
    ) -> bool {
        let mut ahead = false;
        for (key, date) in
            [("updatedAt", &mut facts.updated), ("statusChangedAt", &mut facts.status_changed)]
        {
            if let Some(date) = date.take_if(|date| *date > *latest) {
                ahead = true;
                let message =
                    format!("the {key} {date} of {label} lies in the future and was not taken");
                self.findings
                    .push(Diagnostic::new(Code::ImportConflict, place.clone(), message).help(
                    "tell the registry that it came from, or correct the clock of this computer",
                ));
            }
        }
        ahead
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

    /// Plans what becomes of a record whose name and version are free or its own.
    fn place(&mut self, candidate: Candidate, step: Step, present: &Present) {
        let folder = entry_folder(&candidate.name, &candidate.version);
        let path = |file: EntryFile| format!("{folder}/{}", file.file_name());
        let there = format!("{}/{}", present.label, path(EntryFile::Server));
        let there = Place::file(there.trim_start_matches('/'));
        let label = |finding: Diagnostic| finding.label(there.clone(), "the entry that is here");
        match step {
            Step::Refuse(reason) => self.refuse(&candidate, &reason),
            Step::Keep(finding) => {
                self.unchanged += 1;
                self.findings.extend(finding.map(label));
            }
            Step::Conflict(finding) => self.skip(label(finding)),
            Step::Write { origin, document, say } => {
                self.findings.extend(say.into_iter().map(label));
                if document {
                    self.new += 1;
                    self.edits.write(path(EntryFile::Server), candidate.record.server);
                } else {
                    self.updated += 1;
                }
                self.edits.write(path(EntryFile::Origin), origin.to_json());
                let (status, message) = (candidate.facts.status, candidate.facts.message);
                let found = present.entries.get(&folder);
                if status != Status::Active {
                    let record = StatusRecord { status, message };
                    self.edits.write(path(EntryFile::Status), record.to_json());
                } else if found.is_some_and(|found| found.status.is_some()) {
                    self.edits.remove(path(EntryFile::Status));
                }
            }
        }
    }
}
