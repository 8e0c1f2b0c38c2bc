//! Commits, trees and blobs as they are stored.
//!
//! Objects are parsed here and not by libgit2, because a tree from a stranger may hold any bytes for a name, and
//! because the walk through history compares stored entries. No name is ever joined to a path of this machine.

use std::ffi::CStr;
use std::fmt;
use std::str::FromStr;

use git2::ObjectType;

use super::place::said;
use crate::error::{Error, ErrorKind, Result};
use crate::text::{self, to_hex};

/// Folders nested deeper than this are not opened; git itself stops not far beyond.
pub(super) const MAX_DEPTH: usize = 128;

/// Bytes of paths after which a tree counts as an attack: ten small trees can spell billions.
pub(super) const MAX_PATH_BYTES: usize = if cfg!(test) { 4 << 20 } else { 512 << 20 };

/// Folders opened in one commit after which it counts as an attack, even if all are empty.
pub(super) const MAX_FOLDERS: usize = if cfg!(test) { 10_000 } else { 1_000_000 };

/// Trees from this size on are kept in memory, in bytes; smaller ones are read quickly.
pub(super) const KEEP_FROM: usize = 4096;

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// A plain file.
    Regular,
    /// A file that may be executed.
    Executable,
    /// A symbolic link; its target is the blob's content.
    Symlink,
    /// Another repository, of which only the commit id is known.
    Submodule,
    /// Anything else, as the octal number that was written.
    Other(u32),
}

/// The id of a git object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid([u8; 20]);

impl Oid {
    /// The id that git uses for "nothing".
    pub const ZERO: Self = Self([0; 20]);

    /// Makes an id of its bytes.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn raw(self) -> git2::Oid {
        git2::Oid::from_bytes(&self.0).unwrap_or(git2::Oid::ZERO_SHA1)
    }
}

impl From<git2::Oid> for Oid {
    fn from(oid: git2::Oid) -> Self {
        Self::from_slice(oid.as_bytes()).unwrap_or(Self::ZERO)
    }
}

impl FromStr for Oid {
    type Err = Error;

    /// Reads forty hexadecimal digits.
    fn from_str(text: &str) -> Result<Self> {
        from_hex(text.as_bytes()).ok_or_else(|| {
            Error::new(ErrorKind::Git, format!("`{}` is not a full commit id", text.escape_debug()))
        })
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn from_hex(text: &[u8]) -> Option<Oid> {
    Some(Oid(text::from_hex(text)?.try_into().ok()?))
}

/// One line of a tree, as stored.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// All bytes of the entry; equal bytes are equal entries.
    pub(super) raw: &'a [u8],
    mode: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) oid: Oid,
}

impl Entry<'_> {
    pub(super) fn is_folder(&self) -> bool {
        matches!(self.mode, b"40000" | b"040000")
    }

    /// Whether the mode is spelled as git spells it.
    pub(super) fn is_canonical(&self) -> bool {
        matches!(self.mode, b"40000" | b"100644" | b"100755" | b"120000" | b"160000")
    }

    pub(super) fn mode(&self) -> FileMode {
        let octal =
            |n: u32, c: &u8| n.wrapping_mul(8).wrapping_add(u32::from(c.wrapping_sub(b'0')));
        match self.mode.iter().fold(0, octal) {
            0o100_644 | 0o100_664 => FileMode::Regular,
            0o100_755 => FileMode::Executable,
            0o120_000 => FileMode::Symlink,
            0o160_000 => FileMode::Submodule,
            other => FileMode::Other(other),
        }
    }

    /// Git's order inside a tree: a folder sorts as if a slash followed its name.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        let common = self.name.len().min(other.name.len());
        self.name[..common].cmp(&other.name[..common]).then_with(|| {
            let next = |e: &Self| match e.name.get(common) {
                Some(byte) => *byte,
                None if e.is_folder() => b'/',
                None => 0,
            };
            next(self).cmp(&next(other)).then(self.name.len().cmp(&other.name.len()))
        })
    }
}

/// Splits the first entry off the bytes of a tree; `None` at the end or where they make no sense.
pub(super) fn next_entry<'a>(rest: &mut &'a [u8]) -> Option<Entry<'a>> {
    let nul = CStr::from_bytes_until_nul(rest).ok()?.count_bytes();
    let (head, tail) = (&rest[..nul], rest.get(nul + 1..nul + 21)?);
    let space = head.iter().position(|b| *b == b' ')?;
    let (mode, name) = (&head[..space], &head[space + 1..]);
    let entry = Entry { raw: &rest[..nul + 21], mode, name, oid: Oid::from_slice(tail)? };
    *rest = &rest[nul + 21..];
    Some(entry)
}

/// Whether `name` can be a file name on every system.
pub(super) fn is_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..")
        && !name.eq_ignore_ascii_case(b".git")
        && !name.eq_ignore_ascii_case(b"git~1")
        && !name.iter().any(|b| matches!(b, b'/' | b'\\' | 0))
}

/// Returns the names of a `/`-separated prefix; `""` and `"."` mean the top.
pub(super) fn names(prefix: &str) -> impl Iterator<Item = &str> {
    prefix.split('/').filter(|name| !matches!(*name, "" | "."))
}

/// Finds the entry called `name`.
pub(super) fn find<'a>(mut tree: &'a [u8], name: &[u8]) -> Option<Entry<'a>> {
    std::iter::from_fn(|| next_entry(&mut tree)).find(|entry| entry.name == name)
}

/// What is needed of a commit.
pub(super) struct Commit {
    pub(super) tree: Oid,
    /// In the order of the commit.
    pub(super) parents: Vec<Oid>,
    /// The committer's time in seconds.
    pub(super) time: i64,
}

impl Commit {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|b| *b == b'\n');
        let tree = from_hex(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut parents = Vec::new();
        for line in lines {
            if let Some(id) = line.strip_prefix(b"parent ") {
                parents.push(from_hex(id)?);
            } else if let Some(who) = line.strip_prefix(b"committer ") {
                let after = who.iter().rposition(|b| *b == b'>')? + 1;
                let time = std::str::from_utf8(&who[after..]).ok()?.split_whitespace().next()?;
                return Some(Self { tree, parents, time: time.parse().ok()? });
            } else if line.is_empty() {
                break;
            }
        }
        None
    }

    pub(super) fn first_parent(&self) -> Option<Oid> {
        self.parents.first().copied()
    }
}

/// Returns the id of an object with these bytes.
pub(super) fn hash(kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
    git2::Oid::hash_object(kind, bytes)
        .map(Oid::from)
        .map_err(|e| Error::new(ErrorKind::Git, "could not hash an object").because(said(&e)))
}

/// Returns the error for an object whose bytes are not what git writes.
pub(super) fn malformed(oid: Oid) -> Error {
    Error::new(ErrorKind::Git, format!("git object {oid} is malformed"))
        .help("run `git fsck`, then clone the repository again")
}

/// Returns the error for a commit that spells more paths than any registry has.
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::Git, "a commit holds more files than can be read")
        .help("remove the folders that nest copies of each other")
}

/// Whether an object's bytes are compared with its id when it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hashing {
    /// Compare: what is read will be judged or published.
    Verify,
    /// Rely on the check that was made when the object arrived.
    Trust,
}
