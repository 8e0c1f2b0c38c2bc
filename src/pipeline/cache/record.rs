//! What a cache holds about one server.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::check::{CheckedServer, PolicyOutcome, RemoteUrl};
use crate::diag::Diagnostic;
use crate::model::Timestamp;
use crate::render::Summary;
use crate::site::{FileDigest, ManifestRow, StoredFile};

/// The content of a server's record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::pipeline) struct Details {
    /// Its files.
    pub(in crate::pipeline) files: Vec<StoredFile>,
    /// What was found about it.
    pub(in crate::pipeline) findings: Vec<Diagnostic>,
    /// Its remote URLs.
    pub(in crate::pipeline) urls: Vec<RemoteUrl>,
    /// What the policy did to it.
    pub(in crate::pipeline) policy: PolicyOutcome,
    /// What pages that span servers need of it.
    pub(in crate::pipeline) summary: Option<Summary>,
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
pub(super) struct FileRecord<'a>(#[serde(borrow)] Cow<'a, str>, u64, FileDigest, u64);

impl<'a> FileRecord<'a> {
    pub(super) fn of(file: &'a StoredFile) -> Self {
        let row = &file.row;
        Self((&*row.path).into(), row.size, row.sha256, file.modified)
    }

    pub(super) fn stored(&self) -> StoredFile {
        let row = ManifestRow { path: (&*self.0).into(), size: self.1, sha256: self.2 };
        StoredFile { row, modified: self.3 }
    }
}

impl Details {
    /// Returns the text of a record.
    pub(in crate::pipeline) fn text(
        files: &[StoredFile],
        checked: &CheckedServer,
        summary: Option<&Summary>,
    ) -> String {
        json(&CacheRecord {
            u: checked.urls.iter().map(UrlRecord::of).collect(),
            f: checked.findings.as_slice().into(),
            r: files.iter().map(FileRecord::of).collect(),
            s: summary.map(Cow::Borrowed),
            p: Cow::Borrowed(&checked.policy),
        })
    }

    /// Reads the text of a record.
    pub(in crate::pipeline) fn parse(text: &str) -> Option<Self> {
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

/// Returns `value` as JSON.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
