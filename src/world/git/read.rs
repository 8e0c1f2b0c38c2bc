//! Reads single objects: commits, trees and blobs.

use git2::{ObjectType, Odb, OdbObject};

use super::Git;
use super::objects::{Commit, Hashing, Oid, hash, malformed};
use super::place::said;
use crate::error::{Error, ErrorKind, Result};

impl Git {
    pub(super) fn objects(&self) -> Result<Odb<'_>> {
        self.repo.odb().map_err(|e| {
            Error::new(ErrorKind::Git, "could not open the objects of the git repository")
                .at(self.folder())
                .because(said(&e))
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
        let hidden = self.hidden_history().ok().flatten();
        Error::new(ErrorKind::Git, format!("could not read git object {oid}"))
            .at(self.folder())
            .because(said(cause))
            .help(
                hidden.map_or("this clone is incomplete: clone it again without `--filter`", |h| {
                    h.help()
                }),
            )
    }

    pub(super) fn commit(&self, odb: &Odb<'_>, oid: Oid, how: Hashing) -> Result<Commit> {
        let object = self.read(odb, oid, ObjectType::Commit, how)?;
        Commit::parse(object.data()).ok_or_else(|| malformed(oid))
    }

    /// When `commit` was committed, in seconds since 1970.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn commit_time(&self, commit: Oid) -> Result<i64> {
        Ok(self.commit(&self.objects()?, commit, Hashing::Verify)?.time)
    }

    /// The size of a blob in bytes, from its header alone.
    ///
    /// # Errors
    /// When there is no such object or it is not a blob.
    pub fn size(&self, oid: Oid) -> Result<u64> {
        let (size, kind) =
            self.objects()?.read_header(oid.raw()).map_err(|e| self.unreadable(oid, &e))?;
        if kind != ObjectType::Blob {
            return Err(Error::new(
                ErrorKind::Git,
                format!("git object {oid} is a {kind}, not a blob"),
            ));
        }
        Ok(size as u64)
    }

    /// The bytes of a blob, compared with its id. Ask [`Git::size`] first when a stranger wrote it.
    ///
    /// # Errors
    /// When there is no such blob or it is damaged.
    pub fn blob(&self, oid: Oid) -> Result<Vec<u8>> {
        let odb = self.objects()?;
        let object = self.read(&odb, oid, ObjectType::Blob, Hashing::Verify)?;
        Ok(object.data().to_vec())
    }
}
