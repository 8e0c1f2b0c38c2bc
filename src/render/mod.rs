//! Renders a registry: which document is at which URL.
//!
//! [`Renderer::server`] renders one server, so that a builder can stream. [`Renderer::spanning`]
//! renders what spans servers, from texts that the servers left. [`Renderer::render`] does both for a
//! registry in memory. Nothing here uses disk, network, clock or knows about hosts.

pub mod api;
pub mod catalog;
pub mod export;
pub mod install;
mod policy;
mod probed;
pub mod query;

use std::ops::Range;
use std::sync::Arc;

use crate::config::{BaseUrl, Policy};
use crate::model::{LeftOut, Listing, Registry, Timestamp};
use crate::site::{Artifact, Body, Site, SiteInfo, SiteParts};

pub use catalog::{Catalog, Summary};
pub use probed::Probed;

/// Facts about a registry that documents contain. The same facts give the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Display name of the registry.
    pub name: String,
    /// The URL that clients are given, when it is known.
    pub base_url: Option<BaseUrl>,
    /// Key of this registry's own facts in `_meta`.
    pub meta_key: Option<String>,
    /// Version of the tool.
    pub tool: String,
    /// Commit that the data comes from, and its time.
    pub commit: Option<(String, Timestamp)>,
    /// Whether each server's documents are below `/v0` too, for hosts that cannot rewrite.
    pub v0_copies: bool,
    /// Whether something of that commit is held back, so that the site is not all of it.
    pub holds_back: bool,
    /// Result of a probe, when the site shows it. Documents of single servers must not depend on it.
    pub probed: Option<Arc<Probed>>,
    /// The policy, which is published.
    pub policy: Option<Arc<Policy>>,
}

impl Facts {
    /// The facts that hosts and the manifest need.
    pub fn site_info(&self) -> SiteInfo {
        SiteInfo {
            base_path: self.base_url.as_ref().map(|url| url.path().to_owned()),
            tool: format!("mcp-static {}", self.tool),
            commit: self.commit.as_ref().filter(|_| !self.holds_back).map(|(id, _)| id.clone()),
        }
    }
}

/// The texts of one server that documents which span servers are made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The entry of its latest version, for the list; `None` when all are deleted.
    pub latest: Option<Body>,
    /// The server as catalog pages need it; `None` when there is no catalog.
    pub summary: Option<Summary>,
}

/// One server, rendered.
#[derive(Debug, Clone, Default)]
pub struct RenderedServer {
    /// Its documents and pages.
    pub artifacts: Vec<Artifact>,
    /// What the documents that span servers need of it.
    pub gathered: Gathered,
}

/// Path of the document that lists the latest version of every server.
pub const LIST: &str = "v0.1/servers";

/// Everything that rendering needs besides the registry.
#[derive(Debug, Clone, Copy)]
pub struct Renderer<'a> {
    /// Facts about the registry.
    pub facts: &'a Facts,
    /// Renders the pages; without a catalog there is only the API.
    pub catalog: Option<&'a Catalog>,
}

impl Renderer<'_> {
    /// Renders the documents and pages of one server.
    pub fn server(&self, listing: &Listing) -> RenderedServer {
        let (mut artifacts, latest) = api::listing(listing, self.facts);
        let summary = self.catalog.map(|catalog| {
            let (pages, summary) = catalog.listing(listing, self.facts);
            artifacts.extend(pages);
            summary
        });
        RenderedServer { artifacts, gathered: Gathered { latest, summary } }
    }

    /// Renders what spans servers; `gathered` is in the byte order of the servers' names.
    pub fn spanning(&self, gathered: &[Gathered]) -> Vec<Artifact> {
        let mut artifacts = api::globals(latest(gathered), self.facts);
        artifacts.extend(self.facts.probed.iter().flat_map(|probed| probed::artifacts(probed)));
        if let Some(catalog) = self.catalog {
            let summaries: Vec<&Summary> =
                gathered.iter().filter_map(|gathered| gathered.summary.as_ref()).collect();
            let pages = catalog.spanning(self.facts, &summaries);
            // The catalog has its own page for wrong links.
            artifacts.retain(|artifact| pages.iter().all(|page| page.path != artifact.path));
            artifacts.extend(pages);
        }
        artifacts
    }

    /// Renders the policy and what it leaves out, by name; nothing without a policy.
    pub fn policy(&self, left_out: &[LeftOut]) -> Vec<Artifact> {
        let Some(policy) = &self.facts.policy else { return Vec::new() };
        let published = policy::Published::new(policy, left_out);
        let page = self.catalog.and_then(|catalog| catalog.policy(self.facts, &published));
        published.artifact().into_iter().chain(page).collect()
    }

    /// Returns the files for clients that enforce what is approved; `None` without a catalog.
    pub fn enforcement(&self, gathered: &[Gathered]) -> Option<catalog::Enforcement> {
        let summaries: Vec<&Summary> =
            gathered.iter().filter_map(|it| it.summary.as_ref()).collect();
        Some(catalog::Enforcement::new(self.catalog?, &summaries))
    }

    /// Renders everything but the documents from which hosts answer queries. Those are made of what
    /// is gathered, see [`list_pages`], and of the entries, see [`query::artifacts`].
    pub fn parts(&self, registry: &Registry) -> (SiteParts, Vec<Gathered>) {
        let mut parts = SiteParts { info: self.facts.site_info(), ..SiteParts::default() };
        let mut gathered = Vec::with_capacity(registry.listings().len());
        for listing in registry.listings() {
            let rendered = self.server(listing);
            gathered.push(rendered.gathered);
            parts.servers.extend(rendered.artifacts);
        }
        parts.spanning = self.spanning(&gathered);
        parts.spanning.extend(self.policy(registry.left_out()));
        (parts, gathered)
    }

    /// Renders a whole registry in memory, with all that any host needs.
    pub fn render(&self, registry: &Registry) -> SiteParts {
        let (mut parts, gathered) = self.parts(registry);
        let items = |listing| query::items(listing, self.facts);
        let items: Vec<_> = registry.listings().flat_map(items).collect();
        parts.queries = list_pages(&gathered);
        parts.queries.extend(query::artifacts(&items));
        parts
    }

    /// Renders a whole registry in memory, by URL and without what only hosts need.
    pub fn site(&self, registry: &Registry) -> Site {
        self.parts(registry).0.into_site()
    }
}

fn latest(gathered: &[Gathered]) -> impl Iterator<Item = &Body> + Clone {
    gathered.iter().filter_map(|gathered| gathered.latest.as_ref())
}

/// Returns a hash that is the same in every build and on every machine (FNV-1a, 32 bits).
fn fnv1a(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, step)
}

/// Renders the list in pages, for hosts that choose a document by its query; `gathered` is as for
/// [`Renderer::spanning`].
pub fn list_pages(gathered: &[Gathered]) -> Vec<Artifact> {
    api::list_pages(&latest(gathered).collect::<Vec<_>>())
}

/// Returns the byte range of each server's entry in the document at [`LIST`]; `None` for servers
/// that are not in it.
pub fn list_ranges(gathered: &[Gathered]) -> Vec<Option<Range<usize>>> {
    let mut ranges = api::list_ranges(latest(gathered));
    gathered.iter().map(|gathered| gathered.latest.as_ref().and_then(|_| ranges.next())).collect()
}
