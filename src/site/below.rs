//! Paths below a folder that do not pass through links.
//!
//! A manifest, a cache or a staged tree, and the folders that its paths lead through, may come from an
//! untrusted source. Every such path is checked here first: it must stay below its folder, and each
//! folder on the way must be a real folder. A race between check and use is not covered: an attacker
//! who can win it can write to the output anyway.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::ErrorKind as Os;
use std::path::{Component, Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use crate::error::{Error, ErrorKind, Result};

/// What exists at a path.
#[derive(Debug)]
pub(super) enum PathState {
    Nothing,
    File(Metadata),
    Folder,
    /// A link, a device or another thing that a build never creates.
    Special,
    /// Something on the way is not a folder: its path, and whether it is a file.
    Behind(String, bool),
}

/// A folder, and which folders below it are known to be real.
#[derive(Debug)]
pub(super) struct Below {
    root: PathBuf,
    /// Only folders that hold folders: most others hold one file, and there is one for each version.
    known: RwLock<HashSet<Box<str>>>,
}

impl Below {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, known: RwLock::default() }
    }

    /// Returns the folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns where `path` is on disk.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Returns what exists at `path`. A path that does not stay below the folder counts as absent.
    pub(super) fn look(&self, path: &str) -> PathState {
        if !is_below(path) {
            return PathState::Nothing;
        }
        let Some((parent, _)) = path.rsplit_once('/') else { return at(&self.at(path)) };
        if let Some((outer, _)) = parent.rsplit_once('/')
            && let Some(blocked) = self.blocked(outer)
        {
            return blocked;
        }
        blocks(parent, at(&self.at(parent))).unwrap_or_else(|| at(&self.at(path)))
    }

    /// Returns what blocks the path to `folder`; `None` when all parts are real folders.
    fn blocked(&self, folder: &str) -> Option<PathState> {
        if self.known.read().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            return None;
        }
        let blocked = folder.rsplit_once('/').and_then(|(outer, _)| self.blocked(outer));
        let blocked = blocked.or_else(|| blocks(folder, at(&self.at(folder))));
        if blocked.is_none() {
            self.known.write().unwrap_or_else(PoisonError::into_inner).insert(folder.into());
        }
        blocked
    }
}

/// Returns what `found` at the place of `folder` means for a path that leads through it.
fn blocks(folder: &str, found: PathState) -> Option<PathState> {
    match found {
        PathState::Folder => None,
        PathState::File(_) => Some(PathState::Behind(folder.to_owned(), true)),
        PathState::Special => Some(PathState::Behind(folder.to_owned(), false)),
        other => Some(other),
    }
}

/// Returns what is at a path of this machine; a link is not followed.
pub(super) fn at(path: &Path) -> PathState {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => PathState::Folder,
        Ok(meta) if meta.is_file() => PathState::File(meta),
        Ok(_) => PathState::Special,
        // A path that cannot be inspected counts as absent; using it returns the system's error.
        Err(_) => PathState::Nothing,
    }
}

/// Longest valid path, in bytes; operating systems allow no longer ones.
const MAX_PATH: usize = 4096;

/// Whether a path stays below the folder that it is joined to, on every operating system.
pub(super) fn is_below(path: &str) -> bool {
    let plain = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains('\\');
    path.len() <= MAX_PATH
        && path.split('/').all(plain)
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Removes a file, a folder with its content, or a link but not its target.
pub(super) fn clear(path: &Path) -> Result<()> {
    let done = match at(path) {
        PathState::Folder => fs::remove_dir_all(path),
        _ => fs::remove_file(path),
    };
    match done {
        Err(e) if e.kind() != Os::NotFound => {
            Err(Error::io("a working file cannot be removed", path, e)
                .help("remove it by hand, or choose another folder with --out"))
        }
        _ => Ok(()),
    }
}

/// Makes `folder` a real folder. Its parent must exist.
pub(super) fn make_real(folder: &Path) -> Result<()> {
    if matches!(at(folder), PathState::Folder) {
        return Ok(());
    }
    clear(folder)?;
    match fs::create_dir(folder) {
        Err(e) if e.kind() != Os::AlreadyExists => {
            Err(Error::new(ErrorKind::Output, "the working folder cannot be created")
                .at(folder)
                .because(e)
                .help("it is created beside the output: choose an output with --out in a folder that you can write to"))
        }
        _ => Ok(()),
    }
}

/// Returns every file below `folder`, with forward slashes, sorted; empty when there is no such folder. Links
/// are files here: they are not followed.
pub(super) fn files_below(folder: &Path) -> Result<Vec<String>> {
    if !matches!(at(folder), PathState::Folder) {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            let why = e.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links"));
            Error::io("a folder cannot be read", folder, why)
        })?;
        if entry.file_type().is_dir() {
            continue;
        }
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        files.push(parts.join("/"));
    }
    Ok(files)
}
