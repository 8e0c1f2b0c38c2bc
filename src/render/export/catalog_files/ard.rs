//! ARD and AI Catalog: `/.well-known/ard.json` and `/.well-known/ai-catalog.json`, with the same bytes.
//!
//! ARD 0.91 and AI Catalog 1.0 read one shape: `specVersion`, `host`, `entries`. There are no trust members,
//! whose form is still changing. A document that would be larger than consumers read becomes a list of
//! nested catalogs.

use serde_json::{Value, json};

use super::super::super::Facts;
use super::Shown;
use crate::config::{ExportSettings, Identifiers};
use crate::site::{Artifact, Media};

/// Paths of the document.
pub const AGENTS: [[&str; 2]; 2] =
    [[".well-known", "ard.json"], [".well-known", "ai-catalog.json"]];

/// Largest document, in bytes: the crawler of the MCP Gateway Registry refuses one above 5 MB.
const MAX: usize = 4_500_000;

/// The type of a catalog inside a catalog.
const NESTED: &str = "application/ai-catalog+json";

/// Puts the documents together while servers pass by in the order of their names.
#[derive(Debug)]
pub struct Ard {
    host: String,
    base: String,
    registry: String,
    identifiers: Identifiers,
    /// Whether there are server cards to name.
    cards: bool,
    /// The entries of the catalog that is being filled.
    entries: Vec<String>,
    size: usize,
    /// Number of nested catalogs that are full.
    full: usize,
}

impl Ard {
    /// Begins; `None` when it is switched off, and without a base URL, which entries need.
    pub fn new(settings: &ExportSettings, facts: &Facts) -> Option<Self> {
        let base = facts.base_url.as_ref().filter(|_| settings.has("ard"))?;
        let host = json!({
            "displayName": facts.name,
            "identifier": format!("did:web:{}", base.host()),
            "documentationUrl": format!("{}/connect/", base.as_str()),
        });
        Some(Self {
            host: host.to_string(),
            base: base.as_str().to_owned(),
            registry: base.host().to_owned(),
            identifiers: settings.ard.identifiers,
            cards: settings.has("server-cards"),
            entries: Vec::new(),
            size: 0,
            full: 0,
        })
    }

    /// Makes the entry of a server; needs nothing of the others.
    pub fn entry(&self, shown: &Shown<'_>, facts: &Facts) -> String {
        let server = &shown.server;
        let (namespace, name) = shown.halves();
        let publisher = publisher(namespace).filter(|_| shown.is_proven);
        let publisher = publisher.filter(|_| self.identifiers == Identifiers::Publisher);
        let identifier = match &publisher {
            Some(domain) => format!("urn:air:{domain}:mcp:{name}"),
            None => format!("urn:air:{}:mcp:{namespace}:{name}", self.registry),
        };
        let (kind, url) = match self.cards && !server.remotes.is_empty() {
            true => (
                "application/mcp-server-card+json",
                Some(format!("{}/cards/{}/server-card.json", self.base, server.name)),
            ),
            false => ("application/json", shown.url(facts)),
        };
        let transports = server.remotes.iter().map(|remote| remote.kind.as_str());
        let packages = server.packages.iter().map(|package| package.registry_type.as_str());
        let mut tags: Vec<&str> = vec!["mcp"];
        for tag in transports.chain(packages).chain(shown.tags()) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let mut entry = json!({
            "identifier": identifier,
            "displayName": shown.label(),
            "type": kind,
            "url": url,
            "description": server.description,
            "version": server.version,
            "updatedAt": shown.updated,
            "tags": tags,
            "metadata": { "serverName": server.name, "status": shown.status },
        });
        if let Some(queries) = shown.queries() {
            entry["representativeQueries"] = queries;
        }
        if let Some(domain) = publisher {
            let identifier = format!("https://{domain}");
            entry["publisher"] =
                json!({ "identifier": identifier, "displayName": domain, "identityType": "dns" });
        }
        entry.to_string()
    }

    /// Adds an entry. Returns a nested catalog when that is full.
    pub fn push(&mut self, entry: String) -> Option<Artifact> {
        let full = (self.size + entry.len() > MAX).then(|| self.nested()).flatten();
        self.size += entry.len() + 2;
        self.entries.push(entry);
        full
    }

    /// Makes the last documents.
    pub fn finish(mut self) -> Vec<Artifact> {
        let mut artifacts = Vec::new();
        if self.full > 0 {
            artifacts.extend(self.nested());
            self.entries = (1..=self.full).map(|number| self.link(number).to_string()).collect();
        }
        let text = self.document();
        artifacts.extend(
            AGENTS.iter().filter_map(|path| Artifact::file(*path, Media::Json, text.clone())),
        );
        artifacts
    }

    /// Makes a nested catalog of the entries so far.
    fn nested(&mut self) -> Option<Artifact> {
        self.full += 1;
        let text = self.document();
        self.entries.clear();
        self.size = 0;
        let file = format!("{}.json", self.full);
        Artifact::file([".well-known", "ai-catalog", &file], Media::Json, text)
    }

    /// The entry of a nested catalog.
    fn link(&self, number: usize) -> Value {
        json!({
            "identifier": format!("urn:air:{}:catalog:{number}", self.registry),
            "displayName": format!("Servers, part {number}"),
            "type": NESTED,
            "url": format!("{}/.well-known/ai-catalog/{number}.json", self.base),
        })
    }

    fn document(&self) -> String {
        format!(
            "{{\"specVersion\":\"1.0\",\"host\":{},\"entries\":[\n{}\n]}}\n",
            self.host,
            self.entries.join(",\n")
        )
    }
}

/// Returns the domain that a namespace stands for: `com.example` is `example.com`, and `io.github.alice` the
/// pages of that account.
fn publisher(namespace: &str) -> Option<String> {
    let labels: Vec<&str> = namespace.split('.').rev().collect();
    (labels.len() > 1).then(|| labels.join("."))
}
