//! Trees that were read, kept for the next question.
//!
//! In a large registry the same few folders are asked for every path of a change. A large one is
//! compared with its id once and then searched, so that N questions about N names cost no N².

use std::collections::HashMap;
use std::sync::Arc;

use git2::{ObjectType, Odb};

use super::Git;
use super::objects::{self, Entry, Hashing, Oid};
use crate::error::Result;

/// Trees from this size on are kept, in bytes; smaller ones are read quickly.
const KEEP_FROM: usize = 4096;

/// Most bytes of trees, and most commits, that are kept at a time.
const KEEP_BYTES: usize = 32 << 20;
const KEEP_COMMITS: usize = 4096;

/// A tree as it is stored.
pub(super) struct Tree {
    pub(super) data: Box<[u8]>,
    /// Where its entries begin, in the order of their names; empty when the tree is small.
    starts: Box<[usize]>,
}

impl Tree {
    fn new(data: &[u8]) -> Self {
        let mut starts = Vec::new();
        if data.len() >= KEEP_FROM {
            let mut rest = data;
            let mut start = 0;
            while objects::next_entry(&mut rest).is_some() {
                starts.push(start);
                start = data.len() - rest.len();
            }
            starts.sort_by_key(|start| name_at(data, *start)); // stable: of two the first counts
        }
        Self { data: data.into(), starts: starts.into() }
    }

    /// The entry called `name`.
    pub(super) fn find(&self, name: &[u8]) -> Option<Entry<'_>> {
        if self.starts.is_empty() {
            return objects::find(&self.data, name);
        }
        let at = self.starts.partition_point(|start| name_at(&self.data, *start) < Some(name));
        let start = *self.starts.get(at)?;
        objects::next_entry(&mut &self.data[start..]).filter(|entry| entry.name == name)
    }
}

fn name_at(data: &[u8], start: usize) -> Option<&[u8]> {
    objects::next_entry(&mut &data[start..]).map(|entry| entry.name)
}

/// What was read.
#[derive(Default)]
pub(super) struct ObjectCache {
    trees: HashMap<Oid, Arc<Tree>>,
    bytes: usize,
    /// The tree of a commit.
    tops: HashMap<Oid, Oid>,
}

impl Git {
    /// A tree, compared with its id when it is first read.
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

    /// The tree of a commit, which is compared with its id when it is first read.
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
