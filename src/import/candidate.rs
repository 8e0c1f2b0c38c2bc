//! A record that may be imported, and the entry that exists under its name and version.

use crate::data::{OriginRecord, StatusRecord};
use crate::model::{ServerName, Version};

use super::record::{Facts, UpstreamRecord};

/// An existing entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// Bytes of `server.json`.
    pub server: Option<Vec<u8>>,
    /// Content of `origin.json`, if it exists.
    pub origin: Option<OriginRecord>,
    /// Content of `status.json`, if it exists.
    pub status: Option<StatusRecord>,
    /// Which of its small files cannot be read.
    pub broken: Option<&'static str>,
}

/// What to do about a date that lies in the future.
pub(super) const ASK_OR_CLOCK: &str =
    "tell the registry that it came from, or correct the clock of this computer";

/// A valid record that may be imported.
pub(super) struct Candidate {
    pub(super) record: UpstreamRecord,
    pub(super) name: ServerName,
    pub(super) version: Version,
    pub(super) facts: Facts,
    /// Whether a date of its last change, or another fact, was dropped.
    pub(super) ahead: bool,
    /// Whether its date of publication lies in the future: it counts only for an entry that has one.
    pub(super) undated: bool,
}

impl Candidate {
    /// Returns `NAME@VERSION`.
    pub(super) fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
