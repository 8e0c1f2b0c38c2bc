//! What differs between two commits, by object id.
//!
//! The text of a diff can be crafted to mislead a parser, ids cannot. No rename is guessed. Nothing is refused
//! here; what could do harm as a path is flagged. Grafts and `refs/replace` are ignored.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use git2::{ObjectType, Odb};

use super::Git;
use super::objects::{
    self, Entry, FileMode, Hashing, MAX_DEPTH, MAX_FOLDERS, MAX_PATH_BYTES, Oid, malformed,
    too_large,
};
use crate::error::Result;

/// What a path is in one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// What the entry is.
    pub mode: FileMode,
    /// The id of its content.
    pub oid: Oid,
}

impl Side {
    /// Whether it is a file with content.
    pub fn is_file(&self) -> bool {
        matches!(self.mode, FileMode::Regular | FileMode::Executable)
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.mode == FOLDER
    }
}

/// A path that differs between two commits. Strangers can make trees by hand, so look at `utf8` and
/// `fault` before trusting the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The path from the top of the repository, `/` between names; approximate if not `utf8`.
    pub path: String,
    /// What was there.
    pub before: Option<Side>,
    /// What is there now.
    pub after: Option<Side>,
    /// Whether `path` is exact.
    pub utf8: bool,
    /// What git itself would never have written here or in a folder on the way; such a path must not
    /// reach a disk.
    pub fault: Option<TreeFault>,
}

/// What is wrong with a tree that was made by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeFault {
    /// A name that no folder on disk can hold.
    Name,
    /// A name that is listed twice in its folder.
    Twice,
    /// A folder below more folders than git follows.
    Depth,
    /// A mode that git does not write.
    Mode,
    /// A folder whose names are not in git's order.
    Order,
}

impl Git {
    /// Returns the paths at which the trees of two commits differ, in byte order; without `before` every file
    /// of `after`. Folders with equal ids are not opened.
    ///
    /// # Errors
    /// When an object is missing or damaged, or the paths together exceed any sensible size.
    pub fn compare(&self, before: Option<Oid>, after: Oid) -> Result<Vec<Changed>> {
        self.compare_while(before, after, &mut |_| true)
    }

    /// As [`Git::compare`], but ends after the first path for which `goes_on` returns false. Files of
    /// one folder come one after the other.
    ///
    /// # Errors
    /// As for [`Git::compare`].
    pub fn compare_while(
        &self,
        before: Option<Oid>,
        after: Oid,
        goes_on: &mut dyn FnMut(&Changed) -> bool,
    ) -> Result<Vec<Changed>> {
        let odb = self.objects()?;
        let before = before.map(|commit| self.top(&odb, commit)).transpose()?;
        self.compare_trees(before, self.top(&odb, after)?, goes_on)
    }

    /// Compares two trees, as [`Git::compare_while`] does with those of commits.
    pub(super) fn compare_trees(
        &self,
        before: Option<Oid>,
        after: Oid,
        goes_on: &mut dyn FnMut(&Changed) -> bool,
    ) -> Result<Vec<Changed>> {
        let mut walk = Comparison {
            git: self,
            odb: &self.objects()?,
            path: Vec::new(),
            bytes: 0,
            folders: 0,
            found: Vec::new(),
            goes_on,
            stopped: false,
        };
        walk.folders(before, Some(after), None)?;
        walk.found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(walk.found)
    }

    /// Returns a commit as it is stored, compared with its id.
    ///
    /// # Errors
    /// When it cannot be read or is not a commit.
    pub fn raw_commit(&self, commit: Oid) -> Result<Vec<u8>> {
        let odb = self.objects()?;
        Ok(self.read(&odb, commit, ObjectType::Commit, Hashing::Verify)?.data().to_vec())
    }

    /// Returns what `path` is in a commit, a file or a folder.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn entry(&self, commit: Oid, path: &str) -> Result<Option<Side>> {
        let odb = self.objects()?;
        self.entry_of(&odb, commit, path)
    }

    fn entry_of(&self, odb: &Odb<'_>, commit: Oid, path: &str) -> Result<Option<Side>> {
        let mut tree = self.top(odb, commit)?;
        let mut names = objects::names(path).peekable();
        while let Some(name) = names.next() {
            let folder = self.tree(odb, tree)?;
            let Some(entry) = folder.find(name.as_bytes()) else { return Ok(None) };
            if names.peek().is_none() {
                return Ok(Some(Side { mode: entry.mode(), oid: entry.oid }));
            }
            if !entry.is_folder() {
                return Ok(None);
            }
            tree = entry.oid;
        }
        Ok(Some(Side { mode: FOLDER, oid: tree }))
    }

    /// Returns the names in the folder `path` of a commit; those that are not Unicode are left out.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn names(&self, commit: Oid, path: &str) -> Result<Vec<String>> {
        let odb = self.objects()?;
        let Some(side) = self.entry_of(&odb, commit, path)?.filter(Side::is_folder) else {
            return Ok(Vec::new());
        };
        Ok(children(&self.tree(&odb, side.oid)?.data).map(|(name, _)| name).collect())
    }

    /// As [`Git::names`], with the names one folder below: `folder/name`.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn names_below(&self, commit: Oid, path: &str) -> Result<Vec<String>> {
        let odb = self.objects()?;
        let Some(side) = self.entry_of(&odb, commit, path)?.filter(Side::is_folder) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let tree = self.tree(&odb, side.oid)?;
        for (folder, entry) in children(&tree.data).filter(|(_, e)| e.is_folder()) {
            let below = self.tree(&odb, entry.oid)?;
            found.extend(children(&below.data).map(|(name, _)| format!("{folder}/{name}")));
        }
        Ok(found)
    }

    /// Returns the last commit on the first-parent line of `head` that changed what is at `path`; `None`
    /// when nothing was ever there.
    ///
    /// # Errors
    /// When history is incomplete here.
    pub fn last_change(&self, head: Oid, path: &str) -> Result<Option<Oid>> {
        let odb = self.objects()?;
        let now = self.entry_of(&odb, head, path)?;
        let mut at = head;
        while let Some(parent) = self.commit(&odb, at, Hashing::Trust)?.first_parent() {
            if self.entry_of(&odb, parent, path)? != now {
                return Ok(Some(at));
            }
            at = parent;
        }
        Ok(now.map(|_| at))
    }
}

/// The mode of a folder.
pub(super) const FOLDER: FileMode = FileMode::Other(0o40_000);

/// Returns the entries of a tree whose names are Unicode.
fn children(mut data: &[u8]) -> impl Iterator<Item = (String, Entry<'_>)> {
    let all = std::iter::from_fn(move || objects::next_entry(&mut data));
    all.filter_map(|entry| Some((std::str::from_utf8(entry.name).ok()?.to_owned(), entry)))
}

/// A comparison of two trees, folder by folder.
struct Comparison<'a> {
    git: &'a Git,
    odb: &'a Odb<'a>,
    path: Vec<u8>,
    bytes: usize,
    folders: usize,
    found: Vec<Changed>,
    /// Called for every path; false ends the comparison.
    goes_on: &'a mut dyn FnMut(&Changed) -> bool,
    stopped: bool,
}

/// The entries of one folder by name; a name may be listed twice.
type Names<'t> = BTreeMap<&'t [u8], Vec<Entry<'t>>>;

impl Comparison<'_> {
    fn folders(
        &mut self,
        before: Option<Oid>,
        after: Option<Oid>,
        fault: Option<TreeFault>,
    ) -> Result<()> {
        if before == after || self.stopped {
            return Ok(());
        }
        self.folders += 1;
        // Git writes no folder without a file in it: many of them are made to cost time.
        if self.folders > MAX_FOLDERS || self.folders > (self.found.len() + 1) * (MAX_DEPTH + 1) {
            return Err(too_large());
        }
        let read = |oid| self.git.read(self.odb, oid, ObjectType::Tree, Hashing::Verify);
        let (olds, news) = (before.map(read).transpose()?, after.map(read).transpose()?);
        let bytes = |object: &Option<git2::OdbObject<'_>>| object.as_ref().map_or(0, |o| o.len());
        if bytes(&olds) + bytes(&news) > MAX_PATH_BYTES {
            return Err(too_large());
        }
        let old_names = by_name(olds.as_ref().map_or(&[][..], |o| o.data()), before)?;
        let new_names = by_name(news.as_ref().map_or(&[][..], |o| o.data()), after)?;
        if let Some(news) = news.as_ref().filter(|tree| !is_sorted(tree.data())) {
            self.folder_fault(before, news.id().into(), TreeFault::Order)?;
        }
        let all: BTreeSet<&[u8]> = old_names.keys().chain(new_names.keys()).copied().collect();
        for name in all {
            let was = old_names.get(name).map_or(&[][..], Vec::as_slice);
            let is = new_names.get(name).map_or(&[][..], Vec::as_slice);
            let is_twice = was.len() > 1 || is.len() > 1;
            let own = match objects::is_name(name) {
                false => Some(TreeFault::Name),
                true => is_twice.then_some(TreeFault::Twice),
            };
            for round in 0..was.len().max(is.len()) {
                if self.stopped {
                    return Ok(());
                }
                self.pair(name, was.get(round), is.get(round), fault.or(own))?;
            }
        }
        Ok(())
    }

    /// Follows one name: into folders, or into the record of a file. A file in a folder's place is a
    /// removal and an addition.
    fn pair(
        &mut self,
        name: &[u8],
        was: Option<&Entry<'_>>,
        is: Option<&Entry<'_>>,
        fault: Option<TreeFault>,
    ) -> Result<()> {
        if was.map(|e| e.raw) == is.map(|e| e.raw) {
            return Ok(());
        }
        let end = self.path.len();
        self.path.extend_from_slice(name);
        let depth = self.path.iter().filter(|b| **b == b'/').count();
        let open = |entry: &&Entry<'_>| entry.is_folder() && depth < MAX_DEPTH;
        let (was_folder, is_folder) = (was.filter(open), is.filter(open));
        let (was_file, is_file) = (was.filter(|e| !open(e)), is.filter(|e| !open(e)));
        let mode = is.filter(|e| !e.is_canonical()).map(|_| TreeFault::Mode);
        let side = |entry: &Entry<'_>| Side { mode: entry.mode(), oid: entry.oid };
        if was_file.is_some() || is_file.is_some() {
            let deep = [was_file, is_file].into_iter().flatten().any(Entry::is_folder);
            let fault = fault.or(mode).or(deep.then_some(TreeFault::Depth));
            self.record(was_file.map(side), is_file.map(side), fault)?;
        }
        if was_folder.is_some() || is_folder.is_some() {
            self.path.push(b'/');
            if let (Some(folder), Some(fault)) = (is_folder, mode) {
                self.folder_fault(was_folder.map(|e| e.oid), folder.oid, fault)?;
            }
            self.folders(was_folder.map(|e| e.oid), is_folder.map(|e| e.oid), fault)?;
        }
        self.path.truncate(end);
        Ok(())
    }

    /// Records what is wrong with the folder at the present path, which is empty or ends with a slash.
    fn folder_fault(&mut self, before: Option<Oid>, after: Oid, fault: TreeFault) -> Result<()> {
        let side = |oid| Side { mode: FOLDER, oid };
        let below = self.path.clone();
        if self.path.pop().is_none() {
            self.path.push(b'.');
        }
        self.record(before.map(side), Some(side(after)), Some(fault))?;
        self.path = below;
        Ok(())
    }

    fn record(
        &mut self,
        before: Option<Side>,
        after: Option<Side>,
        fault: Option<TreeFault>,
    ) -> Result<()> {
        self.bytes += self.path.len() + size_of::<Changed>();
        if self.bytes > MAX_PATH_BYTES {
            return Err(too_large());
        }
        let path = String::from_utf8_lossy(&self.path);
        let utf8 = matches!(path, Cow::Borrowed(_));
        let changed = Changed { path: path.into_owned(), before, after, utf8, fault };
        self.stopped = !(self.goes_on)(&changed);
        self.found.push(changed);
        Ok(())
    }
}

/// Whether the names of a tree are in git's order.
fn is_sorted(mut data: &[u8]) -> bool {
    let mut last: Option<Entry<'_>> = None;
    while let Some(entry) = objects::next_entry(&mut data) {
        // Two of one name are found as such.
        if last.is_some_and(|last| last.order(&entry).is_gt()) {
            return false;
        }
        last = Some(entry);
    }
    true
}

fn by_name(mut data: &[u8], tree: Option<Oid>) -> Result<Names<'_>> {
    let mut found = Names::new();
    while let Some(entry) = objects::next_entry(&mut data) {
        found.entry(entry.name).or_default().push(entry);
    }
    if data.is_empty() { Ok(found) } else { Err(malformed(tree.unwrap_or(Oid::ZERO))) }
}
