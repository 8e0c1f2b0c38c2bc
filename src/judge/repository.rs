//! The repository around the data folder.

use crate::data::join;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::world::git::{Git, Oid};

use super::types::VerifyOptions;

/// The repository around the data folder, and where the folder lies in it.
pub(super) fn open(options: &VerifyOptions) -> Result<(Git, String)> {
    let git = Git::discover(&options.data)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "this is no git repository")
            .at(&options.data)
            .help("run this inside the registry's repository")
    })?;
    let prefix = git.relative(&options.data)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the data folder lies outside the repository")
            .at(&options.data)
            .help("name the folder inside the repository with --data")
    })?;
    Ok((git, prefix))
}

/// Refuses to judge where neither side has the data folder: under a mistyped name every change would be
/// one of other files, by nobody's settings.
pub(super) fn look_for_data(git: &Git, prefix: &str, commits: &[Option<Oid>]) -> Result<()> {
    for commit in commits.iter().flatten() {
        if git.entry(*commit, prefix)?.is_some() {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Usage, "neither base nor head holds the data folder")
        .at(prefix)
        .help("name the registry's folder with --data"))
}

/// Says that the work tree holds files that nobody judges, where its commit is the one that is judged.
pub(super) fn uncommitted(git: &Git, prefix: &str, head: Oid) -> Result<Option<Diagnostic>> {
    if git.head()? != Some(head) {
        return Ok(None);
    }
    let paths = git.changed(prefix)?;
    let Some(first) = paths.first() else { return Ok(None) };
    let (what, them) = match paths.len() {
        1 => ("1 file that is not committed is".to_owned(), "it"),
        n => (format!("{n} files that are not committed are"), "them"),
    };
    let message = format!("{what} not judged; `verify` looks at commits");
    let folder = if prefix.is_empty() { "." } else { prefix };
    Ok(Some(
        Diagnostic::new(Code::ChangeUncommitted, Place::file(join(prefix, first)), message)
            .help(format!("commit {them}: `git add {folder}` and `git commit`")),
    ))
}
