//! Managed settings: which servers an organisation's clients may start or connect to.
//!
//! GitHub Copilot and Claude Code read the same two lists, `allowedMcpServers` and
//! `deniedMcpServers`; an entry is a URL, where `*` matches anything, or a command word by word.
//! Every command and URL that [`super::super::install`] shows for a live version is allowed, and those
//! of deleted versions are denied. A denial wins over everything, so none is made that would stop
//! what is still shown. A URL whose host is left to the user altogether is not allowed: the entry
//! would allow the whole web.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::install::command_lines;
use super::super::install::quote;
use super::super::install::recipe::{Action, Recipe, Source, recipes};
use super::super::install::variables::{Piece, Slots, Template};
use crate::model::{Input, Listing, Server};
use crate::site::{Artifact, Body, Media};

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AllowRow {
    /// A URL; `*` matches any text.
    #[serde(rename = "serverUrl")]
    Url(String),
    /// The words of a command, all of them.
    #[serde(rename = "serverCommand")]
    Command(Vec<String>),
}

impl AllowRow {
    /// Whether `url` is one of those that the entry names.
    pub fn is_url(&self, url: &str) -> bool {
        matches!(self, Self::Url(pattern) if is_like(pattern, &canonical(url)))
    }

    /// Whether everything that `other` names is named by this entry too.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Url(pattern), Self::Url(url)) => is_like(pattern, url),
            (Self::Command(words), Self::Command(others)) => words == others,
            _ => false,
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Url(url) => format!("{{\"serverUrl\": {}}}", quote::json(url)),
            Self::Command(words) => {
                let words: Vec<String> = words.iter().map(|word| quote::json(word)).collect();
                format!("{{\"serverCommand\": [{}]}}", words.join(", "))
            }
        }
    }
}

/// What one server adds to the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowRows {
    /// From its live versions.
    pub allowed: BTreeSet<AllowRow>,
    /// From its deleted versions, unless a live one still uses it.
    pub denied: BTreeSet<AllowRow>,
    /// How many URLs of live versions no entry can name.
    pub left_out: usize,
}

/// The entries of one server.
pub fn rows(listing: &Listing) -> AllowRows {
    let mut rows = AllowRows::default();
    for entry in listing.entries() {
        let (entries, left_out) = entries(&entry.server);
        if entry.is_live() {
            rows.allowed.extend(entries);
            rows.left_out += left_out;
        } else {
            rows.denied.extend(entries);
        }
    }
    let AllowRows { allowed, denied, .. } = &mut rows;
    denied.retain(|row| !allowed.iter().any(|kept| row.covers(kept) || kept.covers(row)));
    rows
}

/// The entries of one version, and how many of its URLs no entry can name.
pub fn entries(server: &Server) -> (Vec<AllowRow>, usize) {
    let mut entries = Vec::new();
    let mut left_out = 0;
    for recipe in recipes(server) {
        entries.extend(command_lines(&recipe).into_iter().map(AllowRow::Command));
        if let Some(url) = url(server, &recipe) {
            match pattern(&url) {
                Some(pattern) => entries.push(AllowRow::Url(pattern)),
                None => left_out += 1,
            }
        }
    }
    (entries, left_out)
}

/// Where a recipe connects to, with everything open that a user may choose.
fn url(server: &Server, recipe: &Recipe) -> Option<Template> {
    let Ok(Action::Connect { url, .. }) = &recipe.action else { return None };
    match recipe.source {
        Source::Package(_) => Some(url.clone()),
        Source::Remote(index) => {
            let template = server.remotes.get(index)?.url.as_deref()?;
            let open = |slots: &mut Slots, name: &str| slots.slot(name, &Input::default());
            Some(Slots::default().replace(template, open))
        }
    }
}

/// Stands for a slot while a pattern is made.
const HOLE: char = '\0';

/// The URL as an entry names it; `None` when no entry can.
///
/// A slot in the host becomes `*.` before the labels that follow it, of which there must be two; a
/// slot behind it ends the path with `*` at the last slash before. Clients support no other forms.
fn pattern(url: &Template) -> Option<String> {
    let parts = url.0.iter().map(|part| match part {
        Piece::Fixed(text) => text.clone(),
        Piece::Slot(_) => HOLE.to_string(),
    });
    let url = canonical(&parts.collect::<String>());
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let mut pattern = format!("{scheme}://");
    match host.rfind(HOLE) {
        None => pattern.push_str(host),
        Some(hole) => {
            let after = host[hole..].split_once('.')?.1;
            if after.split('.').filter(|label| !label.is_empty()).count() < 2 {
                return None;
            }
            pattern.push_str("*.");
            pattern.push_str(after);
        }
    }
    if let Some(port) = port {
        pattern.push(':');
        pattern.push_str(if port.contains(HOLE) { "*" } else { port });
    }
    match path.find(HOLE) {
        None => pattern.push_str(path),
        Some(hole) => {
            let keep = path[..hole].rfind('/').map_or("/", |slash| &path[..=slash]);
            pattern.push_str(keep);
            pattern.push('*');
        }
    }
    Some(pattern)
}

/// Scheme and host in lower case, and a slash before a query.
fn canonical(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    let slash = if url[end..].starts_with(['?', '#']) { "/" } else { "" };
    url[..end].to_ascii_lowercase() + slash + &url[end..]
}

/// Whether `text` is `pattern` with its asterisks replaced.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

/// The two files, from the entries of every server.
pub fn documents<'a>(rows: impl IntoIterator<Item = &'a AllowRows>) -> Vec<Artifact> {
    let mut allowed: BTreeSet<&AllowRow> = BTreeSet::new();
    let mut denied: BTreeSet<&AllowRow> = BTreeSet::new();
    for server in rows {
        allowed.extend(&server.allowed);
        denied.extend(&server.denied);
    }
    denied.retain(|row| match row {
        AllowRow::Url(url) if url.contains('*') => !allowed.iter().any(|kept| row.covers(kept)),
        row => !allowed.contains(row),
    });
    let text = format!(
        "{{\n  \"allowedMcpServers\": {},\n  \"deniedMcpServers\": {}\n}}\n",
        list(&allowed),
        list(&denied)
    );
    let body = Body::from(text);
    let file = |client| {
        Artifact::file(["exports", client, "managed-settings.json"], Media::Json, body.clone())
    };
    ["copilot", "claude-code"].into_iter().filter_map(file).collect()
}

fn list(rows: &BTreeSet<&AllowRow>) -> String {
    if rows.is_empty() {
        return "[]".to_owned();
    }
    let lines: Vec<String> = rows.iter().map(|row| format!("    {}", row.json())).collect();
    format!("[\n{}\n  ]", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_become_the_forms_that_clients_know() {
        for (template, expected) in [
            ("https://A.example/Mcp", Some("https://a.example/Mcp")),
            ("https://{r}.a.example/w/{x}/mcp", Some("https://*.a.example/w/*")),
            ("https://api-{r}.eu.a.example/mcp", Some("https://*.eu.a.example/mcp")),
            ("https://a.example/mcp?key={k}", Some("https://a.example/*")),
            ("https://A.example?key={k}", Some("https://a.example/*")),
            ("http://127.0.0.1:{port}/mcp", Some("http://127.0.0.1:*/mcp")),
            ("https://{tenant}.example/mcp", None),
            ("https://{host}/mcp", None),
        ] {
            let open = |slots: &mut Slots, name: &str| slots.slot(name, &Input::default());
            let text = Slots::default().replace(template, open);
            assert_eq!(pattern(&text).as_deref(), expected, "{template}");
        }
    }

    #[test]
    fn patterns_name_what_they_should() {
        for (pattern, url, named) in [
            ("https://a.example/*", "https://A.example/b/c", true),
            ("https://*.a.example/b", "https://x.y.a.example/b", true),
            ("https://*.a.example/b", "https://a.example/b", false),
            ("https://a.example", "https://a.example.evil", false),
            ("http://127.0.0.1:*/mcp", "http://127.0.0.1:8/mcp", true),
        ] {
            assert_eq!(AllowRow::Url(pattern.to_owned()).is_url(url), named, "{pattern} {url}");
        }
    }
}
