//! What the published branch gains when a change is merged, squashed or rebased onto it.
//!
//! Git merges over every merge base at once and replays commits one by one, so a change that returns to an older
//! state on the way can take back what the branch has, although its last commit does not show it. Only a change
//! for which all three ways bring the same files is judged. Conflicts are refused, so no text is merged here.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::text::count;
use crate::world::git::{Ancestry, Changed, Gained, Git, Oid, Side, ancestors_among};

/// Most commits of a change.
pub(super) const MAX_COMMITS: usize = 1000;

/// Most paths that the commits of a change touch, each commit counted by itself.
const MAX_TOUCHES: usize = 20_000;

/// Most commits of the published branch that are searched for the paths of a change.
const MAX_BEHIND: usize = 500;

const REBASE: &str =
    "rebase the change onto the published branch, e.g. `git rebase origin/main`, and push it again";

/// What a merge would bring, and why it is refused.
pub(super) struct Merge {
    /// Where the change left the branch.
    pub(super) fork: Option<Oid>,
    /// The commits that the branch would gain, each after its parents.
    pub(super) commits: Vec<Gained>,
    /// The paths that would differ afterwards.
    pub(super) changed: Vec<Changed>,
    /// Why the change cannot be judged as it is.
    pub(super) objections: Vec<Diagnostic>,
}

/// Called for every path that a change touches; false ends the comparison.
pub(super) type Meter<'a> = &'a mut dyn FnMut(&Changed) -> bool;

impl Merge {
    /// Determines what `base` gains by merging `head`.
    pub(super) fn of(git: &Git, base: Option<Oid>, head: Oid, meter: Meter<'_>) -> Result<Self> {
        let Some(base) = base else {
            let commits = Ancestry::default().add(git, head)?;
            let changed = git.compare(None, head)?;
            return Ok(Self { fork: None, commits, changed, objections: Vec::new() });
        };
        let gain = git.gain(&git.ancestry(base)?, head)?;
        let Some(fork) = gain.bases.first().copied() else {
            return Err(Error::new(ErrorKind::Usage, "base and head have no commit in common")
                .help("rebase the change onto the branch that it is meant for"));
        };
        let mut goes_on = true;
        let changed = git.compare_while(Some(fork), head, &mut |item| {
            goes_on = meter(item);
            goes_on
        })?;
        let (commits, objections) = (gain.commits, Vec::new());
        let mut merge = Self { fork: Some(fork), commits, changed, objections };
        if !goes_on {
            return Ok(merge);
        }
        if gain.bases.len() > 1 {
            merge.objections.push(criss_cross(&gain.bases));
        } else if merge.commits.len() > MAX_COMMITS {
            let commits = count(merge.commits.len(), "commit");
            let message = format!("the change has {commits}; at most {MAX_COMMITS} are judged");
            merge.objections.push(too_many(message));
        } else if base != fork {
            merge.meet(git, base)?;
        }
        if merge.objections.is_empty() {
            Replay::run(git, base, head, &mut merge)?;
        }
        Ok(merge)
    }

    /// Compares the changed paths with what the branch has by now: what it has already is not gained,
    /// and what it changed in another way is a conflict.
    fn meet(&mut self, git: &Git, base: Oid) -> Result<()> {
        let mut gained = Vec::new();
        for item in std::mem::take(&mut self.changed) {
            let now = git.entry(base, &item.path)?;
            if now != item.before && now != item.after {
                let message = "the published branch changed this file after the change left it";
                self.objections.push(conflict(&item.path, message));
            }
            if now != item.after {
                gained.push(item);
            }
        }
        self.changed = gained;
        Ok(())
    }
}

fn conflict(path: &str, message: &str) -> Diagnostic {
    Diagnostic::new(Code::ChangeConflict, Place::file(path), message).help(REBASE)
}

fn too_many(message: String) -> Diagnostic {
    Diagnostic::new(Code::ChangeTooLarge, Place::default(), message)
        .help("squash its commits into one, or split it")
}

fn criss_cross(bases: &[Oid]) -> Diagnostic {
    let names: Vec<String> = bases.iter().take(3).map(|b| b.to_string()[..12].to_owned()).collect();
    let message = format!(
        "the change left the published branch at {} commits ({}{}), and git would merge over all of them",
        bases.len(),
        names.join(", "),
        if bases.len() > names.len() { ", …" } else { "" }
    );
    Diagnostic::new(Code::ChangeCrissCross, Place::default(), message).help(REBASE)
}

/// Replays the commits of a change on the published branch one after the other, as a rebase does.
struct Replay<'a> {
    git: &'a Git,
    base: Oid,
    /// The present state of each touched path.
    now: BTreeMap<String, Option<Side>>,
    /// The commit that touched a path last, by position.
    last: BTreeMap<String, usize>,
    /// Paths that more than one commit touches.
    again: BTreeSet<String>,
    /// Paths at which a commit brings what the branch has already.
    settled: BTreeSet<String>,
}

impl<'a> Replay<'a> {
    fn run(git: &'a Git, base: Oid, head: Oid, merge: &mut Merge) -> Result<()> {
        let linear = merge.commits.iter().all(|commit| commit.parents.len() == 1);
        if linear && merge.fork == Some(base) {
            return Ok(()); // a rebase has nothing to do, and a merge takes the last commit as it is
        }
        let mut replay = Self {
            git,
            base,
            now: BTreeMap::new(),
            last: BTreeMap::new(),
            again: BTreeSet::new(),
            settled: BTreeSet::new(),
        };
        let mut objection = replay.all(&merge.commits)?;
        if objection.is_none() {
            objection = replay.compare(head, &merge.changed)?;
        }
        if objection.is_none() {
            objection = replay.look_behind(merge.fork)?;
        }
        merge.objections.extend(objection);
        Ok(())
    }

    /// Replays every commit but merges, which a rebase leaves out.
    fn all(&mut self, commits: &[Gained]) -> Result<Option<Diagnostic>> {
        let ancestors = ancestors_among(commits);
        let mut touches = 0;
        for (at, commit) in commits.iter().enumerate().filter(|(_, c)| c.parents.len() < 2) {
            let parent = commit.parents.first().copied();
            let changed = self.git.compare_while(parent, commit.id, &mut |_| {
                touches += 1;
                touches <= MAX_TOUCHES
            })?;
            if touches > MAX_TOUCHES {
                let message = format!(
                    "the commits of the change touch more than {MAX_TOUCHES} paths, one by one"
                );
                return Ok(Some(too_many(message)));
            }
            for item in changed {
                let now = match self.now.get(&item.path) {
                    Some(now) => *now,
                    None => self.git.entry(self.base, &item.path)?,
                };
                let last = self.last.insert(item.path.clone(), at);
                let follows =
                    last.is_none_or(|last| ancestors[at][last / 64] >> (last % 64) & 1 == 1);
                let fits = now == item.before || now == item.after;
                if self.settled.contains(&item.path) || !follows || !fits {
                    return Ok(Some(differs(&item.path)));
                }
                if now != item.before {
                    self.settled.insert(item.path.clone());
                }
                if last.is_some() {
                    self.again.insert(item.path.clone());
                }
                self.now.insert(item.path, item.after);
            }
        }
        Ok(None)
    }

    /// Compares what the last commit has with what the replay leaves.
    fn compare(&self, head: Oid, changed: &[Changed]) -> Result<Option<Diagnostic>> {
        for (path, now) in &self.now {
            if self.git.entry(head, path)? != *now {
                return Ok(Some(differs(path)));
            }
        }
        let missing = changed.iter().find(|item| !self.now.contains_key(&item.path));
        Ok(missing.map(|item| differs(&item.path)))
    }

    /// Refuses paths that the branch changed and changed back. A rebase leaves out commits that the branch has in
    /// the same form already, so what the change brings there would be lost or come back.
    fn look_behind(&self, fork: Option<Oid>) -> Result<Option<Diagnostic>> {
        let Some(fork) = fork.filter(|fork| *fork != self.base) else {
            return Ok(None);
        };
        let behind = self.git.ancestry(fork)?.add(self.git, self.base)?;
        if behind.len() > MAX_BEHIND && self.again.is_empty() {
            return Ok(None); // less may come by a rebase, and nothing else
        }
        if behind.len() > MAX_BEHIND {
            let message = format!(
                "the change is {} behind the published branch, and several of its commits change the same files",
                count(behind.len(), "commit")
            );
            let far = Diagnostic::new(Code::ChangeConflict, Place::default(), message);
            return Ok(Some(far.help(REBASE)));
        }
        for commit in behind.iter().filter(|commit| commit.parents.len() < 2) {
            let changed = self.git.compare(commit.parents.first().copied(), commit.id)?;
            let is_open =
                |path: &String| self.now.contains_key(path) && !self.settled.contains(path);
            if let Some(item) = changed.iter().find(|item| is_open(&item.path)) {
                let message = "the published branch changed this file, and changed it back, after the change left it";
                return Ok(Some(conflict(&item.path, message)));
            }
        }
        Ok(None)
    }
}

fn differs(path: &str) -> Diagnostic {
    let message = "putting the commits of the change one after the other onto the published branch, as a rebase does, would not leave this file as the last commit has it";
    conflict(path, message)
}

#[cfg(test)]
mod tests;
