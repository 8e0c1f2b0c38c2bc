//! Records from a file.
//!
//! A file is unpacked when its first bytes are those of gzip, whatever its name. Refused is one that
//! is larger than a registry could be, so that a small packed file cannot fill the memory.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use crate::diag::Diagnostic;
use crate::error::{Error, ErrorKind, Result};

use super::text::{Batch, read_text};

/// Largest dump, in bytes, after unpacking.
const MAX_DUMP: u64 = 1 << 30;

/// What a dump holds, or why it is no dump.
pub(super) type Dump = Result<Batch, Box<Diagnostic>>;

/// Reads the records of the dump file at `path`.
pub fn read_dump(path: &Path) -> Result<Dump> {
    let fail = |e: std::io::Error| {
        let help = match e.kind() {
            std::io::ErrorKind::NotFound => {
                "name a dump file, a registry's base URL with https://, or \"official\""
            }
            _ => "fetch it again, or make it readable",
        };
        Error::io("the dump cannot be read", path, e).help(help)
    };
    let mut reader = BufReader::new(File::open(path).map_err(fail)?);
    let packed = reader.fill_buf().map_err(fail)?.starts_with(b"\x1f\x8b");
    let mut bytes = Vec::new();
    let mut limited: Box<dyn Read> = if packed {
        Box::new(flate2::read::MultiGzDecoder::new(reader).take(MAX_DUMP + 1))
    } else {
        Box::new(reader.take(MAX_DUMP + 1))
    };
    limited.read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > MAX_DUMP {
        let what = format!("the dump is larger than {} MiB", MAX_DUMP >> 20);
        return Err(Error::new(ErrorKind::Usage, what)
            .at(path)
            .help("split it; several imports add up"));
    }
    Ok(read_text(&path.to_string_lossy().replace('\\', "/"), &bytes))
}
