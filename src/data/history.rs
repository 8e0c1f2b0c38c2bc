//! When entries were published, updated and changed their status: git's history, read once for all.
//!
//! `publishedAt` is the first commit with the `server.json`, `updatedAt` the last that changed it or
//! the `status.json`, `statusChangedAt` the last that changed the status *value*; committer times on
//! the first-parent line. Proofs never move dates. Pinned dates win over history.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Dates, Status, Timestamp};

use super::records::OriginRecord;

/// What history says of one entry, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryDates {
    /// First commit with the document.
    pub published: i64,
    /// Last commit that changed document or status.
    pub updated: i64,
    /// Last commit that changed the status value.
    pub status_changed: i64,
    /// The status as of the last commit.
    pub status: Status,
}

/// What stands in when history says nothing of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fallback {
    /// The time of the head commit: the entry is not committed yet.
    Head(i64),
    /// Given from outside: there is no commit yet.
    Epoch(i64),
    /// Nothing: outside git dates must be pinned.
    #[default]
    None,
}

/// Dates of all entries, by `<namespace>/<name>/<version>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateTable {
    entries: BTreeMap<Box<str>, EntryDates>,
    fallback: Fallback,
}

/// The dates of an entry, and how they were found when it was not from history or pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dated {
    /// From history or pins.
    Known(Dates),
    /// The head commit's time.
    Uncommitted(Dates),
    /// The time given from outside.
    BeforeFirstCommit(Dates),
    /// There is none.
    Unknown,
}

impl DateTable {
    /// A table in which only the fallback speaks.
    pub fn without_history(fallback: Fallback) -> Self {
        Self { entries: BTreeMap::new(), fallback }
    }

    /// Number of entries that history knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether history knows no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everything that history knows, in byte order; together with [`DateTable::restore`] the form in
    /// which a cache keeps it.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &EntryDates)> {
        self.entries.iter().map(|(key, dates)| (&**key, dates))
    }

    /// A table from what a cache kept.
    pub fn restore(
        entries: impl IntoIterator<Item = (Box<str>, EntryDates)>,
        fallback: Fallback,
    ) -> Self {
        Self { entries: entries.into_iter().collect(), fallback }
    }

    /// What history says of the entry `key`.
    pub fn get(&self, key: &str) -> Option<&EntryDates> {
        self.entries.get(key)
    }

    /// Takes what `other` says of the entry `key`.
    pub fn copy(&mut self, key: &str, other: &Self) {
        match other.entries.get(key) {
            Some(dates) => drop(self.entries.insert(key.into(), *dates)),
            None => drop(self.entries.remove(key)),
        }
    }

    /// What stands in when history says nothing.
    pub fn fallback(&self) -> Fallback {
        self.fallback
    }

    /// The dates of the entry `key` whose status is `status` now.
    pub fn resolve(&self, key: &str, status: Status) -> Dated {
        let at = Timestamp::from_unix;
        match (self.entries.get(key), self.fallback) {
            (Some(known), Fallback::Head(head)) if known.status != status => {
                // The status was changed in the work tree and is not committed yet.
                Dated::Uncommitted(Dates {
                    published: at(known.published),
                    updated: at(head),
                    status_changed: at(head),
                })
            }
            (Some(known), _) => Dated::Known(Dates {
                published: at(known.published),
                updated: at(known.updated),
                status_changed: at(known.status_changed),
            }),
            (None, Fallback::Head(head)) => Dated::Uncommitted(Dates::at(at(head))),
            (None, Fallback::Epoch(epoch)) => Dated::BeforeFirstCommit(Dates::at(at(epoch))),
            (None, Fallback::None) => Dated::Unknown,
        }
    }
}

/// Why there is no table: kind, text and advice of an error, which cannot be cloned itself.
type Failure = (ErrorKind, String, Option<String>);

/// The way to a [`DateTable`], walked when the first entry without pinned dates asks for it: a
/// registry in which every date is pinned needs no history at all.
pub struct DateSource {
    table: OnceLock<Result<DateTable, Failure>>,
    load: Box<dyn Fn() -> Result<DateTable> + Send + Sync>,
}

impl DateSource {
    /// A source that calls `load` at most once.
    pub fn new(load: impl Fn() -> Result<DateTable> + Send + Sync + 'static) -> Self {
        Self { table: OnceLock::new(), load: Box::new(load) }
    }

    /// A source with nothing but a fallback.
    pub fn fallback(fallback: Fallback) -> Self {
        Self::new(move || Ok(DateTable::without_history(fallback)))
    }

    /// The table.
    pub fn table(&self) -> Result<&DateTable> {
        let table = self.table.get_or_init(|| {
            (self.load)().map_err(|e| (e.kind(), e.to_string(), e.advice().map(str::to_owned)))
        });
        table.as_ref().map_err(|(kind, text, help)| {
            let error = Error::new(*kind, text.clone());
            match help {
                Some(help) => error.help(help.clone()),
                None => error,
            }
        })
    }

    /// The table, if anybody has asked for it.
    pub fn known(&self) -> Option<&DateTable> {
        self.table.get()?.as_ref().ok()
    }

    /// The dates of the entry `key` whose status is `status` now.
    pub fn resolve(&self, key: &str, pins: Option<&OriginRecord>, status: Status) -> Result<Dated> {
        match pins.and_then(OriginRecord::dates) {
            Some(dates) => Ok(Dated::Known(dates)),
            None => Ok(self.table()?.resolve(key, status)),
        }
    }
}

impl fmt::Debug for DateSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DateSource").field("table", &self.table).finish_non_exhaustive()
    }
}

#[cfg(feature = "git")]
mod walk {
    use super::super::json::{MAX_FILE, read_json};
    use super::super::layout::{DataPath, EntryFile};
    use super::super::records::read_status;
    use super::{BTreeMap, DateTable, EntryDates, Fallback, Status};
    use crate::error::Result;
    use crate::world::git::{Git, Oid, PathChange, PathHistory};

    impl DateTable {
        /// Reads the history of `head` below `prefix`, once for all entries. With `known`, which
        /// holds what was found at an earlier commit, only the commits after it are read.
        pub fn read(
            git: &Git,
            head: Oid,
            prefix: &str,
            known: Option<(Oid, Self)>,
            progress: &mut dyn FnMut(usize),
        ) -> Result<Self> {
            let fallback = Fallback::Head(git.commit_time(head)?);
            let (mut entries, base) = match known {
                Some((base, table)) => (table.entries, Some(base)),
                None => (BTreeMap::new(), None),
            };
            if base == Some(head) {
                return Ok(Self { entries, fallback });
            }
            let since = match base {
                Some(base) => git.history_since(base, head, prefix, progress)?,
                None => None,
            };
            let changes = match since {
                Some(changes) => changes,
                None => {
                    entries.clear(); // the line was rewritten, or nothing was known
                    git.history(head, prefix, progress)?
                }
            };
            for history in group(changes) {
                let before = entries.get(&*history.key).copied();
                if let Some(dates) = history.apply(git, before)? {
                    entries.insert(history.key, dates);
                }
            }
            Ok(Self { entries, fallback })
        }
    }

    /// The changes of one entry's two files.
    struct EntryHistory {
        key: Box<str>,
        changes: Vec<(EntryFile, PathChange)>,
    }

    fn group(paths: Vec<PathHistory>) -> impl Iterator<Item = EntryHistory> {
        let mut found: BTreeMap<Box<str>, Vec<(EntryFile, PathChange)>> = BTreeMap::new();
        for path in paths {
            if let DataPath::Entry { namespace, name, version, file } = DataPath::of(&path.path)
                && matches!(file, EntryFile::Server | EntryFile::Status)
            {
                let key = format!("{namespace}/{name}/{version}").into_boxed_str();
                let changes = path.changes.into_iter().map(|change| (file, change));
                found.entry(key).or_default().extend(changes);
            }
        }
        found.into_iter().map(|(key, mut changes)| {
            changes.sort_by_key(|(_, change)| change.commit);
            EntryHistory { key, changes }
        })
    }

    impl EntryHistory {
        /// The dates after these changes; `None` when the document was never there.
        fn apply(&self, git: &Git, before: Option<EntryDates>) -> Result<Option<EntryDates>> {
            let mut dates = before;
            for (i, (file, change)) in self.changes.iter().enumerate() {
                let status = match (file, change.oid) {
                    (EntryFile::Status, Some(oid)) => Some(status_of(git, oid)?),
                    (EntryFile::Status, None) => Some(Status::Active),
                    _ => None,
                };
                match (&mut dates, file, change.oid) {
                    (None, EntryFile::Server, Some(_)) => {
                        dates = Some(self.first(git, i, change.time)?);
                    }
                    (Some(dates), _, oid) if *file == EntryFile::Status || oid.is_some() => {
                        dates.updated = change.time;
                        if let Some(status) = status.filter(|status| *status != dates.status) {
                            dates.status = status;
                            dates.status_changed = change.time;
                        }
                    }
                    _ => {}
                }
            }
            Ok(dates)
        }

        /// The dates when the document first appears in change `i`, with a status that may have come
        /// in the same commit.
        fn first(&self, git: &Git, i: usize, time: i64) -> Result<EntryDates> {
            let mut status = Status::Active;
            for (file, change) in self.changes[..i].iter() {
                if let (EntryFile::Status, Some(oid)) = (file, change.oid) {
                    status = status_of(git, oid)?;
                }
            }
            Ok(EntryDates { published: time, updated: time, status_changed: time, status })
        }
    }

    /// The status that a blob of `status.json` means; what cannot be read means active.
    fn status_of(git: &Git, oid: Oid) -> Result<Status> {
        if git.size(oid)? > MAX_FILE {
            return Ok(Status::Active);
        }
        let read = read_json("status.json", git.blob(oid)?);
        Ok(read.map_or(Status::Active, |document| read_status("status.json", &document).0.status))
    }
}
