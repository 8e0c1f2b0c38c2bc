//! One run of a `[[mirror]]`: which records are asked for, which of them come in, and what is said about the rest.
//!
//! What is here from the registry is kept current, whatever the settings select now; they select what comes in.
//! Nothing is ever removed: what the registry does not list any more stays and is reported. A server of which this
//! registry has an entry of its own, or one from a third registry, takes nothing in.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use crate::config::{Mirror, Selector, StatusChanges, VersionChoice};
use crate::data::{Edit, Edits, EntryFile, MirrorState, StatusRecord, digest, entry_folder};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ServerName, Status, Timestamp, Version};
use crate::text::{count, shorten};
use crate::world::http::shown;

use super::compare::differing;
use super::filter::Filter;
use super::plan::{AHEAD, ImportPlan, Present, plan};
use super::present::{HeldServers, held, present};
use super::record::{Reading, UpstreamRecord};
use super::steps::status;
use super::store::PageStore;
use super::upstream::Upstream;

/// How far before the newest change that was seen a run asks again, in seconds: a registry may date a change before it
/// lists it.
const OVERLAP: i64 = 24 * 60 * 60;

/// After how many seconds everything is compared again: a version that becomes the latest because another one was
/// withdrawn has no new date, and a registry may lose a server.
const SWEEP: i64 = 7 * 24 * 60 * 60;

/// From how many servers on the list is read although no pattern needs it.
const MANY: usize = 200;

/// One run of a `[[mirror]]`.
pub struct MirrorRun<'a> {
    /// The data folder.
    pub root: &'a Path,
    /// How messages call it.
    pub label: &'a str,
    /// The mirror; its `from` is the base URL of the upstream.
    pub mirror: &'a Mirror,
    /// How far it has come.
    pub state: Option<&'a MirrorState>,
    /// Whether everything is compared even if that is not due.
    pub full: bool,
}

impl MirrorRun<'_> {
    /// Asks the registry and returns what would change. Nothing is written but pages, to `store`.
    ///
    /// # Errors
    /// When the registry cannot be asked as a whole, and when it marks more entries as deleted than the settings allow.
    pub fn plan(&self, upstream: &Upstream<'_>, store: &PageStore) -> Result<MirrorPlan> {
        let held = held(self.root, self.label)?;
        let (mirror, state, full, now) = (self.mirror, self.state, self.full, upstream.clock.now());
        let comparison = Comparison { mirror, state, full, held: &held, now };
        let gathered = comparison.gather(upstream, store)?;
        let present = present(self.root, self.label, &gathered.readings)?;
        comparison.plan(gathered, &present)
    }
}

/// One run of a mirror, with what is here.
pub(super) struct Comparison<'a> {
    pub(super) mirror: &'a Mirror,
    pub(super) state: Option<&'a MirrorState>,
    pub(super) full: bool,
    /// What is here.
    pub(super) held: &'a HeldServers,
    /// The time in seconds after 1970 began.
    pub(super) now: i64,
}

/// What a registry answered.
pub(super) struct Gathered {
    /// The records that are wanted.
    pub(super) readings: Vec<Reading>,
    /// How far the mirror comes with them; `None` when no list was walked through.
    state: Option<MirrorState>,
    findings: Vec<Diagnostic>,
}

/// What a run changes.
#[derive(Debug)]
pub struct MirrorPlan {
    /// The changed entries, and what is said.
    pub plan: ImportPlan,
    /// How far the mirror has come; `None` when no list was walked through.
    pub state: Option<MirrorState>,
}

/// What a walk has seen beside the records that it keeps.
#[derive(Default)]
struct Seen {
    names: HashSet<String>,
    newest: Option<Timestamp>,
    /// Names that belong to others, with the owner.
    taken: BTreeMap<String, Option<String>>,
}

impl Comparison<'_> {
    /// Asks the registry. Servers that are named without a pattern are asked for one by one, so that all their
    /// versions are seen even where a list holds the latest only; patterns need the list.
    pub(super) fn gather(&self, upstream: &Upstream<'_>, store: &PageStore) -> Result<Gathered> {
        let mut seen = Seen::default();
        let matched: Vec<Cell<bool>> =
            self.mirror.servers.iter().map(|_| Cell::new(false)).collect();
        let mut gathered = Gathered { readings: Vec::new(), state: None, findings: Vec::new() };
        let has_pattern = self.mirror.servers.iter().any(|selector| !selector.is_exact());
        let is_listed = has_pattern || self.held_from_here().nth(MANY).is_some();
        let by_name = self.asked_by_name(is_listed);
        if is_listed {
            let since = self.since();
            let walk = upstream.walk(store, since.as_ref(), &mut |reading| {
                let is_asked = reading.as_ref().is_ok_and(|it| by_name.contains(&it.name));
                self.keeps(reading, &matched, &mut seen) && !is_asked
            })?;
            gathered.readings = walk.readings;
            if walk.complete {
                self.report_gone(&seen.names, &mut gathered.findings);
                self.report_unmatched(&matched, |it| !it.is_exact(), &mut gathered.findings);
            }
            gathered.state = Some(self.next_state(seen.newest.as_ref(), walk.complete));
        }
        for name in &by_name {
            let Some(name) = ServerName::parse(name).ok() else { continue };
            match upstream.versions(&name)? {
                Some(readings) if !readings.is_empty() => {
                    let kept = readings.into_iter();
                    gathered.readings.extend(kept.filter(|it| self.keeps(it, &matched, &mut seen)));
                    let is_about = |it: &Selector| it.name == name.as_str();
                    self.report_unmatched(&matched, is_about, &mut gathered.findings);
                }
                _ => self.report_missing(&name, &mut gathered.findings),
            }
        }
        gathered
            .findings
            .extend(seen.taken.iter().map(|(name, owner)| self.taken(name, owner.as_deref())));
        Ok(gathered)
    }

    /// Plans what `gathered` changes; `present` is what is here of its records.
    ///
    /// # Errors
    /// When more entries would be marked as deleted than the settings allow.
    pub(super) fn plan(&self, mut gathered: Gathered, present: &Present) -> Result<MirrorPlan> {
        let mut findings = std::mem::take(&mut gathered.findings);
        if self.mirror.status == StatusChanges::Report {
            gathered.readings.retain(|reading| {
                let Ok(record) = reading else { return true };
                let Some(entry) = here(record, present) else { return true };
                findings.extend(differing(record, entry));
                findings.extend(self.differs(record, &entry.status.clone().unwrap_or_default()));
                false
            });
        }
        let everything = Filter::default();
        let mut plan = plan(&self.mirror.from, gathered.readings, present, &everything, self.now);
        let withdrawn = withdrawn(&plan.edits, present);
        let most = self.mirror.max_deletions;
        if withdrawn > most {
            let what = format!(
                "{} would mark {} as deleted, and max_deletions of this [[mirror]] is {most}",
                shown(&self.mirror.from),
                count(withdrawn, "entry")
            );
            let help = format!(
                "ask its operator; if that is right, set max_deletions = {withdrawn} and run `mcp-static sync` again"
            );
            return Err(Error::new(ErrorKind::Remote, what).help(help));
        }
        plan.findings.splice(0..0, findings);
        let state = gathered.state.map(|next| self.recorded(next, plan.edits.is_empty()));
        Ok(MirrorPlan { plan, state })
    }

    /// Returns the date after which changes are asked for; `None` asks for everything.
    fn since(&self) -> Option<Timestamp> {
        let state = self.state.filter(|_| !self.full)?;
        let is_past = |date: &Timestamp| date.unix() <= self.now.saturating_add(AHEAD);
        let swept = self.now.saturating_sub(state.swept.unix());
        let usable = state.selection == self.selection()
            && is_past(&state.since)
            && is_past(&state.swept)
            && swept < SWEEP;
        usable.then(|| Timestamp::from_unix(state.since.unix().saturating_sub(OVERLAP)))
    }

    /// Returns how far the mirror comes with a walk.
    fn next_state(&self, newest: Option<&Timestamp>, complete: bool) -> MirrorState {
        let before = self.state.filter(|_| !complete);
        let newest = newest.cloned().into_iter().chain(before.map(|state| state.since.clone()));
        let since = newest.max().unwrap_or_else(|| Timestamp::from_unix(0));
        let swept = before.map_or_else(|| since.clone(), |state| state.swept.clone());
        MirrorState { selection: self.selection(), since, swept }
    }

    /// Returns the state that is written. Without a changed entry it stays as it was, so that a run in which nothing
    /// happens writes nothing.
    fn recorded(&self, next: MirrorState, unchanged: bool) -> MirrorState {
        match self.state {
            Some(state) if unchanged && state.selection == next.selection => state.clone(),
            _ => next,
        }
    }

    /// Returns the SHA-256 of what decides which records come in, and what is taken from those that are here.
    fn selection(&self) -> String {
        let words = |texts: Vec<&str>| texts.join("\n");
        let servers = words(self.mirror.servers.iter().map(|it| it.text.as_str()).collect());
        let exclude = words(self.mirror.exclude.iter().map(String::as_str).collect());
        let status = match self.mirror.status {
            StatusChanges::Follow => "",
            StatusChanges::Report => "\n\nreport",
        };
        digest(format!("{servers}\n\n{exclude}{status}").as_bytes())
    }

    /// Returns the names that are asked for one by one.
    fn asked_by_name(&self, is_listed: bool) -> BTreeSet<String> {
        let named = self.mirror.servers.iter().filter(|selector| selector.is_exact());
        let mut names: BTreeSet<String> =
            named.map(|it| it.name.clone()).filter(|name| !self.mirror.excludes(name)).collect();
        if !is_listed {
            names.extend(self.held_from_here().cloned());
        }
        names
    }

    /// Names of servers that have a version from this registry.
    fn held_from_here(&self) -> impl Iterator<Item = &String> {
        let is_ours = |origin: &Option<String>| origin.as_deref() == Some(&self.mirror.from);
        let held = self.held.iter().filter(move |(_, versions)| versions.values().any(is_ours));
        held.map(|(name, _)| name)
    }

    /// Whether a record is wanted.
    fn keeps(&self, reading: &Reading, matched: &[Cell<bool>], seen: &mut Seen) -> bool {
        let record = match reading {
            Ok(record) => record,
            Err(bad) => return self.matches(&bad.name, matched, |_| true),
        };
        seen.names.insert(record.name.clone());
        if let Ok(facts) = &record.facts {
            let changed = facts.updated.as_ref().unwrap_or(&facts.published);
            if changed.unix() <= self.now && Some(changed) > seen.newest.as_ref() {
                seen.newest = Some(changed.clone());
            }
        }
        let selected = self.selects(record, matched);
        let Some(versions) = self.held.get(&record.name) else { return selected };
        let from = Some(self.mirror.from.clone());
        if versions.get(&record.version) == Some(&from) {
            return true;
        }
        match versions.values().find(|origin| **origin != from) {
            Some(owner) => {
                if selected {
                    seen.taken.insert(record.name.clone(), owner.clone());
                }
                false
            }
            None => selected,
        }
    }

    /// Whether the settings select a name, and for it what `choose` is true for.
    fn matches(
        &self,
        name: &str,
        matched: &[Cell<bool>],
        choose: impl Fn(&VersionChoice) -> bool,
    ) -> bool {
        let mut any = false;
        for (selector, matched) in self.mirror.servers.iter().zip(matched) {
            if selector.names(name) && choose(&selector.versions) {
                matched.set(true);
                any = true;
            }
        }
        any && !self.mirror.excludes(name)
    }

    fn selects(&self, record: &UpstreamRecord, matched: &[Cell<bool>]) -> bool {
        let facts = record.facts.as_ref();
        // A record without dates is refused by the plan, which says why.
        let is_latest = facts.map_or(true, |it| it.latest && it.status != Status::Deleted);
        self.matches(&record.name, matched, |versions| versions.contain(&record.version, is_latest))
    }

    fn place(&self) -> Place {
        Place::file(shown(&self.mirror.from).to_string())
    }

    /// Reports the selectors that nothing in the registry matches, of those that `is_asked` names.
    fn report_unmatched(
        &self,
        matched: &[Cell<bool>],
        is_asked: impl Fn(&Selector) -> bool,
        findings: &mut Vec<Diagnostic>,
    ) {
        let selectors = self.mirror.servers.iter().zip(matched);
        let unmatched = selectors.filter(|(it, matched)| is_asked(it) && !matched.get());
        findings.extend(
            unmatched.map(|(it, _)| self.not_found(format!("nothing that matches {:?}", it.text))),
        );
    }

    fn not_found(&self, what: String) -> Diagnostic {
        let message = format!("{} has {what}", shown(&self.mirror.from));
        Diagnostic::new(Code::MirrorGone, self.place(), message)
            .help("correct `servers` of this [[mirror]] in registry.toml")
    }

    /// Reports servers that are here and that a whole list does not have any more.
    fn report_gone(&self, names: &HashSet<String>, findings: &mut Vec<Diagnostic>) {
        let gone = self.held_from_here().filter(|name| !names.contains(*name));
        findings.extend(gone.map(|name| self.gone(name)));
    }

    fn report_missing(&self, name: &ServerName, findings: &mut Vec<Diagnostic>) {
        let is_here = self.held_from_here().any(|held| held == name.as_str());
        findings.push(match is_here {
            true => self.gone(name.as_str()),
            false => self.not_found(format!("no server {name}")),
        });
    }

    fn gone(&self, name: &str) -> Diagnostic {
        let registry = shown(&self.mirror.from);
        let message =
            format!("{name} is not listed by {registry} any more; it stays here as it was");
        let help = format!(
            "find out why; `mcp-static status {name} deleted --message WHY` withdraws it here too"
        );
        Diagnostic::new(Code::MirrorGone, self.place(), message).help(help)
    }

    fn taken(&self, name: &str, owner: Option<&str>) -> Diagnostic {
        let whose = match owner {
            None => "this registry has its own entries with that name".to_owned(),
            Some(other) => format!("it is mirrored from {}", shorten(other)),
        };
        let message = format!("{name} was not mirrored: {whose}");
        let help = format!("add {name:?} to `exclude` of this [[mirror]] to end this warning");
        Diagnostic::new(Code::ImportConflict, self.place(), message).help(help)
    }

    /// Returns the warning about a status that differs and is not taken.
    fn differs(&self, record: &UpstreamRecord, here: &StatusRecord) -> Option<Diagnostic> {
        let status = record.facts.as_ref().ok()?.status;
        if status == here.status {
            return None;
        }
        let label = format!("{}@{}", record.name, record.version);
        let message = format!("{label} is {status} in its registry and {} here", here.status);
        let help = format!(
            "`mcp-static status {label} {status}` takes it over; this [[mirror]] has status = \"report\""
        );
        Some(Diagnostic::new(Code::ImportConflict, record.place.clone(), message).help(help))
    }
}

/// Returns how many entries that are here and not deleted become deleted.
fn withdrawn(edits: &Edits, present: &Present) -> usize {
    let file = format!("/{}", EntryFile::Status.file_name());
    let is_withdrawn = |(path, edit): &(&str, &Edit)| {
        let entry = path.strip_suffix(&file).and_then(|folder| present.entries.get(folder));
        let Some(entry) = entry.filter(|entry| entry.server.is_some()) else { return false };
        let before = entry.status.as_ref().map(|it| it.status).unwrap_or_default();
        let after = match edit {
            Edit::Write(bytes) => status(bytes).status,
            Edit::Remove => Status::Active,
        };
        after == Status::Deleted && before != Status::Deleted
    };
    edits.iter().filter(is_withdrawn).count()
}

/// Returns what is here of a record.
fn here<'a>(
    record: &UpstreamRecord,
    present: &'a Present,
) -> Option<&'a super::candidate::Existing> {
    let name = ServerName::parse(&record.name).ok()?;
    let version = Version::parse(&record.version).ok()?;
    let entry = present.entries.get(&entry_folder(&name, &version))?;
    entry.server.is_some().then_some(entry)
}
