//! A cache of trees that were read.
//!
//! In a large registry the same few folders are read for every path of a change. A large tree is compared with
//! its id once and then searched, so that N lookups of N names do not cost N².

use std::collections::HashMap;
use std::sync::Arc;

use super::objects::{self, Entry, KEEP_FROM, Oid};

/// Most bytes of trees, and most commits, that are kept at a time.
pub(super) const KEEP_BYTES: usize = 32 << 20;
pub(super) const KEEP_COMMITS: usize = 4096;

/// A tree as it is stored.
pub(super) struct Tree {
    pub(super) data: Box<[u8]>,
    /// Where its entries begin, in the order of their names; empty when the tree is small.
    starts: Box<[usize]>,
}

impl Tree {
    pub(super) fn new(data: &[u8]) -> Self {
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

    /// Finds the entry called `name`.
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
    pub(super) trees: HashMap<Oid, Arc<Tree>>,
    pub(super) bytes: usize,
    /// The tree of a commit.
    pub(super) tops: HashMap<Oid, Oid>,
}
