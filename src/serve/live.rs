//! A registry in memory.
//!
//! It holds every entry once, deleted ones included, and an index over them. Documents are put together
//! from entries when they are asked for, pages are rendered then, and what was made is kept up to a
//! number of bytes. Requests are answered from memory alone; no path of a request reaches a file system.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::error::Result;
use crate::model::query::{ListQuery, ListedEntry as _};
use crate::model::{LeftOut, Listing, Registry};
use crate::render::query::{self, IndexedVersion};
use crate::render::{self, Catalog, Facts, LIST, LIST_MAX, Renderer, api};
use crate::site::{Artifact, Body, Host, takes_list_pages};

use super::cache::Cache;
use super::document::{self, Document};
use super::imitate::Imitation;
use super::pages::Pages;
use super::search::Index;
use super::stored::Stored;

/// A registry in memory; the answer to any request is a pure function of it.
#[derive(Debug, Default)]
pub struct Live {
    name: String,
    /// By name, in bytes.
    servers: Vec<Arc<Stored>>,
    /// Position of each server.
    by_name: HashMap<Arc<str>, usize>,
    index: Index,
    /// Documents that are not made of servers.
    documents: HashMap<Box<str>, Arc<Document>>,
    pages: Pages,
    /// What the policy leaves out.
    #[cfg(feature = "mcp")]
    left_out: Vec<LeftOut>,
    /// Compressed forms of documents, by the validator of the other form.
    pub(super) compressed: Cache<Box<str>, Arc<Document>>,
    /// The host that answers instead, when one is imitated.
    pub(super) host: Option<Imitation>,
}

impl Live {
    /// Takes over all servers, with pages when there is a catalog; the policy leaves out `left_out`.
    pub(super) fn new(
        servers: Vec<Arc<Stored>>,
        left_out: &[LeftOut],
        facts: &Facts,
        catalog: Option<&Arc<Catalog>>,
    ) -> Self {
        let renderer = Renderer { facts, catalog: catalog.map(|catalog| &**catalog) };
        let documents = documents(renderer.policy(left_out));
        Self {
            documents,
            #[cfg(feature = "mcp")]
            left_out: left_out.to_vec(),
            ..Self::of_some(servers, facts, catalog)
        }
    }

    /// Takes over some of the servers: what is made of each alone is as in the whole registry.
    pub(super) fn of_some(
        servers: Vec<Arc<Stored>>,
        facts: &Facts,
        catalog: Option<&Arc<Catalog>>,
    ) -> Self {
        let pages = Pages::new(facts.clone(), catalog.cloned());
        Self { name: facts.name.clone(), pages, ..Self::of_servers(servers) }
    }

    fn of_servers(mut servers: Vec<Arc<Stored>>) -> Self {
        servers.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        let by_name = (0..).zip(&servers).map(|(at, server)| (server.name().clone(), at));
        let (by_name, index) = (by_name.collect(), Index::new(&servers));
        Self { servers, by_name, index, ..Self::default() }
    }

    /// Returns what is held of `listing`: what this registry holds already, if that is the same.
    pub(super) fn stored(
        before: Option<&Self>,
        listing: Listing,
        facts: &Facts,
        catalog: Option<&Catalog>,
    ) -> Arc<Stored> {
        let stored = Stored::new(listing, facts, catalog);
        match before.and_then(|live| live.server(stored.name())) {
            Some(same) if **same == stored => same.clone(),
            _ => Arc::new(stored),
        }
    }

    /// Renders the whole registry and answers as `host` would with the files of a build for it.
    pub(super) fn imitating(
        host: &'static dyn Host,
        registry: &Registry,
        facts: &Facts,
        catalog: Option<&Arc<Catalog>>,
    ) -> Self {
        let renderer = Renderer { facts, catalog: catalog.map(|catalog| &**catalog) };
        let (mut parts, latest) = renderer.parts(registry);
        let listings = registry.listings().cloned();
        let stored = listings.map(|listing| Arc::new(Stored::new(listing, facts, None)));
        let live = Self::new(stored.collect(), &[], facts, None);
        if host.answers_queries() {
            let rows: Vec<IndexedVersion> =
                live.servers.iter().flat_map(|server| server.versions()).cloned().collect();
            parts.queries = query::artifacts(&rows);
        }
        if takes_list_pages(host) {
            parts.queries.extend(render::list_pages(&latest));
        }
        Self { host: Some(Imitation::of_parts(host, &parts)), ..live }
    }

    /// Answers as `host` would with the files of a folder, which are read once. Queries are answered if the
    /// folder has the host's program for them and its index.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn of_folder(host: &'static dyn Host, folder: &Path) -> Result<Self> {
        let mut host = Imitation::of_folder(host, folder)?;
        let (versions, lists) = host.take_index().unwrap_or_default();
        let servers = versions.chunk_by(|a, b| a.name() == b.name());
        let servers = servers.map(|versions| Arc::new(Stored::of_index(versions.to_vec())));
        let documents = documents(lists);
        Ok(Self { documents, host: Some(host), ..Self::of_servers(servers.collect()) })
    }

    /// Answers as a host whose operator has not set the CORS headers yet. Otherwise they are sent, because
    /// setting them is a step of the deployment.
    #[must_use]
    pub fn without_cors(self) -> Self {
        Self { host: self.host.map(Imitation::unconfigured), ..self }
    }

    /// Renders pages to find what is wrong in templates.
    pub(super) fn try_templates(&self) {
        self.pages.try_templates(&self.servers);
    }

    /// Returns the documents of a site, without any server.
    #[cfg(test)]
    pub(super) fn of_site(site: &crate::site::Site) -> Self {
        Self { documents: documents(site.artifacts().cloned().collect()), ..Self::default() }
    }

    /// Returns the names of the servers that both hold in the same memory.
    #[cfg(test)]
    pub(super) fn shared_with(&self, other: &Self) -> Vec<&str> {
        let same = |server: &&Arc<Stored>| {
            other.server(server.name()).is_some_and(|it| Arc::ptr_eq(server, it))
        };
        self.servers.iter().filter(same).map(|server| &**server.name()).collect()
    }

    /// Returns the registry's display name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the numbers of servers and of versions, deleted ones included.
    pub fn size(&self) -> (usize, usize) {
        (self.servers.len(), self.index.len())
    }

    /// Returns the number of files of the host that is imitated.
    pub fn files(&self) -> Option<usize> {
        self.host.as_ref().map(Imitation::files)
    }

    /// Returns the names of all servers, withdrawn ones included.
    #[cfg(feature = "mcp")]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| &**server.name())
    }

    /// Returns what pages that span servers show of each.
    #[cfg(feature = "mcp")]
    pub(super) fn summaries(&self) -> impl Iterator<Item = &crate::render::Summary> {
        self.servers.iter().filter_map(|server| server.summary.as_ref())
    }

    /// Returns the URL of the registry, when it is known.
    #[cfg(feature = "mcp")]
    pub(super) fn base_url(&self) -> Option<&str> {
        self.pages.base_url()
    }

    /// Returns the versions that the policy leaves out, each with the reason.
    #[cfg(feature = "mcp")]
    pub(super) fn left_out(&self) -> impl Iterator<Item = (&LeftOut, &str)> {
        let policy = self.pages.policy();
        self.left_out.iter().map(move |it| {
            (it, policy.map_or("", |policy| render::policy_reason(policy, &it.rule)))
        })
    }

    /// Whether there is a policy.
    #[cfg(feature = "mcp")]
    pub(super) fn has_policy(&self) -> bool {
        self.pages.policy().is_some()
    }

    /// Returns the URL of a server's page, when that of the registry is known.
    #[cfg(feature = "mcp")]
    pub(super) fn page(&self, name: &str) -> Option<String> {
        Some(format!("{}/servers/{name}/", self.base_url()?))
    }

    pub(super) fn server(&self, name: &str) -> Option<&Arc<Stored>> {
        self.servers.get(*self.by_name.get(name)?)
    }

    /// Returns the document at the decoded path `key`, which has no slash at either end.
    pub(super) fn document(&self, key: &str) -> Option<Arc<Document>> {
        if let Some(document) = self.documents.get(key) {
            return Some(document.clone());
        }
        let segments: Vec<&str> = key.split('/').collect();
        let server = |namespace: &str, name: &str| self.server(&format!("{namespace}/{name}"));
        match *segments.as_slice() {
            ["v0.1", "servers"] => self.whole_list(),
            ["v0.1", "servers", namespace, name, "versions"] => {
                let entries = server(namespace, name)?.shown(false).map(IndexedVersion::body);
                entries.clone().next()?;
                self.pages.list(key, || api::list_json(entries, None))
            }
            ["v0.1", "servers", namespace, name, "versions", version] => {
                let (row, etag) = server(namespace, name)?.version(version)?;
                let body = Some(row.body().clone()).filter(|_| !row.is_deleted())?;
                let etag = etag.get_or_init(|| document::etag(&body).into());
                Some(Arc::new(Document::json(body, etag)))
            }
            ["servers", namespace, name]
            | ["servers", namespace, name, "badge.svg"]
            | ["cards", namespace, name, "server-card.json"] => {
                self.pages.of_server(key, server(namespace, name)?, None)
            }
            ["servers", namespace, name, version] => {
                let stored = server(namespace, name)?;
                stored.version(version).filter(|_| version != "latest")?;
                self.pages.of_server(key, stored, Some(version))
            }
            _ => self.pages.spanning(key, &self.servers),
        }
    }

    /// Returns the list of the latest versions, or its first page when clients would not read all of it.
    fn whole_list(&self) -> Option<Arc<Document>> {
        let latest =
            || self.servers.iter().filter_map(|server| server.latest()).map(|it| it.body());
        self.pages.list(LIST, || {
            let size = api::list_size(latest().count(), latest().map(|body| body.len()).sum());
            // A host that is imitated has the list as a file, of any size.
            match size > LIST_MAX && self.host.is_none() {
                true => self.list(&ListQuery::default()),
                false => api::list_json(latest(), None),
            }
        })
    }

    /// Returns the page of the list that `query` asks for.
    pub(super) fn list(&self, query: &ListQuery) -> Vec<u8> {
        let page = self.index.page(&self.servers, query);
        let texts = page.rows.iter().map(|at| self.index.row(&self.servers, *at).body());
        api::list_json(texts, page.next_cursor.as_deref())
    }

    /// Whether the page that `query` asks for is full.
    pub(super) fn fills_page(&self, query: &ListQuery) -> bool {
        self.index.page(&self.servers, query).next_cursor.is_some()
    }

    /// Returns all versions of a server, deleted ones included.
    pub(super) fn all_versions(&self, name: &str) -> Option<Body> {
        let texts = self.server(name)?.shown(true).map(IndexedVersion::body);
        Some(api::list_json(texts, None).into())
    }

    /// Returns the entry of a version, or of `latest`, whatever its status.
    pub(super) fn any_version(&self, name: &str, version: &str) -> Option<Body> {
        Some(self.server(name)?.version(version)?.0.body().clone())
    }
}

fn documents(artifacts: Vec<Artifact>) -> HashMap<Box<str>, Arc<Document>> {
    let named = |it: Artifact| (it.path.as_str().into(), Arc::new(Document::new(it)));
    artifacts.into_iter().map(named).collect()
}
