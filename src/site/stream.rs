//! Files that are written in pieces, so that a large one is never in memory.
//!
//! The pieces are compared with the file that is there. Only when they differ is a file staged.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind as Os, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

use super::ManifestRow;
use super::manifest::FileDigest;

/// A file that exists in the site, and the modification time that shows whether it was changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Path, size and digest.
    pub row: ManifestRow,
    /// Modification time in nanoseconds since 1970.
    pub modified: u64,
}

/// A file that is being written.
#[derive(Debug)]
pub struct Stream {
    path: String,
    /// Where the file is, or would be.
    there: PathBuf,
    staged: PathBuf,
    hash: Sha256,
    length: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// All pieces so far are those of the file that is there.
    Same(BufReader<File>),
    /// The file is staged.
    Staged(BufWriter<File>),
}

impl Stream {
    /// Begins the file `path`; `is_there` says whether there is a regular file already.
    pub(super) fn begin(
        path: String,
        there: PathBuf,
        staged: PathBuf,
        is_there: bool,
    ) -> Result<Self> {
        let same = is_there.then(|| File::open(&there).ok()).flatten().map(BufReader::new);
        let state = match same {
            Some(file) => State::Same(file),
            None => State::Staged(BufWriter::new(create(&staged)?)),
        };
        Ok(Self { path, there, staged, hash: Sha256::new(), length: 0, state })
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, piece: &[u8]) -> Result<()> {
        if let State::Same(file) = &mut self.state
            && !begins_with(file, piece)
        {
            self.state = State::Staged(self.copied(self.length)?);
        }
        self.hash.update(piece);
        self.length += piece.len() as u64;
        match &mut self.state {
            State::Same(_) => Ok(()),
            State::Staged(file) => file.write_all(piece).map_err(|e| unwritten(&self.staged, e)),
        }
    }

    /// Stages the first `length` bytes of the file that is there.
    fn copied(&self, length: u64) -> Result<BufWriter<File>> {
        let mut new = create(&self.staged)?;
        let copied = File::open(&self.there)
            .and_then(|file| std::io::copy(&mut file.take(length), &mut new))
            .map_err(|e| unwritten(&self.staged, e))?;
        match copied == length {
            true => Ok(BufWriter::new(new)),
            false => {
                let e = std::io::Error::other("the old file changed during the build");
                Err(unwritten(&self.there, e))
            }
        }
    }

    /// Ends the file. Returns it, and whether it differs from the one that is there; with `always` it is
    /// staged even when it does not.
    pub(super) fn finish(mut self, always: bool) -> Result<(StoredFile, bool)> {
        let differs = match &mut self.state {
            State::Same(file) => !file.fill_buf().is_ok_and(<[u8]>::is_empty),
            State::Staged(_) => true,
        };
        if matches!(self.state, State::Same(_)) && (differs || always) {
            self.state = State::Staged(self.copied(self.length)?);
        }
        let meta = match self.state {
            State::Same(file) => file.get_ref().metadata(),
            State::Staged(file) => {
                let file =
                    file.into_inner().map_err(|e| unwritten(&self.staged, e.into_error()))?;
                file.metadata()
            }
        };
        let meta = meta.map_err(|e| unwritten(&self.staged, e))?;
        let row = ManifestRow {
            path: self.path.into(),
            size: self.length,
            sha256: FileDigest::from(self.hash),
        };
        Ok((StoredFile { row, modified: modified(&meta) }, differs))
    }
}

fn unwritten(path: &Path, e: std::io::Error) -> Error {
    Error::io("a file cannot be written", path, e)
}

/// Whether the next bytes of `file` are those of `piece`, which are read past.
pub(super) fn begins_with(file: &mut impl BufRead, mut piece: &[u8]) -> bool {
    while !piece.is_empty() {
        let Ok(next) = file.fill_buf() else { return false };
        let length = next.len().min(piece.len());
        if length == 0 || next[..length] != piece[..length] {
            return false;
        }
        file.consume(length);
        piece = &piece[length..];
    }
    true
}

/// Creates a staged file and its folder.
pub(super) fn create(path: &Path) -> Result<fs::File> {
    let fail = |e| Error::io("a file cannot be written", path, e);
    let folder = path.parent().unwrap_or(path);
    match fs::create_dir(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == Os::AlreadyExists => {}
        Err(_) => fs::create_dir_all(folder).map_err(fail)?,
    }
    fs::File::create(path).map_err(fail)
}

pub(super) fn modified(meta: &fs::Metadata) -> u64 {
    let since = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}
