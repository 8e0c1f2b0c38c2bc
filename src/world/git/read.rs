//! Reads single objects: commits, blobs, and trees through the cache.

use std::sync::Arc;

use git2::{ObjectType, Odb, OdbObject};

use super::Git;
use super::cache::{KEEP_BYTES, KEEP_COMMITS, Tree};
use super::objects::{Commit, Hashing, KEEP_FROM, Oid, hash, malformed};
use super::place::failed;
use crate::error::{Error, ErrorKind, Result};

impl Git {
    pub(super) fn objects(&self) -> Result<Odb<'_>> {
        self.repo.odb().map_err(|e| {
            failed("could not open the objects of the git repository", self.folder(), &e)
        })
    }

    pub(super) fn read<'a>(
        &self,
        odb: &'a Odb<'_>,
        oid: Oid,
        kind: ObjectType,
        how: Hashing,
    ) -> Result<OdbObject<'a>> {
        let object = odb.read(oid.raw()).map_err(|e| self.unreadable(oid, &e))?;
        if object.kind() != kind {
            let doing = format!("git object {oid} is a {}, not a {kind}", object.kind());
            return Err(Error::new(ErrorKind::Git, doing));
        }
        if how == Hashing::Verify && hash(kind, object.data())? != oid {
            return Err(malformed(oid));
        }
        Ok(object)
    }

    fn unreadable(&self, oid: Oid, cause: &git2::Error) -> Error {
        let help = "this clone is incomplete: clone it again without `--filter`";
        let hidden = self.hidden_history().ok().flatten();
        failed(&format!("could not read git object {oid}"), self.folder(), cause)
            .help(hidden.map_or(help, |hidden| hidden.help()))
    }

    pub(super) fn commit(&self, odb: &Odb<'_>, oid: Oid, how: Hashing) -> Result<Commit> {
        let object = self.read(odb, oid, ObjectType::Commit, how)?;
        Commit::parse(object.data()).ok_or_else(|| malformed(oid))
    }

    /// Returns when `commit` was committed, in seconds since 1970.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn commit_time(&self, commit: Oid) -> Result<i64> {
        Ok(self.commit(&self.objects()?, commit, Hashing::Verify)?.time)
    }

    /// Returns the size of a blob in bytes, from its header alone.
    ///
    /// # Errors
    /// When there is no such object or it is not a blob.
    pub fn size(&self, oid: Oid) -> Result<u64> {
        let (size, kind) =
            self.objects()?.read_header(oid.raw()).map_err(|e| self.unreadable(oid, &e))?;
        if kind != ObjectType::Blob {
            let doing = format!("git object {oid} is a {kind}, not a blob");
            return Err(Error::new(ErrorKind::Git, doing));
        }
        Ok(size as u64)
    }

    /// Returns the bytes of a blob, compared with its id. Ask [`Git::size`] first when a stranger wrote it.
    ///
    /// # Errors
    /// When there is no such blob or it is damaged.
    pub fn blob(&self, oid: Oid) -> Result<Vec<u8>> {
        let odb = self.objects()?;
        let object = self.read(&odb, oid, ObjectType::Blob, Hashing::Verify)?;
        Ok(object.data().to_vec())
    }

    /// Reads a tree, compared with its id when it is first read.
    pub(super) fn tree(&self, odb: &Odb<'_>, oid: Oid) -> Result<Arc<Tree>> {
        if let Some(kept) = self.kept.borrow().trees.get(&oid) {
            return Ok(kept.clone());
        }
        let object = self.read(odb, oid, ObjectType::Tree, Hashing::Verify)?;
        let tree = Arc::new(Tree::new(object.data()));
        let size = object.len();
        if size >= KEEP_FROM {
            let mut kept = self.kept.borrow_mut();
            if kept.bytes + size > KEEP_BYTES {
                kept.trees.clear();
                kept.bytes = 0;
            }
            kept.bytes += size;
            kept.trees.insert(oid, tree.clone());
        }
        Ok(tree)
    }

    /// Returns the tree of a commit, which is compared with its id when it is first read.
    pub(super) fn top(&self, odb: &Odb<'_>, commit: Oid) -> Result<Oid> {
        if let Some(top) = self.kept.borrow().tops.get(&commit) {
            return Ok(*top);
        }
        let top = self.commit(odb, commit, Hashing::Verify)?.tree;
        let mut kept = self.kept.borrow_mut();
        if kept.tops.len() >= KEEP_COMMITS {
            kept.tops.clear();
        }
        kept.tops.insert(commit, top);
        Ok(top)
    }
}
