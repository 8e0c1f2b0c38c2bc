//! Registry → site: what stands at which URL.
//!
//! [`listing`] gives the artifacts of one server, so that a builder can stream; [`globals`] gives what
//! spans servers, from the texts that the listings left; [`site`] does both for a registry in memory.
//! This room refuses disk, network, clock and hosts: it speaks URLs.

pub mod api;
pub mod catalog;
pub mod export;
pub mod install;
mod probed;
pub mod query;

use std::sync::Arc;

use crate::config::BaseUrl;
use crate::model::{Listing, Registry, Timestamp};
use crate::site::{Artifact, Body, Site};

pub use catalog::{Catalog, Summary};
pub use probed::Probed;

/// What rendering takes besides the registry. The same facts give the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Display name of the registry.
    pub name: String,
    /// The URL that clients are given, when it is known.
    pub base_url: Option<BaseUrl>,
    /// Key of our own facts in `_meta`.
    pub meta_key: Option<String>,
    /// Version of the tool.
    pub tool: String,
    /// Commit that the data comes from, and its time.
    pub commit: Option<(String, Timestamp)>,
    /// What a probe found out, when the site is to show it. No server's part may depend on it.
    pub probed: Option<Arc<Probed>>,
}

/// What one server leaves for the documents that span servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The entry of its latest version, for the list; `None` when all are deleted.
    pub latest: Option<Body>,
    /// What pages that span servers need; `None` when there is no catalog.
    pub summary: Option<Summary>,
}

/// One server's part of the site.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// What stands at which URL.
    pub artifacts: Vec<Artifact>,
    /// What is gathered across servers.
    pub gathered: Gathered,
}

/// Renders one server: its API documents, and its pages when there is a catalog.
pub fn listing(listing: &Listing, facts: &Facts, catalog: Option<&Catalog>) -> Rendered {
    let (mut artifacts, latest) = api::listing(listing, facts);
    let summary = catalog.map(|catalog| {
        let (pages, summary) = catalog.listing(listing, facts);
        artifacts.extend(pages);
        summary
    });
    Rendered { artifacts, gathered: Gathered { latest, summary } }
}

/// Renders what spans servers; `gathered` in the byte order of the servers' names.
pub fn globals(gathered: &[Gathered], facts: &Facts, catalog: Option<&Catalog>) -> Vec<Artifact> {
    let latest = gathered.iter().filter_map(|gathered| gathered.latest.as_ref());
    let mut artifacts = api::globals(latest, facts);
    artifacts.extend(facts.probed.iter().flat_map(|probed| probed::artifacts(probed)));
    if let Some(catalog) = catalog {
        let summaries: Vec<&Summary> =
            gathered.iter().filter_map(|gathered| gathered.summary.as_ref()).collect();
        let pages = catalog.globals(facts, &summaries);
        // The catalog has a page of its own for wrong links.
        artifacts.retain(|artifact| pages.iter().all(|page| page.path != artifact.path));
        artifacts.extend(pages);
    }
    artifacts
}

/// Renders the list in pages, for hosts that choose a document by its query; `gathered` as for
/// [`globals`].
pub fn list_pages(gathered: &[Gathered]) -> Vec<Artifact> {
    let latest = gathered.iter().filter_map(|gathered| gathered.latest.as_ref());
    api::list_pages(&latest.collect::<Vec<_>>())
}

/// A whole registry in memory, one part for each kind of builder.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// What belongs to one server each.
    pub servers: Vec<Artifact>,
    /// What spans servers.
    pub spanning: Vec<Artifact>,
    /// What the list's pages are made of, in the byte order of the servers' names.
    pub gathered: Vec<Gathered>,
}

/// Renders a whole registry into memory.
pub fn parts(registry: &Registry, facts: &Facts, catalog: Option<&Catalog>) -> Parts {
    let mut parts = Parts::default();
    for listing_ in registry.listings() {
        let rendered = listing(listing_, facts, catalog);
        parts.gathered.push(rendered.gathered);
        parts.servers.extend(rendered.artifacts);
    }
    parts.spanning = globals(&parts.gathered, facts, catalog);
    parts
}

/// As [`parts`], put together by URL.
pub fn site(registry: &Registry, facts: &Facts, catalog: Option<&Catalog>) -> Site {
    let parts = parts(registry, facts, catalog);
    let mut site = Site::default();
    for artifact in parts.servers.into_iter().chain(parts.spanning) {
        // Names and versions are unique, so URLs are.
        let _ = site.add(artifact);
    }
    site
}
