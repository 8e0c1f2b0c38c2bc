//! Artifacts: documents at URLs.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{FileDigest, UrlPath};

/// The bytes of an artifact, shared when two URLs hold the same document and never copied.
#[derive(Debug, Clone, Default)]
pub struct Body(Arc<Shared>);

/// Bytes, and their digest once somebody asked for it.
#[derive(Debug, Default)]
struct Shared {
    bytes: Vec<u8>,
    digest: OnceLock<FileDigest>,
}

impl Body {
    /// Returns the digest, which is computed once however many files hold these bytes.
    pub(super) fn digest(&self) -> FileDigest {
        *self.0.digest.get_or_init(|| FileDigest::of(self))
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl Eq for Body {}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Shared { bytes, digest: OnceLock::new() }))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl std::ops::Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// How an artifact's URL relates to files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The URL ends at its last segment but other URLs lie below it, as with `/v0.1/servers`.
    Endpoint,
    /// The URL names a file, extension and all, as with `/openapi.yaml`.
    File,
}

/// Media types that a site holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    /// JSON.
    Json,
    /// A problem document (RFC 9457).
    Problem,
    /// HTML.
    Html,
    /// YAML.
    Yaml,
    /// Cascading style sheet.
    Css,
    /// ECMAScript.
    Script,
    /// Scalable vector graphics.
    Svg,
    /// XML: sitemaps and the OpenSearch description.
    Xml,
    /// Atom feed.
    Atom,
    /// Plain text.
    Text,
    /// A compressed file.
    Gzip,
}

impl Media {
    /// Returns the `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Problem => "application/problem+json",
            Self::Html => "text/html; charset=utf-8",
            Self::Yaml => "application/yaml",
            Self::Css => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Svg => "image/svg+xml",
            Self::Xml => "application/xml",
            Self::Atom => "application/atom+xml",
            Self::Text => "text/plain; charset=utf-8",
            Self::Gzip => "application/gzip",
        }
    }

    /// Returns the name of the file for an endpoint of this type, inside the endpoint's folder.
    pub fn index(self) -> &'static str {
        if self == Self::Html { "index.html" } else { "index.json" }
    }
}

/// How long a copy may be used without revalidation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Never changes (its name holds a digest).
    Immutable,
    /// May change with any build, so it is revalidated. This includes version documents, because
    /// status and `isLatest` change.
    Revalidate,
    /// Not cached.
    Volatile,
}

impl Freshness {
    /// Returns the `Cache-Control` value.
    pub fn cache_control(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Revalidate => "public, max-age=60, must-revalidate",
            Self::Volatile => "no-store",
        }
    }
}

/// A document at a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its URL path.
    pub path: UrlPath,
    /// How the URL relates to files.
    pub shape: Shape,
    /// Its type.
    pub media: Media,
    /// How long a copy may be used.
    pub freshness: Freshness,
    /// Its bytes.
    pub body: Body,
}

impl Artifact {
    /// Makes a document that may change with any build.
    pub fn new(path: UrlPath, shape: Shape, media: Media, body: impl Into<Body>) -> Self {
        Self { path, shape, media, freshness: Freshness::Revalidate, body: body.into() }
    }

    /// Whether it is a copy below `/v0`, which hosts that rewrite leave out.
    pub fn is_v0(&self) -> bool {
        self.path.segments().next() == Some("v0")
    }

    /// The artifact without its bytes, which is enough for the rules of hosts. Problem documents keep theirs,
    /// because some hosts store them in more than one place.
    pub(crate) fn outline(&self) -> Self {
        let body = if self.media == Media::Problem { self.body.clone() } else { Body::default() };
        Self { path: self.path.clone(), body, ..*self }
    }

    /// Makes a file that may change with any build; `None` when `segments` are not a valid path.
    pub fn file<'a>(
        segments: impl IntoIterator<Item = &'a str>,
        media: Media,
        body: impl Into<Body>,
    ) -> Option<Self> {
        Some(Self::new(UrlPath::new(segments)?, Shape::File, media, body))
    }
}

/// A whole site in memory, for serving it.
#[derive(Debug, Clone, Default)]
pub struct Site {
    artifacts: BTreeMap<UrlPath, Artifact>,
}

impl Site {
    /// Adds an artifact. Returns it as the error when there is one at its URL already.
    pub fn add(&mut self, artifact: Artifact) -> Result<(), Artifact> {
        match self.artifacts.entry(artifact.path.clone()) {
            std::collections::btree_map::Entry::Occupied(_) => Err(artifact),
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(artifact);
                Ok(())
            }
        }
    }

    /// Returns the artifact at `path`: decoded segments joined by slashes, such as `v0.1/servers`.
    pub fn get(&self, path: &str) -> Option<&Artifact> {
        self.artifacts.get(path.strip_prefix('/').unwrap_or(path))
    }

    /// Returns every artifact, ordered by URL.
    pub fn artifacts(&self) -> impl ExactSizeIterator<Item = &Artifact> {
        self.artifacts.values()
    }
}
