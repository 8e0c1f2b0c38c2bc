//! A registry in memory.
//!
//! It holds every document of the site with its rendered head, and every entry, deleted ones included,
//! as a row for queries. A row and the document at its URL share their bytes. Requests are answered from
//! these tables alone; no path of a request reaches a file system.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::error::Result;
use crate::model::query::{ListQuery, ListedEntry, page};
use crate::model::{Listing, Registry};
use crate::render::query::{self, IndexedVersion};
use crate::render::{self, Catalog, Facts, Renderer, api};
use crate::site::{Artifact, Body, Host, SiteParts, takes_list_pages};

use super::document::Document;
use super::imitate::Imitation;

/// A registry in memory; the answer to any request is a pure function of it.
#[derive(Debug, Default)]
pub struct Live {
    name: String,
    documents: HashMap<Box<str>, Document>,
    /// By name, then version, both by bytes.
    versions: Vec<IndexedVersion>,
    /// Positions of a server's versions, newest publication first.
    servers: HashMap<Arc<str>, Vec<usize>>,
    /// The host that answers instead, when one is imitated.
    pub(super) host: Option<Imitation>,
}

impl Live {
    /// Renders the whole registry, with pages when there is a catalog.
    pub fn new(registry: &Registry, facts: &Facts, catalog: Option<&Catalog>) -> Self {
        Self::of_parts(&Renderer { facts, catalog }.parts(registry).0, registry, facts)
    }

    /// As [`Live::new`], and answers as `host` would with the files of a build for it.
    pub fn imitating(
        host: &'static dyn Host,
        registry: &Registry,
        facts: &Facts,
        catalog: Option<&Catalog>,
    ) -> Self {
        let (mut parts, latest) = Renderer { facts, catalog }.parts(registry);
        let live = Self::of_parts(&parts, registry, facts);
        if host.answers_queries() {
            parts.queries = query::artifacts(&live.versions);
        }
        if takes_list_pages(host) {
            parts.queries.extend(render::list_pages(&latest));
        }
        let host = Imitation::of_parts(host, &parts);
        Self { host: Some(host), ..live }
    }

    /// Answers as `host` would with the files of a folder, which are read once. Queries are answered if the
    /// folder has the host's program for them and its index.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn of_folder(host: &'static dyn Host, folder: &Path) -> Result<Self> {
        let mut host = Imitation::of_folder(host, folder)?;
        let (versions, lists) = host.take_index().unwrap_or_default();
        let live = Self::of_artifacts(&lists.iter().collect::<Vec<_>>());
        Ok(Self { versions, host: Some(host), ..live })
    }

    /// Answers as a host whose operator has not set the CORS headers yet. Otherwise they are sent, because
    /// setting them is a step of the deployment.
    #[must_use]
    pub fn without_cors(self) -> Self {
        Self { host: self.host.map(Imitation::unconfigured), ..self }
    }

    fn of_parts(parts: &SiteParts, registry: &Registry, facts: &Facts) -> Self {
        // A request below `/v0` is answered from below `/v0.1`.
        let artifacts = parts.servers.iter().chain(&parts.spanning).filter(|a| !a.is_v0());
        let mut live = Self::of_artifacts(&artifacts.collect::<Vec<_>>());
        live.name.clone_from(&facts.name);
        for listing in registry.listings() {
            live.add(listing, facts.meta_key.as_deref());
        }
        live
    }

    /// Returns the documents of a site, without any server.
    #[cfg(test)]
    pub(super) fn of_site(site: &crate::site::Site) -> Self {
        Self::of_artifacts(&site.artifacts().collect::<Vec<_>>())
    }

    fn of_artifacts(artifacts: &[&Artifact]) -> Self {
        let documents = artifacts
            .par_iter()
            .map(|artifact| (artifact.path.as_str().into(), Document::new(artifact)))
            .collect();
        Self { documents, ..Self::default() }
    }

    /// Adds the rows of one server; servers come in the order of their names.
    fn add(&mut self, listing: &Listing, meta_key: Option<&str>) {
        let name: Arc<str> = listing.name().as_str().into();
        let added = query::items_with(listing, |entry| {
            let url = format!("v0.1/servers/{name}/versions/{}", entry.version);
            match self.documents.get(url.as_str()).filter(|_| entry.is_live()) {
                Some(document) => document.body.clone(),
                None => api::entry_json(entry, listing.is_latest(entry), meta_key).into(),
            }
        });
        let first = self.versions.len();
        let at = |version: &str| added.binary_search_by(|row| row.version().cmp(version));
        let order = listing.entries().iter().filter_map(|entry| at(entry.version.as_str()).ok());
        self.servers.insert(name, order.map(|at| first + at).collect());
        self.versions.extend(added);
    }

    /// Returns the registry's display name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the numbers of servers and of versions, deleted ones included.
    pub fn size(&self) -> (usize, usize) {
        (self.servers.len(), self.versions.len())
    }

    /// Returns the number of files of the host that is imitated.
    pub fn files(&self) -> Option<usize> {
        self.host.as_ref().map(Imitation::files)
    }

    /// Returns the document at the decoded path `key`, which has no slash at either end.
    pub(super) fn document(&self, key: &str) -> Option<&Document> {
        self.documents.get(key)
    }

    /// Returns the page of the list that `query` asks for.
    pub(super) fn list(&self, query: &ListQuery) -> Vec<u8> {
        let page = page(&self.versions, query);
        let texts = page.rows.iter().map(|at| self.versions[*at].body());
        api::list_json(texts, page.next_cursor.as_deref())
    }

    /// Returns all versions of a server, deleted ones included.
    pub(super) fn all_versions(&self, name: &str) -> Option<Vec<u8>> {
        let texts = self.servers.get(name)?.iter().map(|at| self.versions[*at].body());
        Some(api::list_json(texts, None))
    }

    /// Returns the entry of a version, or of `latest`, whatever its status.
    pub(super) fn any_version(&self, name: &str, version: &str) -> Option<&Body> {
        let mut rows = self.servers.get(name)?.iter().map(|at| &self.versions[*at]);
        let found = match version {
            "latest" => rows.find(|row| row.is_latest()),
            version => rows.find(|row| row.version() == version),
        };
        found.map(IndexedVersion::body)
    }
}
