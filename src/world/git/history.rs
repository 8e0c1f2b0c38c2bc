//! When each file changed, along the first-parent line of a commit.
//!
//! The first-parent line is what a branch looked like over time; what happened on side branches
//! enters with the merge. Trees of neighbouring commits are compared by id and only opened where
//! the ids differ, so a commit costs as much as it changed. No renames are guessed: a renamed
//! file was removed at one path and added at another.

use std::cmp::Ordering;
use std::collections::HashMap;

use git2::{ObjectType, Odb, OdbObject};

use super::Git;
use super::objects::{
    self, Entry, Hashing, KEEP_FROM, MAX_DEPTH, MAX_FOLDERS, MAX_PATH_BYTES, Oid, malformed,
    too_large,
};
use crate::error::Result;

/// A moment at which a path got other content or another mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathChange {
    /// The committer's time of the commit that brought the change, in seconds since 1970.
    pub time: i64,
    /// Position of that commit among those that were walked, the oldest first: the order of changes
    /// even where clocks went backwards.
    pub commit: u32,
    /// What was there afterwards; `None` if the path was removed.
    pub oid: Option<Oid>,
}

/// All changes of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathHistory {
    /// The path relative to the asked prefix, `/` between names.
    pub path: String,
    /// Oldest first by the order of commits, whose clocks may disagree with it. Never empty.
    pub changes: Vec<PathChange>,
}

/// One commit of the line: its tree and its time.
type LineCommit = (Oid, i64);

impl Git {
    /// Returns every change under the folder `prefix` on the first-parent line that ends in `head`, sorted
    /// by path. `progress` receives the number of commits done.
    ///
    /// Names that no work tree can hold, or that are not Unicode, have no history.
    ///
    /// # Errors
    /// When a commit or a tree is missing or damaged, above all in a shallow clone.
    pub fn history(
        &mut self,
        head: Oid,
        prefix: &str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<PathHistory>> {
        let (line, _) = self.line(head, None)?;
        HistoryWalk::new(prefix).run(self, line, progress)
    }

    /// As [`Git::history`], but only of the commits after `base`; `None` if `base` is not on the
    /// first-parent line of `head`, so that what was known about it is of no use.
    ///
    /// # Errors
    /// As for [`Git::history`].
    pub fn history_since(
        &mut self,
        base: Oid,
        head: Oid,
        prefix: &str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Option<Vec<PathHistory>>> {
        let (line, found) = self.line(head, Some(base))?;
        let Some(base) = found else { return Ok(None) };
        let mut walk = HistoryWalk::new(prefix);
        walk.before = walk.locate(&mut Trees::new(self, &self.objects()?), base)?;
        walk.run(self, line, progress).map(Some)
    }

    /// Returns the first-parent line from `head` back to its root or to `base`, newest first, and the tree
    /// of `base` if it was met.
    fn line(&self, head: Oid, base: Option<Oid>) -> Result<(Vec<LineCommit>, Option<Oid>)> {
        let odb = self.objects()?;
        let mut line = Vec::new();
        let mut next = Some(head);
        while let Some(oid) = next {
            let commit = self.linked(&odb, oid)?;
            if base == Some(oid) {
                return Ok((line, Some(commit.tree)));
            }
            line.push((commit.tree, commit.time));
            next = commit.first_parent();
        }
        Ok((line, None))
    }
}

/// Bytes of packs from which the repository is closed and opened again while history is read: libgit2 gives
/// nothing back of a mapped pack until then, and history touches all of it.
const RENEW_FROM: u64 = 32 << 20;

/// Trees that are read before that. In unit tests it happens all the time.
const TREES_BEFORE_RENEWAL: usize = if cfg!(test) { 3 } else { 4_000 };

/// The trees of a repository, each for one or two comparisons.
struct Trees<'a> {
    git: &'a Git,
    odb: &'a Odb<'a>,
    /// What the next comparison needs again.
    kept: HashMap<Oid, OdbObject<'a>>,
    read: usize,
}

impl<'a> Trees<'a> {
    fn new(git: &'a Git, odb: &'a Odb<'a>) -> Self {
        Self { git, odb, kept: HashMap::new(), read: 0 }
    }

    /// Takes the tree from the last comparison, or reads it.
    fn take(&mut self, tree: Oid) -> Result<OdbObject<'a>> {
        if let Some(kept) = self.kept.remove(&tree) {
            return Ok(kept);
        }
        self.read += 1;
        let read = self.git.read(self.odb, tree, ObjectType::Tree, Hashing::Trust);
        read.map_err(|e| self.git.cut_off(e))
    }
}

/// A walk along a line of commits.
struct HistoryWalk {
    prefix: Vec<Vec<u8>>,
    /// Trees on the way to the prefix in the last commit, from the top, and what they led to.
    chain: Vec<Oid>,
    /// The prefix's tree in the last commit.
    before: Option<Oid>,
    /// The folder being compared, with a slash at its end, and the commit's time.
    path: Vec<u8>,
    time: i64,
    position: u32,
    found: HashMap<Box<str>, Vec<PathChange>>,
    bytes: usize,
    /// Folders compared in this commit.
    folders: usize,
}

impl HistoryWalk {
    fn new(prefix: &str) -> Self {
        Self {
            prefix: objects::names(prefix).map(|name| name.as_bytes().to_vec()).collect(),
            chain: Vec::new(),
            before: None,
            path: Vec::new(),
            time: 0,
            position: 0,
            found: HashMap::new(),
            bytes: 0,
            folders: 0,
        }
    }

    fn run(
        mut self,
        git: &mut Git,
        mut line: Vec<LineCommit>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<PathHistory>> {
        let is_large = cfg!(test) || git.place.packed() >= RENEW_FROM;
        let most = if is_large { TREES_BEFORE_RENEWAL } else { usize::MAX };
        let mut done = 0;
        while !line.is_empty() {
            git.renew()?;
            let odb = git.objects()?;
            let mut trees = Trees::new(git, &odb);
            while trees.read < most
                && let Some((root, time)) = line.pop()
            {
                (self.time, self.folders) = (time, 0);
                self.position = u32::try_from(done).unwrap_or(u32::MAX);
                let (old, new) = (self.before, self.locate(&mut trees, root)?);
                if old != new {
                    self.compare(&mut trees, old, new, 0)?;
                }
                self.before = new;
                done += 1;
                progress(done);
            }
        }
        git.renew()?;
        let found = self.found.into_iter().map(|(path, mut changes)| {
            changes.shrink_to_fit();
            PathHistory { path: path.into_string(), changes }
        });
        let mut all: Vec<PathHistory> = found.collect();
        all.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(all)
    }

    /// Finds the prefix's tree under `root`, opening only what differs from the last commit.
    fn locate(&mut self, trees: &mut Trees<'_>, root: Oid) -> Result<Option<Oid>> {
        let mut tree = root;
        for level in 0..self.prefix.len() {
            match self.chain.get_mut(level) {
                Some(last) if *last == tree => return Ok(self.before),
                Some(last) => *last = tree,
                None => self.chain.push(tree),
            }
            let object = trees.take(tree)?;
            match objects::find(object.data(), &self.prefix[level]) {
                Some(entry) if entry.is_folder() => tree = entry.oid,
                _ => {
                    self.chain.truncate(level + 1);
                    return Ok(None);
                }
            }
        }
        Ok(Some(tree))
    }

    /// Notes what differs between two trees of the same path; either may be absent.
    fn compare(
        &mut self,
        trees: &mut Trees<'_>,
        old: Option<Oid>,
        new: Option<Oid>,
        depth: usize,
    ) -> Result<()> {
        self.folders += 1;
        if self.folders > MAX_FOLDERS {
            return Err(too_large());
        }
        let before = old.map(|tree| trees.take(tree)).transpose()?;
        let after = new.map(|tree| trees.take(tree)).transpose()?;
        let mut olds = Entries::new(before.as_ref(), old);
        let mut news = Entries::new(after.as_ref(), new);
        loop {
            // what both hold at this point is skipped unread
            olds.skip_shared(&mut news);
            if !self.step(trees, &mut olds, &mut news, depth)? {
                break;
            }
        }
        if let (Some(tree), Some(object)) = (new, after.filter(|tree| tree.len() >= KEEP_FROM)) {
            trees.kept.insert(tree, object); // for the next comparison
        }
        Ok(())
    }

    /// Pairs entries up until a pair is equal; false at the end of both trees.
    fn step(
        &mut self,
        trees: &mut Trees<'_>,
        olds: &mut Entries<'_>,
        news: &mut Entries<'_>,
        depth: usize,
    ) -> Result<bool> {
        let (mut a, mut b) = (olds.next()?, news.next()?);
        loop {
            let order = match (&a, &b) {
                (None, None) => return Ok(false),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) if a.raw == b.raw => return Ok(true),
                (Some(a), Some(b)) => a.order(b),
            };
            self.note(trees, a.filter(|_| order.is_le()), b.filter(|_| order.is_ge()), depth)?;
            if order.is_le() {
                a = olds.next()?;
            }
            if order.is_ge() {
                b = news.next()?;
            }
        }
    }

    /// Follows one difference: down into folders, or into the record of a file.
    fn note(
        &mut self,
        trees: &mut Trees<'_>,
        was: Option<Entry<'_>>,
        is: Option<Entry<'_>>,
        depth: usize,
    ) -> Result<()> {
        let Some(entry) = is.or(was) else { return Ok(()) };
        if !objects::is_name(entry.name) {
            return Ok(()); // it could spell the path of another file, and give it a date
        }
        let end = self.path.len();
        self.path.extend_from_slice(entry.name);
        if !entry.is_folder() {
            self.record(is.map(|e| e.oid))?;
        } else if depth < MAX_DEPTH {
            self.path.push(b'/');
            self.compare(trees, was.map(|e| e.oid), is.map(|e| e.oid), depth + 1)?;
        }
        self.path.truncate(end);
        Ok(())
    }

    fn record(&mut self, oid: Option<Oid>) -> Result<()> {
        let change = PathChange { time: self.time, commit: self.position, oid };
        let Ok(path) = std::str::from_utf8(&self.path) else { return Ok(()) };
        if let Some(changes) = self.found.get_mut(path) {
            changes.push(change);
            return Ok(());
        }
        self.bytes += path.len() + size_of::<PathHistory>() + size_of::<PathChange>();
        if self.bytes > MAX_PATH_BYTES {
            return Err(too_large());
        }
        // most files are written once and never again: room for exactly one
        self.found.insert(path.into(), vec![change]);
        Ok(())
    }
}

/// The entries of a tree in order; comparing two trees step by step needs them to be.
struct Entries<'t> {
    tree: Oid,
    rest: &'t [u8],
    last: Option<Entry<'t>>,
}

impl<'t> Entries<'t> {
    fn new(object: Option<&'t OdbObject<'_>>, tree: Option<Oid>) -> Self {
        let rest = object.map_or(&[][..], |object| object.data());
        Self { tree: tree.unwrap_or(Oid::ZERO), rest, last: None }
    }

    /// Passes over the entries with which both trees go on.
    ///
    /// Their order is not checked again: the older tree was new once, and read whole.
    fn skip_shared(&mut self, other: &mut Self) {
        let shared = shared(self.rest, other.rest);
        if shared == self.rest.len() && shared == other.rest.len() {
            (self.rest, other.rest) = (&[], &[]);
            return;
        }
        let (mut ahead, mut done) = (self.rest, 0);
        while let Some(entry) = objects::next_entry(&mut ahead) {
            let end = self.rest.len() - ahead.len();
            if end > shared {
                break;
            }
            done = end;
            (self.last, other.last) = (Some(entry), Some(entry));
        }
        (self.rest, other.rest) = (&self.rest[done..], &other.rest[done..]);
    }

    fn next(&mut self) -> Result<Option<Entry<'t>>> {
        let entry = objects::next_entry(&mut self.rest);
        let is_valid = match (&self.last, &entry) {
            (_, None) => self.rest.is_empty(),
            (Some(last), Some(entry)) => last.order(entry) == Ordering::Less,
            (None, Some(_)) => true,
        };
        self.last = entry;
        if is_valid { Ok(entry) } else { Err(malformed(self.tree)) }
    }
}

/// Returns how many bytes two slices have in common at their beginning.
fn shared(a: &[u8], b: &[u8]) -> usize {
    const STRIDE: usize = 64;
    let strides = a.chunks_exact(STRIDE).zip(b.chunks_exact(STRIDE)).take_while(|(a, b)| a == b);
    let start = strides.count() * STRIDE;
    start + a[start..].iter().zip(&b[start..]).take_while(|(a, b)| a == b).count()
}
