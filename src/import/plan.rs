//! What an import would change: a pure function of the records, the data folder and the time.
//!
//! A published version is immutable, so an entry with another document is never overwritten; only the
//! facts beside the document are updated. Every record that is skipped gets a warning with the reason.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::check::placeholder;
use crate::data::{
    Clash, Edits, EntryFile, ServerFolder, Spellings, StatusRecord, Tree, VersionFolder,
    entry_folder,
};
use crate::diag::{Code, Diagnostic, Place};
use crate::model::{InvalidName, ServerName, Status, Timestamp, Version};

use super::candidate::{ASK_OR_CLOCK, Candidate, Existing};
use super::compare::{Compare, Decision, same_document};
use super::filter::Filter;
use super::record::{Facts, Reading, Reason, UpstreamRecord};

/// The state of the data folder: used spellings, and the entries that the records name.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// Name of the data folder in messages.
    pub label: String,
    /// Names and versions in use.
    pub spellings: Spellings,
    /// Entries by their folder below the data folder.
    pub entries: HashMap<String, Existing>,
}

/// What an import would change, and what it would skip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// The change.
    pub edits: Edits,
    /// Entries that are new.
    pub new: usize,
    /// Entries of which upstream changed the status or a date.
    pub updated: usize,
    /// Entries that are as upstream has them.
    pub unchanged: usize,
    /// Records that are skipped.
    pub skipped: usize,
    /// Records that the filter leaves out.
    pub filtered: usize,
    /// Why each skipped record is skipped, and other warnings.
    pub findings: Vec<Diagnostic>,
}

/// How far a date may be ahead of the clock, in seconds.
pub(super) const AHEAD: i64 = 24 * 60 * 60;

/// Compares `readings`, which came from the registry called `origin`, with what is `present`; `now` is the
/// time in seconds after 1970 began.
///
/// Of two spellings of one name the existing one stays, else the one that was published first. An entry
/// that a build would refuse is skipped.
pub fn plan(
    origin: &str,
    readings: Vec<Reading>,
    present: &Present,
    filter: &Filter,
    now: i64,
) -> ImportPlan {
    let latest = Timestamp::from_unix(now.saturating_add(AHEAD));
    let mut plan = ImportPlan::default();
    let mut candidates = plan.select(readings, filter, &latest);
    candidates.sort_by(|a, b| a.facts.published.cmp(&b.facts.published));
    let compare = Compare::new(origin, &present.label, &latest);
    let none = Existing::default();
    let decisions: Vec<Decision> = candidates
        .par_iter()
        .map(|candidate| {
            let folder = entry_folder(&candidate.name, &candidate.version);
            compare.decision(candidate, present.entries.get(&folder).unwrap_or(&none))
        })
        .collect();
    let mut spellings = present.spellings.clone();
    for (candidate, decision) in candidates.into_iter().zip(decisions) {
        match (spellings.clash(&candidate.name, &candidate.version), decision) {
            (Some(clash), _) => plan.refuse(&candidate, &reason(clash)),
            (None, Decision::Refuse(reason)) => plan.refuse(&candidate, &reason),
            (None, decision) => {
                spellings.take(&candidate.name, &candidate.version);
                plan.place(candidate, decision, present);
            }
        }
    }
    plan
}

/// Returns the folder that an entry has in `tree`, when its record names one that is there.
pub(super) fn folder_of<'a>(
    tree: &'a Tree,
    record: &UpstreamRecord,
) -> Option<(String, &'a ServerFolder, &'a VersionFolder)> {
    let name = ServerName::parse(&record.name).ok()?;
    let version = Version::parse(&record.version).ok()?;
    let server = tree.server(&name)?;
    Some((entry_folder(&name, &version), server, server.version(&version)?))
}

/// Drops dates of changes that lie in the future and returns the reasons: such a date would block every
/// later change.
fn drop_future(facts: &mut Facts, latest: &Timestamp) -> Vec<String> {
    let dates = [("updatedAt", &mut facts.updated), ("statusChangedAt", &mut facts.status_changed)];
    let drop = |(key, date): (&str, &mut Option<Timestamp>)| {
        let date = date.take_if(|date| *date > *latest)?;
        Some(format!("its {key} {date} lies in the future"))
    };
    dates.into_iter().filter_map(drop).collect()
}

/// Says what is wrong with a name or version that cannot be a path, which a template often left so.
fn wrong(what: &str, text: &str, fault: &InvalidName) -> String {
    match placeholder(text) {
        Some(left) => format!("its {what} has the placeholder {left:?}, which was not filled in"),
        None => format!("its {what} {fault}"),
    }
}

/// Returns why a name or version that collides is not imported.
pub(super) fn reason(clash: Clash) -> Reason {
    let spelled = |what: &str, other: &str| format!("its {what} differs from {other} only by case");
    let help =
        "leave it out with --exclude or `exclude`; the spelling that was published first stays";
    match clash {
        Clash::Namespace(other) => Reason::new(spelled("namespace", &other), help),
        Clash::Name(other) => Reason::new(spelled("name", &other), help),
        Clash::Version(other) => Reason::new(spelled("version", &other), help),
        Clash::Document(file) => Reason::new(
            format!("its namespace has the name of the API's document {file}"),
            "leave it out with --exclude, or `exclude` of a [[mirror]]",
        ),
        Clash::Tombstone(path) => Reason::new(
            format!("it was removed from this registry permanently ({path})"),
            "leave it out with --exclude, or `exclude` of a [[mirror]]",
        ),
    }
}

impl ImportPlan {
    /// Adds another plan, of other entries.
    pub fn extend(&mut self, other: Self) {
        self.edits.extend(other.edits);
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.filtered += other.filtered;
        self.findings.extend(other.findings);
    }

    fn refuse(&mut self, candidate: &Candidate, reason: &Reason) {
        self.skip(reason.refuse(candidate.record.place.clone(), &candidate.label()));
    }

    fn skip(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
        self.skipped += 1;
    }

    /// Returns the records that are wanted and valid, each once.
    fn select(
        &mut self,
        readings: Vec<Reading>,
        filter: &Filter,
        latest: &Timestamp,
    ) -> Vec<Candidate> {
        let mut kept: Vec<Candidate> = Vec::with_capacity(readings.len());
        let mut seen: BTreeMap<(ServerName, String), usize> = BTreeMap::new();
        for reading in readings {
            // A record without a name matches no pattern.
            let name = reading.as_ref().map_or_else(|bad| &bad.name, |record| &record.name);
            if !filter.wants(name) {
                self.filtered += 1;
                continue;
            }
            let candidate = match reading {
                Ok(record) => self.validate(record, latest),
                Err(bad) => {
                    self.skip(bad.reason.refuse(bad.place.clone(), &bad.name));
                    None
                }
            };
            let Some(candidate) = candidate else { continue };
            let key = (candidate.name.clone(), candidate.version.as_str().to_owned());
            match seen.get(&key) {
                Some(at) => self.merge(&mut kept[*at], candidate),
                None => {
                    seen.insert(key, kept.len());
                    kept.push(candidate);
                }
            }
        }
        kept
    }

    fn validate(&mut self, record: UpstreamRecord, latest: &Timestamp) -> Option<Candidate> {
        let label = format!("{}@{}", record.name, record.version);
        let ask = "tell its publisher; the name and the version are used as a path, so they must be valid";
        let name = ServerName::parse(&record.name)
            .map_err(|fault| Reason::new(wrong("name", &record.name, &fault), ask));
        let version = Version::parse(&record.version)
            .map_err(|fault| Reason::new(wrong("version", &record.version, &fault), ask));
        let whole = name.and_then(|name| Ok((name, version?, record.facts.clone()?)));
        match whole {
            Ok((name, version, mut facts)) => {
                let lost = drop_future(&mut facts, latest);
                for why in facts.lost.iter().chain(&lost) {
                    let message = format!("{label}: {why}; it was not imported");
                    let finding =
                        Diagnostic::new(Code::ImportConflict, record.place.clone(), message);
                    self.findings.push(finding.help(ASK_OR_CLOCK));
                }
                let ahead = !lost.is_empty() || !facts.lost.is_empty();
                let undated = facts.published > *latest;
                Some(Candidate { record, name, version, facts, ahead, undated })
            }
            Err(reason) => {
                self.skip(reason.refuse(record.place, &label));
                None
            }
        }
    }

    /// Handles a record that occurs twice in its source: the one that was changed last counts.
    fn merge(&mut self, first: &mut Candidate, second: Candidate) {
        let published = |c: &Candidate| Some(c.facts.published.clone()).filter(|_| !c.undated);
        let time = |c: &Candidate| c.facts.updated.clone().or_else(|| published(c));
        let differs = !same_document(first.record.server.as_bytes(), &second.record.server);
        let (label, place) = (second.label(), second.record.place.clone());
        let first_place = first.record.place.clone();
        if time(&second) > time(first) {
            *first = second;
        }
        if differs {
            let reason = Reason::new(
                "it occurs twice in the source with different documents; the one that was changed last is imported",
                "tell the registry that it came from",
            );
            self.skip(reason.refuse(place, &label).label(first_place, "it occurs here first"));
        }
    }

    /// Plans what happens to a record whose name and version are free or its own.
    fn place(&mut self, candidate: Candidate, decision: Decision, present: &Present) {
        let folder = entry_folder(&candidate.name, &candidate.version);
        let path = |file: EntryFile| format!("{folder}/{}", file.file_name());
        let there = format!("{}/{}", present.label, path(EntryFile::Server));
        let there = Place::file(there.trim_start_matches('/'));
        let label = |finding: Diagnostic| finding.label(there.clone(), "the entry that is here");
        match decision {
            Decision::Refuse(reason) => self.refuse(&candidate, &reason),
            Decision::Keep(finding) => {
                self.unchanged += 1;
                self.findings.extend(finding.map(label));
            }
            Decision::Conflict(finding) => self.skip(label(finding)),
            Decision::Write { origin, document, say } => {
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
