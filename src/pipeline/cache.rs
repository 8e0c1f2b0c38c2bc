//! The cache between builds: the files of each server, and dates read from the git history.
//!
//! Everything is keyed on content. The cache is in `.mcp-static` beside the output, is never published,
//! and is safe to delete: what cannot be read is computed again. It is a sealed file, so a changed one
//! is ignored. It contains the digest of the manifest of its site, so an older one is ignored too.
//!
//! A record is written as soon as its server is rendered, so that a build need not keep it in memory.
//! Records are in any order.
//!
//! ```text
//! mcp-static cache 2
//! <digest of what all servers depend on>
//! S TAB <name> TAB <digest> TAB <details as JSON>
//! L TAB <name> TAB <start> TAB <end>                    its entry in the list document
//! D TAB <digest of the site's manifest> TAB <the list document's file, as JSON>
//! ```

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::check::{CheckedServer, PolicyOutcome, RemoteUrl};
use crate::diag::Diagnostic;
use crate::model::Timestamp;
use crate::render::Summary;
use crate::site::{FileDigest, ManifestRow, Sealing, StoredFile, read_sealed};

/// First line of a cache; another form of it is another version.
const HEAD: &str = "mcp-static cache 3";

/// Position of a server's record in the text of a cache.
#[derive(Debug, Clone, Default)]
struct Position {
    digest: Range<usize>,
    details: Range<usize>,
    list_range: Option<Range<usize>>,
}

/// The content of a server's record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// Its files.
    pub(super) files: Vec<StoredFile>,
    /// What was found about it.
    pub(super) findings: Vec<Diagnostic>,
    /// Its remote URLs.
    pub(super) urls: Vec<RemoteUrl>,
    /// What the policy did to it.
    pub(super) policy: PolicyOutcome,
    /// What pages that span servers need of it.
    pub(super) summary: Option<Summary>,
}

/// The cache of one build.
#[derive(Debug, Clone, Default)]
pub(super) struct Cache {
    /// The digest of the site's manifest, and the list document.
    pub(super) site: Option<(FileDigest, StoredFile)>,
    text: String,
    records: HashMap<Box<str>, Position>,
}

#[derive(Serialize, Deserialize)]
struct CacheRecord<'a> {
    u: Vec<UrlRecord<'a>>,

    f: Cow<'a, [Diagnostic]>,
    #[serde(borrow)]
    r: Vec<FileRecord<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<Cow<'a, Summary>>,
    #[serde(default, skip_serializing_if = "is_nothing")]
    p: Cow<'a, PolicyOutcome>,
}

fn is_nothing(policy: &PolicyOutcome) -> bool {
    policy.is_empty()
}

/// A remote URL, whether its entry has no commit yet, when that was published, its version and its position.
#[derive(Serialize, Deserialize)]
struct UrlRecord<'a>(Cow<'a, str>, bool, Cow<'a, str>, Cow<'a, str>, usize);

impl<'a> UrlRecord<'a> {
    fn of(url: &'a RemoteUrl) -> Self {
        let (published, version) = (url.published.as_str().into(), (&*url.version).into());
        Self((&*url.url).into(), url.is_uncommitted, published, version, url.index)
    }

    fn stored(self) -> Option<RemoteUrl> {
        let Self(url, is_uncommitted, published, version, index) = self;
        let published = Timestamp::parse(&published)?;
        let (url, version) = (url.into_owned(), version.into_owned());
        Some(RemoteUrl { url, is_uncommitted, published, version, index })
    }
}

/// Path, size, digest and time of a file.
#[derive(Serialize, Deserialize)]
struct FileRecord<'a>(#[serde(borrow)] Cow<'a, str>, u64, FileDigest, u64);

impl<'a> FileRecord<'a> {
    fn of(file: &'a StoredFile) -> Self {
        let row = &file.row;
        Self((&*row.path).into(), row.size, row.sha256, file.modified)
    }

    fn stored(&self) -> StoredFile {
        let row = ManifestRow { path: (&*self.0).into(), size: self.1, sha256: self.2 };
        StoredFile { row, modified: self.3 }
    }
}

impl Details {
    /// Returns the text of a record.
    fn text(files: &[StoredFile], checked: &CheckedServer, summary: Option<&Summary>) -> String {
        json(&CacheRecord {
            u: checked.urls.iter().map(UrlRecord::of).collect(),
            f: checked.findings.as_slice().into(),
            r: files.iter().map(FileRecord::of).collect(),
            s: summary.map(Cow::Borrowed),
            p: Cow::Borrowed(&checked.policy),
        })
    }

    /// Reads the text of a record.
    fn parse(text: &str) -> Option<Self> {
        let written: CacheRecord<'_> = serde_json::from_str(text).ok()?;
        Some(Self {
            files: written.r.iter().map(FileRecord::stored).collect(),
            findings: written.f.into_owned(),
            urls: written.u.into_iter().map(UrlRecord::stored).collect::<Option<_>>()?,
            summary: written.s.map(Cow::into_owned),
            policy: written.p.into_owned(),
        })
    }
}

impl Cache {
    /// The cache in `folder` if its key is `key` and it belongs to the site with this `manifest`, else
    /// an empty one.
    pub(super) fn load(folder: &Path, key: &str, manifest: Option<FileDigest>) -> Self {
        let text = manifest.and_then(|_| read_sealed(folder, "cache"));
        let cache = text.and_then(|text| Self::parse(text, key)).unwrap_or_default();
        let belongs = cache.site.as_ref().is_some_and(|(of, _)| Some(*of) == manifest);
        if belongs { cache } else { Self::default() }
    }

    fn parse(text: String, key: &str) -> Option<Self> {
        let body =
            text.strip_prefix(HEAD)?.strip_prefix('\n')?.strip_prefix(key)?.strip_prefix('\n')?;
        let (mut records, mut site): (HashMap<Box<str>, Position>, _) = (HashMap::new(), None);
        let place = |part: &str| {
            let start = part.as_ptr() as usize - text.as_ptr() as usize;
            start..start + part.len()
        };
        for line in body.lines() {
            let mut parts = line.splitn(4, '\t');
            let (kind, name) = (parts.next()?, parts.next()?);
            match kind {
                "S" => {
                    let record = records.entry(name.into()).or_default();
                    record.digest = place(parts.next()?);
                    record.details = place(parts.next()?);
                }
                "L" => {
                    let range = parts.next()?.parse().ok()?..parts.next()?.parse().ok()?;
                    records.entry(name.into()).or_default().list_range = Some(range);
                }
                "D" => {
                    let list = serde_json::from_str::<FileRecord<'_>>(parts.next()?).ok()?.stored();
                    site = Some((FileDigest::parse(name)?, list));
                }
                _ => return None,
            }
        }
        Some(Self { site, records, text })
    }

    /// Returns the number of servers that are remembered.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns what is remembered of a server whose digest is `digest`, and its place in the list.
    pub(super) fn get(&self, name: &str, digest: &str) -> Option<(Details, Option<Range<usize>>)> {
        let record = self.records.get(name)?;
        if self.text.get(record.digest.clone())? != digest {
            return None;
        }
        Some((Details::parse(self.text.get(record.details.clone())?)?, record.list_range.clone()))
    }
}

/// A cache that is being written. The next build finds it only when it is finished. A failed write only
/// makes the next build slower, and is not reported.
#[derive(Debug)]
pub(super) struct CacheWriter(Option<Mutex<Sealing>>);

impl CacheWriter {
    /// Begins a cache in `folder`.
    pub(super) fn begin(folder: &Path, key: &str) -> Self {
        let writer = Self(Sealing::begin(folder, "cache").map(Mutex::new));
        writer.line(&format!("{HEAD}\n{key}"));
        writer
    }

    fn line(&self, line: &str) {
        if let Some(file) = &self.0 {
            // The seal detects lost lines.
            let _ = file.lock().unwrap_or_else(PoisonError::into_inner).line(line);
        }
    }

    /// Remembers a server that was made in this build.
    pub(super) fn made(
        &self,
        (name, digest): (&str, &str),
        files: &[StoredFile],
        checked: &CheckedServer,
        summary: Option<&Summary>,
    ) {
        self.line(&format!("S\t{name}\t{digest}\t{}", Details::text(files, checked, summary)));
    }

    /// Copies the record of a server that was not made again.
    pub(super) fn carry(&self, name: &str, cache: &Cache) {
        if let Some(Position { digest, details, .. }) = cache.records.get(name) {
            let text = |range: &Range<usize>| cache.text.get(range.clone()).unwrap_or_default();
            self.line(&format!("S\t{name}\t{}\t{}", text(digest), text(details)));
        }
    }

    /// Remembers the byte range of a server's entry in the list.
    pub(super) fn list_range(&self, name: &str, range: &Range<usize>) {
        self.line(&format!("L\t{name}\t{}\t{}", range.start, range.end));
    }

    /// Puts the cache of the site with this manifest in place.
    pub(super) fn finish(self, (manifest, list): &(FileDigest, StoredFile)) {
        self.line(&format!("D\t{manifest}\t{}", json(&FileRecord::of(list))));
        if let Some(file) = self.0 {
            let _ = file.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(feature = "git")]
pub(super) use dates::{load_dates, save_dates};

#[cfg(feature = "git")]
mod dates {
    use super::*;
    use crate::data::{DateTable, EntryDates, Fallback};
    use crate::model::Status;
    use crate::world::git::Oid;

    const DATES: &str = "mcp-static dates 2";

    /// Loads the dates as of an earlier commit. An older file is fine: git provides what came after it.
    pub(in super::super) fn load_dates(folder: &Path, prefix: &str) -> Option<(Oid, DateTable)> {
        let text = read_sealed(folder, "dates")?;
        let mut lines = text.lines();
        if lines.next()? != DATES || lines.next()? != prefix {
            return None;
        }
        let commit: Oid = lines.next()?.parse().ok()?;
        let entries = lines.map(|line| {
            let mut parts = line.split('\t');
            let key = parts.next()?.into();
            let mut number = || parts.next()?.parse::<i64>().ok();
            let (published, updated, status_changed) = (number()?, number()?, number()?);
            let status = Status::parse(parts.next()?)?;
            Some((key, EntryDates { published, updated, status_changed, status }))
        });
        let entries: Vec<_> = entries.collect::<Option<_>>()?;
        Some((commit, DateTable::restore(entries, Fallback::None)))
    }

    /// Saves the dates of the history up to `commit`. A failed write only makes the next build slower.
    pub(in super::super) fn save_dates(
        folder: &Path,
        prefix: &str,
        commit: Oid,
        table: &DateTable,
    ) {
        let Some(mut file) = Sealing::begin(folder, "dates") else { return };
        let mut write = || {
            file.line(&format!("{DATES}\n{prefix}\n{commit}"))?;
            for (key, dates) in table.entries() {
                let EntryDates { published, updated, status_changed, status } = dates;
                file.line(&format!("{key}\t{published}\t{updated}\t{status_changed}\t{status}"))?;
            }
            std::io::Result::Ok(())
        };
        if write().is_ok() {
            let _ = file.finish();
        }
    }
}
