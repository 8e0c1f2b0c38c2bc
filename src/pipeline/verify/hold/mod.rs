//! The second gate, before a deployment: every step of the published branch, judged by the settings that
//! were accepted before it. What is refused is held back, path by path; the rest is published.
//!
//! A pull request may have been merged that never passed the first gate, or passed it by a workflow
//! that it changed itself. So nothing is taken from the first gate but what the forge still knows. What
//! is held counts as not merged: later steps are judged on top of what was accepted, so a later step can
//! also put it right.

mod keys;
mod refusal;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, Trust};
use crate::diag::{Diagnostic, Report, Severity};
use crate::error::Result;
use crate::pipeline::Held;
use crate::proof::change::EntryKind;
use crate::world::git::{Ancestry, Git, Oid, Side};

use super::ground::{Ground, Step, join, read_settings};
use super::{Doors, Judged, Judgement, VerifyOptions, judge, look_for_data, open, trust};
use keys::Keys;
use refusal::{Refused, refused, was_decided};
use steps::{identity, steps};

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
    let founding = git.first_parents(head)?.last().copied().unwrap_or(head);
    let start = base.unwrap_or(founding);
    let line = steps(&git, start, head)?;
    let mut gate = Gate {
        git: &git,
        prefix: &prefix,
        keys: Keys { prefix: &prefix },
        is_published: base.is_some(),
        options,
        doors,
        kept: BTreeMap::new(),
        said: Vec::new(),
        whole: Whole::default(),
        ancestry: git.ancestry(start)?,
    };
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
    is_published: bool,
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
    /// What a commit has at these paths of held keys.
    fn sides<'k>(
        &self,
        kept: impl Iterator<Item = (&'k String, &'k Kept)>,
    ) -> Result<Vec<(String, Option<Side>)>> {
        let mut sides = Vec::new();
        for (key, kept) in kept {
            for path in self.keys.paths(key) {
                let side = match kept.from {
                    Some(from) => self.git.entry(from, &path)?,
                    None => None,
                };
                sides.push((path, side));
            }
        }
        Ok(sides)
    }

    /// Settings that were accepted. Those of the first commit may be wrong; then none hold.
    fn settings(&self, accepted: Oid) -> Config {
        read_settings(self.git, self.prefix, accepted).unwrap_or_default()
    }

    /// Judges one step, and keeps back what it must not bring.
    fn step(&mut self, position: usize, before: Oid, commit: Oid) -> Result<()> {
        let accepted = self.git.overlay(before, &self.sides(self.kept.iter())?)?;
        let config = self.settings(accepted);
        let touched = self.git.compare(Some(before), commit)?;
        let touched: BTreeSet<String> =
            touched.iter().filter_map(|item| self.keys.of(&item.path, &config)).collect();
        let others = self.kept.iter().filter(|(key, _)| !touched.contains(*key));
        let proposed = self.git.overlay(commit, &self.sides(others)?)?;
        let commits = self.ancestry.add(self.git, commit)?;
        let step = Step { judged: (accepted, proposed), history: (before, commit), commits };
        let mut ground = Ground::of_step(self.git, self.prefix, step, config)?;
        if !self.is_published {
            ground.change.entries.retain(|entry| entry.kind != EntryKind::Removed);
            for entry in ground.change.entries.iter_mut().filter(|e| e.kind == EntryKind::Edited) {
                entry.kind = EntryKind::NewVersion;
            }
        }
        let event = self.options.event.as_ref();
        let identity = identity(&ground, event, commit, self.doors);
        let judged = judge(&ground, event, &identity, self.doors, &self.options.levels)?;
        let refused = refused(self.keys, &ground, &judged, commit)?;
        for key in &touched {
            match refused.get(key) {
                Some((why, help)) => self.keep(key, position, before, (why, help))?,
                None => drop(self.kept.remove(key)),
            }
        }
        self.bury(&ground, &refused, commit)?;
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
        let mut from = None;
        for path in self.keys.paths(key) {
            if self.git.entry(before, &path)?.is_some() {
                from = Some(before);
            }
        }
        self.kept.insert(key.to_owned(), Kept { from, step, why, help });
        Ok(())
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
        self.keep_something(start, head)?;
        let first = self.kept.values().map(|kept| kept.step).min();
        let proven = match first {
            None => head,
            Some(first) => line.get(first).map_or(start, |(before, _)| *before),
        };
        let mut report = Report::new();
        for (step, key, mut diagnostic) in self.said {
            let kept = key.and_then(|key| self.kept.get(&key));
            if was_decided(&diagnostic) {
                continue;
            }
            if diagnostic.severity == Severity::Error {
                let is_held = kept.is_some_and(|kept| kept.step <= step);
                diagnostic.severity = if is_held { Severity::Warning } else { Severity::Note };
            }
            report.push(diagnostic);
        }
        let mut held = Vec::new();
        for (key, kept) in &self.kept {
            let commit = line.get(kept.step).map_or(start, |(_, commit)| *commit).to_string();
            for path in self.keys.paths(key) {
                let there = match kept.from {
                    Some(from) => self.git.entry(from, &path)?.map(|_| from.to_string()),
                    None => None,
                };
                let held_path = Held { path: self.keys.listed(&path), from: there };
                let (why, help) = (kept.why.clone(), kept.help.clone());
                held.push(HeldBack { held: held_path, commit: commit.clone(), why, help });
            }
        }
        Ok(Judged {
            judgement: Judgement::Proven,
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

    /// A registry with nothing in it is never published: where all entries are gone, those that were
    /// there stay until another one comes.
    fn keep_something(&mut self, start: Oid, head: Oid) -> Result<()> {
        let sides = self.sides(self.kept.iter())?;
        let last = self.git.overlay(head, &sides)?;
        let servers = join(self.prefix, "servers");
        if self.git.entry(last, &servers)?.is_some() {
            return Ok(());
        }
        let config = self.settings(start);
        for file in self.git.files(start, &servers)? {
            if let Some(key) = self.keys.of(&format!("{servers}/{}", file.path), &config) {
                let why =
                    "it was the last entry, and a registry is never published empty".to_owned();
                let help = "add another server; this one goes with the next deployment".to_owned();
                self.kept.entry(key).or_insert(Kept { from: Some(start), step: 0, why, help });
            }
        }
        Ok(())
    }
}
