//! `exports/all.jsonl.gz`: every entry as the API has it, one on each line, for people who work with data.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::config::ExportSettings;
use crate::model::ServerName;
use crate::site::{Artifact, Body, Media, Shape, UrlPath};

/// Its path in the site.
pub const BULK: [&str; 2] = ["exports", "all.jsonl.gz"];

/// The file while servers pass by in the order of their names. It has no name and no time in its head, so that
/// the same entries are the same bytes.
#[derive(Debug)]
pub struct Bulk(GzEncoder<Vec<u8>>);

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    servers: Vec<&'a RawValue>,
}

impl Bulk {
    /// Begins; `None` when it is switched off.
    pub fn new(settings: &ExportSettings) -> Option<Self> {
        settings.has("all").then(|| Self(GzEncoder::new(Vec::new(), Compression::default())))
    }

    /// The document of the API with all versions of a server, without its bytes.
    pub fn source(name: &ServerName) -> Option<Artifact> {
        let path = ["v0.1", "servers", name.namespace().as_str(), name.name(), "versions"];
        let path = UrlPath::new(path)?;
        Some(Artifact::new(path, Shape::Endpoint, Media::Json, Body::default()))
    }

    /// Adds the entries of a list of the API.
    pub fn add_list(&mut self, list: &[u8]) {
        if let Ok(List { servers }) = serde_json::from_slice(list) {
            servers.into_iter().for_each(|entry| self.add(entry.get().as_bytes()));
        }
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: &[u8]) {
        // A write to memory cannot fail.
        let _ = self.0.write_all(entry).and_then(|()| self.0.write_all(b"\n"));
    }

    /// Takes the bytes that are ready.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.0.get_mut())
    }

    /// Returns the last bytes.
    pub fn finish(self) -> Vec<u8> {
        self.0.finish().unwrap_or_default()
    }

    /// Makes the file of `bytes`.
    pub fn artifact(bytes: Vec<u8>) -> Option<Artifact> {
        Artifact::file(BULK, Media::Gzip, bytes)
    }
}
