//! Clones that do not hold all of history, and repositories that cannot be read at all.
//!
//! A date taken from a clone without its past is wrong but looks right, so such clones are recognised before
//! anything is dated. Nothing is fetched.

use std::fmt;
use std::fs;

use super::place::{GitFolders, failed};
use crate::error::{Error, ErrorKind, Result};

/// Why the dates in this clone cannot be trusted; its text says so and gives the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HiddenHistory {
    /// Cloned with a depth: older commits are not here.
    Shallow,
    /// Cloned with a filter that leaves out folders of older commits.
    Partial {
        /// The filter as git noted it; empty if it noted none.
        filter: String,
    },
}

impl HiddenHistory {
    /// Returns the fix, as one imperative sentence.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Shallow => {
                "run `git fetch --unshallow`; in GitHub Actions give `actions/checkout` `fetch-depth: 0`"
            }
            Self::Partial { .. } => {
                "clone again without `--filter`, or with `--filter=blob:none`, which keeps all dates"
            }
        }
    }

    /// Returns an error for callers that need dates.
    pub fn to_error(&self) -> Error {
        Error::new(ErrorKind::Git, self.fault()).help(self.help())
    }

    fn fault(&self) -> String {
        match self {
            Self::Shallow => "this clone is shallow, so the dates of its files are unknown".into(),
            Self::Partial { filter } if filter.is_empty() => {
                "this clone is partial, so the dates of its files are unknown".into()
            }
            Self::Partial { filter } => format!(
                "this clone is partial (filter {}), so the dates of its files are unknown",
                filter.escape_debug()
            ),
        }
    }
}

impl fmt::Display for HiddenHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.fault(), self.help())
    }
}

/// Returns which part of history is missing at `place`.
pub(super) fn hidden_history_of(place: &GitFolders) -> Result<Option<HiddenHistory>> {
    let shallow = place.common.join("shallow");
    match fs::metadata(&shallow) {
        Ok(file) if file.len() > 0 => return Ok(Some(HiddenHistory::Shallow)),
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(Error::io("could not read", &shallow, e)),
    }
    let settings = place.settings()?;
    let promised = promisors(&settings).map_err(|e| {
        failed("could not read the settings of the git repository", &place.common, &e)
    })?;
    // With these filters a clone has every commit and every folder, and lacks only contents.
    let keeps_folders = |f: &String| f.starts_with("blob:") || f.starts_with("sparse:");
    let partial = promised.into_iter().find(|filter| !keeps_folders(filter));
    Ok(partial.map(|filter| HiddenHistory::Partial { filter }))
}

/// Returns the filter of every remote that owes this clone objects, in the old and the new form of the settings.
fn promisors(settings: &git2::Config) -> Result<Vec<String>, git2::Error> {
    let mut remotes = Vec::new();
    let mut entries = settings.entries(Some("^remote\\..*\\.promisor$"))?;
    while let Some(entry) = entries.next() {
        let name = entry?.name().map(str::to_owned).unwrap_or_default();
        if settings.get_bool(&name)? {
            let stem = name.strip_suffix("promisor").unwrap_or(&name);
            remotes.push(format!("{stem}partialclonefilter"));
        }
    }
    if settings.get_string("extensions.partialclone").is_ok() && remotes.is_empty() {
        remotes.push("core.partialclonefilter".into());
    }
    Ok(remotes.iter().map(|key| settings.get_string(key).unwrap_or_default()).collect())
}

/// Refuses storage formats that libgit2 cannot read.
pub(super) fn refuse_unknown_formats(place: &GitFolders) -> Result<()> {
    let settings = place.settings()?;
    let text = |key| settings.get_string(key).unwrap_or_default().to_ascii_lowercase();
    let refuse = |what: &str, help: &str| {
        let doing = format!("the git repository uses {what}, which cannot be read");
        Err(Error::new(ErrorKind::Git, doing).at(&place.folder).help(help))
    };
    if !matches!(text("extensions.objectformat").as_str(), "" | "sha1") {
        return refuse(
            "SHA-256 object ids",
            "use a repository created with `git init --object-format=sha1` (git's default)",
        );
    }
    if !matches!(text("extensions.refstorage").as_str(), "" | "files") {
        return refuse(
            "reftable storage",
            "run `git refs migrate --ref-format=files`, or clone with `--ref-format=files`",
        );
    }
    // libgit2 reads extensions from format 1 on and does not know this one
    let format = settings.get_i32("core.repositoryformatversion").unwrap_or(0);
    if format > 0 && !text("extensions.partialclone").is_empty() {
        return refuse("the old form of partial clones", "clone again without `--filter`");
    }
    Ok(())
}
