//! The result of a probe as a part of the site: its two files, and what its page shows.
//!
//! Texts of the result may have been written by a host: the page escapes them like the data's.

use crate::model::probe::ProbeResult;
use crate::site::{Artifact, Body, Freshness, Media, Shape, UrlPath};

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
