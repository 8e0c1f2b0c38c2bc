//! Brings a document that is almost a `server.json` into its form.
//!
//! Only what is certain is changed: names of members that older forms had, words of other formats for the same
//! thing, members that are left out when they are empty. Each change is a note.

use serde_json::{Map, Value, json};

use crate::check::CURRENT_SCHEMA;

use super::value::{Object, first, text};

/// Deepest member whose name is looked at.
const MAX_DEPTH: usize = 12;

/// Members that had another name, and what they are called now.
const RENAMED: &[(&str, &str)] = &[
    ("website_url", "websiteUrl"),
    ("registry_type", "registryType"),
    ("registry_name", "registryType"),
    ("registry_base_url", "registryBaseUrl"),
    ("file_sha256", "fileSha256"),
    ("runtime_hint", "runtimeHint"),
    ("runtime_arguments", "runtimeArguments"),
    ("package_arguments", "packageArguments"),
    ("environment_variables", "environmentVariables"),
    ("value_hint", "valueHint"),
    ("is_required", "isRequired"),
    ("is_secret", "isSecret"),
    ("is_repeated", "isRepeated"),
    ("transport_type", "type"),
    ("required", "isRequired"),
    ("secret", "isSecret"),
];

/// Members of a list that a `server.json` has no place for; what they say is kept in other files, or is computed.
const BESIDE: &[&str] = &[
    "id",
    "version_detail",
    "status",
    "status_message",
    "statusMessage",
    "created_at",
    "createdAt",
    "updated_at",
    "updatedAt",
    "published_at",
    "publishedAt",
    "is_latest",
    "isLatest",
    "release_date",
    "releaseDate",
    "serverType",
];

/// The order in which people write the members of a `server.json`.
const ORDER: &[&str] = &[
    "$schema",
    "name",
    "title",
    "description",
    "version",
    "websiteUrl",
    "icons",
    "repository",
    "packages",
    "remotes",
];

/// Returns a document as two-space JSON with a line break at its end, its members in the usual order.
pub(in crate::import) fn pretty(document: &Value) -> String {
    let Value::Object(members) = document else { return format!("{document:#}\n") };
    let usual = ORDER.iter().filter_map(|key| members.get_key_value(*key));
    let others = members.iter().filter(|(key, _)| !ORDER.contains(&key.as_str()));
    let line = |(key, value): (&String, &Value)| {
        format!("  {}: {}", json!(key), format!("{value:#}").replace('\n', "\n  "))
    };
    format!("{{\n{}\n}}\n", usual.chain(others).map(line).collect::<Vec<_>>().join(",\n"))
}

/// Returns the document in the form of a `server.json`, and notes about what was changed.
pub(in crate::import) fn repaired(document: &Value) -> (Value, Vec<String>) {
    let Value::Object(members) = document else { return (document.clone(), Vec::new()) };
    let (mut out, mut notes) = (Object::new(), Vec::new());
    for (key, value) in members {
        match (key.as_str(), value) {
            (_, Value::Null) => {}
            ("repository", Value::Object(of)) if of.is_empty() => {
                notes.push("its empty \"repository\" was left out".to_owned());
            }
            ("packages" | "remotes" | "icons", Value::Array(items)) if items.is_empty() => {}
            ("packages", Value::Array(items)) => {
                let items = items.iter().map(|item| package(item, &mut notes));
                out.insert(key.clone(), items.collect());
            }
            ("remotes", Value::Array(items)) => {
                let items = items.iter().map(|item| remote(item, &mut notes));
                out.insert(key.clone(), items.collect());
            }
            ("_meta", value) => {
                out.insert(key.clone(), value.clone());
            }
            (beside, _) if BESIDE.contains(&beside) => {}
            ("website_url", value) => drop(out.insert("websiteUrl".to_owned(), value.clone())),
            ("repository", Value::Object(of)) => {
                let mut of = of.clone();
                // The record of the database has its number in it.
                of.remove("id").filter(|id| !id.is_string()).into_iter().for_each(drop);
                out.insert(key.clone(), Value::Object(of));
            }
            _ => drop(out.insert(key.clone(), value.clone())),
        }
    }
    version(document, &mut out, &mut notes);
    let old = text(document, "$schema").unwrap_or_default();
    let renamed = notes.iter().any(|note| note.starts_with("\"") && note.contains(" is now "));
    if old.is_empty() || renamed {
        out.insert("$schema".to_owned(), json!(CURRENT_SCHEMA));
        if old.is_empty() {
            notes.push("it has no \"$schema\"; the current one was added".to_owned());
        } else {
            notes.push("its \"$schema\" is now the current one".to_owned());
        }
    }
    notes.sort();
    notes.dedup();
    (Value::Object(out), notes)
}

/// Finds the version where older forms have it.
fn version(document: &Value, out: &mut Object, notes: &mut Vec<String>) {
    let detail = document.get("version_detail");
    if let Some(version) = detail.and_then(|detail| text(detail, "version")) {
        out.entry("version").or_insert(json!(version));
        notes.push("\"version_detail\" is now \"version\"".to_owned());
    }
    match out.get("version") {
        Some(Value::String(word)) if word == "latest" => {
            notes.push("its version was the word \"latest\"; 1.0.0 was written".to_owned());
            out.insert("version".to_owned(), json!("1.0.0"));
        }
        Some(Value::Number(number)) => {
            notes.push("its version was a number and is text now".to_owned());
            let number = number.to_string();
            out.insert("version".to_owned(), json!(number));
        }
        Some(_) => {}
        // The one remote or package that runs is what the version is about.
        None => {
            let packages = out.get("packages").and_then(Value::as_array);
            let of_package = packages.and_then(|packages| {
                let versions: Vec<_> = packages.iter().filter_map(|p| text(p, "version")).collect();
                let first = versions.first()?.clone();
                versions.iter().all(|version| *version == first).then_some(first)
            });
            if let Some(version) = of_package {
                notes.push(format!("it has no version; that of its package, {version}, was taken"));
                out.insert("version".to_owned(), json!(version));
            } else if packages.is_none() && out.contains_key("remotes") {
                notes.push("it has no version; 1.0.0 was written".to_owned());
                out.insert("version".to_owned(), json!("1.0.0"));
            }
        }
    }
}

fn package(package: &Value, notes: &mut Vec<String>) -> Value {
    let mut new = renamed(package, 0, notes);
    let Value::Object(members) = &mut new else { return new };
    if !members.contains_key("identifier")
        && let Some(name) = members.remove("name")
    {
        notes.push("\"name\" of a package is now \"identifier\"".to_owned());
        members.insert("identifier".to_owned(), name);
    }
    if members.get("registryType").and_then(Value::as_str) == Some("docker") {
        notes.push("the package type \"docker\" is now \"oci\"".to_owned());
        members.insert("registryType".to_owned(), json!("oci"));
    }
    if !members.contains_key("transport") {
        notes.push("a package has no transport; stdio was written".to_owned());
        members.insert("transport".to_owned(), json!({"type": "stdio"}));
    } else if let Some(Value::String(kind)) = members.get("transport") {
        let kind = json!({"type": kind});
        members.insert("transport".to_owned(), kind);
        notes.push("a transport was text and is an object now".to_owned());
    }
    if let Some(transport) = members.get_mut("transport") {
        *transport = remote(transport, notes);
    }
    new
}

fn remote(remote: &Value, notes: &mut Vec<String>) -> Value {
    let mut new = renamed(remote, 0, notes);
    let Value::Object(members) = &mut new else { return new };
    let kind = first(&Value::Object(members.clone()), &["type"]).unwrap_or_default();
    let right = match kind.as_str() {
        "http" | "streamable" | "streamable_http" | "streamableHttp" | "streamableHTTP" => {
            "streamable-http"
        }
        _ => return headers(new, notes),
    };
    notes.push(format!("the transport {kind:?} is now {right:?}"));
    members.insert("type".to_owned(), json!(right));
    headers(new, notes)
}

/// Writes headers that are an object as a list.
fn headers(mut remote: Value, notes: &mut Vec<String>) -> Value {
    let Some(Value::Object(members)) = remote.get("headers") else { return remote };
    let header = |(name, value): (&String, &Value)| match value {
        Value::Object(of) => {
            let mut of = of.clone();
            of.insert("name".to_owned(), json!(name));
            Value::Object(of)
        }
        _ => json!({"name": name, "value": super::value::plain(value).unwrap_or_default()}),
    };
    let list: Vec<Value> = members.iter().map(header).collect();
    notes.push("its headers were an object and are a list now".to_owned());
    remote["headers"] = json!(list);
    remote
}

/// Gives every member below a value the name that it has today.
fn renamed(value: &Value, depth: usize, notes: &mut Vec<String>) -> Value {
    match value {
        Value::Object(members) if depth < MAX_DEPTH => {
            let mut out = Map::new();
            for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                // What is inside these is named by the author.
                let free = matches!(key.as_str(), "variables");
                let now = RENAMED.iter().find(|(old, _)| old == key).map(|(_, now)| *now);
                let now = now.filter(|now| !members.contains_key(*now));
                let value = match free {
                    true => inner(value, depth, notes),
                    false => renamed(value, depth + 1, notes),
                };
                match now {
                    None => drop(out.insert(key.clone(), value)),
                    Some(now) => {
                        notes.push(format!("\"{key}\" is now \"{now}\""));
                        out.insert(now.to_owned(), value);
                    }
                }
            }
            Value::Object(out)
        }
        Value::Array(items) if depth < MAX_DEPTH => {
            items.iter().map(|item| renamed(item, depth + 1, notes)).collect()
        }
        _ => value.clone(),
    }
}

/// Renames members inside the members of a map whose keys are free.
fn inner(map: &Value, depth: usize, notes: &mut Vec<String>) -> Value {
    let Value::Object(members) = map else { return map.clone() };
    let members =
        members.iter().map(|(key, value)| (key.clone(), renamed(value, depth + 2, notes)));
    Value::Object(members.collect())
}
