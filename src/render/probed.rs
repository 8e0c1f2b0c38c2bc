//! The result of a probe as a part of the site: its two files, and what its page shows.
//!
//! The result is plain text here, prepared by whoever knows probes; this room refuses to judge it. Its
//! texts may be a stranger's: the page passes them through the same guards as the data's.

use serde::Serialize;

use crate::model::Timestamp;
use crate::site::{Artifact, Body, Freshness, Media, Shape, UrlPath};

/// How far something works for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// As the client expects.
    Works,
    /// With a loss.
    Partly,
    /// Not.
    Fails,
    /// Not used by this client, or it could not be tried.
    Untried,
}

/// What a probe found out, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The result as it was given, published byte for byte.
    pub json: Body,
    /// The badge, as SVG.
    pub badge: String,
    /// What the badge says.
    pub sentence: String,
    /// Whether a preview was asked.
    pub preview: bool,
    /// When it was asked, when that is known.
    pub checked_at: Option<Timestamp>,
    /// Heads of the table, and what each means; the meaning continues "the client …".
    pub columns: Vec<(&'static str, &'static str)>,
    /// A row for each client.
    pub rows: Vec<ProbedClient>,
    /// Everything that does not work in full, worst first.
    pub causes: Vec<ProbedCause>,
    /// Remarks.
    pub notes: Vec<String>,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedClient {
    /// What people call the client.
    pub name: String,
    /// Whether the registry is meant to work for it.
    pub required: bool,
    /// A mark for each column.
    pub marks: Vec<Mark>,
}

/// Why something does not work, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedCause {
    /// How badly it hurts.
    pub mark: Mark,
    /// What it is, as one clause.
    pub title: String,
    /// What to do about it, as one sentence.
    pub fix: String,
    /// Where it was seen first: what was asked, and what came.
    pub request: String,
    /// What exactly was seen; may be empty.
    pub detail: String,
    /// Whom it hurts.
    pub clients: Vec<String>,
    /// At what.
    pub columns: Vec<&'static str>,
}

/// The files of a result: the result itself, and its badge.
pub(super) fn artifacts(probed: &Probed) -> impl Iterator<Item = Artifact> {
    let file = |name: &str, media: Media, body: Body| {
        let (shape, freshness) = (Shape::File, Freshness::Revalidate);
        Some(Artifact { path: UrlPath::new(["probe", name])?, shape, media, freshness, body })
    };
    let badge = probed.badge.clone().into_bytes().into();
    let files = [
        file("probe.json", Media::Json, probed.json.clone()),
        file("badge.svg", Media::Svg, badge),
    ];
    files.into_iter().flatten()
}
