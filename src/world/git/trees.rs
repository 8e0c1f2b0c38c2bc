//! Reads trees through the cache.

use std::sync::Arc;

use git2::{ObjectType, Odb};

use super::Git;
use super::cache::{KEEP_BYTES, KEEP_COMMITS, KEEP_FROM, Tree};
use super::objects::{Hashing, Oid};
use crate::error::Result;

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
