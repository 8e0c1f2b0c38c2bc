//! A server's own pages: one for its latest version, and one for each other version that can be seen.
//!
//! They depend on the listing alone, so that a change of another server leaves them unchanged. A
//! withdrawn version has no page; the history lists it and the reason for its removal.

use std::ops::Range;

use serde::Serialize;

use crate::model::{Entry, Listing, Server, Status, Version};

use super::super::install::recipe::Recipe;
use super::annotations::AnnotationView;
use super::colour;
use super::forge::{Forge, ForgeLinks};
use super::inputs::{PackageView, RemoteView};
use super::overridden::OverrideView;
use super::place::{Href, PagePlace, file_of, page_of, version_segments};
use super::summary::{self, icon};
use super::tabs::Tabs;
use super::text::{Moment, OutLink, shown, shown_option, tile, web_link};
use super::touches::Touches;

/// What the pages of a server and of a version show.
///
/// Both show the same facts; only the server's page has the tabs.
#[derive(Debug, Serialize)]
pub(super) struct ServerView {
    name: String,
    namespace: String,
    part: String,
    pub(super) title: String,
    has_title: bool,
    pub(super) description: String,
    letter: String,
    hue: u8,
    pub(super) icon: Option<String>,
    version: String,
    is_latest: bool,
    /// Whether the version is a pre-release, such as a release candidate.
    is_early: bool,
    /// The latest version, for pages of other versions.
    latest: String,
    status: &'static str,
    message: Option<String>,
    status_changed: Moment,
    published: Moment,
    updated: Moment,
    packages: Vec<PackageView>,
    remotes: Vec<RemoteView>,
    touches: Vec<Touches>,
    /// The publisher's own words.
    tags: Vec<String>,
    repository: Option<OutLink>,
    subfolder: Option<String>,
    website: Option<OutLink>,
    license: Option<String>,
    origin: Option<OutLink>,
    proof: &'static str,
    /// Who was proven, and the fingerprint of the key.
    proof_subject: Option<String>,
    proof_key: Option<String>,
    /// What the registry says about it.
    annotations: Option<AnnotationView>,
    /// What the registry changed in it.
    overridden: Option<OverrideView>,
    history: Vec<VersionRow>,
    /// How many versions are not among them.
    hidden_versions: usize,
    forge: Option<ForgeLinks>,
    server_page: Option<Href>,
    namespace_page: Option<Href>,
    /// Path of the badge.
    badge: Option<Href>,
    /// Its document in the API.
    pub(super) json: Option<Href>,
    versions_json: Option<Href>,
    /// The page as linked data; only on the server's page, and not in private registries.
    pub(super) structured: Option<serde_json::Value>,
    /// Only on the server's page.
    pub(super) tabs: Option<Tabs>,
}

/// A line of the version history.
///
/// A withdrawn version has neither a page nor a document, as its row shows.
#[derive(Debug, Clone, Serialize)]
struct VersionRow {
    version: String,
    page: Option<Href>,
    json: Option<Href>,
    status: &'static str,
    message: Option<String>,
    published: Moment,
    is_latest: bool,
    is_early: bool,
    is_this: bool,
}

impl ServerView {
    /// The view of one version. `lens` is the lens on `entry`, and `recipes` are its ways to install; of
    /// the history it holds the rows of `window`.
    pub(super) fn new(
        listing: &Listing,
        (entry, lens, recipes): (&Entry, &Server, &[Recipe]),
        window: Range<usize>,
        forge: Option<&Forge>,
    ) -> Self {
        let name = listing.name();
        let (namespace, part) = (name.namespace().as_str(), name.name());
        let title = lens.title.as_deref().unwrap_or(part);
        let (letter, hue) = tile(name.as_str(), title);
        let version = entry.version.as_str();
        let api = ["v0.1", "servers", namespace, part, "versions"];
        let folder = format!("{namespace}/{part}/{version}");
        Self {
            name: name.as_str().to_owned(),
            namespace: namespace.to_owned(),
            part: part.to_owned(),
            title: shown(title),
            has_title: lens.title.is_some(),
            description: shown(&lens.description),
            letter,
            hue,
            icon: icon(lens),
            version: version.to_owned(),
            is_latest: listing.is_latest(entry),
            is_early: is_early(version),
            latest: listing.latest().version.as_str().to_owned(),
            status: entry.status.as_str(),
            message: shown_option(entry.status_message.as_deref()),
            status_changed: Moment::new(entry.dates.status_changed.as_str()),
            published: Moment::new(entry.dates.published.as_str()),
            updated: Moment::new(entry.dates.updated.as_str()),
            packages: lens.packages.iter().map(PackageView::new).collect(),
            remotes: lens.remotes.iter().map(RemoteView::new).collect(),
            touches: Touches::all(lens, recipes),
            tags: lens.publisher.tags.iter().take(24).map(|tag| shown(tag)).collect(),
            repository: lens.repository.as_ref().and_then(|r| OutLink::new(&r.url)),
            subfolder: lens.repository.as_ref().and_then(|r| shown_option(r.subfolder.as_deref())),
            website: lens.website_url.as_deref().and_then(OutLink::new),
            license: shown_option(lens.publisher.license.as_deref()),
            origin: entry.mirrored_from().and_then(OutLink::new),
            proof: summary::proof(entry),
            proof_subject: shown_option(entry.evidence.subject.as_deref()),
            proof_key: shown_option(entry.evidence.key.as_deref()),
            annotations: AnnotationView::new(entry),
            overridden: entry.overridden.as_deref().map(OverrideView::new),
            hidden_versions: listing.entries().len() - window.len(),
            history: history(listing, entry, window),
            forge: forge.map(|forge| forge.links(&folder, entry.status != Status::Active)),
            server_page: page_of(&["servers", namespace, part]),
            // Whether the namespace has its own page depends on other servers.
            namespace_page: Some(format!("?namespace={namespace}")),
            badge: file_of(&["servers", namespace, part, "badge.svg"]),
            json: file_of(&[&api[..], &[version]].concat()),
            versions_json: file_of(&api),
            structured: None,
            tabs: None,
        }
    }

    /// Returns the context of its badge.
    pub(super) fn badge(&self, accent: &str) -> serde_json::Value {
        let deprecated = self.status == Status::Deprecated.as_str();
        let colour = if deprecated { "#8a5a00".to_owned() } else { colour::for_light(accent) };
        let text = if deprecated { "deprecated".to_owned() } else { self.version.clone() };
        // Eleven-pixel letters of common fonts are about this wide; the text is fitted to it.
        let width = |text: &str| text.chars().count().min(40) * 13 / 2 + 12;
        let label = "MCP registry";
        serde_json::json!({
            "label": label, "text": text, "colour": colour, "name": self.name,
            "left": width(label), "right": width(&text), "width": width(label) + width(&text),
        })
    }
}

/// Path of a server's page.
pub(super) fn place(listing: &Listing) -> Option<PagePlace> {
    let name = listing.name();
    PagePlace::new(&["servers", name.namespace().as_str(), name.name()])
}

/// Whether a version is a pre-release: one with a dash before its build metadata.
fn is_early(version: &str) -> bool {
    let dash = |version: &str| version.split('+').next().is_some_and(|core| core.contains('-'));
    Version::parse(version).is_ok_and(|it| it.is_semver()) && dash(version)
}

/// Path of the page of a version that is not the latest.
pub(super) fn version_place(listing: &Listing, entry: &Entry) -> Option<PagePlace> {
    let name = listing.name();
    let version = entry.version.as_str();
    PagePlace::new(&version_segments(name.namespace().as_str(), name.name(), version)?)
}

/// Returns the part of the history around the version `entry`. With all of it on every version's page,
/// the size of the pages would grow with the square of the number of versions.
pub(super) fn around(listing: &Listing, entry: &Entry) -> Range<usize> {
    const AROUND: usize = 4;
    let entries = listing.entries();
    let at = entries.iter().position(|other| other.version == entry.version).unwrap_or_default();
    at.saturating_sub(AROUND)..(at + AROUND + 1).min(entries.len())
}

/// Returns the rows of `window`, newest publication first; `this` is the version being shown.
fn history(listing: &Listing, this: &Entry, window: Range<usize>) -> Vec<VersionRow> {
    let name = listing.name();
    let rows = listing.entries()[window].iter().map(|entry| {
        let version = entry.version.as_str();
        let live = entry.is_live();
        let (namespace, part) = (name.namespace().as_str(), name.name());
        let json = ["v0.1", "servers", namespace, part, "versions", version];
        let is_latest = live && listing.is_latest(entry);
        let own = if is_latest { place(listing) } else { version_place(listing, entry) };
        VersionRow {
            version: version.to_owned(),
            page: own.filter(|_| live).map(|place| place.href),
            json: file_of(&json).filter(|_| live),
            status: entry.status.as_str(),
            message: shown_option(entry.status_message.as_deref()),
            published: Moment::new(entry.dates.published.as_str()),
            is_latest,
            is_early: is_early(version),
            is_this: entry.version == this.version,
        }
    });
    rows.collect()
}

/// Describes a version as linked data (schema.org's `SoftwareApplication`). Values are shown text, as on
/// the page; the address is the canonical link's.
pub(super) fn structured(lens: &Server, entry: &Entry) -> serde_json::Value {
    let mut data = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": shown(lens.label()),
        "applicationCategory": "DeveloperApplication",
        "softwareVersion": entry.version.as_str(),
        "dateModified": entry.dates.updated.as_str(),
    });
    let more = [
        ("sameAs", lens.website_url.as_deref().and_then(web_link)),
        ("codeRepository", lens.repository.as_ref().and_then(|r| web_link(&r.url))),
        ("image", icon(lens)),
    ];
    for (key, value) in more {
        if let Some(value) = value {
            data[key] = value.into();
        }
    }
    data
}
