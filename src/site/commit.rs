//! The commit step: moves staged files into the site and removes stale ones, so that a run killed at
//! any moment leaves the old site or one that the next run completes.
//!
//! First a manifest is put in place that names the files of both sites and, as `next`, the digest of
//! the staged manifest, which is moved last. So the site itself says what is ours and what is under
//! way; the working folder is only believed where it fits those digests, and may be deleted at any
//! moment. A commit that cannot be completed is dropped, and the next build makes the site whole.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{ErrorKind as Os, Write as _};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

use super::below::{Below, Found, at, clear, is_below};
use super::manifest::{FileDigest, MANIFEST, Manifest, copy_differs, differs};

/// The one file that a commit makes in an output on another file system before it has its own name.
pub(super) const ARRIVING: &str = ".mcp-static-new";

/// What one commit does. Paths are below the site's root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Staged files, without the manifest.
    pub(super) moves: Vec<String>,
    /// Stale files.
    pub(super) removals: BTreeSet<String>,
}

/// A part of a commit; each can be done twice.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Remove(&'a str),
    Move(&'a str),
}

impl Plan {
    /// Finds what would stop the commit half way. Nothing is changed.
    pub(super) fn check(&self, out: &Below) -> Result<()> {
        let ours = |path: &String| self.removals.contains(path);
        for path in &self.moves {
            match out.look(path) {
                Found::Behind(at, is_file) if !ours(&at) => {
                    return Err(obstacle(out, &at, is_file));
                }
                Found::Folder if !self.empties(out, path) => {
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
                Found::Behind(at, false) if !ours(&at) => return Err(obstacle(out, &at, false)),
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

    /// Everything in order: first the stale files that are in the way of others, last the manifest.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let files: HashSet<&str> = self.moves.iter().map(String::as_str).collect();
        let folders: HashSet<&str> = self.moves.iter().flat_map(|path| around(path)).collect();
        let (early, late): (Vec<&String>, Vec<&String>) = self.removals.iter().partition(|stale| {
            folders.contains(stale.as_str()) || around(stale).any(|folder| files.contains(folder))
        });
        let mut steps = Vec::with_capacity(self.moves.len() + self.removals.len() + 1);
        steps.extend(early.into_iter().map(|path| Step::Remove(path)));
        steps.extend(self.moves.iter().map(|path| Step::Move(path)));
        steps.extend(late.into_iter().map(|path| Step::Remove(path)));
        steps.push(Step::Move(MANIFEST));
        steps
    }
}

/// The folders that `path` is in.
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

/// Puts the manifest in place that announces the commit: it names all files of ours from now on.
pub(super) fn announce(out: &Below, work: &Path, manifest: &Manifest) -> Result<()> {
    let path = work.join("announced");
    clear(&path)?;
    let fail = |e| Error::io("the manifest cannot be written", &path, e);
    let mut file = fs::File::create_new(&path).map_err(fail)?;
    file.write_all(manifest.render().as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
    drop(file);
    advance(&path, out, MANIFEST)?;
    clear(&path)
}

/// Does one part of a commit whose plan was [checked](Plan::check).
pub(super) fn carry_out(step: Step<'_>, out: &Below, stage: &Path) -> Result<()> {
    match step {
        Step::Remove(path) => remove(out, path),
        Step::Move(path) => advance(&stage.join(path), out, path),
    }
}

/// Completes the commit of an earlier run that was killed, if all of it is still there.
pub(super) fn recover(out: &Below, stage: &Path) {
    // Whatever fails here, the build that follows makes the site whole or says what is in its way.
    let Some(plan) = interrupted(out, stage).filter(|plan| plan.check(out).is_ok()) else { return };
    let _ = plan.steps().into_iter().try_for_each(|step| carry_out(step, out, stage));
}

/// What is left to do of the commit that the site's manifest announces; `None` when a file of the new
/// site is neither staged nor in place.
fn interrupted(out: &Below, stage: &Path) -> Option<Plan> {
    let announced = Manifest::load(out.root()).ok()??;
    let next = announced.next?;
    let staged = Below::new(stage.to_path_buf());
    let is_staged = |path: &str| matches!(staged.look(path), Found::File(_));
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
    Some(Plan { moves, removals: stale(&announced, &manifest) })
}

/// Files that the manifest `before` names and `now` does not.
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

/// Brings a file to its place on another file system, such as a volume of a container. Readers of
/// the site see the old file or the new one.
fn arrive(from: &Path, out: &Below, to: &Path) -> std::io::Result<()> {
    let new = out.at(ARRIVING);
    pour(from, &new)?;
    match fs::rename(&new, to) {
        // A folder inside of the output is on a file system of its own.
        Err(e) if e.kind() == Os::CrossesDevices => {
            pour(from, to)?;
            fs::remove_file(&new)
        }
        other => other,
    }
}

/// Copies a file with its time into a new file.
fn pour(from: &Path, to: &Path) -> std::io::Result<()> {
    clear(to).map_err(std::io::Error::other)?;
    let mut source = fs::File::open(from)?;
    let mut target = fs::File::create_new(to)?;
    std::io::copy(&mut source, &mut target)?;
    target.set_modified(source.metadata()?.modified()?)
}

/// Removes a folder that holds nothing but empty folders; anything else stays.
fn remove_empty(folder: &Path) {
    if matches!(at(folder), Found::Folder) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            remove_empty(&entry.path());
        }
        let _ = fs::remove_dir(folder);
    }
}

/// Removes a stale file and the folders that are empty without it.
fn remove(out: &Below, path: &str) -> Result<()> {
    let full = out.at(path);
    match out.look(path) {
        Found::File(_) | Found::Odd => fs::remove_file(&full)
            .map_err(|e| Error::io("a stale file cannot be removed", &full, e))?,
        Found::Nothing => {}
        Found::Folder | Found::Behind(..) => return Ok(()), // something else took its place
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
