//! What one build remembers for the next: which servers were the same, and dates read from history.
//!
//! Everything is keyed on content. The cache lives in `.mcp-static` beside the output, is never
//! published, and is safe to delete: whatever cannot be read is done again.
//!
//! ```text
//! mcp-static cache 1
//! <digest of what all servers depend on>
//! <the list document's file, as JSON>
//! <name> TAB <digest> TAB <start>-<end in the list, or nothing> TAB <details as JSON>
//! ```

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::check::{CheckedServer, RemoteUrl};
use crate::diag::Diagnostic;
use crate::render::Summary;
use crate::site::{FileDigest, Kept, ManifestRow};

/// First line of a cache; another form of it is another version.
const HEAD: &str = "mcp-static cache 1";

/// What is remembered of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Digest of everything that its part of the site is made of.
    pub(super) digest: Box<str>,
    /// Where its entry stands in the list document.
    pub(super) span: Option<(usize, usize)>,
    /// The rest, as text: most of it is only carried on.
    pub(super) details: Box<str>,
}

/// The rest of what is remembered of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Details {
    /// Its files.
    pub(super) files: Vec<Kept>,
    /// What was found about it.
    pub(super) findings: Vec<Diagnostic>,
    /// Its remote URLs.
    pub(super) urls: Vec<RemoteUrl>,
    /// What pages that span servers need of it.
    pub(super) summary: Option<Summary>,
}

/// What is remembered of a build.
#[derive(Debug, Clone, Default)]
pub(super) struct Cache {
    /// Digest of what all servers depend on: tool, settings, host.
    pub(super) key: String,
    /// The list document.
    pub(super) list: Option<Kept>,
    pub(super) servers: HashMap<Box<str>, Record>,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    u: Cow<'a, [(String, String, usize)]>,
    f: Cow<'a, [Diagnostic]>,
    #[serde(borrow)]
    r: Vec<Row<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<Cow<'a, Summary>>,
}

/// Path, size, digest and time of a file.
#[derive(Serialize, Deserialize)]
struct Row<'a>(#[serde(borrow)] Cow<'a, str>, u64, FileDigest, u64);

impl<'a> Row<'a> {
    fn of(kept: &'a Kept) -> Self {
        let row = &kept.row;
        Self((&*row.path).into(), row.size, row.sha256, kept.modified)
    }

    fn kept(&self) -> Kept {
        let row = ManifestRow { path: (&*self.0).into(), size: self.1, sha256: self.2 };
        Kept { row, modified: self.3 }
    }
}

impl Details {
    /// The text that a record keeps.
    pub(super) fn text(
        files: &[Kept],
        checked: &CheckedServer,
        summary: Option<&Summary>,
    ) -> Box<str> {
        let urls: Vec<_> =
            checked.urls.iter().map(|u| (u.url.clone(), u.version.clone(), u.index)).collect();
        json(&Written {
            u: urls.into(),
            f: checked.findings.as_slice().into(),
            r: files.iter().map(Row::of).collect(),
            s: summary.map(Cow::Borrowed),
        })
        .into()
    }

    /// Reads the text of a record.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let written: Written<'_> = serde_json::from_str(text).ok()?;
        let urls = written.u.into_owned().into_iter();
        Some(Self {
            files: written.r.iter().map(Row::kept).collect(),
            findings: written.f.into_owned(),
            urls: urls.map(|(url, version, index)| RemoteUrl { url, version, index }).collect(),
            summary: written.s.map(Cow::into_owned),
        })
    }
}

impl Cache {
    /// The cache in `folder` if its key is `key`, else an empty one.
    pub(super) fn load(folder: &Path, key: &str) -> Self {
        let empty = Self { key: key.to_owned(), ..Self::default() };
        std::fs::read_to_string(folder.join("cache"))
            .ok()
            .and_then(|text| Self::parse(&text, key))
            .unwrap_or(empty)
    }

    fn parse(text: &str, key: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEAD || lines.next()? != key {
            return None;
        }
        let list: Option<Row<'_>> = serde_json::from_str(lines.next()?).ok()?;
        let servers = lines.map(|line| {
            let mut parts = line.splitn(4, '\t');
            let (name, digest, span) = (parts.next()?, parts.next()?, parts.next()?);
            let span = match span.split_once('-') {
                Some((start, end)) => Some((start.parse().ok()?, end.parse().ok()?)),
                None => None,
            };
            Some((
                name.into(),
                Record { digest: digest.into(), span, details: parts.next()?.into() },
            ))
        });
        Some(Self {
            key: key.to_owned(),
            list: list.map(|row| row.kept()),
            servers: servers.collect::<Option<_>>()?,
        })
    }

    /// Writes the cache. A failure only costs the next build time, so it is not reported.
    pub(super) fn save<'a>(
        folder: &Path,
        key: &str,
        list: Option<&Kept>,
        servers: impl Iterator<Item = (String, &'a Record)>,
    ) {
        let mut text = format!("{HEAD}\n{key}\n{}", json(&list.map(Row::of)));
        for (name, Record { digest, span, details }) in servers {
            let span = span.map(|(start, end)| format!("{start}-{end}")).unwrap_or_default();
            let _ = write!(text, "\n{name}\t{digest}\t{span}\t{details}");
        }
        replace(folder, "cache", &text);
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Replaces a file of the working folder in one step.
fn replace(folder: &Path, name: &str, text: &str) {
    let new = folder.join(format!("{name}.new"));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&new, text));
    if written.and_then(|()| std::fs::rename(&new, folder.join(name))).is_err() {
        let _ = std::fs::remove_file(&new);
    }
}

#[cfg(feature = "git")]
pub(super) use dates::{load_dates, save_dates};

#[cfg(feature = "git")]
mod dates {
    use super::*;
    use crate::data::{DateTable, EntryDates, Fallback};
    use crate::model::Status;
    use crate::world::git::Oid;

    const DATES: &str = "mcp-static dates 1";

    /// What history said at an earlier commit.
    pub(in super::super) fn load_dates(folder: &Path, prefix: &str) -> Option<(Oid, DateTable)> {
        let text = std::fs::read_to_string(folder.join("dates")).ok()?;
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

    /// Keeps what history says at `commit`.
    pub(in super::super) fn save_dates(
        folder: &Path,
        prefix: &str,
        commit: Oid,
        table: &DateTable,
    ) {
        let mut text = format!("{DATES}\n{prefix}\n{commit}\n");
        for (key, dates) in table.entries() {
            let EntryDates { published, updated, status_changed, status } = dates;
            let _ = writeln!(text, "{key}\t{published}\t{updated}\t{status_changed}\t{status}");
        }
        replace(folder, "dates", &text);
    }
}
