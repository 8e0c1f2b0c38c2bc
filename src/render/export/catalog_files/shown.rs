//! An entry of the list, as exports see it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::super::{Facts, api};
use crate::model::{PUBLISHER_KEY, Server};
use crate::text::percent_encode;

/// Longest question that is passed on, in bytes.
const QUERY_MAX: usize = 500;

/// The latest version of a server, read from its entry in the list.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The author's document, or what an override made of it, as it is served.
    pub document: &'a str,
    /// The same, typed.
    pub server: Server,
    /// When the entry last changed.
    pub updated: String,
    /// `active` or `deprecated`.
    pub status: String,
    /// Whether its owner was proven in this registry.
    pub is_proven: bool,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    server: &'a RawValue,
    #[serde(rename = "_meta")]
    meta: Value,
}

impl<'a> Shown<'a> {
    /// Reads an entry of the list; `None` when it is not one.
    pub fn read(entry: &'a [u8], facts: &Facts) -> Option<Self> {
        let entry: Entry<'a> = serde_json::from_slice(entry).ok()?;
        let official = entry.meta.get(api::OFFICIAL)?;
        let text =
            |key: &str| official.get(key).and_then(|it| it.as_str()).unwrap_or_default().to_owned();
        let own = facts.meta_key.as_ref().and_then(|key| entry.meta.get(key));
        let method = own.and_then(|own| own.pointer("/ownership/method")?.as_str());
        Some(Self {
            document: entry.server.get(),
            server: Server::parse(entry.server.get()),
            updated: text("updatedAt"),
            status: text("status"),
            is_proven: method.is_some_and(|it| !matches!(it, "unrecorded" | "reviewed")),
        })
    }

    /// Returns the namespace and the name.
    pub fn halves(&self) -> (&str, &str) {
        self.server.name.split_once('/').unwrap_or(("", &self.server.name))
    }

    /// Returns the title, or else the half of the name after the slash.
    pub fn label(&self) -> &str {
        self.server.title.as_deref().unwrap_or(self.halves().1)
    }

    /// Returns the URL of this version in the API, when that of the registry is known.
    pub fn url(&self, facts: &Facts) -> Option<String> {
        let (base, server) = (facts.base_url.as_ref()?.as_str(), &self.server);
        let (name, version) = (percent_encode(&server.name), percent_encode(&server.version));
        Some(format!("{base}/v0.1/servers/{name}/versions/{version}"))
    }

    /// Returns the questions that the publisher says the server answers: ARD wants two to five.
    pub fn queries(&self) -> Option<Value> {
        let document: Value = serde_json::from_str(self.document).ok()?;
        let queries = document.get("_meta")?.get(PUBLISHER_KEY)?.get("representativeQueries")?;
        let list = queries.as_array().filter(|list| (2..=5).contains(&list.len()))?;
        let is_short =
            |it: &Value| it.as_str().is_some_and(|text| (1..=QUERY_MAX).contains(&text.len()));
        list.iter().all(is_short).then(|| queries.clone())
    }

    /// Returns the publisher's tags, categories and keywords, each once.
    pub fn tags(&self) -> Vec<&str> {
        let publisher = &self.server.publisher;
        let mut tags: Vec<&str> = Vec::new();
        for tag in publisher.tags.iter().chain(&publisher.categories).chain(&publisher.keywords) {
            if !tags.contains(&tag.as_str()) && tags.len() < 24 && tag.len() <= 64 {
                tags.push(tag);
            }
        }
        tags
    }
}
