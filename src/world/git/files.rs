//! The files of one commit, without a work tree.
//!
//! A commit may be made by hand. Nothing in it is refused here; what could do harm as a path is flagged, and a
//! tree built to exhaust memory is an error.

use std::borrow::Cow;
use std::collections::HashSet;

use git2::{ObjectType, Odb};

use super::Git;
use super::objects::{self, Entry, FileMode, Hashing, Oid, malformed};
use crate::error::{Error, ErrorKind, Result};

/// Folders nested deeper than this are not opened; git itself stops not far beyond.
pub(super) const MAX_DEPTH: usize = 128;

/// Bytes of paths after which a tree counts as an attack: ten small trees can spell billions.
pub(super) const MAX_PATH_BYTES: usize = if cfg!(test) { 4 << 20 } else { 512 << 20 };

/// Folders opened in one commit after which it counts as an attack, even if all are empty.
pub(super) const MAX_FOLDERS: usize = if cfg!(test) { 10_000 } else { 1_000_000 };

/// A file of a commit. Strangers can make trees by hand, so look at the two flags before trusting
/// the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// The path relative to the asked prefix, `/` between names; approximate if not `utf8`.
    pub path: String,
    /// What the entry is.
    pub mode: FileMode,
    /// The id of its content, or the commit of a submodule.
    pub oid: Oid,
    /// Whether `path` is exact.
    pub utf8: bool,
    /// False if a name on the way is one that no work tree can hold (`..`, `.`, `.git`, a slash in
    /// it), stands twice in its folder, or lies too deep. Such a path must not reach a disk.
    pub well_formed: bool,
}

impl Git {
    /// Every file, link and submodule that `commit` has under the folder `prefix`, sorted by path;
    /// none if there is no such folder.
    ///
    /// # Errors
    /// When an object is missing or damaged, or the paths together exceed any sensible size.
    pub fn files(&self, commit: Oid, prefix: &str) -> Result<Vec<TreeFile>> {
        let odb = self.objects()?;
        let mut tree = self.commit(&odb, commit, Hashing::Verify)?.tree;
        for name in objects::names(prefix) {
            let object = self.read(&odb, tree, ObjectType::Tree, Hashing::Verify)?;
            match objects::find(object.data(), name.as_bytes()) {
                Some(entry) if entry.is_folder() => tree = entry.oid,
                _ => return Ok(Vec::new()),
            }
        }
        let mut listing = Listing {
            git: self,
            odb: &odb,
            path: Vec::new(),
            bytes: 0,
            folders: 0,
            files: Vec::new(),
        };
        listing.open(tree, true, 0)?;
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing.files)
    }
}

/// The entries of a tree, and whether all of its bytes made sense.
fn entries(mut rest: &[u8]) -> (Vec<Entry<'_>>, bool) {
    let list = std::iter::from_fn(|| objects::next_entry(&mut rest)).collect();
    (list, rest.is_empty())
}

/// A walk over all files of one tree.
struct Listing<'a> {
    git: &'a Git,
    odb: &'a Odb<'a>,
    path: Vec<u8>,
    bytes: usize,
    folders: usize,
    files: Vec<TreeFile>,
}

impl Listing<'_> {
    fn open(&mut self, tree: Oid, well_formed: bool, depth: usize) -> Result<()> {
        let object = self.git.read(self.odb, tree, ObjectType::Tree, Hashing::Verify)?;
        let (list, complete) = entries(object.data());
        if !complete {
            return Err(malformed(tree));
        }
        self.folders += 1;
        if self.folders > MAX_FOLDERS {
            return Err(too_large());
        }
        let mut seen = HashSet::with_capacity(list.len());
        let twice: HashSet<_> =
            list.iter().map(|entry| entry.name).filter(|name| !seen.insert(*name)).collect();
        for entry in list {
            let well_formed =
                well_formed && objects::is_name(entry.name) && !twice.contains(entry.name);
            let end = self.path.len();
            self.path.extend_from_slice(entry.name);
            if entry.is_folder() && depth < MAX_DEPTH {
                self.path.push(b'/');
                self.open(entry.oid, well_formed, depth + 1)?;
            } else {
                self.add(&entry, well_formed && !entry.is_folder())?;
            }
            self.path.truncate(end);
        }
        Ok(())
    }

    fn add(&mut self, entry: &Entry<'_>, well_formed: bool) -> Result<()> {
        self.bytes += self.path.len() + size_of::<TreeFile>();
        if self.bytes > MAX_PATH_BYTES {
            return Err(too_large());
        }
        let path = String::from_utf8_lossy(&self.path);
        let utf8 = matches!(path, Cow::Borrowed(_));
        let path = path.into_owned();
        self.files.push(TreeFile { path, mode: entry.mode(), oid: entry.oid, utf8, well_formed });
        Ok(())
    }
}

/// A commit that spells more paths than any registry has.
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::Git, "a commit holds more files than can be read")
        .help("remove the folders that nest copies of each other")
}
