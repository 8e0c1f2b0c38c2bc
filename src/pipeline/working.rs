//! Refuses a working folder that came with the repository.
//!
//! What a build remembers is believed, so it has to be its own. Git would hand everybody who clones a
//! repository the same working folder, made by the person who committed it.

use std::path::Path;

use crate::error::Result;
use crate::site::WORK;

use super::load::LoadOptions;

/// Refuses the working folders beside the data and beside the output; see [`refuse_tracked`].
pub(super) fn refuse(options: &LoadOptions) -> Result<()> {
    // One that the gate holds back is not part of what is published.
    let is_held = |path: &str| path.split('/').any(|name| name.eq_ignore_ascii_case(WORK));
    if !options.without.iter().any(|held| is_held(&held.path)) {
        refuse_tracked(&options.data)?;
    }
    options.remember.as_deref().and_then(Path::parent).map_or(Ok(()), refuse_tracked)
}

/// Refuses the working folder beside `path` when the commit that is checked out holds it, in any
/// spelling that some file system takes for the same.
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
    let why = "git tracks the working folder, so it may hold what somebody else wrote";
    Err(Error::new(ErrorKind::Output, why).at(path).help(help))
}

/// Without git nothing is tracked.
#[cfg(not(feature = "git"))]
pub(super) fn refuse_tracked(_: &Path) -> Result<()> {
    Ok(())
}
