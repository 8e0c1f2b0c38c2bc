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

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{BaseUrl, Policy};
use crate::model::{LeftOut, Listing, Registry, Timestamp};
use crate::site::{Artifact, Body, Site, SiteInfo, SiteParts};

use export::Bulk;

pub use api::{LIST_SEPARATOR, LIST_START, ListPages, list_end, lists};
pub use catalog::{Catalog, Part, Summary, Wanted};
pub use policy::reason as policy_reason;
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

/// Takes an artifact as soon as it is made, so that a builder need not hold all of them. It is called on
/// several threads, in no particular order.
pub type Emit<'a, E> = dyn Fn(Artifact) -> Result<(), E> + Sync + 'a;

/// Path of the document that lists the latest version of every server.
pub const LIST: &str = "v0.1/servers";

/// Size at which clients stop reading the list, in bytes.
pub const LIST_MAX: usize = 10 * 1024 * 1024;

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

    /// Renders what spans servers, except for the list, and gives each artifact to `emit`; `summaries` is in
    /// the byte order of the servers' names. Returns what is known about the files for clients that enforce
    /// what is approved; `None` without a catalog.
    ///
    /// # Errors
    /// The first error of `emit`.
    pub fn spanning<E: Send>(
        &self,
        summaries: Vec<Summary>,
        emit: &Emit<'_, E>,
    ) -> Result<Option<catalog::Enforcement>, E> {
        self.globals(emit)?;
        let Some(catalog) = self.catalog else { return Ok(None) };
        catalog.spanning(self.facts, summaries, emit).map(Some)
    }

    /// Documents of the API that are made of no server, and the result of a probe.
    fn globals<E>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
        let mut artifacts = api::globals(self.facts);
        // The catalog has its own page for wrong links.
        artifacts.retain(|it| self.catalog.is_none() || it.path.as_str() != api::NOT_FOUND_PAGE);
        artifacts.into_iter().try_for_each(emit)?;
        self.facts.probed.iter().flat_map(|it| probed::artifacts(it)).try_for_each(emit)
    }

    /// Renders the policy and what it leaves out, by name; nothing without a policy.
    pub fn policy(&self, left_out: &[LeftOut]) -> Vec<Artifact> {
        let Some(policy) = &self.facts.policy else { return Vec::new() };
        let published = policy::Published::new(policy, left_out);
        let page = self.catalog.and_then(|catalog| catalog.policy(self.facts, &published));
        published.artifact().into_iter().chain(page).collect()
    }

    /// Renders the files that other systems read as a catalog; `entries` are those of the list, in order.
    pub fn catalog_files<'e>(&self, entries: impl Iterator<Item = &'e [u8]>) -> Vec<Artifact> {
        let files = self.catalog.map(|catalog| catalog.files(self.facts));
        files.map_or_else(Vec::new, |files| files.render(entries, self.facts))
    }

    /// Renders the wanted pages of one server, see [`Catalog::pages`].
    pub fn pages(&self, listing: &Listing, wanted: Wanted) -> Vec<Artifact> {
        self.catalog.map_or_else(Vec::new, |catalog| catalog.pages(listing, self.facts, wanted))
    }

    /// Renders a part of [`Renderer::spanning`]; `summaries` are of all servers.
    pub fn part(&self, part: Part, summaries: &[&Summary], wanted: Wanted) -> Vec<Artifact> {
        collect(|emit| {
            if part == Part::Others {
                self.globals(emit)?;
            }
            self.catalog.map_or(Ok(()), |it| it.part(part, self.facts, (summaries, wanted), emit))
        })
        .0
    }

    /// Renders everything but the documents from which hosts answer queries. Those are made of the entries
    /// of the list, which are returned too, see [`list_pages`], and of all entries, see
    /// [`query::artifacts`].
    pub fn parts(&self, registry: &Registry) -> (SiteParts, Vec<Body>) {
        let mut parts = SiteParts { info: self.facts.site_info(), ..SiteParts::default() };
        let (mut latest, mut summaries) = (Vec::new(), Vec::new());
        let mut bulk = self.catalog.and_then(Catalog::bulk);
        for listing in registry.listings() {
            let rendered = self.server(listing);
            if let Some((bulk, source)) = bulk.as_mut().zip(Bulk::source(listing.name())) {
                let of_all = rendered.artifacts.iter().filter(|it| it.path == source.path);
                of_all.for_each(|it| bulk.add_list(&it.body));
            }
            latest.extend(rendered.gathered.latest);
            summaries.extend(rendered.gathered.summary);
            parts.servers.extend(rendered.artifacts);
        }
        let list = api::list_json(&latest, None).into();
        parts.spanning = collect(|emit| self.spanning(summaries, emit)).0;
        parts.spanning.extend(api::lists(&list));
        parts.spanning.extend(self.policy(registry.left_out()));
        parts.spanning.extend(bulk.and_then(|bulk| Bulk::artifact(bulk.finish())));
        parts.spanning.extend(self.catalog_files(latest.iter().map(AsRef::as_ref)));
        parts.spanning.sort_by(|a, b| a.path.cmp(&b.path));
        (parts, latest)
    }

    /// Renders a whole registry in memory, with all that any host needs.
    pub fn render(&self, registry: &Registry) -> SiteParts {
        let (mut parts, latest) = self.parts(registry);
        let items = |listing| query::items(listing, self.facts);
        let items: Vec<_> = registry.listings().flat_map(items).collect();
        parts.queries = list_pages(&latest);
        parts.queries.extend(query::artifacts(&items));
        parts
    }

    /// Renders a whole registry in memory, by URL and without what only hosts need.
    pub fn site(&self, registry: &Registry) -> Site {
        self.parts(registry).0.into_site()
    }
}

/// Returns what `render` emits, and its result.
fn collect<T>(
    render: impl FnOnce(&Emit<'_, Infallible>) -> Result<T, Infallible>,
) -> (Vec<Artifact>, T) {
    let artifacts = Mutex::new(Vec::new());
    let Ok(result) = render(&|artifact| {
        artifacts.lock().unwrap_or_else(PoisonError::into_inner).push(artifact);
        Ok(())
    });
    (artifacts.into_inner().unwrap_or_else(PoisonError::into_inner), result)
}

/// Returns a hash that is the same in every build and on every machine (FNV-1a, 32 bits).
fn fnv1a(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, step)
}

/// Renders the list in pages, for hosts that choose a document by its query; `latest` has its entries.
pub fn list_pages(latest: &[Body]) -> Vec<Artifact> {
    let (mut pages, mut artifacts) = (ListPages::default(), Vec::new());
    latest.iter().for_each(|entry| pages.push(entry.clone(), &mut artifacts));
    pages.finish(&mut artifacts);
    artifacts
}
