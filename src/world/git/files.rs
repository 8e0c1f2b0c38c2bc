//! The files of one commit, without a work tree.
//!
//! A commit may be made by hand. Nothing in it is refused here; what could do harm as a path is flagged, and a
//! tree built to exhaust memory is an error.

use super::Git;
use super::compare::{Changed, TreeFault};
use super::objects::{FileMode, Oid};
use crate::error::Result;

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
    /// it), is listed twice in its folder, or is too deep. Such a path must not reach a disk.
    pub well_formed: bool,
}

impl Git {
    /// Returns every file, link and submodule that `commit` has under the folder `prefix`, sorted by path;
    /// none if there is no such folder.
    ///
    /// # Errors
    /// When an object is missing or damaged, or the paths together exceed any sensible size.
    pub fn files(&self, commit: Oid, prefix: &str) -> Result<Vec<TreeFile>> {
        let folder = self.entry(commit, prefix)?.filter(|side| side.is_folder());
        let Some(folder) = folder else { return Ok(Vec::new()) };
        let all = self.compare_trees(None, folder.oid, &mut |_| true)?;
        Ok(all.into_iter().filter_map(file).collect())
    }
}

/// Returns a file; `None` for the record of a folder whose order or mode git would not write.
fn file(item: Changed) -> Option<TreeFile> {
    let Changed { path, after, utf8, fault, .. } = item;
    let side = after?;
    let well_formed = match fault {
        None => true,
        Some(TreeFault::Mode | TreeFault::Order) if side.is_folder() => return None,
        Some(TreeFault::Mode | TreeFault::Order) => true,
        Some(TreeFault::Name | TreeFault::Twice | TreeFault::Depth) => false,
    };
    Some(TreeFile { path, mode: side.mode, oid: side.oid, utf8, well_formed })
}
