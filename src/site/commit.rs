//! The commit step: moves staged files into the site and removes stale ones, so that a run killed at
//! any moment leaves the old site or one that the next run completes.
//!
//! First a manifest is put in place that names the files of both sites and, as `next`, the digest of
//! the staged manifest, which is moved last. So the site itself records which files are ours and what is in
//! progress. The working folder is used only where it matches those digests, and may be deleted at any
//! moment. A commit that cannot be completed is dropped, and the next build completes the site.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{ErrorKind as Os, Write as _};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

use super::below::{Below, PathState, at, clear, is_below};
use super::manifest::{FileDigest, MANIFEST, Manifest, copy_differs, differs};

/// The one file that a commit makes in an output on another file system before it has its own name.
pub(super) const ARRIVING: &str = ".mcp-static-new";

/// What one commit does. Paths are below the site's root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CommitPlan {
    /// Staged files, without the manifest.
    pub(super) moves: Vec<String>,
    /// Stale files.
    pub(super) removals: BTreeSet<String>,
}

/// A part of a commit; each can be done twice.
#[derive(Debug, Clone, Copy)]
pub(super) enum CommitStep<'a> {
    Remove(&'a str),
    Move(&'a str),
}

impl CommitPlan {
    /// Finds what would block the commit half-way. Changes nothing.
    pub(super) fn check(&self, out: &Below) -> Result<()> {
        let ours = |path: &String| self.removals.contains(path);
        for path in &self.moves {
            match out.look(path) {
                PathState::Behind(at, is_file) if !ours(&at) => {
                    return Err(obstacle(out, &at, is_file));
                }
                PathState::Folder if !self.empties(out, path) => {
                    return Err(in_the_way(
                        out,
                        path,
                        "a folder is where a file has to be, and the manifest does not name all that is in it",
                    ));
                }
                _ => {}
            }
        }
        for path in &self.removals {
            match out.look(path) {
                PathState::Behind(at, false) if !ours(&at) => {
                    return Err(obstacle(out, &at, false));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether nothing but empty folders is left in `folder` once stale files are gone.
    fn empties(&self, out: &Below, folder: &str) -> bool {
        let files = super::below::files_below(&out.at(folder));
        files.is_ok_and(|files| {
            files.iter().all(|file| self.removals.contains(&format!("{folder}/{file}")))
        })
    }

    /// Returns all steps in order: first stale files that block others, last the manifest.
    pub(super) fn steps(&self) -> Vec<CommitStep<'_>> {
        let files: HashSet<&str> = self.moves.iter().map(String::as_str).collect();
        let folders: HashSet<&str> = self.moves.iter().flat_map(|path| around(path)).collect();
        let (early, late): (Vec<&String>, Vec<&String>) = self.removals.iter().partition(|stale| {
            folders.contains(stale.as_str()) || around(stale).any(|folder| files.contains(folder))
        });
        let mut steps = Vec::with_capacity(self.moves.len() + self.removals.len() + 1);
        steps.extend(early.into_iter().map(|path| CommitStep::Remove(path)));
        steps.extend(self.moves.iter().map(|path| CommitStep::Move(path)));
        steps.extend(late.into_iter().map(|path| CommitStep::Remove(path)));
        steps.push(CommitStep::Move(MANIFEST));
        steps
    }
}

/// Returns the folders that `path` is in.
fn around(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn obstacle(out: &Below, path: &str, is_file: bool) -> Error {
    let what = match is_file {
        true => "a file is where a folder has to be, and the manifest does not name it",
        false => "a symbolic link is where a folder has to be",
    };
    in_the_way(out, path, what)
}

fn in_the_way(out: &Below, path: &str, what: &str) -> Error {
    let path = out.at(path);
    let help = format!(
        "nothing was changed; move {} out of the output folder and build again",
        path.display()
    );
    Error::new(ErrorKind::Output, what).at(path).help(help)
}

/// Writes the manifest that announces the commit. It lists the files of both sites.
pub(super) fn announce(out: &Below, work: &Path, manifest: &Manifest) -> Result<()> {
    let path = work.join("announced");
    clear(&path)?;
    let fail = |e| Error::io("the manifest cannot be written", &path, e);
    let mut file = fs::File::create_new(&path).map_err(fail)?;
    manifest.write(|piece| file.write_all(piece)).and_then(|()| file.sync_all()).map_err(fail)?;
    drop(file);
    advance(&path, out, MANIFEST)?;
    clear(&path)
}

/// Does one part of a commit whose plan was checked.
pub(super) fn carry_out(step: CommitStep<'_>, out: &Below, stage: &Path) -> Result<()> {
    match step {
        CommitStep::Remove(path) => remove(out, path),
        CommitStep::Move(path) => advance(&stage.join(path), out, path),
    }
}

/// Completes the commit of an earlier run that was killed, if all its files still exist.
pub(super) fn recover(out: &Below, stage: &Path) {
    // If this fails, the build that follows completes the site or reports what blocks it.
    let Some(plan) = interrupted(out, stage).filter(|plan| plan.check(out).is_ok()) else { return };
    let _ = plan.steps().into_iter().try_for_each(|step| carry_out(step, out, stage));
}

/// Returns the rest of the commit that the site's manifest announces; `None` when a file of the new
/// site is neither staged nor in place.
fn interrupted(out: &Below, stage: &Path) -> Option<CommitPlan> {
    let next = Manifest::announced(out.root())?;
    let announced = Manifest::load(out.root()).ok()??;
    let staged = Below::new(stage.to_path_buf());
    let is_staged = |path: &str| matches!(staged.look(path), PathState::File(_));
    if !is_staged(MANIFEST) {
        return None;
    }
    let text = fs::read(stage.join(MANIFEST)).ok()?;
    if FileDigest::of(&text) != next {
        return None;
    }
    let manifest = Manifest::parse(std::str::from_utf8(&text).ok()?).ok()?;
    let mut moves = Vec::new();
    for row in &manifest.files {
        let place = if is_staged(&row.path) { &staged } else { out };
        if differs(place, row).ok()?.is_some() {
            return None;
        }
        moves.extend(is_staged(&row.path).then(|| row.path.to_string()));
    }
    if let Some(copy) = manifest.copy().filter(|copy| is_staged(copy)) {
        if copy_differs(&staged, copy.clone()).is_some() {
            return None;
        }
        moves.push(copy);
    }
    Some(CommitPlan { moves, removals: stale(&announced, &manifest) })
}

/// Returns the files that the manifest `before` names and `now` does not.
pub(super) fn stale(before: &Manifest, now: &Manifest) -> BTreeSet<String> {
    let copy = now.copy();
    let kept: HashSet<&str> =
        now.files.iter().map(|row| &*row.path).chain(copy.as_deref()).collect();
    let gone = before.files.iter().map(|row| row.path.to_string()).chain(before.copy());
    gone.filter(|path| is_below(path) && path != MANIFEST && !kept.contains(path.as_str()))
        .collect()
}

/// Moves a file to its place in the site.
fn advance(from: &Path, out: &Below, path: &str) -> Result<()> {
    let to = out.at(path);
    let fail = |e| Error::io("a file cannot be put in place", &to, e);
    let Err(first) = fs::rename(from, &to) else { return Ok(()) };
    fs::create_dir_all(to.parent().unwrap_or(&to)).map_err(fail)?;
    remove_empty(&to);
    let moved = match first.kind() {
        Os::CrossesDevices => Err(first),
        _ => fs::rename(from, &to),
    };
    match moved {
        Err(e) if e.kind() == Os::CrossesDevices => arrive(from, out, &to).map_err(fail),
        other => other.map_err(fail),
    }
}

/// Copies a file to another file system, such as a container volume. Readers of the site see either
/// the old file or the new one.
fn arrive(from: &Path, out: &Below, to: &Path) -> std::io::Result<()> {
    let new = out.at(ARRIVING);
    copy_with_time(from, &new)?;
    match fs::rename(&new, to) {
        // A folder inside the output is on another file system.
        Err(e) if e.kind() == Os::CrossesDevices => {
            copy_with_time(from, to)?;
            fs::remove_file(&new)
        }
        other => other,
    }
}

/// Copies a file with its time into a new file.
fn copy_with_time(from: &Path, to: &Path) -> std::io::Result<()> {
    clear(to).map_err(std::io::Error::other)?;
    let mut source = fs::File::open(from)?;
    let mut target = fs::File::create_new(to)?;
    std::io::copy(&mut source, &mut target)?;
    target.set_modified(source.metadata()?.modified()?)
}

/// Removes a folder that contains only empty folders.
fn remove_empty(folder: &Path) {
    if matches!(at(folder), PathState::Folder) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            remove_empty(&entry.path());
        }
        let _ = fs::remove_dir(folder);
    }
}

/// Removes a stale file and the folders that become empty.
fn remove(out: &Below, path: &str) -> Result<()> {
    let full = out.at(path);
    match out.look(path) {
        PathState::File(_) | PathState::Special => fs::remove_file(&full)
            .map_err(|e| Error::io("a stale file cannot be removed", &full, e))?,
        PathState::Nothing => {}
        PathState::Folder | PathState::Behind(..) => return Ok(()), // something else took its place
    }
    for folder in around(path).collect::<Vec<_>>().into_iter().rev() {
        if fs::remove_dir(out.at(folder)).is_err() {
            break; // something else is in it
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
