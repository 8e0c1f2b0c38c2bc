//! VS Code's gallery (code): an invalid first entry rejects the whole list, later invalid entries are
//! dropped.

use serde_json::Value;

use super::flaw::{Flaw, PUBLISHER, filled};
use crate::model::probe::{Grade, Trouble};

/// Returns what VS Code rejects in a list.
pub(super) fn list(list: &Value, entries: &[Value]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if list.get("metadata").is_none_or(|metadata| !metadata.is_object()) {
        flaws.push(Flaw::fails(Trouble::NoMetadata, ""));
    }
    let mut lost = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        match fault(entry) {
            None => {}
            Some((Trouble::EntryInvalid, why)) if i == 0 => {
                flaws.push(Flaw::fails(Trouble::FirstInvalid, format!("/servers/0 {why}")));
            }
            Some((Trouble::EntryInvalid, why)) => lost.push(format!("/servers/{i} {why}")),
            // It throws while converting, so nothing of the list is left.
            Some((trouble, _)) if flaws.iter().any(|flaw| flaw.trouble == trouble) => {}
            Some((trouble, why)) => {
                flaws.push(Flaw::fails(trouble, format!("/servers/{i} {why}")));
            }
        }
    }
    if let Some(first) = lost.first() {
        let detail = format!("{first}; {} of {}", lost.len(), entries.len());
        flaws.push(Flaw::new(Trouble::EntryInvalid, Grade::Partly, detail));
    }
    flaws
}

/// Returns what VS Code rejects in a single document.
pub(super) fn one(entry: &Value) -> Vec<Flaw> {
    fault(entry).map(|(trouble, why)| Flaw::fails(trouble, why)).into_iter().collect()
}

/// Returns the first fault of an entry, and where it is.
fn fault(entry: &Value) -> Option<(Trouble, String)> {
    let Some(server) = entry.get("server").filter(|server| server.is_object()) else {
        return Some((Trouble::EntryInvalid, "has no server".to_owned()));
    };
    if entry.get("_meta").is_none_or(|meta| !meta.is_object()) {
        return Some((Trouble::NoMeta, "has no _meta".to_owned()));
    }
    // Builds of early 2026 take an empty description, older ones do not.
    if let Some(key) =
        ["name", "description", "version"].iter().find(|k| filled(server, k).is_none())
    {
        return Some((Trouble::EntryInvalid, format!("has no {key}")));
    }
    let github = server.get("_meta")?.get(PUBLISHER)?.get("github")?;
    let half = github.get("name").is_some() && github.get("nameWithOwner").is_none();
    half.then(|| (Trouble::GithubBlock, "has half a github block".to_owned()))
}
