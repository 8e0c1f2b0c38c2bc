//! Documents that are made when they are asked for: pages, and what spans servers.
//!
//! They come from the functions that `build` uses, so their bytes are the same. Pages of lists, which are
//! many, exports, which are large, and pages of servers are kept as `cache` allows; the few others are made
//! once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::render::export::{BULK, Bulk, is_catalog_file};
use crate::render::{Catalog, Facts, Part, Renderer, Summary, Wanted};
use crate::site::{Artifact, UrlPath};

use super::cache::Cache;
use super::document::Document;
use super::stored::Stored;

/// Servers whose pages are rendered at the start to find mistakes in an operator's templates.
const TRIED: usize = 1000;

/// Documents by path.
type Documents = HashMap<Box<str>, Arc<Document>>;

/// Makes documents that are not entries.
#[derive(Debug, Default)]
pub(super) struct Pages {
    facts: Facts,
    catalog: Option<Arc<Catalog>>,
    /// Where the pages of lists are.
    lists: OnceLock<HashSet<Box<str>>>,
    /// What belongs to the other parts.
    parts: [OnceLock<Documents>; 2],
    made: Cache<Box<str>, Arc<Document>>,
}

impl Pages {
    pub(super) fn new(facts: Facts, catalog: Option<Arc<Catalog>>) -> Self {
        Self { facts, catalog, ..Self::default() }
    }

    /// Returns the URL of the registry, when it is known.
    #[cfg(feature = "mcp")]
    pub(super) fn base_url(&self) -> Option<&str> {
        self.facts.base_url.as_ref().map(|url| url.as_str())
    }

    /// Returns the policy, when there is one.
    #[cfg(feature = "mcp")]
    pub(super) fn policy(&self) -> Option<&crate::config::Policy> {
        self.facts.policy.as_deref()
    }

    fn renderer(&self) -> Renderer<'_> {
        Renderer { facts: &self.facts, catalog: self.catalog.as_deref() }
    }

    /// Returns a document that spans servers.
    pub(super) fn spanning(&self, path: &str, servers: &[Arc<Stored>]) -> Option<Arc<Document>> {
        let part = |part, wanted| {
            let summaries: Vec<&Summary> =
                servers.iter().filter_map(|server| server.summary.as_ref()).collect();
            self.renderer().part(part, &summaries, wanted)
        };
        if is_catalog_file(path) {
            return self.make(path.into(), |_| {
                let entries = servers.iter().filter_map(|server| server.latest());
                self.renderer().catalog_files(entries.map(|row| &**row.body()))
            });
        }
        if BULK.iter().copied().eq(path.split('/')) {
            return self.make(path.into(), |_| self.bulk(servers).into_iter().collect());
        }
        let at = match Part::of(path) {
            Part::Lists => {
                let known = self.lists.get_or_init(|| paths(|wanted| part(Part::Lists, wanted)));
                let key = known.get(path)?.clone();
                return self.make(key, |wanted| part(Part::Lists, wanted));
            }
            Part::Exports => return self.make(path.into(), |_| self.exports(servers)),
            Part::Others => 0,
            Part::Search => 1,
        };
        let documents = self.parts[at].get_or_init(|| {
            let artifacts = part(Part::of(path), Wanted::ALL).into_par_iter();
            let named = |it: Artifact| (it.path.as_str().into(), Arc::new(Document::new(it)));
            artifacts.map(named).collect()
        });
        documents.get(path).cloned()
    }

    /// Renders the exports. What they are made of is large and rarely asked for, so it is not kept.
    fn exports(&self, servers: &[Arc<Stored>]) -> Vec<Artifact> {
        let Some(catalog) = self.catalog.as_deref() else { return Vec::new() };
        let summaries: Vec<Summary> =
            servers.par_iter().filter_map(|it| it.summary_with_exports(catalog)).collect();
        let summaries: Vec<&Summary> = summaries.iter().collect();
        self.renderer().part(Part::Exports, &summaries, Wanted::ALL)
    }

    /// Renders the file of all entries.
    fn bulk(&self, servers: &[Arc<Stored>]) -> Option<Artifact> {
        let mut bulk = self.catalog.as_deref()?.bulk()?;
        let rows = servers.iter().flat_map(|server| server.shown(false));
        rows.for_each(|row| bulk.add(row.body()));
        Bulk::artifact(bulk.finish())
    }

    /// Returns a page of a server: its own, or that of a version.
    pub(super) fn of_server(
        &self,
        path: &str,
        server: &Stored,
        version: Option<&str>,
    ) -> Option<Arc<Document>> {
        self.make(path.into(), |wanted| {
            let listing = server.listing(version);
            listing.map_or_else(Vec::new, |listing| self.renderer().pages(&listing, wanted))
        })
    }

    /// Returns the list of a server's versions or of all servers, whose bytes `text` returns.
    pub(super) fn list(&self, path: &str, text: impl FnOnce() -> Vec<u8>) -> Option<Arc<Document>> {
        self.made.get(path.into(), || {
            let body = text();
            let etag = super::document::etag(&body);
            Some(Arc::new(Document::json(body.into(), &etag)))
        })
    }

    /// Returns the page at `path`; `render` renders what is wanted of its kind.
    fn make(
        &self,
        path: Box<str>,
        render: impl FnOnce(Wanted) -> Vec<Artifact>,
    ) -> Option<Arc<Document>> {
        self.made.get(path.clone(), || {
            let this = path.clone();
            let artifacts = render(Wanted::of(move |other| other.as_str() == &*this));
            let artifact = artifacts.into_iter().find(|artifact| artifact.path.as_str() == &*path);
            Some(Arc::new(Document::new(artifact?)))
        })
    }

    /// Renders enough pages to find what is wrong in templates that an operator has replaced.
    pub(super) fn try_templates(&self, servers: &[Arc<Stored>]) {
        if !self.catalog.as_ref().is_some_and(|catalog| catalog.is_customized()) {
            return;
        }
        let tried = &servers[..servers.len().min(TRIED)];
        let summaries: Vec<&Summary> = tried.iter().filter_map(|it| it.summary.as_ref()).collect();
        tried.par_iter().for_each(|server| {
            let versions = server.versions().iter();
            let versions = versions.map(|row| Some(crate::model::query::ListedEntry::version(row)));
            for version in std::iter::once(None).chain(versions) {
                if let Some(listing) = server.listing(version) {
                    self.renderer().pages(&listing, page_of(version));
                }
            }
        });
        for part in Part::ALL {
            self.renderer().part(part, &summaries, Wanted::ALL);
        }
    }
}

/// Wants the page of a version, or that of the server and what is beside it.
fn page_of(version: Option<&str>) -> Wanted {
    let version = version.map(str::to_owned);
    Wanted::of(move |path| {
        let found = path.segments().nth(3);
        found == version.as_deref() || (version.is_none() && found == Some("badge.svg"))
    })
}

/// Returns the paths of what `render` would make.
fn paths(render: impl FnOnce(Wanted) -> Vec<Artifact>) -> HashSet<Box<str>> {
    let found = Arc::new(Mutex::new(HashSet::new()));
    let all = found.clone();
    render(Wanted::of(move |path: &UrlPath| {
        all.lock().unwrap_or_else(PoisonError::into_inner).insert(path.as_str().into());
        false
    }));
    std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner))
}
