//! One server in memory.
//!
//! Its entries are held once, as the JSON that the API shows. Everything else is made of them when it is asked
//! for: lists of them, and pages, for which the documents are read again.

use std::sync::{Arc, OnceLock};

use crate::data::read_json;
use crate::model::query::ListedEntry;
use crate::model::{Entry, Listing, Server};
use crate::render::query::{self, IndexedVersion};
use crate::render::{Catalog, Facts, Summary, api};
use crate::site::Body;

/// One server in memory.
#[derive(Debug)]
pub(super) struct Stored {
    name: Arc<str>,
    /// Every version, deleted ones included, by the bytes of its text.
    versions: Vec<IndexedVersion>,
    /// The validator of each, once it was asked for.
    etags: Vec<OnceLock<Box<str>>>,
    /// Positions of the versions, newest publication first.
    order: Vec<u32>,
    /// What is known besides the documents; `None` when only an index was read.
    listing: Option<Listing>,
    /// What pages that span servers show of it; exports need more.
    pub(super) summary: Option<Summary>,
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.versions, &self.listing, &self.summary)
            == (&other.name, &other.versions, &other.listing, &other.summary)
    }
}

impl Stored {
    /// Takes over a listing; with a summary when there is a catalog.
    pub(super) fn new(mut listing: Listing, facts: &Facts, catalog: Option<&Catalog>) -> Self {
        let key = facts.meta_key.as_deref();
        let versions = query::items_with(&listing, |entry| {
            let mut text = api::entry_json(entry, listing.is_latest(entry), key);
            text.shrink_to_fit();
            text.into()
        });
        let summary = catalog.map(|catalog| catalog.summary_without_exports(&listing));
        listing.replace_documents(|_| Default::default());
        let at = |entry: &Entry| {
            versions.binary_search_by(|row| row.version().cmp(entry.version.as_str())).ok()
        };
        let order = listing.entries().iter().filter_map(|entry| u32::try_from(at(entry)?).ok());
        let order = order.collect();
        Self { order, summary, listing: Some(listing), ..Self::of_index(versions) }
    }

    /// Takes over the versions of one server from an index of queries.
    pub(super) fn of_index(versions: Vec<IndexedVersion>) -> Self {
        let name = versions.first().map_or("", |version| version.name()).into();
        let etags = versions.iter().map(|_| OnceLock::new()).collect();
        Self { name, versions, etags, order: Vec::new(), listing: None, summary: None }
    }

    /// Returns its name.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns every version, deleted ones included, by the bytes of its text.
    pub(super) fn versions(&self) -> &[IndexedVersion] {
        &self.versions
    }

    /// Returns the versions that clients see, or all, newest publication first.
    pub(super) fn shown(&self, deleted: bool) -> impl Iterator<Item = &IndexedVersion> + Clone {
        let rows = self.order.iter().filter_map(|at| self.versions.get(*at as usize));
        rows.filter(move |row| deleted || !row.is_deleted())
    }

    /// Returns the entry of a version or of `latest`, whatever its status, and the place of its validator.
    pub(super) fn version(&self, version: &str) -> Option<(&IndexedVersion, &OnceLock<Box<str>>)> {
        let at = match version {
            "latest" => self.versions.iter().position(ListedEntry::is_latest)?,
            text => self.versions.binary_search_by(|row| row.version().cmp(text)).ok()?,
        };
        self.versions.get(at).zip(self.etags.get(at))
    }

    /// Returns the latest version that clients see.
    pub(super) fn latest(&self) -> Option<&IndexedVersion> {
        self.versions.iter().find(|row| row.is_latest() && !row.is_deleted())
    }

    /// Returns the listing as the page of `version` needs it, or that of the server: with the documents of
    /// this version and of the latest one.
    pub(super) fn listing(&self, version: Option<&str>) -> Option<Listing> {
        let latest = self.listing.as_ref()?.latest().version.as_str();
        self.listing_with(|text| text == latest || Some(text) == version)
    }

    /// Returns the summary that exports need, which takes all documents.
    pub(super) fn summary_with_exports(&self, catalog: &Catalog) -> Option<Summary> {
        self.listing_with(|_| true).map(|listing| catalog.summary(&listing))
    }

    /// Returns the listing with the documents of the versions that are `needed`.
    fn listing_with(&self, needed: impl Fn(&str) -> bool) -> Option<Listing> {
        let mut listing = self.listing.clone()?;
        listing.replace_documents(|entry| {
            let text = entry.version.as_str();
            let row = self.version(text).filter(|_| needed(text));
            row.and_then(|(row, _)| document(row.body())).unwrap_or_default()
        });
        Some(listing)
    }
}

/// Reads a document again as it was read when it was checked.
fn document(entry: &Body) -> Option<(Box<str>, Box<Server>)> {
    let text = api::document_of(entry)?;
    let document = read_json("", text.as_bytes().to_vec()).ok()?;
    let server = Server::read(&document.value);
    Some((document.compact, Box::new(server)))
}
