//! Putting files on disk: compare, stage, commit.
//!
//! A file is written only when it differs from what is there. Changed files wait in a staging folder
//! beside the output until everything is known to be right; then one journalled step moves them. What
//! is removed is only what our previous manifest names. The working folder `.mcp-static` beside the
//! output may be deleted at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind as Os, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use crate::error::{Error, ErrorKind, Result};

use super::guard::{Forbidden, permit};
use super::journal::{Journal, Places, recover};
use super::manifest::{FileDigest, MANIFEST, Manifest, ManifestRow};
use super::{Body, HostFile};

/// A file of the site that is known to be there: its row, and the time that tells whether somebody
/// touched it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Path, size and digest.
    pub row: ManifestRow,
    /// Modification time in nanoseconds since 1970.
    pub modified: u64,
}

/// What a commit did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were written.
    pub written: u64,
    /// Files that were removed.
    pub removed: u64,
    /// Files that stayed as they were.
    pub unchanged: u64,
    /// Sum of all sizes.
    pub bytes: u64,
}

/// An output folder that is being built. Dropped without a commit it leaves the site as it was.
#[derive(Debug)]
pub struct Output {
    places: Places,
    work: PathBuf,
    /// Nothing was there before: the staged tree becomes the site in one rename.
    fresh: bool,
    rows: Mutex<Vec<ManifestRow>>,
    written: AtomicU64,
    /// Held until the end, so that two builds cannot share a folder.
    _lock: fs::File,
}

impl Output {
    /// Opens `out` for building: refuses dangerous folders, completes a commit that was cut off.
    pub fn open(out: &Path, forbidden: &Forbidden) -> Result<Self> {
        permit(out, forbidden)?;
        let full = std::path::absolute(out)
            .map_err(|e| Error::io("the path has no absolute form", out, e))?;
        let name = full.file_name().unwrap_or(out.as_os_str());
        let work = full.parent().unwrap_or(&full).join(".mcp-static").join(name);
        fs::create_dir_all(&work)
            .map_err(|e| Error::io("the working folder cannot be made", &work, e))?;
        let lock = lock(&work.join("lock"))?;
        let places = Places {
            out: out.to_path_buf(),
            stage: work.join("stage"),
            journal: work.join("journal"),
        };
        recover(&places)?;
        clear(&places.stage)?;
        let fresh = !out.join(MANIFEST).exists();
        Ok(Self {
            places,
            work,
            fresh,
            rows: Mutex::default(),
            written: AtomicU64::new(0),
            _lock: lock,
        })
    }

    /// The folder for things that outlive a build but are not part of the site.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// The output folder.
    pub fn folder(&self) -> &Path {
        &self.places.out
    }

    /// Adds a file; it is staged only if it differs from what is there.
    pub fn put(&self, file: &HostFile) -> Result<Kept> {
        let modified = match self.equal_file(file) {
            Some(modified) => modified,
            None => {
                self.written.fetch_add(1, Ordering::Relaxed);
                stage(&self.places.stage.join(&file.path), &file.body)?
            }
        };
        let row = ManifestRow {
            path: file.path.as_str().into(),
            size: file.body.len() as u64,
            sha256: FileDigest::of(&file.body),
        };
        self.push([row.clone()]);
        Ok(Kept { row, modified })
    }

    /// Whether every one of these files of a former build is as that build left it.
    pub fn intact(&self, files: &[Kept]) -> bool {
        !self.fresh
            && files.iter().all(|kept| {
                fs::symlink_metadata(self.places.out.join(&*kept.row.path)).is_ok_and(|meta| {
                    meta.is_file()
                        && meta.len() == kept.row.size
                        && modified(&meta) == kept.modified
                })
            })
    }

    /// Keeps files of a former build that are [intact](Output::intact).
    pub fn keep(&self, files: &[Kept]) {
        self.push(files.iter().map(|kept| kept.row.clone()));
    }

    /// Everything added so far, sorted by path.
    pub fn rows(&self) -> Vec<ManifestRow> {
        let mut rows = self.lock_rows().clone();
        rows.sort();
        rows
    }

    /// Pairs of added paths that not every file system could hold side by side: equal, or equal but
    /// for case.
    pub fn collisions(&self) -> Vec<(String, String)> {
        let mut rows = self.lock_rows();
        rows.sort();
        let rows = &*rows;
        let mut found = Vec::new();
        let mut say = |a: &str, b: &str| found.push((a.to_owned(), b.to_owned()));
        for pair in rows.windows(2).filter(|pair| pair[0].path == pair[1].path) {
            say(&pair[0].path, &pair[1].path);
        }
        // Only a path with a capital can equal another but for case, and few have one.
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.path.bytes().any(|b| b.is_ascii_uppercase())) {
            let lower = row.path.to_ascii_lowercase();
            if let Ok(at) = rows.binary_search_by(|other| (*other.path).cmp(&lower)) {
                say(&row.path, &rows[at].path);
            } else if let Some(other) = folded.insert(lower, &row.path) {
                say(other, &row.path);
            }
        }
        found
    }

    /// Makes the staged files the site, completes `manifest` and writes it, removes what is stale.
    pub fn commit(self, mut manifest: Manifest) -> Result<Written> {
        manifest.files = std::mem::take(&mut *self.lock_rows());
        manifest.files.sort();
        let bytes = manifest.files.iter().map(|row| row.size).sum();
        let count = manifest.files.len() as u64;
        let body = Body::from(manifest.render());
        let own = HostFile { path: MANIFEST.to_owned(), body: body.clone() };
        let written = self.written.load(Ordering::Relaxed);
        let mut done =
            Written { written, removed: 0, unchanged: count - written.min(count), bytes };
        let manifest_changed = self.equal_file(&own).is_none();
        let copy = manifest.copy().map(|path| HostFile { path, body });
        let copy = copy.filter(|copy| self.equal_file(copy).is_none());
        for file in copy.iter().chain(manifest_changed.then_some(&own)) {
            stage(&self.places.stage.join(&file.path), &file.body)?;
            done.written += 1;
        }
        if self.fresh {
            self.rename_stage()?;
            return Ok(done);
        }
        let removals =
            if manifest_changed { stale(&self.places.out, &manifest)? } else { Vec::new() };
        done.removed = removals.len() as u64;
        if manifest_changed || done.written > 0 || done.removed > 0 {
            let mut moves = files_below(&self.places.stage)?;
            // The manifest last: until it stands, the old one tells what is ours.
            moves.retain(|path| path != MANIFEST);
            moves.extend(manifest_changed.then(|| MANIFEST.to_owned()));
            Journal { moves, removals }.commit(&self.places)?;
        }
        clear(&self.places.stage)?;
        Ok(done)
    }

    fn rename_stage(&self) -> Result<()> {
        let out = &self.places.out;
        let fail = |e| Error::io("the site cannot be put in place", out, e);
        match fs::remove_dir(out) {
            Err(e) if e.kind() != Os::NotFound => return Err(fail(e)),
            _ => {}
        }
        fs::rename(&self.places.stage, out).map_err(fail)
    }

    /// The modification time of the file that is there, if it has these bytes.
    fn equal_file(&self, file: &HostFile) -> Option<u64> {
        if self.fresh {
            return None;
        }
        let mut there = fs::File::open(self.places.out.join(&file.path)).ok()?;
        let meta = there.metadata().ok()?;
        if !meta.is_file() || meta.len() != file.body.len() as u64 {
            return None;
        }
        let mut bytes = Vec::with_capacity(file.body.len());
        there.read_to_end(&mut bytes).ok()?;
        (*bytes == *file.body).then(|| modified(&meta))
    }

    fn push(&self, rows: impl IntoIterator<Item = ManifestRow>) {
        self.lock_rows().extend(rows);
    }

    fn lock_rows(&self) -> std::sync::MutexGuard<'_, Vec<ManifestRow>> {
        self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // A build that was given up leaves nothing behind; a failure here is found at the next open.
        let _ = clear(&self.places.stage);
    }
}

/// Files that the manifest of the site that is there names and the new one does not.
fn stale(out: &Path, manifest: &Manifest) -> Result<Vec<String>> {
    let previous = Manifest::load(out)?.unwrap_or_default();
    let now: BTreeSet<&str> = manifest.files.iter().map(|row| &*row.path).collect();
    let gone = previous.files.iter().filter(|row| !now.contains(&*row.path));
    let copy = previous.copy().filter(|copy| Some(copy) != manifest.copy().as_ref());
    let gone = gone.map(|row| row.path.to_string()).chain(copy);
    Ok(gone.filter(|path| is_below(path)).collect())
}

/// Whether a path of an old manifest stays below the site's root.
fn is_below(path: &str) -> bool {
    path.split('/').all(|segment| !matches!(segment, "" | "." | "..") && !segment.contains('\\'))
}

/// Writes a staged file and gives its modification time.
fn stage(path: &Path, bytes: &[u8]) -> Result<u64> {
    let fail = |e| Error::io("a file cannot be written", path, e);
    let folder = path.parent().unwrap_or(path);
    match fs::create_dir(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == Os::AlreadyExists => {}
        Err(_) => fs::create_dir_all(folder).map_err(fail)?,
    }
    let mut file = fs::File::create(path).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.metadata().map(|meta| modified(&meta)).map_err(fail)
}

fn modified(meta: &fs::Metadata) -> u64 {
    let since = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == Os::NotFound => Ok(()),
        Err(e) => Err(Error::io("the staging folder cannot be emptied", folder, e)),
    }
}

fn lock(path: &Path) -> Result<fs::File> {
    let fail = |e| Error::io("the lock cannot be taken", path, e);
    let file = fs::File::options().create(true).append(true).open(path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => {
            Err(Error::new(ErrorKind::Output, "another build is writing to this output folder")
                .at(path)
                .help("wait for it to end, or choose another folder with --out"))
        }
        Err(fs::TryLockError::Error(e)) => Err(fail(e)),
    }
}

/// Every file below `folder`, with forward slashes, sorted; empty when there is no such folder.
pub(super) fn files_below(folder: &Path) -> Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            Error::new(ErrorKind::Io, "a folder cannot be read").at(folder).because(e)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_that_collide_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let output = Output::open(&dir.path().join("site"), &Forbidden::default()).unwrap();
        for path in ["a/b", "a/B", "e/f", "e/g"] {
            output.put(&HostFile { path: path.to_owned(), body: Vec::new().into() }).unwrap();
        }
        assert_eq!(output.collisions(), [("a/B".to_owned(), "a/b".to_owned())]);
    }
}
