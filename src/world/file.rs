//! Files that a caller names: read up to a limit, created with a given mode, and a folder locked for one writer.
//!
//! A path may lead to an endless device, and the umask may make a mode too wide or too narrow. Every reader states
//! a limit, and the error names it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;

/// Mode of a file that everyone may read.
pub const SHARED: u32 = 0o644;

/// Mode of a file that holds a secret.
pub const SECRET: u32 = 0o600;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// Also when it is a folder or larger; a device without an end is larger.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_from(open(path)?, limit)
}

/// Opens a file for [`read_from`]; a folder is refused.
pub fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    Ok(file)
}

/// Reads a text file of at most `limit` bytes.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Reads to the end of `input`, which must come within `limit` bytes.
pub fn read_from(input: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let size = match limit {
            0..0x10_0000 => format!("{} KiB", limit >> 10),
            _ => format!("{} MiB", limit >> 20),
        };
        let why = format!("it is larger than {size}");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// Creates a file that does not exist yet, not even as a dangling link.
///
/// It has the given mode whatever the umask is, where the system has modes.
pub fn create(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let set = file.set_permissions(std::fs::Permissions::from_mode(mode));
        // Some disks have no modes. Only a secret must not be stored on one of them.
        if mode == SECRET {
            set?;
        }
    }
    #[cfg(not(unix))]
    let _ = mode;
    Ok(file)
}

/// Writes a file that a caller named: a new one with the mode of shared files. What is there already,
/// such as a device or a pipe, is written to as it is.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match create(path, SHARED) {
        Ok(mut file) => file.write_all(bytes),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => std::fs::write(path, bytes),
        Err(e) => Err(e),
    }
}

/// A folder that no other run holds until this is dropped.
#[derive(Debug)]
pub struct Held {
    _lock: Option<File>,
}

/// Locks `folder` for this run alone; `None` when another run holds it.
///
/// The folder itself is locked, so that no file is left behind. Where the system cannot lock a folder
/// nothing is held.
pub fn hold(folder: &Path) -> Option<Held> {
    let Ok(file) = File::open(folder) else { return Some(Held { _lock: None }) };
    match file.try_lock() {
        Ok(()) => Some(Held { _lock: Some(file) }),
        Err(std::fs::TryLockError::WouldBlock) => None,
        Err(std::fs::TryLockError::Error(_)) => Some(Held { _lock: None }),
    }
}
