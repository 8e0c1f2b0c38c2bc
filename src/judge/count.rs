//! Counts the paths of a change while two trees are compared, so that the comparison can end early.

use crate::data::{DataPath, EntryFile, below};
use crate::world::git::Changed;

/// Counts the paths of a change while they are found.
pub(super) struct PathCount<'a> {
    prefix: &'a str,
    max: usize,
    count: usize,
    /// The version folder that is being counted, and whether its `origin.json` is in the change.
    folder: Option<(String, bool)>,
    /// Whether something cannot be a copy from another registry.
    own: bool,
}

impl<'a> PathCount<'a> {
    /// Makes a count of at most `max` paths, unless all may be copies.
    pub(super) fn new(prefix: &'a str, max: usize) -> Self {
        Self { prefix, max, count: 0, folder: None, own: false }
    }

    /// Counts a path. Returns whether there may be more.
    pub(super) fn add(&mut self, item: &Changed) -> bool {
        self.count += 1;
        let Some(DataPath::Entry { file, .. }) = below(self.prefix, &item.path).map(DataPath::of)
        else {
            self.own = true;
            return !self.is_exceeded();
        };
        let folder = item.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let origin = match self.folder.take() {
            Some((last, origin)) if last == folder => origin,
            last => {
                self.own |= last.is_some_and(|(_, origin)| !origin);
                false
            }
        };
        let brings_origin = file == EntryFile::Origin && item.after.is_some();
        self.folder = Some((folder.to_owned(), origin || brings_origin));
        !self.is_exceeded()
    }

    /// Whether there are too many paths.
    pub(super) fn is_exceeded(&self) -> bool {
        self.count > self.max && self.own
    }
}
