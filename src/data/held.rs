//! A path that is not published as the branch has it, and the commit whose state is published instead.
//!
//! `verify --hold` writes one of these per line, and `build --without` reads them.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::text::{is_hex, percent_decode, percent_encode};

use super::layout::{DataPath, join};

/// A path whose newest state is not published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// A file or folder below the data folder; with a leading slash, from the top of the repository.
    pub path: String,
    /// The commit whose state is published instead, as 40 hexadecimal digits; `None`: nothing is.
    pub from: Option<String>,
}

impl Held {
    /// Returns the path from the top of the repository, where the data folder is at `prefix`.
    pub fn full_path(&self, prefix: &str) -> String {
        match self.path.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None => join(prefix, &self.path),
        }
    }

    /// Returns the commit whose state is published instead.
    ///
    /// # Errors
    /// When `from` is not a full commit id.
    #[cfg(feature = "git")]
    pub fn commit(&self) -> Result<Option<crate::world::git::Oid>> {
        self.from.as_deref().map(str::parse).transpose()
    }

    /// Whether it is a version folder that is left out: no commit has to be read for it.
    pub fn is_left_out_entry(&self) -> bool {
        self.from.is_none() && is_version_folder(&self.path)
    }
}

fn is_version_folder(path: &str) -> bool {
    matches!(DataPath::of(&format!("{path}/server.json")), DataPath::Entry { .. })
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name may hold what would end the line, or look like the id after it.
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '%';
        let path = match self.path.chars().all(is_plain) {
            true => self.path.clone(),
            false => self.path.split('/').map(percent_encode).collect::<Vec<_>>().join("/"),
        };
        match &self.from {
            Some(commit) => write!(f, "{path} {commit}"),
            None => f.write_str(&path),
        }
    }
}

impl FromStr for Held {
    type Err = Error;

    /// Reads `PATH` or `PATH COMMIT`; a path may be percent-encoded.
    fn from_str(line: &str) -> Result<Self> {
        let (path, from) = match line.rsplit_once(' ') {
            Some((path, commit)) if is_hex(commit, 40) => (path, Some(commit.to_owned())),
            _ => (line, None),
        };
        let path = percent_decode(path, false).unwrap_or_default();
        let mut names = path.strip_prefix('/').unwrap_or(&path).split('/');
        if names.all(|name| !matches!(name, "" | "." | "..")) {
            return Ok(Self { path, from });
        }
        Err(Error::new(ErrorKind::Usage, format!("{line:?} does not name something to hold back"))
            .help("give the file that `mcp-static verify --hold` wrote: one path below the data folder per line, such as servers/<namespace>/<name>/<version>, and after it the commit whose state is published instead"))
    }
}
