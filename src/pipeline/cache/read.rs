//! The cache that the last build left, read in the order of the registry.

use std::ops::Range;
use std::path::Path;

use crate::render;
use crate::site::FileDigest;

use super::lines::{Line, Lines, SiteMark};
use super::record::Details;

/// The file of all servers.
pub(super) const ALL: &str = "cache";

/// The file of what changed since.
pub(super) const CHANGED: &str = "cache-changed";

/// Returns the key of the file of changes after the file of all servers of the site with `manifest`.
pub(super) fn key_of_changes(key: &str, manifest: FileDigest) -> String {
    format!("{key} {manifest}")
}

/// What is remembered of a server.
#[derive(Debug)]
pub struct Known {
    pub(super) line: Line,
    /// Whether it is among the changes.
    pub(super) changed: bool,
    /// Its entry in the list.
    pub(in crate::pipeline) entry: Option<Range<u64>>,
}

impl Known {
    /// Returns what is remembered if the digest of the server is still `digest`.
    pub(in crate::pipeline) fn details(&self, digest: &str) -> Option<Details> {
        (self.line.digest() == Some(digest)).then(|| Details::parse(self.line.details()))?
    }
}

/// What is remembered up to a server.
#[derive(Debug, Default)]
pub struct Slot {
    /// The servers before it that are gone, and whether they are since the last build.
    pub(super) gone: Vec<(String, bool)>,
    /// The server itself.
    pub(in crate::pipeline) known: Option<Known>,
}

/// The cache of the last build.
#[derive(Debug, Default)]
pub struct Cache {
    /// The manifest of its site, and the list document.
    pub(in crate::pipeline) site: Option<SiteMark>,
    all: Option<Lines>,
    changes: Option<Lines>,
    /// Where the next entry is in the list.
    at: u64,
}

impl Cache {
    /// Opens the cache in `work` if its key is `key` and it belongs to the site with this `manifest`, else
    /// an empty one.
    pub(in crate::pipeline) fn open(work: &Path, key: &str, manifest: Option<FileDigest>) -> Self {
        let belongs = |lines: &Lines| Some(lines.mark.0) == manifest;
        let Some(all) = Lines::open(work, ALL, key) else { return Self::default() };
        let changes = Lines::open(work, CHANGED, &key_of_changes(key, all.mark.0));
        let changes = changes.filter(belongs);
        if changes.is_none() && !belongs(&all) {
            return Self::default();
        }
        let mark = changes.as_ref().map_or(&all.mark, |changes| &changes.mark);
        let (site, at) = (Some(mark.clone()), render::LIST_START.len() as u64);
        Self { site, all: Some(all), changes, at }
    }

    /// The manifest that the file of all servers belongs to, and its size.
    pub(super) fn base(&self) -> Option<(FileDigest, u64)> {
        self.all.as_ref().map(|all| (all.mark.0, all.bytes))
    }

    /// Returns what is remembered up to the server called `name`.
    pub(in crate::pipeline) fn up_to(&mut self, name: &str) -> Slot {
        let mut gone = Vec::new();
        while let Some(known) = self.next(Some(name)) {
            let was_there = known.line.digest().is_some();
            if known.line.name() == name {
                return Slot { gone, known: was_there.then_some(known) };
            }
            gone.push((known.line.name().to_owned(), was_there));
        }
        Slot { gone, known: None }
    }

    /// Returns what is left after the last server.
    pub(in crate::pipeline) fn rest(&mut self) -> Slot {
        let mut slot = Slot::default();
        while let Some(known) = self.next(None) {
            slot.gone.push((known.line.name().to_owned(), known.line.digest().is_some()));
        }
        slot
    }

    /// Whether a file is damaged. What follows is not remembered, because its place in the list is unknown.
    pub(in crate::pipeline) fn is_damaged(&self) -> bool {
        self.all.iter().chain(&self.changes).any(|lines| lines.damaged)
    }

    /// Returns the next line, unless it comes after `last`. A changed server hides the unchanged one.
    pub(super) fn next(&mut self, last: Option<&str>) -> Option<Known> {
        if self.is_damaged() {
            return None;
        }
        let name = |lines: &'_ Option<Lines>| {
            lines.as_ref().and_then(|it| it.next.as_ref()).map(|line| line.name().to_owned())
        };
        let (all, changed) = (name(&self.all), name(&self.changes));
        let takes_change =
            changed.as_ref().is_some_and(|name| all.as_ref().is_none_or(|all| name <= all));
        let next = if takes_change { &changed } else { &all };
        let next = next.as_deref()?;
        if last.is_some_and(|last| next > last) {
            return None;
        }
        let hidden = takes_change && all == changed;
        let mut line = None;
        if !takes_change || hidden {
            line = self.all.as_mut()?.advance();
        }
        if takes_change {
            line = self.changes.as_mut()?.advance();
        }
        let line = line?;
        let entry = line.entry().map(|length| {
            let start = self.at;
            self.at = start + length + render::LIST_SEPARATOR.len() as u64;
            start..start + length
        });
        Some(Known { line, changed: takes_change, entry })
    }
}
