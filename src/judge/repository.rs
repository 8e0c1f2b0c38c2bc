//! The repository around the data folder.

use crate::data::join;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::text::count;
use crate::world::git::{Git, Oid};

use super::types::VerifyOptions;

/// A repository with the commits to judge.
pub(super) struct Opened {
    pub(super) git: Git,
    /// The data folder from the top of the repository.
    pub(super) prefix: String,
    pub(super) base: Option<Oid>,
    pub(super) head: Oid,
}

/// Opens the repository around the data folder and resolves base and head.
///
/// # Errors
/// When there is no repository, a revision is unknown, or neither commit has the data folder, such as under a
/// mistyped name.
pub(super) fn open(options: &VerifyOptions) -> Result<Opened> {
    let git = Git::discover(&options.data)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "not a git repository")
            .at(&options.data)
            .help("run this inside the registry's repository")
    })?;
    let prefix = git.relative(&options.data)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the data folder is outside the repository")
            .at(&options.data)
            .help("name the folder inside the repository with --data")
    })?;
    let head = git.resolve(options.head.as_deref().unwrap_or("HEAD"))?;
    let base = options.base.as_deref().map(|base| git.resolve(base)).transpose()?;
    for commit in base.into_iter().chain([head]) {
        if git.entry(commit, &prefix)?.is_some() {
            return Ok(Opened { git, prefix, base, head });
        }
    }
    Err(Error::new(ErrorKind::Usage, "neither base nor head holds the data folder")
        .at(prefix)
        .help("name the registry's folder with --data"))
}

/// Reports files of the work tree that are not committed and so not judged, where `head` is checked out.
pub(super) fn uncommitted(git: &Git, prefix: &str, head: Oid) -> Result<Option<Diagnostic>> {
    if git.head()? != Some(head) {
        return Ok(None);
    }
    let paths = git.changed(prefix)?;
    let Some(first) = paths.first() else { return Ok(None) };
    let (number, is, them) = match paths.len() {
        1 => (1, "is", "it"),
        n => (n, "are", "them"),
    };
    let files = count(number, "file");
    let message =
        format!("{files} that {is} not committed {is} not judged; `verify` only reads commits");
    let folder = if prefix.is_empty() { "." } else { prefix };
    Ok(Some(
        Diagnostic::new(Code::ChangeUncommitted, Place::file(join(prefix, first)), message)
            .help(format!("commit {them}: `git add {folder}` and `git commit`")),
    ))
}
