//! Writing into a data folder.
//!
//! A change of entries is described as [`Edits`] first, a value that can be shown and tested, and
//! [`apply`] brings it to disk. Each file is written beside the data folder and moved to its place, so
//! that no file is ever half written, and a file that already has its bytes is left alone. Paths that
//! leave the folder and symbolic links on the way are refused: a file that is committed under another
//! name must not be overwritten through a link.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::site::WORK;
use crate::world::file;

use super::layout::join;

/// What happens to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It gets these bytes.
    Write(Vec<u8>),
    /// It is removed.
    Remove,
}

/// A change of a data folder: paths below it, with forward slashes, and what happens to each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(BTreeMap<String, Edit>);

impl Edits {
    /// Makes a change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes `bytes` to the file at `path`.
    pub fn write(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), Edit::Write(bytes.into()));
    }

    /// Removes the file at `path`.
    pub fn remove(&mut self, path: impl Into<String>) {
        self.0.insert(path.into(), Edit::Remove);
    }

    /// Adds the edits of `other`, which win.
    pub fn extend(&mut self, other: Edits) {
        self.0.extend(other.0);
    }

    /// Returns every path in order, with its edit.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Edit)> {
        self.0.iter().map(|(path, edit)| (path.as_str(), edit))
    }

    /// Returns how many files are concerned.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What [`apply`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files that were written.
    pub written: u64,
    /// Files that were removed.
    pub removed: u64,
    /// Files that had their bytes already.
    pub unchanged: u64,
}

/// Refuses to work without a data folder.
///
/// # Errors
/// When there is none; the help tells how to create one.
pub fn require_folder(root: &Path) -> Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Usage, "there is no data folder").at(root).help(format!(
        "name it with --data, create it with `mkdir {}`, or set up a registry with `mcp-static init`",
        root.display()
    )))
}

/// Brings `edits` to the folder `root`, which must be there. `step` is called for every file that is done.
///
/// Everything is written to a working folder beside `root` first and then moved to its place, a new folder
/// with all its files in one step. So a run that is killed leaves neither a half-written file nor a new
/// folder that lacks one of its files. After a failure the help text of the error counts the files that
/// were done. It is safe to repeat the run.
pub fn apply(root: &Path, edits: &Edits, step: &(dyn Fn(u64) + Sync)) -> Result<Applied> {
    let work = work_folder(root).and_then(|work| Some(work.parent()?.to_path_buf()));
    apply_in(root, work.as_deref().unwrap_or(root), edits, step)
}

/// Does what [`apply`] does, with the working folder in `home`.
pub fn apply_in(
    root: &Path,
    home: &Path,
    edits: &Edits,
    step: &(dyn Fn(u64) + Sync),
) -> Result<Applied> {
    require_folder(root)?;
    let mut folders: BTreeMap<&str, Vec<(&str, &Edit)>> = BTreeMap::new();
    for (path, edit) in edits.iter() {
        let (folder, file) = split(root, path)?;
        folders.entry(folder).or_default().push((file, edit));
    }
    let stage = Stage::open(root, home)?;
    let moves: Result<Vec<Moves>> = folders
        .par_iter()
        .map(|(folder, files)| prepare(root, &stage.path, folder, files, step))
        .collect();
    let moves = moves.map_err(|e| with_progress(e, 0, edits.len()))?;
    let (mut applied, mut moved) = (Applied::default(), BTreeSet::new());
    for moves in moves {
        moves.make(root, &stage.path, &mut moved).map_err(|e| {
            let done = applied.written + applied.removed + applied.unchanged;
            with_progress(e, done, edits.len())
        })?;
        applied.written += moves.writes.len() as u64;
        applied.removed += moves.removals.len() as u64;
        applied.unchanged += moves.unchanged;
    }
    Ok(applied)
}

/// Whether an earlier [`apply`] on `root` was killed before it was complete.
pub fn was_interrupted(root: &Path) -> bool {
    let beside = work_folder(root).map(|work| work.join(stage_name(root)));
    let inside = root.join(WORK).join(stage_name(root));
    let there = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
    beside.iter().chain([&inside]).any(there)
}

/// Returns the folder beside `root` for what is not part of the data and may be deleted at any
/// time.
pub fn work_folder(root: &Path) -> Option<PathBuf> {
    let full = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
    full.parent().map(|parent| parent.join(WORK))
}

/// Holds the folder `root` for this run, so that no other one changes it meanwhile.
///
/// # Errors
/// When another run holds it.
pub fn hold(root: &Path) -> Result<file::Held> {
    file::hold(root).ok_or_else(|| {
        Error::new(ErrorKind::Io, "another run is changing this folder")
            .at(root)
            .help("wait for it to end, then run the same command again")
    })
}

/// Returns the part of the working folder that holds what is not in place yet. Each data folder has
/// its own, as each is locked separately.
fn stage_name(root: &Path) -> String {
    let full = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
    let name = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!("edit-{name}")
}

/// A folder for files that are not in place yet, on the disk of the folder that they belong to. It is
/// removed in the end.
struct Stage {
    path: PathBuf,
}

impl Stage {
    fn open(root: &Path, home: &Path) -> Result<Self> {
        // What lies on another disk cannot be moved to its place in one step.
        let home = if same_disk(root, home) { home } else { root };
        let work = match open_folder(home, WORK) {
            // Only the data folder itself may be writable.
            Err(e) if e.kind() == ErrorKind::Io => open_folder(root, WORK),
            opened => opened,
        };
        let path = work?.join(stage_name(root));
        match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == IoKind::NotFound => {}
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(&path)
                .map_err(|e| Error::io("the working folder cannot be emptied", &path, e))?,
            _ => return Err(in_the_way(&path)),
        }
        // Another run may remove the folder above when it is done.
        fs::create_dir_all(&path)
            .map_err(|e| Error::io("the working folder cannot be created", &path, e))?;
        Ok(Self { path })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What stays is removed by the next run; another run may use the folder above.
        let _ = fs::remove_dir_all(&self.path);
        let _ = self.path.parent().map(fs::remove_dir);
    }
}

#[cfg(unix)]
fn same_disk(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if a.dev() == b.dev())
}

#[cfg(not(unix))]
fn same_disk(_: &Path, _: &Path) -> bool {
    true
}

/// What is left to do for the files of one folder once their bytes are in the stage.
#[derive(Default)]
struct Moves {
    /// The outermost folder on the way that is not there yet: it is moved as a whole.
    new: Option<String>,
    writes: Vec<String>,
    removals: Vec<String>,
    unchanged: u64,
}

/// Writes the files of one folder to the stage, but for those that are in place.
fn prepare(
    root: &Path,
    stage: &Path,
    folder: &str,
    files: &[(&str, &Edit)],
    step: &(dyn Fn(u64) + Sync),
) -> Result<Moves> {
    let mut moves = Moves { new: missing(root, folder)?, ..Moves::default() };
    for (file, edit) in files {
        let path = join(folder, file);
        let full = root.join(&path);
        let there = match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_file() => Some(meta.len()),
            Ok(_) => return Err(in_the_way(&full)),
            Err(e) if e.kind() == IoKind::NotFound => None,
            Err(e) => return Err(Error::io("the file cannot be read", full, e)),
        };
        match (edit, there) {
            (Edit::Write(bytes), Some(size)) if same(&full, size, bytes)? => moves.unchanged += 1,
            (Edit::Write(bytes), _) => {
                let fail = |e| Error::io("the file cannot be written", &full, e);
                fs::create_dir_all(stage.join(folder)).map_err(fail)?;
                let staged = file::create(&stage.join(&path), file::SHARED);
                staged.and_then(|mut file| file.write_all(bytes)).map_err(fail)?;
                moves.writes.push(path);
            }
            (Edit::Remove, Some(_)) => moves.removals.push(path),
            (Edit::Remove, None) => moves.unchanged += 1,
        }
        step(1);
    }
    Ok(moves)
}

impl Moves {
    /// Moves new files and removes the others; `moved` holds the new folders that are in place.
    fn make(&self, root: &Path, stage: &Path, moved: &mut BTreeSet<String>) -> Result<()> {
        let put = |path: &str| {
            let full = root.join(path);
            fs::rename(stage.join(path), &full)
                .map_err(|e| Error::io("the file cannot be put in place", full, e))
        };
        match &self.new {
            // Of several folders below a new one the first takes the others along.
            Some(new) if !self.writes.is_empty() && moved.insert(new.clone()) => put(new)?,
            Some(_) => {}
            None => self.writes.iter().try_for_each(|path| put(path))?,
        }
        for path in &self.removals {
            let full = root.join(path);
            fs::remove_file(&full).map_err(|e| Error::io("the file cannot be removed", full, e))?;
        }
        // Something else may have emptied the working folder.
        let missing = self.writes.iter().map(|path| root.join(path)).find(|path| !path.is_file());
        missing.map_or(Ok(()), |path| {
            Err(Error::new(ErrorKind::Io, "the file did not arrive at its place").at(path))
        })
    }
}

fn with_progress(e: Error, done: u64, total: usize) -> Error {
    let advice = e.advice().map(|advice| format!("{advice}; ")).unwrap_or_default();
    e.help(format!(
        "{advice}{done} of {total} files were done before this; fix it and run the same command again"
    ))
}

/// Splits a path into its folder and file name, if it stays below the root on every system.
fn split<'a>(root: &Path, path: &'a str) -> Result<(&'a str, &'a str)> {
    let valid = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']) && part.len() <= 255
    };
    if path.split('/').all(valid) {
        Ok(path.rsplit_once('/').unwrap_or(("", path)))
    } else {
        Err(Error::new(ErrorKind::Usage, format!("{path:?} is not a path inside the data folder"))
            .at(root))
    }
}

/// Returns the outermost folder on the way to `folder` that is not there yet. No part of it may be
/// a symbolic link.
fn missing(root: &Path, folder: &str) -> Result<Option<String>> {
    let mut at = String::new();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        at = join(&at, part);
        let full = root.join(&at);
        match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(in_the_way(&full)),
            Err(e) if e.kind() == IoKind::NotFound => return Ok(Some(at)),
            Err(e) => return Err(Error::io("the folder cannot be read", full, e)),
        }
    }
    Ok(None)
}

/// Makes sure that `folder` is there below `root` and that no part of it is a symbolic link.
pub fn open_folder(root: &Path, folder: &str) -> Result<PathBuf> {
    let path = root.join(folder);
    let fail = |e| Error::io("the folder cannot be created", &path, e);
    if missing(root, folder)?.is_some() {
        fs::create_dir_all(&path).map_err(fail)?;
    }
    Ok(path)
}

fn in_the_way(path: &Path) -> Error {
    Error::new(ErrorKind::Usage, "this is not a plain folder or file (it may be a symbolic link)")
        .at(path)
        .help("remove it")
}

fn same(path: &Path, size: u64, bytes: &[u8]) -> Result<bool> {
    let read = || fs::read(path).map_err(|e| Error::io("the file cannot be read", path, e));
    Ok(size == bytes.len() as u64 && read()? == bytes)
}
