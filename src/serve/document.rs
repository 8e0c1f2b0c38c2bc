//! A document of the site, ready to be sent.

use crate::site::{Artifact, Body, FileDigest, Freshness, Media, Shape};

use super::answer::{Answer, document_head};
use super::request::Request;

/// A document of the site with its rendered head.
#[derive(Debug)]
pub(super) struct Document {
    head: Box<str>,
    etag: Box<str>,
    freshness: Freshness,
    /// Its bytes.
    pub(super) body: Body,
    /// For a page whose links are relative to its own folder: the only URL at which they work.
    pub(super) folder: Option<Box<str>>,
}

impl Document {
    pub(super) fn new(artifact: &Artifact) -> Self {
        let etag = etag(&artifact.body);
        let (media, freshness) = (artifact.media, artifact.freshness);
        let folder = (artifact.shape == Shape::Endpoint && media == Media::Html)
            .then(|| format!("{}/", artifact.path.to_string().trim_end_matches('/')).into());
        Self {
            head: document_head(media, freshness, &etag, artifact.body.len()).into(),
            etag: etag.into(),
            freshness,
            body: artifact.body.clone(),
            folder,
        }
    }

    /// Returns the document, or 304 when the client has it.
    pub(super) fn answer(&self, request: &Request<'_>) -> Answer<'_> {
        if request.has(&self.etag) {
            return Answer::unchanged(self.freshness, &self.etag);
        }
        Answer::document(&self.head, &self.body)
    }
}

/// Returns a strong validator: equal tags mean equal bytes.
pub(super) fn etag(body: &[u8]) -> String {
    format!("\"{:.32}\"", FileDigest::of(body).to_string())
}

/// Path of the page for unknown links in every site.
pub(super) const NOT_FOUND: &str = "404.html";
