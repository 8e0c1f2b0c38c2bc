//! Refuses a working folder that came with the repository.
//!
//! A build trusts the files that an earlier build left there. If git tracked them, everyone who clones
//! the repository would trust files of the person who committed them.

use std::path::Path;

use crate::error::Result;
use crate::site::WORK;

/// Refuses the working folders beside the data folder `data`, unless it is `held` back, and beside the
/// output, whose working folder is `remember`; see [`refuse_tracked`].
pub(super) fn refuse(data: &Path, held: bool, remember: Option<&Path>) -> Result<()> {
    if !held {
        refuse_tracked(data)?;
    }
    remember.and_then(Path::parent).map_or(Ok(()), refuse_tracked)
}

/// Whether a path leads through a working folder, in any case of letters.
pub(super) fn is_inside(path: &str) -> bool {
    path.split('/').any(|name| name.eq_ignore_ascii_case(WORK))
}

/// Refuses the working folder beside `path` when the commit that is checked out contains it, in any
/// case of letters: some file systems ignore case.
#[cfg(feature = "git")]
pub(super) fn refuse_tracked(path: &Path) -> Result<()> {
    use crate::error::{Error, ErrorKind};
    use crate::world::git::Git;

    let around = path.parent().unwrap_or(path);
    let around = if around.as_os_str().is_empty() { Path::new(".") } else { around };
    let Some(git) = Git::discover(around)?.filter(|git| git.workdir().is_some()) else {
        return Ok(());
    };
    let (Some(head), Some(folder)) = (git.head()?, git.relative(around)?) else { return Ok(()) };
    let names = git.names(head, &folder)?;
    let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(WORK)) else {
        return Ok(());
    };
    let path = around.join(name);
    let path = path.strip_prefix(".").unwrap_or(&path);
    let help = format!(
        "run `git rm -r -f {}`, add `{WORK}` to .gitignore and commit both",
        path.display()
    );
    let why = "git tracks the working folder, so somebody else may have written its files";
    Err(Error::new(ErrorKind::Output, why).at(path).help(help))
}

/// Without git nothing is tracked.
#[cfg(not(feature = "git"))]
pub(super) fn refuse_tracked(_: &Path) -> Result<()> {
    Ok(())
}
