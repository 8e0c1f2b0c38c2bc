//! The state of the gate between two commits, and what one commit changes of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, Trust};
use crate::data::Held;
use crate::diag::Diagnostic;
use crate::error::Result;
use crate::judge::changeset::{BranchStep, ChangeSet, read_settings};
use crate::judge::types::{EntryOutcome, NamespaceVerdict, Network, VerifyOptions};
use crate::judge::verdict::judge;
use crate::proof::change::{EntryChange, EntryKind};
use crate::world::git::{Ancestry, Git, Oid, Side};

use super::keys::Keys;
use super::refusal::{Refused, refused, tombstoned_version};
use super::steps::identity;

/// A key whose accepted state is kept.
#[derive(Clone)]
pub(super) struct KeptBack {
    /// The commit that has the accepted state; `None` where there is nothing.
    pub(super) from: Option<Oid>,
    /// What that commit has at the paths of the key.
    pub(super) sides: Vec<(String, Option<Side>)>,
    /// Position of the commit that brought what is refused.
    pub(super) step: usize,
    pub(super) why: String,
    pub(super) help: String,
}

/// The state of the gate between two commits.
pub(super) struct Gate<'a> {
    pub(super) git: &'a Git,
    pub(super) prefix: &'a str,
    pub(super) keys: Keys<'a>,
    /// Position of the first commit that is not deployed.
    pub(super) deployed: usize,
    /// Whether anything was published before.
    pub(super) is_published: bool,
    /// Folders of entries that came with commits which are not deployed.
    pub(super) new: BTreeSet<String>,
    pub(super) options: &'a VerifyOptions,
    pub(super) network: &'a dyn Network,
    /// What is held back, by key (see [`Keys`]).
    pub(super) kept: BTreeMap<String, KeptBack>,
    /// Findings with the position of their commit and the key that each is about.
    pub(super) findings: Vec<(usize, Option<String>, Diagnostic)>,
    pub(super) totals: Totals,
    pub(super) ancestry: Ancestry,
}

/// What the judgements of all commits add up to.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) namespaces: Vec<NamespaceVerdict>,
    pub(super) outcomes: Vec<EntryOutcome>,
    pub(super) trust: Option<Trust>,
}

impl Gate<'_> {
    /// Returns what is published at the paths of held keys.
    fn sides<'k>(kept: impl Iterator<Item = &'k KeptBack>) -> Vec<(String, Option<Side>)> {
        kept.flat_map(|kept| kept.sides.iter().cloned()).collect()
    }

    /// Reads the accepted settings; the defaults where those of the first commit are invalid.
    pub(super) fn settings(&self, accepted: Oid) -> Config {
        read_settings(self.git, self.prefix, accepted).unwrap_or_default()
    }

    /// Judges one commit and holds back what must not be published of it.
    pub(super) fn step(&mut self, position: usize, before: Oid, commit: Oid) -> Result<()> {
        let accepted = self.git.overlay(before, &Self::sides(self.kept.values()))?;
        let config = self.settings(accepted);
        let touched = self.git.compare(Some(before), commit)?;
        // What is held may have been protected by settings that have changed since.
        let key = |path: &str| self.keys.of(path, &config).unwrap_or_else(|| path.to_owned());
        let touched: BTreeSet<String> = touched.iter().map(|item| key(&item.path)).collect();
        let others = self.kept.iter().filter(|(key, _)| !touched.contains(*key));
        let proposed = self.git.overlay(commit, &Self::sides(others.map(|(_, kept)| kept)))?;
        let commits = self.ancestry.add(self.git, commit)?;
        let step = BranchStep { judged: (accepted, proposed), history: (before, commit), commits };
        let mut set = ChangeSet::of_step(self.git, self.prefix, step, config)?;
        self.allow_edits_of_unpublished(&mut set);
        let event = self.options.event.as_ref();
        let identity = identity(&set, event, commit, self.network);
        let judged = judge(&set, event, &identity, self.network, &self.options.levels)?;
        let refused = refused(self.keys, &set, &judged, commit)?;
        for key in &touched {
            // The refusal may be of a whole namespace or server, such as one that differs only by case.
            let mut above = key.match_indices('/').map(|(at, _)| &key[..at]);
            match refused.get(key).or_else(|| above.find_map(|folder| refused.get(folder))) {
                Some((why, help)) => self.keep(key, position, before, (why, help))?,
                None => drop(self.kept.remove(key)),
            }
        }
        self.release_tombstoned(&set, &refused, commit)?;
        self.remember_new(&set, position);
        for diagnostic in judged.report {
            let key = self.keys.of(&diagnostic.place.file, &set.config);
            self.findings.push((position, key, diagnostic));
        }
        self.totals.namespaces.extend(judged.namespaces);
        self.totals.outcomes.extend(judged.outcomes);
        self.totals.trust = Some(judged.trust);
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

    /// Returns what a commit has at the paths of a key.
    pub(super) fn sides_at(&self, commit: Oid, key: &str) -> Result<Vec<(String, Option<Side>)>> {
        let paths = self.keys.paths(key).into_iter();
        paths.map(|path| Ok((path.clone(), self.git.entry(commit, &path)?))).collect()
    }

    /// Returns a key with the state of a commit.
    pub(super) fn kept_as_in(
        &self,
        commit: Oid,
        key: &str,
        (step, why, help): (usize, String, String),
    ) -> Result<KeptBack> {
        let sides = self.sides_at(commit, key)?;
        let from = sides.iter().any(|(_, side)| side.is_some()).then_some(commit);
        Ok(KeptBack { from, sides, step, why, help })
    }

    /// Allows entries that were never deployed to be removed and edited.
    fn allow_edits_of_unpublished(&self, set: &mut ChangeSet<'_>) {
        let is_new = |entry: &EntryChange| self.new.contains(&entry.folder());
        set.change.entries.retain(|entry| entry.kind != EntryKind::Removed || !is_new(entry));
        for entry in &mut set.change.entries {
            if entry.kind == EntryKind::Edited && is_new(entry) {
                entry.kind = EntryKind::NewVersion;
            }
        }
    }

    /// Records the entries that came after the last deployment.
    fn remember_new(&mut self, set: &ChangeSet<'_>, position: usize) {
        if position >= self.deployed {
            let new = set.change.entries.iter().filter(|entry| entry.kind.is_new());
            self.new.extend(new.map(EntryChange::folder));
        }
    }

    /// Releases held removals whose tombstone came later.
    fn release_tombstoned(
        &mut self,
        set: &ChangeSet<'_>,
        refused: &Refused,
        commit: Oid,
    ) -> Result<()> {
        for (path, _) in &set.change.tombstones {
            if refused.contains_key(&set.display(path)) {
                continue;
            }
            let Some(version) = tombstoned_version(path) else { continue };
            let folder = set.display(&format!("servers/{version}"));
            let gone = self.kept.keys().find(|key| key.eq_ignore_ascii_case(&folder)).cloned();
            if let Some(key) = gone
                && self.git.entry(commit, &key)?.is_none()
            {
                self.kept.remove(&key);
            }
        }
        Ok(())
    }

    /// Returns what is held, as `build --without` reads it.
    pub(super) fn held(&self) -> Vec<(Held, &KeptBack)> {
        let all = self.kept.values().flat_map(|kept| kept.sides.iter().map(move |one| (kept, one)));
        all.map(|(kept, (path, side))| {
            let from = kept.from.filter(|_| side.is_some()).map(|from| from.to_string());
            (Held { path: self.keys.listed(path), from }, kept)
        })
        .collect()
    }
}
