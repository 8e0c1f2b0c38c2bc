//! The result of a probe as a part of the site: its two files, and what its page shows.
//!
//! The caller has graded the result. Its texts may come from others, so the page escapes them like the
//! texts of servers.

use serde::Serialize;

use crate::model::Timestamp;
use crate::site::{Artifact, Body, Media};

/// How far something works for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// It works as the client expects.
    Works,
    /// It works partially.
    Partly,
    /// It does not work.
    Fails,
    /// Not used by this client, or it could not be tried.
    Untried,
}

/// The result of a probe, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The result as JSON, published byte for byte.
    pub json: Body,
    /// The badge, as SVG.
    pub badge: String,
    /// Text of the badge.
    pub sentence: String,
    /// Whether a preview was probed.
    pub preview: bool,
    /// When it was probed, if that is known.
    pub checked_at: Option<Timestamp>,
    /// Columns of the table, and what each means; the meaning continues "the client …".
    pub columns: Vec<(&'static str, &'static str)>,
    /// A row for each client.
    pub rows: Vec<ProbedClient>,
    /// Everything that does not work in full, worst first.
    pub causes: Vec<ProbedCause>,
    /// Remarks.
    pub notes: Vec<String>,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbedClient {
    /// What people call the client.
    pub name: String,
    /// Whether the registry is meant to work for it.
    pub required: bool,
    /// A mark for each column.
    pub marks: Vec<Mark>,
}

/// Why something does not work, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbedCause {
    /// How far the clients still work.
    pub mark: Mark,
    /// What is wrong, as one clause.
    pub title: String,
    /// How to fix it, as one sentence.
    pub fix: String,
    /// The first request that showed it, and its answer.
    pub request: String,
    /// Details of the answer; may be empty.
    pub detail: String,
    /// The clients that it affects.
    pub clients: Vec<String>,
    /// The columns that it affects.
    pub columns: Vec<&'static str>,
}

/// The files of a result: the result itself, and its badge.
pub(super) fn artifacts(probed: &Probed) -> impl Iterator<Item = Artifact> {
    let json = Artifact::file(["probe", "probe.json"], Media::Json, probed.json.clone());
    let badge = Artifact::file(["probe", "badge.svg"], Media::Svg, probed.badge.clone());
    json.into_iter().chain(badge)
}
