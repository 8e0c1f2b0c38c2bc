//! Writes to a repository: new objects and references, never the work tree, its index or a branch that is checked
//! out.

use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{ObjectType, Repository};

use super::Git;
use super::objects::{Oid, names};
use super::place::failed;
use crate::error::{Error, ErrorKind, Result};

/// Who commits and tags; no person does.
const WHO: &str = "mcp-static <mcp-static@localhost>";

/// Most bytes of the object of a tag.
const MAX_TAG: usize = 64 * 1024;

impl Git {
    /// Makes an empty bare repository in `folder`, and opens it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn init_bare(folder: &Path) -> Result<Self> {
        Repository::init_bare(folder)
            .map_err(|e| failed("could not make a git repository", folder, &e))?;
        Self::discover(folder)?.ok_or_else(|| {
            Error::new(ErrorKind::Git, "could not open the new git repository").at(folder)
        })
    }

    /// Lets the reference `name` (`refs/…`) point to `target`, whatever it was before.
    ///
    /// # Errors
    /// When the name is not valid, or the repository cannot be written.
    pub fn set_reference(&self, name: &str, target: Oid) -> Result<()> {
        self.repo
            .reference(name, target.raw(), true, "mcp-static")
            .map(drop)
            .map_err(|e| failed("could not write a git reference", self.folder(), &e))
    }

    /// Writes an annotated tag of `commit`, and returns the tag object's id. No reference points to it yet. `time` is
    /// in seconds since 1970.
    ///
    /// # Errors
    /// When the repository cannot be written.
    pub fn annotate(&self, commit: Oid, name: &str, message: &str, time: i64) -> Result<Oid> {
        let text = format!(
            "object {commit}\ntype commit\ntag {name}\ntagger {WHO} {time} +0000\n\n{message}\n"
        );
        self.store(ObjectType::Tag, text.as_bytes())
    }

    /// Returns the commit and the message of the annotated tag that the reference `name` points to; `None` when there
    /// is no such reference, or it is not an annotated tag of a commit.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn annotation(&self, name: &str) -> Result<Option<(Oid, String)>> {
        let Ok(id) = self.repo.refname_to_id(name) else { return Ok(None) };
        let odb = self.objects()?;
        let object = odb
            .read(id)
            .map_err(|e| failed("could not read an annotated tag", self.folder(), &e))?;
        if object.kind() != ObjectType::Tag || object.len() > MAX_TAG {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(object.data());
        let Some((head, message)) = text.split_once("\n\n") else { return Ok(None) };
        let mut lines = head.lines();
        let target = lines.next().and_then(|line| line.strip_prefix("object ")?.parse().ok());
        let is_commit = lines.next() == Some("type commit");
        Ok(target.filter(|_| is_commit).map(|target| (target, message.to_owned())))
    }

    /// Writes a commit on top of `parent` in which each file at a path has the given content or is gone (`None`), and
    /// returns its id. No reference points to it yet. `time` is in seconds since 1970.
    ///
    /// # Errors
    /// When the parent cannot be read, or the repository cannot be written.
    pub fn commit_files(
        &self,
        parent: Oid,
        files: &[(String, Option<Vec<u8>>)],
        message: &str,
        time: i64,
    ) -> Result<Oid> {
        let unwritten = |e: git2::Error| failed("could not write a commit", self.folder(), &e);
        let base = self.repo.find_commit(parent.raw()).map_err(unwritten)?;
        let base = base.tree().map_err(unwritten)?;
        let mut update = TreeUpdateBuilder::new();
        for (path, bytes) in files {
            let path = names(path).collect::<Vec<_>>().join("/");
            match bytes {
                Some(bytes) => {
                    let blob = self.store(ObjectType::Blob, bytes)?;
                    update.upsert(path, blob.raw(), git2::FileMode::Blob);
                }
                None if base.get_path(Path::new(&path)).is_ok() => drop(update.remove(path)),
                None => {}
            }
        }
        let tree = update.create_updated(&self.repo, &base).map_err(unwritten)?;
        let who = format!("{WHO} {time} +0000");
        let text = format!(
            "tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n{}\n",
            message.trim_end()
        );
        self.store(ObjectType::Commit, text.as_bytes())
    }

    fn store(&self, kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
        self.objects()?
            .write(kind, bytes)
            .map(Oid::from)
            .map_err(|e| failed("could not write an object to git", self.folder(), &e))
    }
}
