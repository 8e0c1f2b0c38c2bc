//! Listings and the registry: the validated set.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Entry, Evidence, Server, ServerName};

/// A version that the policy leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// Name of the server.
    pub name: String,
    /// The version.
    pub version: String,
    /// Id of the rule, or `default`.
    pub rule: String,
}

impl LeftOut {
    /// Makes the record of a version.
    pub fn new(name: &str, version: &str, rule: &str) -> Self {
        Self { name: name.to_owned(), version: version.to_owned(), rule: rule.to_owned() }
    }
}

/// All versions of one server, newest publication first, with the latest one known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    name: ServerName,
    entries: Vec<Entry>,
    latest: usize,
}

impl Listing {
    /// Orders `entries` and finds the latest; `None` when there is no entry.
    ///
    /// The latest is the newest version that is not deleted; at equal precedence the earlier
    /// published one keeps the flag. When all are deleted, the newest deleted one has it.
    pub fn new(name: ServerName, mut entries: Vec<Entry>) -> Option<Self> {
        entries.sort_by(|a, b| {
            (b.dates.published.cmp(&a.dates.published))
                .then_with(|| newer(b, a))
                .then_with(|| a.version.as_str().cmp(b.version.as_str()))
        });
        let pick = |live_only: bool| {
            let candidates =
                (0..entries.len()).rev().filter(|i| !live_only || entries[*i].is_live());
            candidates.reduce(|best, i| match newer(&entries[i], &entries[best]) {
                Ordering::Greater => i,
                _ => best,
            })
        };
        let latest = pick(true).or_else(|| pick(false))?;
        Some(Self { name, entries, latest })
    }

    /// Returns the listing without the entries that are `unwanted`; `None` when none is left.
    pub fn without(self, unwanted: impl Fn(&Entry) -> bool) -> Option<Self> {
        let kept = self.entries.into_iter().filter(|entry| !unwanted(entry)).collect();
        Self::new(self.name, kept)
    }

    /// Records for every entry how ownership was proven.
    pub fn add_evidence(&mut self, find: impl Fn(&Entry) -> Evidence) {
        for entry in &mut self.entries {
            entry.evidence = find(entry);
        }
    }

    /// Replaces every document and its typed view: a listing that is kept in memory for long may have
    /// its documents elsewhere.
    pub(crate) fn replace_documents(&mut self, make: impl Fn(&Entry) -> (Box<str>, Box<Server>)) {
        for entry in &mut self.entries {
            (entry.document, entry.server) = make(entry);
        }
    }

    /// The server's name.
    pub fn name(&self) -> &ServerName {
        &self.name
    }

    /// Every version, newest publication first, deleted ones included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The versions that clients see, newest publication first.
    pub fn live(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_live())
    }

    /// The version that carries `isLatest`; a deleted one only when all are deleted.
    pub fn latest(&self) -> &Entry {
        &self.entries[self.latest]
    }

    /// The latest version, unless it is deleted.
    pub fn live_latest(&self) -> Option<&Entry> {
        Some(self.latest()).filter(|entry| entry.is_live())
    }

    /// Whether `entry`, which must be one of this listing's, carries `isLatest`.
    pub fn is_latest(&self, entry: &Entry) -> bool {
        entry.version == self.latest().version
    }
}

fn newer(a: &Entry, b: &Entry) -> Ordering {
    a.version.compare(&a.dates.published, &b.version, &b.dates.published)
}

/// The validated set: every listing by name, in byte order. Only `check` makes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    listings: BTreeMap<ServerName, Listing>,
    left_out: Vec<LeftOut>,
}

impl Registry {
    /// Gathers listings; of two with one name the later replaces the earlier.
    pub fn new(listings: impl IntoIterator<Item = Listing>) -> Self {
        let listings = listings.into_iter().map(|l| (l.name.clone(), l)).collect();
        Self { listings, left_out: Vec::new() }
    }

    /// Records which versions the policy leaves out.
    #[must_use]
    pub fn leaving_out(self, left_out: Vec<LeftOut>) -> Self {
        Self { left_out, ..self }
    }

    /// The versions that the policy leaves out, by name.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// The listing of `name`.
    pub fn get(&self, name: &str) -> Option<&Listing> {
        self.listings.get(&ServerName::parse(name).ok()?)
    }

    /// All listings in the byte order of their names.
    pub fn listings(&self) -> impl ExactSizeIterator<Item = &Listing> {
        self.listings.values()
    }
}

#[cfg(test)]
mod tests;
