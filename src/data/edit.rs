//! Writing into a data folder.
//!
//! Whoever changes entries describes the change as [`Edits`] first, a value that can be shown and
//! tested, and [`apply`] brings it to disk. Each file is written beside its place and moved there, so
//! that none is ever half there, and a file that already holds its bytes is left alone. Refused are
//! paths that leave the folder and symbolic links on the way: what is committed under another name
//! must not be overwritten through one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It holds these bytes.
    Write(Vec<u8>),
    /// It is not there.
    Remove,
}

/// A change of a data folder: paths below it, with forward slashes, and what becomes of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(BTreeMap<String, Edit>);

impl Edits {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the file at `path` hold `bytes`.
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

    /// Every path in order, with its edit.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Edit)> {
        self.0.iter().map(|(path, edit)| (path.as_str(), edit))
    }

    /// How many files are concerned.
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
    /// Files that were as they should be.
    pub unchanged: u64,
}

/// Refuses to work without a data folder.
///
/// # Errors
/// When there is none; the help says how to begin one.
pub fn require_folder(root: &Path) -> Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Usage, "there is no data folder").at(root).help(format!(
        "name it with --data, create it with `mkdir {}`, or set up a registry with `mcp-static init`",
        root.display()
    )))
}

/// Brings `edits` to the folder `root`, which must be there. `step` hears of every file that is done.
///
/// Files of one folder are written in the order of their names. After a failure the help text of the
/// error says how many files were done; to do it again is safe.
pub fn apply(root: &Path, edits: &Edits, step: &(dyn Fn(u64) + Sync)) -> Result<Applied> {
    require_folder(root)?;
    let mut folders: BTreeMap<&str, Vec<(&str, &Edit)>> = BTreeMap::new();
    for (path, edit) in edits.iter() {
        let (folder, file) = split(root, path)?;
        folders.entry(folder).or_default().push((file, edit));
    }
    let done = Done::default();
    let folders: Vec<_> = folders.into_iter().collect();
    let result = folders.par_iter().try_for_each(|(folder, files)| {
        let folder = open_folder(root, folder)?;
        files.iter().try_for_each(|(file, edit)| {
            done.one(&folder.join(file), edit)?;
            step(1);
            Ok(())
        })
    });
    let applied = done.applied();
    match result {
        Ok(()) => Ok(applied),
        Err(e) => Err(with_progress(e, &applied, edits.len())),
    }
}

fn with_progress(e: Error, applied: &Applied, total: usize) -> Error {
    let done = applied.written + applied.removed + applied.unchanged;
    let help = format!(
        "{done} of {total} files were done before this; put it right and run the same command again"
    );
    match e.advice() {
        Some(advice) => {
            let help = format!("{advice}; {help}");
            e.help(help)
        }
        None => e.help(help),
    }
}

/// Splits a path into its folder and file name, if it stays below the root on every system.
fn split<'a>(root: &Path, path: &'a str) -> Result<(&'a str, &'a str)> {
    let sound = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']) && part.len() <= 255
    };
    if path.split('/').all(sound) {
        Ok(path.rsplit_once('/').unwrap_or(("", path)))
    } else {
        Err(Error::new(ErrorKind::Usage, format!("{path:?} is no path inside the data folder"))
            .at(root))
    }
}

/// Makes sure that `folder` is there and that no symbolic link stands on the way to it.
fn open_folder(root: &Path, folder: &str) -> Result<PathBuf> {
    let mut at = root.to_path_buf();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        at.push(part);
        match fs::symlink_metadata(&at) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(in_the_way(&at)),
            Err(e) if e.kind() == IoKind::NotFound => match fs::create_dir(&at) {
                // Another thread may have been faster.
                Err(e) if e.kind() != IoKind::AlreadyExists => {
                    return Err(Error::io("the folder cannot be created", &at, e));
                }
                _ => {}
            },
            Err(e) => return Err(Error::io("the folder cannot be read", &at, e)),
        }
    }
    Ok(at)
}

fn in_the_way(path: &Path) -> Error {
    Error::new(
        ErrorKind::Usage,
        "a symbolic link or something else that is no plain folder or file stands here",
    )
    .at(path)
    .help("remove it")
}

#[derive(Default)]
struct Done {
    written: AtomicU64,
    removed: AtomicU64,
    unchanged: AtomicU64,
}

impl Done {
    fn one(&self, path: &Path, edit: &Edit) -> Result<()> {
        let there = match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_file() => Some(meta.len()),
            Ok(_) => return Err(in_the_way(path)),
            Err(e) if e.kind() == IoKind::NotFound => None,
            Err(e) => return Err(Error::io("the file cannot be read", path, e)),
        };
        let counter = match (edit, there) {
            (Edit::Write(bytes), Some(size)) if same(path, size, bytes)? => &self.unchanged,
            (Edit::Write(bytes), _) => {
                replace(path, bytes)?;
                &self.written
            }
            (Edit::Remove, Some(_)) => {
                fs::remove_file(path)
                    .map_err(|e| Error::io("the file cannot be removed", path, e))?;
                &self.removed
            }
            (Edit::Remove, None) => &self.unchanged,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn applied(&self) -> Applied {
        Applied {
            written: self.written.load(Ordering::Relaxed),
            removed: self.removed.load(Ordering::Relaxed),
            unchanged: self.unchanged.load(Ordering::Relaxed),
        }
    }
}

fn same(path: &Path, size: u64, bytes: &[u8]) -> Result<bool> {
    if size != bytes.len() as u64 {
        return Ok(false);
    }
    let there = fs::read(path).map_err(|e| Error::io("the file cannot be read", path, e))?;
    Ok(there == bytes)
}

/// Writes a file beside `path` and moves it there.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.tmp"));
    let fail = |e| Error::io("the file cannot be written", path, e);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = match options.open(&beside) {
        Err(e) if e.kind() == IoKind::AlreadyExists => {
            // Left by a run that was killed; opened anew, so that a link is not followed.
            fs::remove_file(&beside).map_err(fail)?;
            options.open(&beside).map_err(fail)?
        }
        opened => opened.map_err(fail)?,
    };
    let moved = file.write_all(bytes).and_then(|()| {
        drop(file);
        fs::rename(&beside, path)
    });
    moved.map_err(|e| {
        let _ = fs::remove_file(&beside);
        fail(e)
    })
}
