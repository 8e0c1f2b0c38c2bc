//! Opens a repository, and reads what concerns it as a whole.

use std::cell::{Cell, RefCell};
use std::path::{Component, Path};
use std::sync::Once;

use git2::{ErrorCode, ObjectType, Repository};

use super::cache::ObjectCache;
use super::hidden::{self, HiddenHistory};
use super::objects::{self, Oid};
use super::place::{GitFolders, absolute_path, failed, said};
use crate::error::{Error, ErrorKind, Result};

/// An opened repository.
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

    /// Opens a second handle on the same repository, for another thread.
    ///
    /// # Errors
    /// As for [`Git::discover`].
    pub fn reopen(&self) -> Result<Self> {
        Self::open(self.place.clone())
    }

    /// Closes the repository and opens it again, which gives back what was mapped and kept of it, unless it
    /// keeps objects of its own.
    ///
    /// # Errors
    /// As for [`Git::discover`].
    pub(super) fn renew(&mut self) -> Result<()> {
        if !self.in_memory.get() {
            *self = self.reopen()?;
        }
        Ok(())
    }

    fn open(place: GitFolders) -> Result<Self> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            git2::opts::strict_hash_verification(false);
            // What is read again is kept here; libgit2 would keep every tree of the history.
            git2::opts::enable_caching(false);
        });
        hidden::refuse_unknown_formats(&place)?;
        let unopened = |e: git2::Error| {
            failed("could not open the git repository", &place.folder, &e)
                .help("check it with `git status`, or clone it again")
        };
        let repo = Repository::open_bare(&place.folder).map_err(unopened)?;
        if let Some(dir) = &place.workdir {
            repo.set_workdir(dir, false).map_err(unopened)?; // false: nothing is written
        }
        Ok(Self { repo, place, kept: Box::default(), in_memory: Cell::new(false) })
    }

    /// Returns the top of the work tree, symbolic links resolved; `None` in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.place.workdir.as_deref()
    }

    /// Returns the folder that the `git` program is run in: the top of the work tree, or a bare repository itself.
    pub fn root(&self) -> &Path {
        self.workdir().unwrap_or(&self.place.folder)
    }

    /// Returns where `path` is in the work tree, with `/` between names and `""` for the top itself;
    /// `None` when it is outside. Links are resolved, and `path` need not exist. In a bare repository
    /// its folder is the top.
    ///
    /// # Errors
    /// When the path cannot be resolved or is not Unicode.
    pub fn relative(&self, path: &Path) -> Result<Option<String>> {
        let top = self.root();
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

    /// Resolves `rev` to a commit: a branch, tag, object id, `HEAD~2`, `origin/main`, …
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

    /// Returns who wrote a commit, and the first line of its message.
    ///
    /// # Errors
    /// When it cannot be read or is not a commit.
    pub fn describe(&self, commit: Oid) -> Result<(String, String)> {
        let found = self.repo.find_commit(commit.raw());
        let found = found.map_err(|e| {
            failed("could not read a commit", &self.place.folder, &e).at(commit.to_string())
        })?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let first = found.message_bytes().split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok((text(found.author().name_bytes()), text(first)))
    }

    /// Returns the commit checked out here; `None` before the first commit.
    ///
    /// # Errors
    /// When `HEAD` cannot be read.
    pub fn head(&self) -> Result<Option<Oid>> {
        match self.repo.head().and_then(|head| head.peel(ObjectType::Commit)) {
            Ok(commit) => Ok(Some(commit.id().into())),
            Err(e) if e.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(e) => Err(failed("could not read HEAD", &self.place.folder, &e)
                .help("check the repository with `git status`")),
        }
    }

    /// Returns paths under `prefix`, relative to it and sorted, where the work tree or the index differs
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
            failed("could not compare the work tree with its last commit", &self.place.folder, &e)
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

    /// Returns the address of the remote called `name` in the repository's own settings, without
    /// any user name and password of a web address.
    pub fn remote_url(&self, name: &str) -> Option<String> {
        let url = self.place.settings().ok()?.get_string(&format!("remote.{name}.url")).ok()?;
        Some(without_credentials(url))
    }

    /// Returns git's id for a blob of these bytes; equal ids mean equal files, no repository needed.
    pub fn blob_id(bytes: &[u8]) -> Oid {
        objects::hash(ObjectType::Blob, bytes).unwrap_or(Oid::ZERO)
    }

    /// Returns which part of history this clone lacks; `None` when dates can be trusted.
    ///
    /// # Errors
    /// When the git folder's settings cannot be read.
    pub fn hidden_history(&self) -> Result<Option<HiddenHistory>> {
        hidden::hidden_history_of(&self.place)
    }

    /// Returns the folder that holds the objects and settings; for messages.
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
