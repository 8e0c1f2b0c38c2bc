//! When entries were published, updated and changed their status, from git's history. One walk reads
//! the dates of all entries.
//!
//! `publishedAt` is the first commit with the `server.json`, `updatedAt` the last that changed it, the
//! `status.json` or the `override.json`, `statusChangedAt` the last that changed the status *value*; committer times on
//! the first-parent line. Proofs never move dates. Pinned dates win over history.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use crate::error::Result;
use crate::model::{Dates, Status, Timestamp};

use super::records::OriginRecord;

/// The dates of one entry in git's history, in seconds since 1970.
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

/// What to use when history has no dates of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fallback {
    /// The time of the head commit: the entry is not committed yet.
    Head(i64),
    /// A given time: there is no commit yet.
    Epoch(i64),
    /// Nothing: outside git dates must be pinned.
    #[default]
    None,
}

/// Dates of all entries, by `<namespace>/<name>/<version>`; what is not in it has the fallback.
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
    /// Returns a table with only the fallback.
    pub fn without_history(fallback: Fallback) -> Self {
        Self { entries: BTreeMap::new(), fallback }
    }

    /// Returns the number of entries that history knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether history knows no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns everything that history knows, in byte order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &EntryDates)> {
        self.entries.iter().map(|(key, dates)| (&**key, dates))
    }

    /// Makes a table from its [`DateTable::entries`], as a cache kept them.
    pub fn restore(
        entries: impl IntoIterator<Item = (Box<str>, EntryDates)>,
        fallback: Fallback,
    ) -> Self {
        Self { entries: entries.into_iter().collect(), fallback }
    }

    /// Returns the dates of the entry `key` in history.
    pub fn get(&self, key: &str) -> Option<&EntryDates> {
        self.entries.get(key)
    }

    /// Copies the dates of the entry `key` from `other`.
    pub fn copy(&mut self, key: &str, other: &Self) {
        match other.entries.get(key) {
            Some(dates) => drop(self.entries.insert(key.into(), *dates)),
            None => drop(self.entries.remove(key)),
        }
    }

    /// Returns the fallback.
    pub fn fallback(&self) -> Fallback {
        self.fallback
    }

    /// Returns the dates of the entry `key` whose status is `status` now.
    pub fn resolve(&self, key: &str, status: Status) -> Dated {
        let at = Timestamp::from_unix;
        let dates = |published, updated, status_changed| Dates {
            published: at(published),
            updated: at(updated),
            status_changed: at(status_changed),
        };
        match (self.entries.get(key), self.fallback) {
            // The status was changed in the work tree and is not committed yet.
            (Some(known), Fallback::Head(head)) if known.status != status => {
                Dated::Uncommitted(dates(known.published, head, head))
            }
            (Some(known), _) => {
                Dated::Known(dates(known.published, known.updated, known.status_changed))
            }
            (None, Fallback::Head(head)) => Dated::Uncommitted(Dates::at(at(head))),
            (None, Fallback::Epoch(epoch)) => Dated::BeforeFirstCommit(Dates::at(at(epoch))),
            (None, Fallback::None) => Dated::Unknown,
        }
    }
}

/// The way to a `DateTable`, walked when the first entry without pinned dates asks for it: a
/// registry in which every date is pinned needs no history at all.
pub struct DateSource {
    table: OnceLock<Result<DateTable>>,
    load: Box<dyn Fn() -> Result<DateTable> + Send + Sync>,
}

impl DateSource {
    /// Makes a source that calls `load` at most once.
    pub fn new(load: impl Fn() -> Result<DateTable> + Send + Sync + 'static) -> Self {
        Self { table: OnceLock::new(), load: Box::new(load) }
    }

    /// Makes a source with nothing but a fallback.
    pub fn fallback(fallback: Fallback) -> Self {
        Self::new(move || Ok(DateTable::without_history(fallback)))
    }

    /// Returns the table.
    pub fn table(&self) -> Result<&DateTable> {
        self.table.get_or_init(|| (self.load)()).as_ref().map_err(Clone::clone)
    }

    /// Returns the table, if anybody has asked for it.
    pub fn known(&self) -> Option<&DateTable> {
        self.table.get()?.as_ref().ok()
    }

    /// Returns the dates of the entry `key` whose status is `status` now.
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
            git: &mut Git,
            head: Oid,
            prefix: &str,
            known: Option<(Oid, Self)>,
            progress: &mut dyn FnMut(usize),
        ) -> Result<Self> {
            let fallback = Fallback::Head(git.commit_time(head)?);
            let since = match &known {
                Some((base, _)) if *base == head => Some(Vec::new()),
                Some((base, _)) => git.history_since(*base, head, prefix, progress)?,
                None => None,
            };
            let (mut entries, changes) = match (known, since) {
                (Some((_, table)), Some(changes)) => (table.entries, changes),
                // The line was rewritten, or nothing was known.
                _ => (BTreeMap::new(), git.history(head, prefix, progress)?),
            };
            let mut paths = changes.into_iter().filter_map(entry_of).peekable();
            while let Some((key, mut changes)) = paths.next() {
                // Paths are sorted, so that the files of an entry follow each other.
                while let Some((_, more)) = paths.next_if(|(next, _)| *next == key) {
                    changes.extend(more);
                }
                changes.sort_by_key(|(_, change)| change.commit);
                let before = entries.get(&key).copied();
                if let Some(dates) = apply(&changes, git, before)? {
                    entries.insert(key, dates);
                }
            }
            Ok(Self { entries, fallback })
        }
    }

    /// The changes of an entry's document, of what is changed in it, and of its status.
    type Changes = Vec<(EntryFile, PathChange)>;

    /// Returns the entry whose document or status is at this path, and the changes of that file.
    fn entry_of(path: PathHistory) -> Option<(Box<str>, Changes)> {
        let DataPath::Entry { namespace, name, version, file } = DataPath::of(&path.path) else {
            return None;
        };
        let dates = matches!(file, EntryFile::Server | EntryFile::Status | EntryFile::Override);
        let key = || format!("{namespace}/{name}/{version}").into_boxed_str();
        let changes = path.changes.into_iter().map(|change| (file, change));
        dates.then(|| (key(), changes.collect()))
    }

    /// Returns the dates after these changes; `None` when the document was never there.
    fn apply(
        changes: &Changes,
        git: &Git,
        before: Option<EntryDates>,
    ) -> Result<Option<EntryDates>> {
        let mut dates = before;
        // A status may come in the same commit as the document, or before it.
        let mut first_status = Status::Active;
        for (file, change) in changes {
            let time = change.time;
            let status = match (file, change.oid) {
                (EntryFile::Status, Some(oid)) => Some(status_of(git, oid)?),
                (EntryFile::Status, None) => Some(Status::Active),
                _ => None,
            };
            match (&mut dates, change.oid) {
                (None, Some(_)) => match (file, status) {
                    (_, Some(status)) => first_status = status,
                    (EntryFile::Override, None) => {}
                    _ => {
                        let (published, updated, status_changed) = (time, time, time);
                        let status = first_status;
                        dates = Some(EntryDates { published, updated, status_changed, status });
                    }
                },
                (Some(dates), oid)
                    if status.is_some() || oid.is_some() || *file == EntryFile::Override =>
                {
                    dates.updated = time;
                    if let Some(status) = status.filter(|status| *status != dates.status) {
                        (dates.status, dates.status_changed) = (status, time);
                    }
                }
                _ => {}
            }
        }
        Ok(dates)
    }

    /// Returns the status that a blob of `status.json` means; what cannot be read means active.
    fn status_of(git: &Git, oid: Oid) -> Result<Status> {
        if git.size(oid)? > MAX_FILE {
            return Ok(Status::Active);
        }
        let read = read_json("status.json", git.blob(oid)?);
        Ok(read.map_or(Status::Active, |document| read_status("status.json", &document).0.status))
    }
}
