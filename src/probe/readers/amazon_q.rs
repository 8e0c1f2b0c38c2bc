//! Amazon Q and Kiro (code: `McpRegistryValidator` of @aws/lsp-codewhisperer 0.0.128): one invalid entry
//! makes the whole file fail. Entries may be bare or below `server`.

use serde_json::Value;

use super::flaw::{Flaw, filled, keys};
use crate::model::probe::Trouble;

/// Types that packages may have.
const PACKAGES: [&str; 3] = ["npm", "pypi", "oci"];

/// Types that remotes may have.
const REMOTES: [&str; 2] = ["streamable-http", "sse"];

/// Returns the first thing that makes the file invalid.
pub(super) fn list(list: &Value) -> Vec<Flaw> {
    let Some(entries) = list.get("servers").and_then(Value::as_array) else {
        return vec![Flaw::fails(Trouble::NoServers, keys(list))];
    };
    let bare = |entry: &'_ Value| entry.get("server").unwrap_or(entry).clone();
    let servers: Vec<Value> = entries.iter().map(bare).collect();
    let mut names: Vec<&str> = servers.iter().filter_map(|server| filled(server, "name")).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    let twice = twice.map(|pair| format!("{} is there more than once", pair[0]));
    let wrong = servers.iter().enumerate().find_map(|(i, server)| {
        let why = server_flaw(server)?;
        Some(format!("/servers/{i} {why}"))
    });
    let flaw = wrong.or(twice).map(|detail| Flaw::fails(Trouble::AmazonQRefuses, detail));
    flaw.into_iter().collect()
}

fn server_flaw(server: &Value) -> Option<String> {
    let simple = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let lacks = |key: &&str| filled(server, key).is_none();
    if let Some(key) = ["name", "description", "version"].iter().find(|key| lacks(key)) {
        return Some(format!("has no {key}"));
    }
    let name = filled(server, "name")
        .filter(|name| !(3..=200).contains(&name.len()) || !name.chars().all(simple));
    if let Some(name) = name {
        return Some(format!(
            "is called {name:?}: 3 to 200 letters, digits, dots, hyphens and underscores are taken"
        ));
    }
    let list = |key| server.get(key).and_then(Value::as_array);
    match (list("remotes").map(Vec::as_slice), list("packages").map(Vec::as_slice)) {
        (None, None) => Some("has neither remotes nor packages".to_owned()),
        (Some(_), Some(_)) => Some("has both remotes and packages".to_owned()),
        (Some([remote]), None) => {
            let known = filled(remote, "type").is_some_and(|kind| REMOTES.contains(&kind));
            let fine = known
                && filled(remote, "url").is_some()
                && all(remote, "headers", &["name", "value"]);
            (!fine).then(|| "has a remote without type, url, or a value of a header".to_owned())
        }
        (None, Some([package])) => {
            let known =
                filled(package, "registryType").is_some_and(|kind| PACKAGES.contains(&kind));
            let transport = package.get("transport").and_then(|it| filled(it, "type"));
            let fine = known && filled(package, "identifier").is_some() && transport.is_some();
            let values = all(package, "runtimeArguments", &["value"])
                && all(package, "packageArguments", &["value"])
                && all(package, "environmentVariables", &["name"]);
            match (fine, values) {
                (false, _) => Some(
                    "has a package without identifier, transport, or a type of npm, pypi, oci"
                        .to_owned(),
                ),
                (true, false) => {
                    Some("has an argument without value or a variable without name".to_owned())
                }
                (true, true) => None,
            }
        }
        _ => Some("has more or less than one remote or package".to_owned()),
    }
}

/// Whether a list that may be missing has texts in every element.
fn all(value: &Value, key: &str, wanted: &[&str]) -> bool {
    match value.get(key) {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => {
            items.iter().all(|item| wanted.iter().all(|key| filled(item, key).is_some()))
        }
        Some(_) => false,
    }
}
