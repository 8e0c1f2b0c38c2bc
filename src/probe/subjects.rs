//! Picks the servers to look up, so that problems with names and versions show.
//!
//! These are the first, the middle and the last of the list, an older version, because policies check
//! installed versions, and a version with `+`. They depend only on the registry's content.

use serde_json::Value;

use super::session::Session;
use super::visit::Visit;
use crate::text::percent_encode;

/// A version that is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) version: String,
    /// Whether the list calls it the latest.
    pub(super) latest: bool,
}

/// Returns the rows of a list: name, version, whether it is deleted.
pub(super) fn rows(servers: &[Value]) -> Vec<(&str, &str, bool)> {
    servers.iter().filter_map(row_of).collect()
}

fn row_of(entry: &Value) -> Option<(&str, &str, bool)> {
    // Bare entries are read too, to test their documents.
    let server = entry.get("server").unwrap_or(entry);
    let text = |key: &str| server.get(key)?.as_str();
    let status = entry.pointer("/_meta/io.modelcontextprotocol.registry~1official/status");
    let deleted = status.and_then(Value::as_str) == Some("deleted");
    Some((text("name")?, text("version").unwrap_or_default(), deleted))
}

/// Picks subjects from the list, or the `wanted` server.
pub(super) fn pick(session: &Session<'_>, list: &[Value], wanted: Option<&str>) -> Vec<Subject> {
    let mut known: Vec<(&str, &str)> = Vec::new();
    for (name, version, deleted) in rows(list) {
        let usable = !deleted && name.contains('/') && !version.is_empty();
        if usable && !known.iter().any(|(n, _)| *n == name) {
            known.push((name, version));
        }
    }
    let mut chosen: Vec<(String, String)> = Vec::new();
    match wanted {
        Some(name) => {
            let listed = known.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            let version = listed.or_else(|| latest_of(session, name)).unwrap_or_default();
            chosen.push((name.to_owned(), version));
        }
        None => {
            let plus = known.iter().position(|(_, version)| version.contains('+'));
            let (middle, last) = (known.len() / 2, known.len().saturating_sub(1));
            let mut places: Vec<usize> = vec![0, middle, last];
            places.extend(plus);
            places.sort_unstable();
            places.dedup();
            let at = places.iter().filter_map(|at| known.get(*at));
            chosen.extend(at.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        }
    }
    let subject = |(name, version)| Subject { name, version, latest: true };
    let mut subjects: Vec<Subject> = chosen.into_iter().map(subject).collect();
    let older = older(session, &subjects);
    subjects.extend(older);
    subjects
}

/// Returns the version that the registry calls the latest.
fn latest_of(session: &Session<'_>, name: &str) -> Option<String> {
    let client = super::clients::CLIENTS.first()?;
    let target = format!("/v0.1/servers/{}/versions/latest", percent_encode(name));
    let end = Visit::new(session, client, &target).end?;
    Some(end.body.json()?.pointer("/server/version")?.as_str()?.to_owned())
}

/// Returns one older version and one with `+` of the chosen servers, if there are any.
fn older(session: &Session<'_>, chosen: &[Subject]) -> Vec<Subject> {
    let mut found: Vec<Subject> = Vec::new();
    let mut plus = chosen.iter().any(|subject| subject.version.contains('+'));
    let Some(client) = super::clients::CLIENTS.first() else { return found };
    for subject in chosen {
        let target = format!("/v0.1/servers/{}/versions", percent_encode(&subject.name));
        let Some(end) = Visit::new(session, client, &target).end else { continue };
        let Some(versions) = end.body.servers() else { continue };
        let others = rows(versions);
        let others = others.iter().filter(|(name, version, deleted)| {
            *name == subject.name && *version != subject.version && !deleted && !version.is_empty()
        });
        for (name, version, _) in others {
            let has_plus = version.contains('+');
            let plain = found.iter().any(|known| !known.version.contains('+'));
            if (has_plus && !plus) || (!has_plus && !plain) {
                plus |= has_plus;
                let (name, version) = ((*name).to_owned(), (*version).to_owned());
                found.push(Subject { name, version, latest: false });
            }
        }
    }
    found
}
