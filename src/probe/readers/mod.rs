//! How clients read bodies: one function for a list, one for a single document, a file per family.
//!
//! A reader returns what its client would reject in a JSON value. It does not check whether the registry
//! is valid.

mod amazon_q;
mod flaw;
mod go;
mod plain;
mod swift;
mod typed;
mod vscode;

use serde_json::Value;

use super::body::Body;
use crate::model::probe::Trouble;
use flaw::{Flaw, keys};

/// A family of readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// `servers`, each with an object `server` that has a name and a version.
    Plain,
    /// VS Code's gallery: strict about the first entry, `_meta` and `metadata`.
    VsCode,
    /// Copilot's language server: passes bodies through; its front ends show what has `server`.
    LanguageServer,
    /// Copilot for Eclipse: typed `_meta`.
    Eclipse,
    /// Copilot for Xcode: strict decoding of everything.
    Xcode,
    /// The registry's Go types.
    Go,
    /// apm: Python, first page.
    Apm,
    /// Kaiden: each entry against the OpenAPI schema.
    Schema,
    /// add-mcp: entries without description are dropped.
    Described,
    /// Amazon Q: a file of its own, valid as a whole or not at all.
    AmazonQ,
}

impl Reader {
    /// Returns what this client rejects in a list.
    pub(super) fn list(self, body: &Body) -> Vec<Flaw> {
        let Some(list) = body.json() else { return Vec::new() };
        if self == Self::AmazonQ {
            return amazon_q::list(list);
        }
        let mut flaws: Vec<Flaw> = self.mark(body).into_iter().collect();
        flaws.extend(
            frame(list).map_or_else(|flaw| vec![flaw], |entries| self.entries(list, entries)),
        );
        flaws
    }

    fn entries(self, list: &Value, entries: &[Value]) -> Vec<Flaw> {
        match self {
            Self::VsCode => vscode::list(list, entries),
            Self::Go => {
                let metadata = go::metadata(list).map(|flaw| vec![flaw]);
                metadata.unwrap_or_else(|| first(entries, go::entry))
            }
            Self::Eclipse => first(entries, typed::entry),
            Self::Xcode => first(entries, swift::entry),
            Self::Described => plain::list(entries, &["name", "version", "description"]),
            Self::Schema => plain::list(entries, &["name", "version", "description", "\0_meta"]),
            Self::LanguageServer | Self::AmazonQ => Vec::new(),
            Self::Plain | Self::Apm => plain::list(entries, &["name", "version"]),
        }
    }

    /// Returns what this client rejects in the document of one version.
    pub(super) fn one(self, body: &Body) -> Vec<Flaw> {
        let Some(entry) = body.json() else { return Vec::new() };
        let mut flaws: Vec<Flaw> = self.mark(body).into_iter().collect();
        if entry.get("server").is_none_or(|server| !server.is_object()) {
            flaws.push(Flaw::fails(Trouble::NoWrapper, keys(entry)));
            return flaws;
        }
        flaws.extend(match self {
            Self::VsCode => vscode::one(entry),
            Self::Go => go::entry(entry, "").into_iter().collect(),
            Self::Eclipse => typed::entry(entry, "").into_iter().collect(),
            Self::Xcode => swift::entry(entry, "").into_iter().collect(),
            _ => Vec::new(),
        });
        flaws
    }

    /// Returns the flaw of a byte order mark, for clients that fail on it (ran: apm and Go's decoder).
    fn mark(self, body: &Body) -> Option<Flaw> {
        let stumbles = matches!(self, Self::Go | Self::Apm);
        (body.mark && stumbles).then(|| Flaw::fails(Trouble::ByteOrderMark, ""))
    }
}

/// Returns the first flaw in any entry.
fn first(entries: &[Value], flaw: fn(&Value, &str) -> Option<Flaw>) -> Vec<Flaw> {
    let mut entries = entries.iter().enumerate();
    entries.find_map(|(i, e)| flaw(e, &format!("/servers/{i}"))).into_iter().collect()
}

/// Returns the entries of a list; the error is a flaw for every client.
fn frame(list: &Value) -> Result<&Vec<Value>, Flaw> {
    if list.is_array() {
        return Err(Flaw::fails(Trouble::BareArray, ""));
    }
    if list.pointer("/data/servers").is_some() {
        return Err(Flaw::fails(Trouble::UpstreamFile, keys(list)));
    }
    let Some(entries) = list.get("servers").and_then(Value::as_array) else {
        return Err(Flaw::fails(Trouble::NoServers, keys(list)));
    };
    // ran: bare entries are refused, dropped or shown as blank rows, in no client as servers.
    match entries.first() {
        Some(first) if first.get("server").is_none_or(|server| !server.is_object()) => {
            Err(Flaw::fails(Trouble::NoWrapper, format!("/servers/0: {}", keys(first))))
        }
        _ => Ok(entries),
    }
}
