//! Files of the working folder: each ends with a digest of all before it.
//!
//! They only save work: a file that is not exactly as it was written is ignored, and its content is
//! computed again. That protects against accidents and manual edits, but not against an attacker who
//! also computes the digest. A working folder that came with a repository is therefore rejected earlier.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::FileDigest;
use super::below::{PathState, at, clear, make_real};

/// Start of the last line.
const SEAL: &str = "sha256 ";

/// Returns the working folder of the output folder `out`, which is beside it; `None` when `out` has no name.
pub fn working_folder(out: &Path) -> Option<PathBuf> {
    Some(out.parent()?.join(WORK).join(out.file_name()?))
}

/// What the folder that holds working folders is called, beside an output or the data.
pub const WORK: &str = ".mcp-static";

/// Makes the working folder, and the folder that it is in, real folders.
pub(super) fn make_working_folder(work: &Path) -> crate::error::Result<()> {
    if let Some(around) = work.parent() {
        if let Some(outer) = around.parent() {
            let fail = |e| crate::error::Error::io("a folder cannot be created", outer, e);
            std::fs::create_dir_all(outer).map_err(fail)?;
        }
        make_real(around)?;
    }
    make_real(work)
}

/// Returns the text of a sealed file of the working folder `work`, without its last line; `None` when it
/// is missing or not exactly as it was written.
pub fn read_sealed(work: &Path, name: &str) -> Option<String> {
    let mut text = String::new();
    open_working(work, name)?.read_to_string(&mut text).ok()?;
    let (body, seal) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let length = body.len() + 1;
    let digest = FileDigest::parse(seal.strip_prefix(SEAL)?)?;
    (FileDigest::of(&text.as_bytes()[..length]) == digest).then(|| text.truncate(length))?;
    Some(text)
}

/// A file that is read in pieces.
pub type FileReader = BufReader<File>;

/// Opens a file of the working folder `work`; `None` when it is missing, or behind a link.
pub fn open_working(work: &Path, name: &str) -> Option<FileReader> {
    let path = work.join(name);
    let real = work.parent().is_some_and(|around| matches!(at(around), PathState::Folder));
    if !real || !matches!(at(work), PathState::Folder) || !matches!(at(&path), PathState::File(_)) {
        return None;
    }
    File::open(path).ok().map(BufReader::new)
}

/// Removes a file of the working folder `work`.
pub fn remove_working(work: &Path, name: &str) {
    let _ = clear(&work.join(name)); // it only saves work
}

/// A file of the working folder that is being written. Unless it is finished, the one that was there stays.
#[derive(Debug)]
pub struct WorkingFile {
    new: PathBuf,
    path: PathBuf,
    file: BufWriter<File>,
}

impl WorkingFile {
    /// Begins the file `name` of the working folder `work`; `None` when it cannot be written.
    pub fn begin(work: &Path, name: &str) -> Option<Self> {
        make_working_folder(work).ok()?;
        let new = work.join(format!("{name}.new"));
        clear(&new).ok()?;
        // A new file, so that no link leads the bytes elsewhere.
        let file = BufWriter::new(File::create_new(&new).ok()?);
        Some(Self { new, path: work.join(name), file })
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts the file in place.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.file.flush()?;
        if !matches!(at(&self.path), PathState::File(_)) {
            clear(&self.path).map_err(std::io::Error::other)?;
        }
        std::fs::rename(&self.new, &self.path)
    }
}

impl Drop for WorkingFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.new); // gone already when it was finished
    }
}

/// A sealed file that is being written.
#[derive(Debug)]
pub struct Sealing {
    file: WorkingFile,
    hash: Sha256,
}

impl Sealing {
    /// Begins the file `name` of the working folder `work`; `None` when it cannot be written.
    pub fn begin(work: &Path, name: &str) -> Option<Self> {
        Some(Self { file: WorkingFile::begin(work, name)?, hash: Sha256::new() })
    }

    /// Adds a line.
    pub fn line(&mut self, line: &str) -> std::io::Result<()> {
        for part in [line.as_bytes(), b"\n"] {
            self.hash.update(part);
            self.file.write(part)?;
        }
        Ok(())
    }

    /// Seals the file and puts it in place.
    pub fn finish(mut self) -> std::io::Result<()> {
        let digest = FileDigest::from(self.hash);
        self.file.write(format!("{SEAL}{digest}\n").as_bytes())?;
        self.file.finish()
    }
}
