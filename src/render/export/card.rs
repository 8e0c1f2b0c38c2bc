//! Server cards: what a remote server says about itself, in a file that catalogs of agents link to.

use serde_json::{Map, Value};

use crate::config::ExportSettings;
use crate::model::Listing;
use crate::site::{Artifact, Media};

/// The schema that every card names.
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json";

/// What a card has of the document, in this order.
const MEMBERS: [&str; 9] = [
    "name",
    "version",
    "description",
    "title",
    "websiteUrl",
    "repository",
    "icons",
    "remotes",
    "_meta",
];

/// Makes the card of a server's latest version; `None` when it has no remote, and when cards are switched off.
pub fn card(listing: &Listing, settings: &ExportSettings) -> Option<Artifact> {
    let entry = listing.live_latest().filter(|entry| !entry.server.remotes.is_empty())?;
    let text = document(&entry.document).filter(|_| settings.has("server-cards"))?;
    let name = listing.name();
    let path = ["cards", name.namespace().as_str(), name.name(), "server-card.json"];
    Artifact::file(path, Media::Json, text)
}

/// Returns the card of a `server.json`.
pub(super) fn document(server: &str) -> Option<String> {
    let document: Map<String, Value> = serde_json::from_str(server).ok()?;
    let mut card = Map::from_iter([("$schema".to_owned(), SCHEMA.into())]);
    for key in MEMBERS {
        let Some(value) = document.get(key) else { continue };
        // A repository without an address or a source is allowed in a document, and not in a card.
        let is_text = |member: &str| {
            value.get(member).is_some_and(|it| it.as_str().is_some_and(|it| !it.is_empty()))
        };
        if key == "repository" && !(is_text("url") && is_text("source")) {
            continue;
        }
        card.insert(key.to_owned(), value.clone());
    }
    Some(format!("{}\n", Value::Object(card)))
}
