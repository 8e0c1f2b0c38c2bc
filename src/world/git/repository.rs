//! Opens a repository and answers what concerns it as a whole.

use std::cell::{Cell, RefCell};
use std::path::{Component, Path};
use std::sync::Once;

use git2::{ErrorCode, ObjectType, Repository};

use super::cache::ObjectCache;
use super::hidden::{self, HiddenHistory};
use super::objects::{self, Oid};
use super::place::{GitFolders, absolute_path, said};
use crate::error::{Error, ErrorKind, Result};

/// An opened repository, for reading only.
///
/// It may move to another thread but is not shared between threads: each takes its own with
/// [`Git::reopen`], which costs a fraction of a millisecond.
pub struct Git {
    pub(super) repo: Repository,
    pub(super) place: GitFolders,
    /// What was read and compared with its id; see [`ObjectCache`].
    pub(super) kept: Box<RefCell<ObjectCache>>,
    /// Whether this handle keeps objects of its own; see [`Git::overlay`].
    pub(super) in_memory: Cell<bool>,
}

impl std::fmt::Debug for Git {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Git").field("folder", &self.place.folder).finish_non_exhaustive()
    }
}

impl Git {
    /// Opens the repository that `path` lies in, searching upward; `None` when there is none.
    ///
    /// `path` need not exist. Linked work trees, submodules and bare repositories are found as
    /// git finds them, with one exception: data shaped like a bare repository inside a work tree
    /// does not hide the repository around it, unless its folder is called `*.git`.
    ///
    /// # Errors
    /// When a repository is there and cannot be read: a broken link to its git folder, a storage
    /// format this program does not know. The error tells how to convert it.
    pub fn discover(path: &Path) -> Result<Option<Self>> {
        GitFolders::find(path)?.map(Self::open).transpose()
    }

    /// A second handle on the same repository, for another thread.
    ///
    /// # Errors
    /// As for [`Git::discover`].
    pub fn reopen(&self) -> Result<Self> {
        Self::open(self.place.clone())
    }

    fn open(place: GitFolders) -> Result<Self> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| git2::opts::strict_hash_verification(false));
        hidden::refuse_unknown_formats(&place)?;
        let failed = |e: git2::Error| {
            Error::new(ErrorKind::Git, "could not open the git repository")
                .at(&place.folder)
                .because(said(&e))
                .help("check it with `git status`, or clone it again")
        };
        let repo = Repository::open_bare(&place.folder).map_err(failed)?;
        if let Some(dir) = &place.workdir {
            repo.set_workdir(dir, false).map_err(failed)?; // false: nothing is written
        }
        Ok(Self { repo, place, kept: Box::default(), in_memory: Cell::new(false) })
    }

    /// The top of the work tree, symbolic links resolved; `None` in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.place.workdir.as_deref()
    }

    /// Where `path` lies in the work tree, with `/` between names and `""` for the top itself;
    /// `None` when it lies outside. Links are resolved, and `path` need not exist. In a bare repository
    /// its folder stands for the top.
    ///
    /// # Errors
    /// When the path cannot be resolved or is not Unicode.
    pub fn relative(&self, path: &Path) -> Result<Option<String>> {
        let top = self.workdir().unwrap_or(&self.place.folder);
        let path = absolute_path(path)?;
        let Ok(inside) = path.strip_prefix(top) else { return Ok(None) };
        let mut names = Vec::new();
        for part in inside.components() {
            let Component::Normal(name) = part else { return Ok(None) };
            names.push(name.to_str().ok_or_else(|| {
                Error::new(ErrorKind::Git, "a path in the work tree is not Unicode")
                    .at(&path)
                    .help("rename the folder")
            })?);
        }
        Ok((names.first() != Some(&".git")).then(|| names.join("/")))
    }

    /// The commit that `rev` means: a branch, tag, object id, `HEAD~2`, `origin/main`, …
    ///
    /// # Errors
    /// When nothing of that name exists here, or it is ambiguous, or it is not a commit.
    pub fn resolve(&self, rev: &str) -> Result<Oid> {
        let found = self.repo.revparse_single(rev).and_then(|o| o.peel(ObjectType::Commit));
        found.map(|commit| Oid::from(commit.id())).map_err(|e| {
            let rev = rev.escape_debug();
            let (doing, help) = match e.code() {
                ErrorCode::NotFound => (
                    format!("unknown revision `{rev}`"),
                    "check the spelling; in a fresh checkout fetch it first, e.g. `git fetch origin main`",
                ),
                ErrorCode::Ambiguous => {
                    (format!("revision `{rev}` is ambiguous"), "write more digits of the commit id")
                }
                _ => (
                    format!("revision `{rev}` does not name a commit"),
                    "use a branch, a tag or a commit id",
                ),
            };
            Error::new(ErrorKind::Git, doing).because(said(&e)).help(help)
        })
    }

    /// The commit checked out here; `None` before the first commit.
    ///
    /// # Errors
    /// When `HEAD` cannot be read.
    pub fn head(&self) -> Result<Option<Oid>> {
        let head = self.repo.head().and_then(|head| head.peel(ObjectType::Commit));
        match head {
            Ok(commit) => Ok(Some(commit.id().into())),
            Err(e) if e.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(e) => Err(Error::new(ErrorKind::Git, "could not read HEAD")
                .at(&self.place.folder)
                .because(said(&e))
                .help("check the repository with `git status`")),
        }
    }

    /// Paths under `prefix`, relative to it and sorted, where the work tree or the index differs
    /// from `HEAD`, new files included and ignored ones not; empty in a bare repository.
    ///
    /// # Errors
    /// When the index or the work tree cannot be read.
    pub fn changed(&self, prefix: &str) -> Result<Vec<String>> {
        if self.workdir().is_none() {
            return Ok(Vec::new());
        }
        let prefix = objects::names(prefix).collect::<Vec<_>>().join("/");
        let mut options = git2::StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).disable_pathspec_match(true);
        if !prefix.is_empty() {
            options.pathspec(&prefix);
        }
        let all = self.repo.statuses(Some(&mut options)).map_err(|e| {
            Error::new(ErrorKind::Git, "could not compare the work tree with its last commit")
                .at(&self.place.folder)
                .because(said(&e))
        })?;
        let mut paths: Vec<String> = all
            .iter()
            .filter_map(|s| {
                let path = String::from_utf8_lossy(s.path_bytes());
                let rest = path.strip_prefix(prefix.as_str())?;
                Some(rest.strip_prefix('/').unwrap_or(rest).to_owned())
            })
            .collect();
        paths.sort_unstable();
        Ok(paths)
    }

    /// The address of the remote called `name`, as the repository's own settings give it, without
    /// any user name and password of a web address.
    pub fn remote_url(&self, name: &str) -> Option<String> {
        let url = self.place.settings().ok()?.get_string(&format!("remote.{name}.url")).ok()?;
        Some(without_credentials(url))
    }

    /// Git's id for a blob of these bytes; equal ids mean equal files, no repository needed.
    pub fn blob_id(bytes: &[u8]) -> Oid {
        objects::hash(ObjectType::Blob, bytes).unwrap_or(Oid::ZERO)
    }

    /// Which part of history this clone lacks; `None` when dates can be trusted.
    ///
    /// # Errors
    /// When the git folder's settings cannot be read.
    pub fn hidden_history(&self) -> Result<Option<HiddenHistory>> {
        hidden::hidden_history_of(&self.place)
    }

    /// The folder that holds the objects and settings; for messages.
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }
}

/// Cuts `user:secret@` out of a web address.
fn without_credentials(url: String) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return url;
    }
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url,
    }
}
