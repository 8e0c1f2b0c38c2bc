//! One published version of a server.

use super::{Annotations, OwnAnnotations, Server, Timestamp, Version};

crate::text::display_as_str!(Status);

/// The status of a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// In use.
    #[default]
    Active,
    /// Still there, no longer recommended.
    Deprecated,
    /// Withdrawn: clients see it as missing.
    Deleted,
}

impl Status {
    /// Longest status message, in characters.
    pub const MESSAGE_MAX: usize = 500;

    /// Every status.
    pub const ALL: [Status; 3] = [Status::Active, Status::Deprecated, Status::Deleted];

    /// Returns the word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the word of the API.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// When an entry was published, last changed, and last changed its status value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dates {
    /// First publication.
    pub published: Timestamp,
    /// Last change of document or status.
    pub updated: Timestamp,
    /// Last change of the status value.
    pub status_changed: Timestamp,
}

impl Dates {
    /// Dates of an entry that has been the same since `published`.
    pub fn at(published: Timestamp) -> Self {
        Self { updated: published.clone(), status_changed: published.clone(), published }
    }
}

/// Where an entry came from when it is not our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Base URL, or file name of the dump, of the registry it was mirrored from; `None` for an own
    /// entry with pinned dates.
    pub registry: Option<String>,
    /// SHA-256 of the bytes of `server.json` as they came, in lower-case hex.
    pub sha256: Option<String>,
}

/// How it was proven that an entry may use its namespace, as far as the repository alone shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// `proof-file`, `commit-signature`, `owners-file`, `reviewed` or `unrecorded`.
    pub method: &'static str,
    /// Who was proven, such as `domain:example.com` or `github.com:1001`.
    pub subject: Option<String>,
    /// Fingerprint of the key that signed.
    pub key: Option<String>,
    /// When it was signed.
    pub issued: Option<Timestamp>,
    /// The signed commit.
    pub commit: Option<String>,
}

impl Evidence {
    /// Nothing is recorded.
    pub const UNRECORDED: Self = Self::by("unrecorded");

    /// Evidence of a kind that names nobody.
    pub const fn by(method: &'static str) -> Self {
        Self { method, subject: None, key: None, issued: None, commit: None }
    }
}

/// What this registry changed in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overridden {
    /// Why.
    pub reason: String,
    /// SHA-256 of the author's `server.json`, in lower-case hex.
    pub of: String,
    /// The members that were changed.
    pub members: Vec<String>,
    /// The author's JSON, compact.
    pub original: Box<str>,
}

impl Overridden {
    /// Makes the record of a change.
    pub fn new(reason: String, of: String, members: Vec<String>, original: Box<str>) -> Self {
        Self { reason, of, members, original }
    }
}

/// One version of a server, checked.
///
/// `document` is what the author committed, without the white space between tokens: the same keys,
/// values and order, but for the members that the registry overrides. It is the only thing that is written out; typed views only read it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its version.
    pub version: Version,
    /// The author's JSON, compact.
    pub document: Box<str>,
    /// The typed view of `document`.
    pub server: Box<Server>,
    /// Its status.
    pub status: Status,
    /// Why, or what to use instead.
    pub status_message: Option<String>,
    /// Its dates.
    pub dates: Dates,
    /// Where it came from, when that is recorded.
    pub origin: Option<Origin>,
    /// How ownership was proven; for a mirrored entry the other registry is responsible.
    pub evidence: Evidence,
    /// What the registry says about it, when it says something.
    pub annotations: Option<Box<Annotations>>,
    /// What this registry changed in it.
    pub overridden: Option<Box<Overridden>>,
}

impl Entry {
    /// Returns what is said about it under the registry's own key.
    pub fn own_annotations(&self) -> Option<&OwnAnnotations> {
        self.annotations.as_ref()?.own.as_ref()
    }

    /// Whether clients can see it.
    pub fn is_live(&self) -> bool {
        self.status != Status::Deleted
    }

    /// The document as its author wrote it.
    pub fn authors_document(&self) -> &str {
        self.overridden.as_ref().map_or(&self.document, |it| &it.original)
    }

    /// The registry it was mirrored from, if it was.
    pub fn mirrored_from(&self) -> Option<&str> {
        self.origin.as_ref()?.registry.as_deref()
    }
}
