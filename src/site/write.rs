//! Writes files to disk: compare, stage, commit.
//!
//! A file is written only when it differs from the existing one. Changed files are staged in a folder
//! beside the output; one announced step moves them when the whole site is valid. Only files that the
//! previous manifest lists are removed. The working folder `.mcp-static` beside the output may be
//! deleted at any time.

use std::fs;
use std::io::{BufReader, ErrorKind as Os, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

use super::HostFile;
use super::below::{Below, PathState, at, clear, files_below};
use super::commit::{ARRIVING, CommitPlan, CommitStep, announce, carry_out, recover, stale};
use super::guard::{Forbidden, is_free, permit};
use super::lower::{Destination, Files};
use super::manifest::{FileDigest, MANIFEST, Manifest, ManifestRow};
use super::sealed::{FileReader, make_working_folder, working_folder};
use super::stream::{StoredFile, Stream, begins_with, create, modified};

/// Numbers of files that a commit wrote, removed and left unchanged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteCounts {
    /// Files that were written.
    pub written: u64,
    /// Files that were removed.
    pub removed: u64,
    /// Files that stayed as they were.
    pub unchanged: u64,
    /// Sum of all sizes.
    pub bytes: u64,
}

/// An output folder that is being built. If it is dropped without a commit, the site stays as it was.
#[derive(Debug)]
pub struct Output {
    out: Below,
    stage: PathBuf,
    work: PathBuf,
    /// Nothing was there before: the staged tree becomes the site in one rename.
    fresh: bool,
    rows: Mutex<Vec<ManifestRow>>,
    written: AtomicU64,
    /// Held until the end, so that two builds cannot share a folder.
    lock: fs::File,
}

impl Output {
    /// Opens `out` for building: rejects dangerous folders and completes an interrupted commit.
    pub fn open(out: &Path, forbidden: &Forbidden) -> Result<Self> {
        permit(out, forbidden)?;
        let full = std::path::absolute(out)
            .map_err(|e| Error::io("the path has no absolute form", out, e))?;
        let work = working_folder(&full).ok_or_else(|| {
            Error::new(ErrorKind::Output, "the output folder has no name")
                .at(out)
                .help("write its path without `..` at the end")
        })?;
        make_working_folder(&work)?;
        let lock = lock(&work.join("lock"))?;
        let stage = work.join("stage");
        let out = Below::new(out.to_path_buf());
        recover(&out, &stage);
        clear(&stage)?;
        clear(&out.at(ARRIVING))?;
        let fresh = !matches!(out.look(MANIFEST), PathState::File(_));
        let (rows, written) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self { out, stage, work, fresh, rows, written, lock })
    }

    /// Returns the working folder: kept between builds, and not part of the site.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// Returns the output folder.
    pub fn folder(&self) -> &Path {
        self.out.root()
    }

    /// Returns the digest of the existing site's manifest; `None` when there is no site.
    pub fn manifest(&self) -> Option<FileDigest> {
        if self.fresh {
            return None;
        }
        FileDigest::of_file(&self.out.at(MANIFEST)).ok()
    }

    /// Whether all these files of an earlier build are unchanged since that build.
    pub fn intact(&self, files: &[StoredFile]) -> bool {
        !self.fresh
            && files.iter().all(|kept| {
                matches!(self.out.look(&kept.row.path), PathState::File(meta)
                    if meta.len() == kept.row.size && modified(&meta) == kept.modified)
            })
    }

    /// Opens a file of an earlier build; `None` when it has changed since.
    pub fn open_kept(&self, kept: &StoredFile) -> Option<FileReader> {
        self.intact(std::slice::from_ref(kept)).then_some(())?;
        let path = self.out.at(&kept.row.path);
        (FileDigest::of_file(&path).ok()? == kept.row.sha256).then_some(())?;
        fs::File::open(path).ok().map(BufReader::new)
    }

    /// Keeps files of an earlier build that are [intact](Output::intact).
    pub fn keep(&self, files: &[StoredFile]) {
        self.push(files.iter().map(|kept| kept.row.clone()));
    }

    /// Removes the site that is in the output: the files that its manifest names, and the manifest last.
    /// Returns how many they were.
    ///
    /// # Errors
    /// When a file cannot be removed. The next call removes the rest.
    pub fn retire(self) -> Result<u64> {
        let Some(manifest) = Manifest::load(self.out.root())? else { return Ok(0) };
        let files = stale(&manifest, &Manifest::default());
        for path in files.iter().map(String::as_str).chain([MANIFEST]) {
            carry_out(CommitStep::Remove(path), &self.out, &self.stage)?;
        }
        let _ = fs::remove_dir(self.out.root()); // stays when something else is in it
        let work = self.work.clone();
        drop(self);
        clear(&work)?;
        Ok(files.len() as u64 + 1)
    }

    /// Completes `manifest`, stages it and checks that nothing blocks the commit. The site is unchanged.
    ///
    /// # Errors
    /// When something in the output blocks a file. The message says what, and what to do about it.
    pub fn prepare(self, mut manifest: Manifest) -> Result<Ready> {
        manifest.files = std::mem::take(&mut *self.lock_rows());
        manifest.files.sort();
        let bytes = manifest.files.iter().map(|row| row.size).sum();
        let count = manifest.files.len() as u64;
        let written = self.written.load(Ordering::Relaxed);
        let mut done =
            WriteCounts { written, removed: 0, unchanged: count - written.min(count), bytes };
        // Once anything is moved, the manifest is moved last.
        if let Some(copy) = manifest.copy() {
            done.written += u64::from(self.put_manifest(&manifest, copy, false)?.1);
        }
        let (own, changed) = self.put_manifest(&manifest, MANIFEST.to_owned(), done.written > 0)?;
        done.written += u64::from(changed);
        let digest = own.row.sha256;
        let (mut plan, mut ours) = (CommitPlan::default(), Vec::new());
        if done.written > 0 && !self.fresh {
            let before = Manifest::load(self.out.root())?.unwrap_or_default();
            plan.removals = stale(&before, &manifest);
            ours = before.rows_of(&plan.removals);
            done.removed = plan.removals.len() as u64;
            plan.moves = files_below(&self.stage)?;
            plan.moves.retain(|path| path != MANIFEST);
            plan.check(&self.out)?;
        }
        Ok(Ready { output: self, manifest, digest, ours, plan, done })
    }

    /// Stages `manifest` as the file `path` if it differs from the existing one, or `always`. Returns the
    /// file, and whether it differs.
    fn put_manifest(
        &self,
        manifest: &Manifest,
        path: String,
        always: bool,
    ) -> Result<(StoredFile, bool)> {
        let mut stream = self.stream(path)?;
        manifest.write(|piece| stream.write(piece))?;
        stream.finish(always)
    }

    /// Begins a file that is added in pieces.
    ///
    /// # Errors
    /// When it cannot be staged.
    pub fn stream(&self, path: String) -> Result<Stream> {
        let there = !self.fresh && matches!(self.out.look(&path), PathState::File(_));
        let (old, staged) = (self.out.at(&path), self.stage.join(&path));
        Stream::begin(path, old, staged, there)
    }

    /// Adds a file whose pieces are all there.
    ///
    /// # Errors
    /// When it cannot be staged.
    pub fn close(&self, stream: Stream) -> Result<StoredFile> {
        let (file, differs) = stream.finish(false)?;
        self.written.fetch_add(u64::from(differs), Ordering::Relaxed);
        self.push([file.row.clone()]);
        Ok(file)
    }

    /// Returns the modification time of the existing file if it has the same bytes.
    fn equal_file(&self, file: &HostFile) -> Option<u64> {
        if self.fresh {
            return None;
        }
        let PathState::File(meta) = self.out.look(&file.path) else { return None };
        if meta.len() != file.body.len() as u64 {
            return None;
        }
        let there = fs::File::open(self.out.at(&file.path)).ok()?;
        let mut there = BufReader::with_capacity(file.body.len().clamp(1, 1 << 16), there);
        begins_with(&mut there, &file.body).then(|| modified(&meta))
    }

    fn push(&self, rows: impl IntoIterator<Item = ManifestRow>) {
        self.lock_rows().extend(rows);
    }

    fn lock_rows(&self) -> std::sync::MutexGuard<'_, Vec<ManifestRow>> {
        self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Destination for Output {
    type Added = StoredFile;
    type Error = Error;

    /// Adds a file. It is staged only if it differs from the existing one.
    fn put(&self, file: HostFile) -> Result<StoredFile> {
        let modified = match self.equal_file(&file) {
            Some(modified) => modified,
            None => {
                self.written.fetch_add(1, Ordering::Relaxed);
                stage(&self.stage.join(&file.path), &file.body)?
            }
        };
        let row = file.row();
        self.push([row.clone()]);
        Ok(StoredFile { row, modified })
    }

    fn rows(&self) -> Vec<ManifestRow> {
        let mut rows = self.lock_rows().clone();
        rows.sort();
        rows
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // A build that fails leaves nothing behind. A failure here is found when the output is next opened.
        let _ = clear(&self.stage);
        // A child process that is being started may hold the file for a moment longer.
        let _ = self.lock.unlock();
    }
}

/// Writes `files` to the folder `out` in one atomic step. Files with equal bytes stay as they are, and
/// files of an earlier site that are no longer needed are removed.
///
/// # Errors
/// When a shortfall is fatal, when `out` is not empty and not a site of this tool, or when a file
/// cannot be written. The old site is then still there.
pub fn write(files: &Files, out: &Path) -> Result<WriteCounts> {
    if let Some(fatal) = files.shortfalls().iter().find(|shortfall| shortfall.is_fatal()) {
        return Err(Error::new(ErrorKind::Output, fatal.message.clone()).help(fatal.help.clone()));
    }
    let output = Output::open(out, &Forbidden::default())?;
    let copy = files.manifest.copy();
    let is_manifest = |path: &str| path == MANIFEST || Some(path) == copy.as_deref();
    for file in files.files.iter().filter(|file| !is_manifest(&file.path)) {
        output.put(file.clone())?;
    }
    let (counts, _) = output.prepare(files.manifest.clone())?.commit()?;
    Ok(counts)
}

/// A completely staged site that nothing blocks. If it is dropped, the old site stays.
#[derive(Debug)]
pub struct Ready {
    output: Output,
    manifest: Manifest,
    digest: FileDigest,
    /// Stale files of the old manifest.
    ours: Vec<ManifestRow>,
    plan: CommitPlan,
    done: WriteCounts,
}

impl Ready {
    /// Moves the staged files into the site and removes stale ones. Returns what was done, and the
    /// digest of the manifest.
    ///
    /// # Errors
    /// When a file cannot be moved or removed. The next build completes the site.
    pub fn commit(mut self) -> Result<(WriteCounts, FileDigest)> {
        let Output { out, stage, .. } = &self.output;
        let idle = !self.output.fresh && self.done.written == 0;
        if idle || (self.output.fresh && rename_whole(stage, out.root())?) {
            return Ok((self.done, self.digest));
        }
        if self.output.fresh {
            self.plan.moves = files_below(stage)?;
            self.plan.moves.retain(|path| path != MANIFEST);
        }
        self.announce()?;
        let Output { out, stage, .. } = &self.output;
        self.plan.steps().into_iter().try_for_each(|step| carry_out(step, out, stage))?;
        Ok((self.done, self.digest))
    }

    /// Makes the site's manifest list the files of both sites, and the digest of the new manifest.
    pub(super) fn announce(&mut self) -> Result<()> {
        self.manifest.next = Some(self.digest);
        self.manifest.files.append(&mut self.ours);
        announce(&self.output.out, &self.output.work, &self.manifest)
    }

    #[cfg(test)]
    pub(super) fn plan(&self) -> &CommitPlan {
        &self.plan
    }
}

/// Renames the staged tree to the site. Returns `false` when the output folder cannot be replaced, for
/// example because it is mounted, or is on another file system.
fn rename_whole(stage: &Path, out: &Path) -> Result<bool> {
    let fail = |e| Error::io("the site cannot be put in place", out, e);
    match fs::remove_dir(out) {
        Err(e) if e.kind() == Os::DirectoryNotEmpty && !is_free(out)? => return Err(fail(e)),
        Err(_) if matches!(at(out), PathState::Folder) => return Ok(false),
        _ => {}
    }
    match fs::rename(stage, out) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == Os::CrossesDevices => {
            fs::create_dir(out).map_err(fail)?;
            Ok(false)
        }
        Err(e) => Err(fail(e)),
    }
}

/// Writes a staged file and returns its modification time.
fn stage(path: &Path, bytes: &[u8]) -> Result<u64> {
    let fail = |e| Error::io("a file cannot be written", path, e);
    let mut file = create(path)?;
    file.write_all(bytes).map_err(fail)?;
    file.metadata().map(|meta| modified(&meta)).map_err(fail)
}

fn lock(path: &Path) -> Result<fs::File> {
    let fail = |e| Error::io("the lock cannot be taken", path, e);
    if !matches!(at(path), PathState::File(_)) {
        clear(path)?;
    }
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
