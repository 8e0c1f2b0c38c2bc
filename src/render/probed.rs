//! The result of a probe as a part of the site: its two files, and what its page shows.
//!
//! A host may have written texts of the result, so the page escapes them like the texts of servers.

use crate::model::probe::ProbeResult;
use crate::site::{Artifact, Body, Media};

/// The result of a probe and its printed forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The result as it was given, published byte for byte.
    pub json: Body,
    /// The badge, as SVG.
    pub badge: String,
    /// The text of the badge.
    pub sentence: String,
    /// The result itself.
    pub result: ProbeResult,
}

/// Returns the files of a result: the result itself, and its badge.
pub(super) fn artifacts(probed: &Probed) -> impl Iterator<Item = Artifact> {
    let json = Artifact::file(["probe", "probe.json"], Media::Json, probed.json.clone());
    let badge = Artifact::file(["probe", "badge.svg"], Media::Svg, probed.badge.clone());
    json.into_iter().chain(badge)
}
