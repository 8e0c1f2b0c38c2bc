//! Which commits one branch has and another lacks, whatever their dates.
//!
//! The author of a commit chooses its dates, so a walk that orders commits by date can be made to miss
//! some of them. These walks follow parents only.

use std::collections::{HashMap, HashSet};

use git2::{ErrorCode, Odb};

use super::Git;
use super::objects::{Commit, Hashing, Oid};
use super::place::failed;
use crate::error::{Error, Result};

/// A commit that a branch gains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gained {
    /// Its id.
    pub id: Oid,
    /// Its parents in the order of the commit.
    pub parents: Vec<Oid>,
}

/// The commits that a branch has.
#[derive(Debug, Clone, Default)]
pub struct Ancestry {
    seen: HashSet<Oid>,
}

/// The commits that a branch would gain, and where they left it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gain {
    /// The commits, each after its parents.
    pub commits: Vec<Gained>,
    /// Commits of the branch that the gained ones name as parents and that are ancestors of none of
    /// the others: git's merge bases. Empty when the two have nothing in common.
    pub bases: Vec<Oid>,
}

impl Ancestry {
    /// Whether the branch has `commit`.
    pub fn contains(&self, commit: Oid) -> bool {
        self.seen.contains(&commit)
    }

    /// Adds `head` and its ancestors. Returns those that were not there, each after its parents.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn add(&mut self, git: &Git, head: Oid) -> Result<Vec<Gained>> {
        let odb = git.objects()?;
        let mut found = Vec::new();
        let mut stack = vec![(head, None::<Vec<Oid>>)];
        while let Some((id, parents)) = stack.pop() {
            if let Some(parents) = parents {
                found.push(Gained { id, parents });
                continue;
            }
            if !self.seen.insert(id) {
                continue;
            }
            let parents = git.linked(&odb, id)?.parents;
            let next: Vec<Oid> = parents.iter().copied().rev().collect();
            stack.push((id, Some(parents)));
            stack.extend(next.into_iter().filter(|p| !self.contains(*p)).map(|p| (p, None)));
        }
        Ok(found)
    }
}

impl Git {
    /// Returns every commit of the branch that ends in `tip`.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn ancestry(&self, tip: Oid) -> Result<Ancestry> {
        self.ancestry_of(vec![tip])
    }

    /// Returns these commits and their ancestors.
    fn ancestry_of(&self, mut stack: Vec<Oid>) -> Result<Ancestry> {
        let odb = self.objects()?;
        let mut ancestry = Ancestry::default();
        while let Some(id) = stack.pop() {
            if ancestry.seen.insert(id) {
                stack.extend(self.linked(&odb, id)?.parents);
            }
        }
        Ok(ancestry)
    }

    /// Returns what the branch of `ancestry` would gain by merging `head`.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn gain(&self, ancestry: &Ancestry, head: Oid) -> Result<Gain> {
        if ancestry.contains(head) {
            return Ok(Gain { commits: Vec::new(), bases: vec![head] });
        }
        let commits = ancestry.clone().add(self, head)?;
        let touching = commits.iter().flat_map(|commit| &commit.parents);
        let mut bases: Vec<Oid> = touching.copied().filter(|p| ancestry.contains(*p)).collect();
        bases.sort();
        bases.dedup();
        if bases.len() > 1 {
            // An ancestor of another one is not a best one.
            let odb = self.objects()?;
            let mut parents = Vec::new();
            for base in &bases {
                parents.extend(self.linked(&odb, *base)?.parents);
            }
            let below = self.ancestry_of(parents)?;
            bases.retain(|base| !below.contains(*base));
        }
        Ok(Gain { commits, bases })
    }

    /// Reads a commit of the history of another one.
    pub(super) fn linked(&self, odb: &Odb<'_>, id: Oid) -> Result<Commit> {
        self.commit(odb, id, Hashing::Trust).map_err(|e| self.cut_off(e))
    }

    /// Prefers an error about hidden history to one about the first object that is missing.
    pub(super) fn cut_off(&self, error: Error) -> Error {
        match self.hidden_history() {
            Ok(Some(hidden)) => hidden.to_error().because(error),
            _ => error,
        }
    }

    /// Whether `ancestor` is `commit` or one of its ancestors.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn is_ancestor(&self, ancestor: Oid, commit: Oid) -> Result<bool> {
        Ok(self.ancestry(commit)?.contains(ancestor))
    }

    /// Returns the commits of `head`'s history, newest first by date, at most `limit` of them.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn commits_of(&self, head: Oid, limit: usize) -> Result<Vec<Oid>> {
        let walk = || {
            let mut walk = self.repo.revwalk()?;
            walk.set_sorting(git2::Sort::TOPOLOGICAL)?;
            walk.push(head.raw())?;
            walk.take(limit)
                .map(|oid| oid.map(Oid::from))
                .collect::<std::result::Result<Vec<_>, _>>()
        };
        walk().map_err(|e: git2::Error| match self.hidden_history() {
            Ok(Some(hidden)) if e.code() == ErrorCode::NotFound => hidden.to_error(),
            _ => failed("could not follow history", self.folder(), &e),
        })
    }

    /// Returns the commits on the first-parent line of `head` down to its first commit, newest first.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn first_parents(&self, head: Oid) -> Result<Vec<Oid>> {
        let odb = self.objects()?;
        let mut line = Vec::new();
        let mut next = Some(head);
        while let Some(oid) = next {
            line.push(oid);
            next = self.linked(&odb, oid)?.first_parent();
        }
        Ok(line)
    }

    /// Returns the first parent of a commit.
    ///
    /// # Errors
    /// When it cannot be read or is not a commit.
    pub fn first_parent(&self, commit: Oid) -> Result<Option<Oid>> {
        Ok(self.commit(&self.objects()?, commit, Hashing::Verify)?.first_parent())
    }

    /// Whether a commit has more than one parent.
    ///
    /// # Errors
    /// When it cannot be read or is not a commit.
    pub fn is_merge(&self, commit: Oid) -> Result<bool> {
        Ok(self.linked(&self.objects()?, commit)?.parents.len() > 1)
    }
}

/// Returns for each of `commits` (each after its parents) those among them that are its ancestors or itself,
/// by position.
pub fn ancestors_among(commits: &[Gained]) -> Vec<Vec<u64>> {
    let places: HashMap<Oid, usize> = commits.iter().enumerate().map(|(i, c)| (c.id, i)).collect();
    let words = commits.len().div_ceil(64);
    let mut all: Vec<Vec<u64>> = Vec::with_capacity(commits.len());
    for (i, commit) in commits.iter().enumerate() {
        let mut own = vec![0; words];
        own[i / 64] |= 1 << (i % 64);
        for place in commit.parents.iter().filter_map(|parent| places.get(parent)) {
            for (word, theirs) in own.iter_mut().zip(&all[*place]) {
                *word |= theirs;
            }
        }
        all.push(own);
    }
    all
}
