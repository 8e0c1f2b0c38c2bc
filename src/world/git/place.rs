//! Where a repository is: its git folder, the folder it shares, its work tree.
//!
//! libgit2 can search too, but then refuses folders of other users. Only the shapes of folders are checked here;
//! nothing is executed and no setting outside the repository is read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// The folders of one repository, all of them absolute.
#[derive(Debug, Clone)]
pub(super) struct GitFolders {
    /// What `.git` is or points to; holds `HEAD`.
    pub(super) folder: PathBuf,
    /// What linked work trees share: objects, branches, settings. Else the same as `folder`.
    pub(super) common: PathBuf,
    /// The top of the work tree, if there is one.
    pub(super) workdir: Option<PathBuf>,
}

impl GitFolders {
    /// Finds the nearest repository around `path`.
    pub(super) fn find(path: &Path) -> Result<Option<Self>> {
        let start = absolute_path(path)?;
        let mut unnamed_bare = None;
        for dir in start.ancestors() {
            let dot = dir.join(".git");
            if let Some(folder) = git_folder(&dot)? {
                return Self::at(folder, Some(dir)).map(Some);
            }
            if common_of(dir).is_some() {
                let name = dir.file_name().unwrap_or_default().to_string_lossy();
                if name == ".git" {
                    return Self::at(dir.to_path_buf(), dir.parent()).map(Some);
                }
                if name.ends_with(".git") || dir.components().any(|c| c.as_os_str() == ".git") {
                    return Self::at(dir.to_path_buf(), None).map(Some);
                }
                // might be data made to look like a repository: anything real around it wins
                unnamed_bare.get_or_insert(dir);
            }
        }
        unnamed_bare.map(|dir| Self::at(dir.to_path_buf(), None)).transpose()
    }

    /// Determines the work tree of a git folder that was found in `around`.
    fn at(folder: PathBuf, around: Option<&Path>) -> Result<Self> {
        let common = common_of(&folder).unwrap_or_else(|| folder.clone());
        let linked = common != folder;
        let mut place = Self { folder, common, workdir: around.map(Path::to_path_buf) };
        if linked {
            return Ok(place); // the shared settings are about the main work tree, not this one
        }
        let settings = place.settings()?;
        if settings.get_bool("core.bare").unwrap_or(false) {
            place.workdir = None;
        } else if let Ok(dir) = settings.get_path("core.worktree") {
            place.workdir = Some(absolute_path(&place.folder.join(dir))?);
        }
        Ok(place)
    }

    /// Returns how many bytes its packs have.
    pub(super) fn packed(&self) -> u64 {
        let packs = std::fs::read_dir(self.common.join("objects/pack")).into_iter().flatten();
        let size = |entry: std::fs::DirEntry| {
            let is_pack = entry.path().extension().is_some_and(|end| end == "pack");
            entry.metadata().ok().filter(|_| is_pack).map(|data| data.len())
        };
        packs.flatten().filter_map(size).sum()
    }

    /// Reads the repository's own settings, without the user's and the machine's.
    pub(super) fn settings(&self) -> Result<git2::Config> {
        let file = self.common.join("config");
        git2::Config::open(&file).map_err(|e| {
            failed("could not read the settings of the git repository", &file, &e)
                .help("repair the file; `git config --list --local` shows what git reads in it")
        })
    }
}

/// Returns `path` made absolute with links resolved, as far as it exists.
pub(super) fn absolute_path(path: &Path) -> Result<PathBuf> {
    let failed = |e| Error::io("could not resolve the path", path, e);
    let absolute = std::path::absolute(path).map_err(failed)?;
    let mut missing = Vec::new();
    for known in absolute.ancestors() {
        match fs::canonicalize(known) {
            Ok(mut real) => {
                real.extend(missing.iter().rev());
                return Ok(real);
            }
            Err(e)
                if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                // without a last name the path ends in `..`, which means nothing below a gap
                missing.push(known.file_name().ok_or_else(|| failed(e))?);
            }
            Err(e) => return Err(failed(e)),
        }
    }
    Ok(absolute)
}

/// Returns the git folder behind a `.git`, which is the folder itself or a file that points to it.
fn git_folder(dot: &Path) -> Result<Option<PathBuf>> {
    let Ok(meta) = fs::metadata(dot) else { return Ok(None) };
    if meta.is_dir() {
        return Ok(common_of(dot).map(|_| dot.to_path_buf()));
    }
    let text = fs::read_to_string(dot).map_err(|e| Error::io("could not read", dot, e))?;
    let target = text.strip_prefix("gitdir:").map(str::trim).unwrap_or_default();
    let folder = dot.parent().unwrap_or(dot).join(target);
    match fs::canonicalize(&folder) {
        Ok(folder) if !target.is_empty() && common_of(&folder).is_some() => Ok(Some(folder)),
        _ => Err(Error::new(ErrorKind::Git, "the `.git` file does not lead to a git folder")
            .at(dot)
            .help(
                "run `git worktree repair` or `git submodule update --init` in the main work tree",
            )),
    }
}

/// Returns the folder that holds the objects of the git folder `dir`; `None` if `dir` is not one.
fn common_of(dir: &Path) -> Option<PathBuf> {
    // a symbolic link that points nowhere yet is a HEAD as well
    fs::symlink_metadata(dir.join("HEAD")).ok()?;
    let common = match fs::read_to_string(dir.join("commondir")) {
        Ok(text) => fs::canonicalize(dir.join(text.trim())).ok()?,
        Err(_) => dir.to_path_buf(),
    };
    (common.join("objects").is_dir() && common.join("refs").is_dir()).then_some(common)
}

/// Returns an error about something of a repository, for a failure of libgit2.
pub(super) fn failed(doing: &str, path: &Path, e: &git2::Error) -> Error {
    Error::new(ErrorKind::Git, doing).at(path).because(said(e))
}

/// Returns the message of libgit2 on one line, since it may quote names that strangers chose.
pub(super) fn said(e: &git2::Error) -> String {
    e.message().replace(char::is_control, " ")
}
