//! Records from a file.
//!
//! A file is unpacked when it begins like gzip, whatever its name. A file that is larger than a registry
//! could be is refused, so that a small packed file cannot fill the memory.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use crate::diag::Diagnostic;
use crate::error::{Error, Result};
use crate::world::file::{open, read_from};

use super::text::{Batch, read_text};

/// Maximum size of a dump, in bytes, after unpacking.
const MAX_DUMP: u64 = 256 << 20;

/// What a dump holds, or why it is not a dump.
pub type Dump = std::result::Result<Batch, Box<Diagnostic>>;

/// Reads the records of the dump file at `path`.
pub fn read_dump(path: &Path) -> Result<Dump> {
    let bytes = read_file(path)?;
    Ok(read_text(&path.to_string_lossy().replace('\\', "/"), &bytes))
}

/// Reads the bytes of the file at `path`, and unpacks them.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    let fail = |e: std::io::Error| {
        let help = match e.kind() {
            std::io::ErrorKind::NotFound => {
                "name a file, a folder, a registry's base URL with https://, or \"official\""
            }
            std::io::ErrorKind::FileTooLarge => "split it; several imports add up",
            _ => "fetch it again, or make it readable",
        };
        Error::io("the dump cannot be read", path, e).help(help)
    };
    let mut reader = BufReader::new(open(path).map_err(fail)?);
    let packed = reader.fill_buf().map_err(fail)?.starts_with(b"\x1f\x8b");
    match packed {
        true => read_from(flate2::read::MultiGzDecoder::new(reader), MAX_DUMP),
        false => read_from(reader, MAX_DUMP),
    }
    .map_err(fail)
}
