//! A document of the site, ready to be sent.

use std::sync::Arc;

use crate::site::{Artifact, Body, FileDigest, Freshness, Media, Shape};

use super::cache::{Cache, Weigh};
use super::compress;
use super::request::Request;

/// A document of the site.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) media: Media,
    pub(super) freshness: Freshness,
    pub(super) etag: Box<str>,
    /// Its bytes.
    pub(super) body: Body,
    pub(super) form: Form,
    /// For a page whose links are relative to its own folder: the only URL at which they work.
    pub(super) folder: Option<Box<str>>,
}

/// In which forms there is a document, and which one this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// There is no other.
    Only,
    /// There is a compressed one too.
    Plain,
    /// The compressed one.
    Gzip,
}

impl Form {
    fn of(body: &Body) -> Self {
        if body.len() < compress::LEAST { Self::Only } else { Self::Plain }
    }
}

impl Document {
    pub(super) fn new(artifact: Artifact) -> Self {
        let Artifact { path, shape, media, freshness, body } = artifact;
        let folder = (shape == Shape::Endpoint && media == Media::Html)
            .then(|| format!("{}/", path.to_string().trim_end_matches('/')).into());
        let form = Form::of(&body);
        Self { media, freshness, etag: etag(&body).into(), body, form, folder }
    }

    /// Returns a document of the API.
    pub(super) fn json(body: Body, etag: &str) -> Self {
        let (media, freshness) = (Media::Json, Freshness::Revalidate);
        let form = Form::of(&body);
        Self { media, freshness, etag: etag.into(), body, form, folder: None }
    }

    /// Returns its compressed form, if there is one and the client accepts it. The validators of both forms
    /// differ, because their bytes do.
    pub(super) fn packed(
        &self,
        request: &Request<'_>,
        compressed: &Cache<Box<str>, Arc<Self>>,
    ) -> Option<Arc<Self>> {
        if !request.gzip || self.form != Form::Plain {
            return None;
        }
        compressed.get(self.etag.clone(), || self.compressed())
    }

    fn compressed(&self) -> Option<Arc<Self>> {
        let body = compress::gzip(&self.body)?;
        let etag = format!("{}-gzip\"", self.etag.trim_end_matches('"')).into();
        Some(Arc::new(Self { body, etag, form: Form::Gzip, ..self.clone() }))
    }
}

impl Weigh for Arc<Document> {
    fn weight(&self) -> usize {
        self.body.len()
    }
}

/// Returns a strong validator: equal tags mean equal bytes.
pub(super) fn etag(body: &[u8]) -> String {
    format!("\"{:.32}\"", FileDigest::of(body).to_string())
}

/// Path of the page for unknown links in every site.
pub(super) const NOT_FOUND: &str = "404.html";
