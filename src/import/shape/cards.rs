//! ARD and AI Catalog documents, and the server cards that they name.
//!
//! The name of a server is the one that its card or its `server.json` states. What the URN of an entry claims
//! about its owner is not read: whether a namespace may be published here is decided when the change is verified.

use serde_json::{Value, json};

use crate::check::{CURRENT_SCHEMA, keeps_schema};
use crate::diag::Pointer;
use crate::text::shorten;

use super::value::{Object, first, list, text};
use super::{Draft, Link, Shaped, Source};

/// What an entry of a catalog says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// Another catalog.
    Catalog,
    /// A server card.
    Card,
    /// JSON, perhaps a `server.json`.
    Json,
}

/// The `$schema` of a server card.
const CARD: &str = "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json";

/// Members of a card that a `server.json` has too.
const SHARED: [&str; 8] =
    ["name", "title", "description", "version", "websiteUrl", "icons", "repository", "_meta"];

/// Whether a document is a catalog.
pub(super) fn is_catalog(value: &Value) -> bool {
    let entry = |entry: &Value| {
        let said = ["identifier", "type", "mediaType", "url", "data"];
        said.iter().any(|key| entry.get(*key).is_some())
    };
    value.get("entries").is_some_and(Value::is_array)
        && (value.get("specVersion").is_some() || list(value, "entries").iter().any(entry))
}

/// Whether a document is a server card, valid or not. Schemas of `server.json` have a date, those of cards `v1`.
pub(super) fn is_card(value: &Value) -> bool {
    let is_card =
        |schema: String| schema.contains("server-card") || schema.contains("/schemas/v1/");
    text(value, "$schema").is_some_and(is_card)
}

/// What a media type means here; `None` for what is not a server of MCP.
fn linked(kind: &str) -> Option<Linked> {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/ai-catalog+json" => Some(Linked::Catalog),
        "application/mcp-server-card+json" | "application/mcp-server+json" => Some(Linked::Card),
        "application/json" => Some(Linked::Json),
        _ => None,
    }
}

/// Reads the entries of a catalog: what is in it, and links to what is not.
pub(super) fn read_catalog(source: &Source<'_>, shaped: &mut Shaped) {
    let (root, mut others) = (Pointer::root().key("entries"), 0_usize);
    for (index, entry) in list(source.value, "entries").iter().enumerate() {
        let place = source.place(&root.index(index));
        let label = first(entry, &["displayName", "identifier"]).unwrap_or_default();
        let help = "correct the entry, or ask whoever publishes the catalog";
        let Some(kind) = first(entry, &["type", "mediaType"]) else {
            shaped.refuse(place, &label, "the entry has no type", help);
            continue;
        };
        let Some(kind) = linked(&kind) else {
            others += 1;
            continue;
        };
        match (entry.get("url"), entry.get("data")) {
            (Some(Value::String(url)), None) => {
                shaped.links.push(Link { place, label, url: url.clone(), kind });
            }
            (None, Some(data)) => {
                inside(source, data, root.index(index).key("data"), (kind, &label), shaped)
            }
            _ => {
                shaped.refuse(place, &label, "the entry has not exactly one of url and data", help)
            }
        }
    }
    if others > 0 {
        let what = crate::text::count(others, "entry");
        shaped.note(source.place(&root), format!("left out {what} of another kind than a server"));
    }
}

/// Reads what an entry holds itself.
fn inside(
    source: &Source<'_>,
    data: &Value,
    at: Pointer,
    (kind, label): (Linked, &str),
    shaped: &mut Shaped,
) {
    let inner = Source { file: source.file, value: data, json: None };
    let mut found = Shaped::default();
    match kind {
        Linked::Catalog => {
            let help = "publish the inner catalog at a URL of its own";
            return shaped.refuse(source.place(&at), label, "it holds a catalog in itself", help);
        }
        kind => read_linked(&inner, kind, label, &mut found),
    }
    found.drafts.iter_mut().for_each(|draft| draft.place = source.place(&at));
    found.refused.iter_mut().for_each(|refused| refused.place = source.place(&at));
    shaped.drafts.append(&mut found.drafts);
    shaped.refused.append(&mut found.refused);
}

/// Reads a document that an entry of a catalog names.
pub(in crate::import) fn read_linked(
    source: &Source<'_>,
    kind: Linked,
    label: &str,
    shaped: &mut Shaped,
) {
    let value = source.value;
    let help = "ask whoever publishes the catalog";
    let server = value.get("server").filter(|server| server.is_object()).unwrap_or(value);
    match kind {
        Linked::Catalog if is_catalog(value) => read_catalog(source, shaped),
        Linked::Card if is_card(value) => read_card(source, shaped),
        // A registry without cards names its own documents.
        Linked::Card | Linked::Json if is_server(server) => {
            super::list::read_document(source, shaped)
        }
        Linked::Json if is_card(value) => read_card(source, shaped),
        Linked::Json => {
            shaped.refuse(source.place(&Pointer::root()), label, "it is not a server.json", help)
        }
        Linked::Catalog => {
            shaped.refuse(source.place(&Pointer::root()), label, "it is not a catalog", help)
        }
        Linked::Card => {
            shaped.refuse(source.place(&Pointer::root()), label, "it is not a server card", help)
        }
    }
}

/// Whether a value is a valid `server.json`.
fn is_server(value: &Value) -> bool {
    let schema = text(value, "$schema").unwrap_or_default();
    let date = schema.split('/').find(|step| step.len() == 10 && step.starts_with("20"));
    date.is_some_and(|date| keeps_schema(value, date))
}

/// Makes a `server.json` of a card.
pub(super) fn read_card(source: &Source<'_>, shaped: &mut Shaped) {
    let card = source.value;
    let place = source.place(&Pointer::root());
    let name = text(card, "name").unwrap_or_default();
    let help = "ask the server's publisher to correct the card";
    if let Some(why) = fault(card) {
        return shaped.refuse(place, &name, why, help);
    }
    let mut document = Object::new();
    document.insert("$schema".to_owned(), json!(CURRENT_SCHEMA));
    for key in SHARED {
        if let Some(value) = card.get(key) {
            document.insert(key.to_owned(), value.clone());
        }
    }
    let mut draft = Draft::new(place, name, Value::Null);
    let mut remotes = list(card, "remotes").to_vec();
    for remote in remotes.iter_mut().filter_map(Value::as_object_mut) {
        if remote.remove("supportedProtocolVersions").is_some() {
            draft.notes.push(
                "\"supportedProtocolVersions\" was left out: a server.json has no place for it"
                    .to_owned(),
            );
        }
    }
    draft.notes.dedup();
    if !remotes.is_empty() {
        document.insert("remotes".to_owned(), json!(remotes));
    }
    draft.document = Value::Object(document);
    shaped.draft(draft);
}

/// Returns why a card is not valid, if it is not.
fn fault(card: &Value) -> Option<String> {
    let schema = text(card, "$schema").unwrap_or_default();
    if schema != CARD {
        let schema = shorten(&schema);
        return Some(format!("the \"$schema\" of its card is {schema:?} and not {CARD:?}"));
    }
    let missing =
        ["name", "version", "description"].into_iter().find(|key| text(card, key).is_none());
    if let Some(missing) = missing {
        return Some(format!("its card has no {missing}"));
    }
    let name = text(card, "name").unwrap_or_default();
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let is_valid = name.split('/').count() == 2 && name.split('/').all(is_part);
    (!is_valid).then(|| format!("the name {:?} of its card is not NAMESPACE/NAME", shorten(&name)))
}
