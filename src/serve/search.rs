//! An index over all versions, from which queries of the list are answered without a look at documents.
//!
//! All names are one text, which is searched as a whole; what the other filters compare is in a table. They
//! decide only which rows are looked at: [`page_among`] applies the query itself.

use std::sync::Arc;

use memchr::memmem::Finder;

use crate::model::query::{ListQuery, ListedEntry as _, Page, page_among};
use crate::render::query::IndexedVersion;

use super::stored::Stored;

/// Follows each name; no text in UTF-8 holds this byte.
const END: u8 = 0xFF;

/// One version.
#[derive(Debug)]
struct Row {
    server: u32,
    /// Position among the versions of the server.
    at: u32,
    /// Seconds and nanoseconds of its last change.
    updated: (i64, u32),
    /// Position of its text in `texts`.
    text: u32,
    deleted: bool,
    latest: bool,
}

/// An index over all versions.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Names in lower case, each with [`END`].
    names: Vec<u8>,
    /// Where each name begins.
    starts: Vec<usize>,
    /// By name, then version, both by bytes.
    rows: Vec<Row>,
    /// The first row of each server, and the number of all rows.
    firsts: Vec<usize>,
    /// The texts of versions, sorted.
    texts: Vec<Box<str>>,
}

impl Index {
    /// Indexes servers, which are in the order of their names.
    pub(super) fn new(servers: &[Arc<Stored>]) -> Self {
        let versions = || servers.iter().flat_map(|server| server.versions());
        let mut texts: Vec<&str> = versions().map(|row| row.version()).collect();
        texts.sort_unstable();
        texts.dedup();
        let mut index = Self::default();
        for (server, stored) in (0..).zip(servers) {
            index.starts.push(index.names.len());
            index.names.extend(stored.name().bytes().map(|byte| byte.to_ascii_lowercase()));
            index.names.push(END);
            index.firsts.push(index.rows.len());
            index.rows.extend((0..).zip(stored.versions()).map(|(at, row)| Row {
                server,
                at,
                updated: (row.updated().unix(), row.updated().nanos()),
                text: texts.partition_point(|text| *text < row.version()) as u32,
                deleted: row.is_deleted(),
                latest: row.is_latest(),
            }));
        }
        index.firsts.push(index.rows.len());
        index.texts = texts.into_iter().map(Box::from).collect();
        index
    }

    /// Returns the number of versions.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the version at a position of a page.
    pub(super) fn row<'a>(&self, servers: &'a [Arc<Stored>], at: usize) -> &'a IndexedVersion {
        let row = &self.rows[at];
        &servers[row.server as usize].versions()[row.at as usize]
    }

    /// Returns the page of `servers`, which are those of the index, that `query` asks for.
    pub(super) fn page(&self, servers: &[Arc<Stored>], query: &ListQuery) -> Page {
        let row = |at| self.row(servers, at);
        let start = query.cursor.as_ref().map_or(0, |cursor| {
            self.rows.partition_point(|row| {
                let versions = servers[row.server as usize].versions();
                !cursor.is_before(&versions[row.at as usize])
            })
        });
        let text = match query.version.as_deref() {
            None | Some("latest") => None,
            Some(exact) => match self.texts.binary_search_by(|text| (**text).cmp(exact)) {
                Ok(at) => Some(at as u32),
                Err(_) => return Page::default(),
            },
        };
        let latest = query.version.as_deref() == Some("latest");
        let since = query.updated_since.as_ref().map(|since| (since.unix(), since.nanos()));
        let passes = |at: &usize| {
            let row = &self.rows[*at];
            (query.include_deleted || !row.deleted)
                && (!latest || row.latest)
                && text.is_none_or(|text| row.text == text)
                && since.is_none_or(|since| row.updated > since)
        };
        match &query.search {
            None => page_among(row, (start..self.rows.len()).filter(passes), query),
            Some(part) => {
                let found = self.named(part, start).filter(passes);
                page_among(row, found, query)
            }
        }
    }

    /// Returns the rows from `start` on whose names hold `part`, which is in lower case.
    fn named(&self, part: &str, start: usize) -> impl Iterator<Item = usize> {
        let finder = Finder::new(part.as_bytes()).into_owned();
        let first = self.rows.get(start).map_or(self.starts.len(), |row| row.server as usize);
        let mut from = self.starts.get(first).copied().unwrap_or(self.names.len());
        let servers = std::iter::from_fn(move || {
            let at = from + finder.find(self.names.get(from..)?)?;
            let server = self.starts.partition_point(|start| *start <= at) - 1;
            from = self.starts.get(server + 1).copied().unwrap_or(self.names.len());
            Some(server)
        });
        servers.flat_map(move |server| self.firsts[server].max(start)..self.firsts[server + 1])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Timestamp;
    use crate::model::query::{ListedEntry, page};

    /// A version as a list shows it.
    struct Shown {
        name: String,
        version: String,
        updated: Timestamp,
        deleted: bool,
        latest: bool,
    }

    impl ListedEntry for Shown {
        fn name(&self) -> &str {
            &self.name
        }

        fn version(&self) -> &str {
            &self.version
        }

        fn updated(&self) -> &Timestamp {
            &self.updated
        }

        fn is_deleted(&self) -> bool {
            self.deleted
        }

        fn is_latest(&self) -> bool {
            self.latest
        }
    }

    fn rows() -> impl Strategy<Value = Vec<IndexedVersion>> {
        let row = ("[aAb]{1,3}/[bBc-]{1,4}", "[01]\\.[01]", 0_i64..4, any::<bool>(), any::<bool>());
        proptest::collection::vec(row, 0..60).prop_map(|rows| {
            let mut rows: Vec<IndexedVersion> = rows
                .into_iter()
                .map(|(name, version, seconds, deleted, latest)| {
                    let updated = Timestamp::from_unix(seconds);
                    let shown = Shown { name, version, updated, deleted, latest };
                    IndexedVersion::new(&shown, "{}".to_owned().into())
                })
                .collect();
            rows.sort_by(|a, b| (a.name(), a.version()).cmp(&(b.name(), b.version())));
            rows.dedup_by(|a, b| (a.name(), a.version()) == (b.name(), b.version()));
            rows
        })
    }

    proptest! {
        #[test]
        fn the_index_finds_what_a_look_at_every_row_finds(
            rows in rows(),
            search in proptest::option::of("[aAbBc/-]{1,4}|\u{fffd}|ſ|K|%C3"),
            cursor in proptest::option::of("[ab]{0,3}(/[bc]{0,4}(:[01]\\.[01])?)?"),
            since in proptest::option::of(0_i64..4),
            version in proptest::option::of("latest|[01]\\.[01]|9"),
            deleted in any::<bool>(),
            limit in 1_usize..8,
        ) {
            let mut text = format!("limit={limit}");
            let mut add = |key: &str, value: Option<String>| {
                text += &value.map(|value| format!("&{key}={value}")).unwrap_or_default();
            };
            add("search", search);
            add("cursor", cursor);
            add("updated_since", since.map(|at| Timestamp::from_unix(at).as_str().to_owned()));
            add("version", version);
            add("include_deleted", (deleted || since.is_none()).then(|| deleted.to_string()));
            let query = ListQuery::parse(&text).unwrap().unwrap();
            let servers = rows.chunk_by(|a, b| a.name() == b.name());
            let servers: Vec<_> =
                servers.map(|rows| Arc::new(Stored::of_index(rows.to_vec()))).collect();
            let index = Index::new(&servers);
            prop_assert_eq!(index.len(), rows.len());
            prop_assert_eq!(index.page(&servers, &query), page(&rows, &query), "{}", text);
        }
    }
}
