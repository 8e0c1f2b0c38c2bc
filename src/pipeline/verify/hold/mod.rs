//! The second gate, before a deployment: every step of the published branch, judged by the settings that
//! were accepted before it. What is refused is held back, path by path; the rest is published.
//!
//! A pull request may have been merged that never passed the first gate, or passed it by a workflow
//! that it changed itself. So nothing is taken from the first gate but what the forge still knows. What
//! is held counts as not merged: later steps are judged on top of what was accepted, so a later step can
//! also put it right.

mod keys;
mod refusal;
mod settle;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, Trust};
use crate::diag::{Diagnostic, Report, Severity};
use crate::error::Result;
use crate::pipeline::Held;
use crate::proof::change::{EntryChange, EntryKind};
use crate::world::git::{Ancestry, Git, Oid, Side};

use super::ground::{Ground, Step, join, read_settings};
use super::{Doors, Judged, Judgement, VerifyOptions, judge, look_for_data, open, trust};
use keys::Keys;
use refusal::{Refused, refused, was_decided};
use steps::{founding, identity, steps};

/// Something that is not published as the branch has it, and what would change that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// What is held, and what is published instead.
    pub held: Held,
    /// The commit that brought it.
    pub commit: String,
    /// Why it is refused.
    pub why: String,
    /// What to do.
    pub help: String,
}

/// A path that is kept as it was accepted.
struct Kept {
    /// The commit that has the accepted state; `None` where there is nothing.
    from: Option<Oid>,
    /// What that commit has at the paths of the key.
    sides: Vec<(String, Option<Side>)>,
    /// The step that brought what is refused, by position.
    step: usize,
    why: String,
    help: String,
}

/// Judges each step of the head's first-parent line after the base by itself. Without a base nothing was
/// published before: the branch's first commit founded the registry, and entries may still go.
///
/// # Errors
/// As for [`super::verify`].
pub fn verify_by_commit(options: &VerifyOptions, doors: &dyn Doors) -> Result<Judged> {
    let (git, prefix) = open(options)?;
    let head = git.resolve(options.head.as_deref().unwrap_or("HEAD"))?;
    let base = options.base.as_deref().map(|base| git.resolve(base)).transpose()?;
    look_for_data(&git, &prefix, &[base, Some(head)])?;
    let start = match base {
        Some(base) => base,
        None => founding(&git, &prefix, head)?,
    };
    let line = steps(&git, start, head)?;
    let published = options.published.as_deref().map(|rev| git.resolve(rev)).transpose()?;
    let deployed = published.and_then(|rev| line.iter().position(|(_, commit)| *commit == rev));
    let mut gate = Gate {
        git: &git,
        prefix: &prefix,
        keys: Keys { prefix: &prefix },
        is_published: base.is_some(),
        deployed: deployed.map_or(0, |at| at + 1),
        new: BTreeSet::new(),
        options,
        doors,
        kept: BTreeMap::new(),
        said: Vec::new(),
        whole: Whole::default(),
        ancestry: git.ancestry(start)?,
    };
    if base.is_none() {
        let files = git.files(start, &join(&prefix, "servers"))?;
        let folder =
            |path: &str| path.rsplit_once('/').map(|(folder, _)| format!("servers/{folder}"));
        gate.new.extend(files.iter().filter_map(|file| folder(&file.path)));
    }
    for (position, (before, commit)) in line.iter().enumerate() {
        gate.step(position, *before, *commit)?;
    }
    gate.finish(&line, start, head)
}

/// The state of the gate between two steps.
struct Gate<'a> {
    git: &'a Git,
    prefix: &'a str,
    keys: Keys<'a>,
    /// The first step that is not deployed, by position.
    deployed: usize,
    /// Whether anything was published before.
    is_published: bool,
    /// Folders of entries that came with steps which are not deployed.
    new: BTreeSet<String>,
    options: &'a VerifyOptions,
    doors: &'a dyn Doors,
    /// What is held back, by what [`Keys`] calls it.
    kept: BTreeMap<String, Kept>,
    /// Findings by step, and the path that each is about.
    said: Vec<(usize, Option<String>, Diagnostic)>,
    whole: Whole,
    ancestry: Ancestry,
}

/// What the steps say together.
#[derive(Default)]
struct Whole {
    namespaces: Vec<super::NamespaceVerdict>,
    did: Vec<super::Did>,
    trust: Option<Trust>,
}

impl Gate<'_> {
    /// What is published at the paths of held keys.
    fn sides<'k>(kept: impl Iterator<Item = &'k Kept>) -> Vec<(String, Option<Side>)> {
        kept.flat_map(|kept| kept.sides.iter().cloned()).collect()
    }

    /// Settings that were accepted. Those of the first commit may be wrong; then none hold.
    fn settings(&self, accepted: Oid) -> Config {
        read_settings(self.git, self.prefix, accepted).unwrap_or_default()
    }

    /// Judges one step, and keeps back what it must not bring.
    fn step(&mut self, position: usize, before: Oid, commit: Oid) -> Result<()> {
        let accepted = self.git.overlay(before, &Self::sides(self.kept.values()))?;
        let config = self.settings(accepted);
        let touched = self.git.compare(Some(before), commit)?;
        // What is held may have been protected by settings that no longer say so.
        let key = |path: &str| self.keys.of(path, &config).unwrap_or_else(|| path.to_owned());
        let touched: BTreeSet<String> = touched.iter().map(|item| key(&item.path)).collect();
        let others = self.kept.iter().filter(|(key, _)| !touched.contains(*key));
        let proposed = self.git.overlay(commit, &Self::sides(others.map(|(_, kept)| kept)))?;
        let commits = self.ancestry.add(self.git, commit)?;
        let step = Step { judged: (accepted, proposed), history: (before, commit), commits };
        let mut ground = Ground::of_step(self.git, self.prefix, step, config)?;
        self.forgive(&mut ground);
        let event = self.options.event.as_ref();
        let identity = identity(&ground, event, commit, self.doors);
        let judged = judge(&ground, event, &identity, self.doors, &self.options.levels)?;
        let refused = refused(self.keys, &ground, &judged, commit)?;
        for key in &touched {
            // A whole namespace or server may be refused, such as one that differs only by case.
            let mut above = key.match_indices('/').map(|(at, _)| &key[..at]);
            match refused.get(key).or_else(|| above.find_map(|folder| refused.get(folder))) {
                Some((why, help)) => self.keep(key, position, before, (why, help))?,
                None => drop(self.kept.remove(key)),
            }
        }
        self.bury(&ground, &refused, commit)?;
        self.remember_new(&ground, position);
        for diagnostic in judged.report {
            let key = self.keys.of(&diagnostic.place.file, &ground.config);
            self.said.push((position, key, diagnostic));
        }
        self.whole.namespaces.extend(judged.namespaces);
        self.whole.did.extend(judged.did);
        self.whole.trust = Some(judged.trust);
        Ok(())
    }

    fn keep(
        &mut self,
        key: &str,
        step: usize,
        before: Oid,
        (why, help): (&str, &str),
    ) -> Result<()> {
        let (why, help) = (why.to_owned(), help.to_owned());
        if let Some(kept) = self.kept.get_mut(key) {
            (kept.why, kept.help) = (why, help);
            return Ok(());
        }
        let kept = self.kept_as_in(before, key, (step, why, help))?;
        self.kept.insert(key.to_owned(), kept);
        Ok(())
    }

    /// A key, kept as a commit has it.
    fn kept_as_in(
        &self,
        commit: Oid,
        key: &str,
        (step, why, help): (usize, String, String),
    ) -> Result<Kept> {
        let mut sides = Vec::new();
        for path in self.keys.paths(key) {
            let side = self.git.entry(commit, &path)?;
            sides.push((path, side));
        }
        let from = sides.iter().any(|(_, side)| side.is_some()).then_some(commit);
        Ok(Kept { from, sides, step, why, help })
    }

    /// Lets entries go and change that no deployment had: they came with a step after it.
    fn forgive(&self, ground: &mut Ground<'_>) {
        let is_new = |entry: &EntryChange| self.new.contains(&entry.folder());
        ground.change.entries.retain(|entry| entry.kind != EntryKind::Removed || !is_new(entry));
        for entry in ground.change.entries.iter_mut().filter(|e| e.kind == EntryKind::Edited) {
            if is_new(entry) {
                entry.kind = EntryKind::NewVersion;
            }
        }
    }

    /// Remembers the entries that came after what is deployed.
    fn remember_new(&mut self, ground: &Ground<'_>, position: usize) {
        if position >= self.deployed {
            let new = ground.change.entries.iter().filter(|entry| entry.kind.is_new());
            self.new.extend(new.map(EntryChange::folder));
        }
    }

    /// Lets go of removals whose tombstone came later.
    fn bury(&mut self, ground: &Ground<'_>, refused: &Refused, commit: Oid) -> Result<()> {
        for (path, _) in &ground.change.tombstones {
            if refused.contains_key(&ground.display(path)) {
                continue;
            }
            let Some(version) =
                path.strip_prefix("tombstones/").and_then(|p| p.strip_suffix(".toml"))
            else {
                continue;
            };
            let folder = ground.display(&format!("servers/{version}"));
            let gone = self.kept.keys().find(|key| key.eq_ignore_ascii_case(&folder)).cloned();
            if let Some(key) = gone
                && self.git.entry(commit, &key)?.is_none()
            {
                self.kept.remove(&key);
            }
        }
        Ok(())
    }

    /// What came of all steps.
    fn finish(mut self, line: &[(Oid, Oid)], start: Oid, head: Oid) -> Result<Judged> {
        let unsettled = settle::settle(&mut self, start, head)?;
        let first = self.kept.values().map(|kept| kept.step).min();
        let proven = match first {
            None => head,
            Some(first) => line.get(first).map_or(start, |(before, _)| *before),
        };
        let mut report = Report::new();
        for (step, key, mut diagnostic) in std::mem::take(&mut self.said) {
            let kept = key.and_then(|key| self.kept.get(&key));
            if was_decided(&diagnostic) {
                continue;
            }
            // What could not be settled stays an error.
            if diagnostic.severity == Severity::Error && step < usize::MAX {
                let is_held = kept.is_some_and(|kept| kept.step <= step);
                diagnostic.severity = if is_held { Severity::Warning } else { Severity::Note };
            }
            report.push(diagnostic);
        }
        let held = self.held().into_iter().map(|(held, kept)| {
            let commit = line.get(kept.step).map_or(start, |(_, commit)| *commit).to_string();
            let (why, help) = (kept.why.clone(), kept.help.clone());
            HeldBack { held, commit, why, help }
        });
        let held: Vec<HeldBack> = held.collect();
        Ok(Judged {
            judgement: match unsettled {
                true => Judgement::Refused,
                false => Judgement::Proven,
            },
            did: self.whole.did,
            namespaces: self.whole.namespaces,
            labels: Vec::new(),
            safe: false,
            trust: self.whole.trust.unwrap_or_else(|| {
                trust(&Config::default().ownership, self.options.event.as_ref())
            }),
            held,
            proven_up_to: Some(proven.to_string()),
            report,
        })
    }

    /// What is held, as `build --without` reads it.
    fn held(&self) -> Vec<(Held, &Kept)> {
        let mut held = Vec::new();
        for kept in self.kept.values() {
            for (path, side) in &kept.sides {
                let from = kept.from.filter(|_| side.is_some()).map(|from| from.to_string());
                held.push((Held { path: self.keys.listed(path), from }, kept));
            }
        }
        held
    }
}
