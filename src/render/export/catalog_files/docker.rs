//! The Docker MCP Catalog: the same servers as YAML and as JSON, by Docker's own rules of conversion.
//!
//! A server with remotes is of the type `remote` and has its first remote; else the first container image that
//! talks over stdio makes it a `server`. Each entry of the YAML file is a line of JSON, which YAML includes.

use serde_json::{Map, Value, json};

use super::super::super::Facts;
use super::super::super::install::quote::json;
use super::slots::Asked;
use super::{Element, Shown, sanitized, yaml};
use crate::model::{ArgumentKind, OciReference, Package, PackageType, Transport};

/// The category of a server whose publisher names none.
const CATEGORY: &str = "uncategorized";

/// What the catalog is called.
fn name(facts: &Facts) -> String {
    let host = facts.base_url.as_ref().map_or(facts.name.as_str(), |url| url.host());
    sanitized(host).to_ascii_lowercase()
}

pub(super) fn yaml_start(facts: &Facts) -> String {
    let (name, label) = (json(&name(facts)), json(&facts.name));
    format!("version: 3\nname: {name}\ndisplayName: {label}\nregistry:\n")
}

pub(super) fn json_start(facts: &Facts) -> String {
    let (name, label) = (json(&name(facts)), json(&facts.name));
    format!("{{\"version\":3,\"name\":{name},\"displayName\":{label},\"registry\":{{\n")
}

pub(super) fn yaml_element(shown: &Shown<'_>, facts: &Facts) -> Result<Element, String> {
    let (key, entry) = entry(shown, facts)?;
    Ok(Element { text: format!("  {}: {}\n", json(&key), yaml(&entry)), key })
}

pub(super) fn json_element(shown: &Shown<'_>, facts: &Facts) -> Result<Element, String> {
    let (key, entry) = entry(shown, facts)?;
    Ok(Element { text: format!("{}:{entry}", json(&key)), key })
}

/// Makes the entry of a server, with its key.
fn entry(shown: &Shown<'_>, facts: &Facts) -> Result<(String, Value), String> {
    let server = &shown.server;
    let key = sanitized(&server.name);
    let mut asked = Asked::new(&key);
    let image = |package: &&Package| {
        let is_stdio = package.transport.as_ref().is_none_or(|it| it.kind == "stdio");
        PackageType::is_image(&package.registry_type) && is_stdio
    };
    let mut entry = match (server.remotes.first(), server.packages.iter().find(image)) {
        (Some(remote), _) => self::remote(remote, &mut asked),
        (None, Some(package)) => container(package, &mut asked),
        (None, None) => {
            return Err(
                "it has neither a remote nor a container image that talks over stdio".to_owned()
            );
        }
    };
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            entry.insert(key.to_owned(), value);
        }
    };
    put("title", Some(shown.label().into()));
    put("description", Some(server.description.as_str().into()));
    put("icon", server.icons.first().map(|icon| icon.src.as_str().into()));
    let (secrets, config) = asked.members(&format!("Settings of {}", shown.label()));
    put("secrets", secrets);
    put("config", config);
    let category = server.publisher.categories.first().map_or(CATEGORY, String::as_str);
    let mut about = json!({ "category": category, "tags": shown.tags() });
    about["registryUrl"] = shown.url(facts).into();
    about["license"] = server.publisher.license.clone().into();
    if let Some(about) = about.as_object_mut() {
        about.retain(|_, value| !value.is_null());
    }
    put("metadata", Some(about));
    Ok((key, entry.into()))
}

fn remote(remote: &Transport, asked: &mut Asked<'_>) -> Map<String, Value> {
    let url = asked.replaced(remote.url.as_deref().unwrap_or_default(), &remote.variables);
    let headers: Map<String, Value> = (remote.headers.iter())
        .filter_map(|header| {
            Some((header.name.clone(), asked.value(&header.name, &header.input)?.into()))
        })
        .collect();
    let mut place = json!({ "url": url, "transport_type": remote.kind });
    if !headers.is_empty() {
        place["headers"] = headers.into();
    }
    Map::from_iter([("type".to_owned(), "remote".into()), ("remote".to_owned(), place)])
}

fn container(package: &Package, asked: &mut Asked<'_>) -> Map<String, Value> {
    let mut entry = Map::from_iter([
        ("type".to_owned(), "server".into()),
        ("image".to_owned(), image(package).into()),
    ]);
    let mut env = Vec::new();
    for variable in &package.environment_variables {
        // Docker passes a secret to the container under its own name.
        match asked.value(&variable.name, &variable.input) {
            Some(_) if variable.input.is_secret => {}
            Some(value) => env.push(json!({ "name": variable.name, "value": value })),
            None => {}
        }
    }
    let mut command: Vec<Value> = Vec::new();
    for argument in &package.package_arguments {
        let label = argument.label().unwrap_or("argument").trim_start_matches('-').to_owned();
        let Some(value) = asked.value(&label, &argument.input) else {
            // A flag without a value.
            if let (ArgumentKind::Named { name }, true) =
                (&argument.kind, argument.input.is_required)
            {
                command.push(name.as_str().into());
            }
            continue;
        };
        command.push(match &argument.kind {
            ArgumentKind::Named { name } => format!("{name}={value}").into(),
            ArgumentKind::Positional { .. } => value.into(),
        });
    }
    let mut volumes: Vec<Value> = Vec::new();
    for (option, value) in options(package, asked) {
        match option.as_str() {
            "-u" | "--user" => {
                entry.insert("user".to_owned(), value.into());
            }
            "-v" | "--volume" => volumes.push(value.into()),
            "--mount" => volumes.extend(mount(&value).map(Value::from)),
            "-e" | "--env" => {
                if let Some((name, value)) = value.split_once('=') {
                    env.push(json!({ "name": name, "value": value }));
                }
            }
            _ => {}
        }
    }
    for (key, list) in [("env", env), ("command", command), ("volumes", volumes)] {
        if !list.is_empty() {
            entry.insert(key.to_owned(), list.into());
        }
    }
    entry
}

/// Returns the image with its tag or digest; older documents have that in `version`.
fn image(package: &Package) -> String {
    let reference = OciReference::split(&package.identifier);
    let is_named = reference.tag.is_some() || reference.digest.is_some();
    match package.version.as_deref().filter(|version| !is_named && !version.is_empty()) {
        Some(digest) if digest.starts_with("sha256:") => format!("{}@{digest}", package.identifier),
        Some(tag) => format!("{}:{tag}", package.identifier),
        None => package.identifier.clone(),
    }
}

/// Returns the options of `docker run` with their values, written in one word, in two, or as one argument.
fn options(package: &Package, asked: &mut Asked<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for argument in &package.runtime_arguments {
        let label = argument.label().unwrap_or("argument").trim_start_matches('-').to_owned();
        let value = asked.value(&label, &argument.input);
        match (&argument.kind, value, open.take()) {
            (ArgumentKind::Named { name }, Some(value), _) => found.push((name.clone(), value)),
            (ArgumentKind::Named { name }, None, _) => match name.split_once('=') {
                Some((option, value)) => found.push((option.to_owned(), value.to_owned())),
                None => open = Some(name.clone()),
            },
            (ArgumentKind::Positional { .. }, Some(value), Some(option)) => {
                found.push((option, value))
            }
            (ArgumentKind::Positional { .. }, Some(value), None) => match value.split_once('=') {
                Some((option, value)) if option.starts_with('-') => {
                    found.push((option.to_owned(), value.to_owned()));
                }
                _ => open = Some(value),
            },
            (ArgumentKind::Positional { .. }, None, _) => {}
        }
    }
    found
}

/// Turns `type=bind,src=A,dst=B` into `A:B`.
fn mount(value: &str) -> Option<String> {
    let find = |keys: &[&str]| {
        value.split(',').find_map(|part| {
            let (key, value) = part.split_once('=')?;
            keys.contains(&key).then_some(value)
        })
    };
    let (from, to) = (find(&["src", "source"])?, find(&["dst", "target", "destination"])?);
    let read_only = value.split(',').any(|part| matches!(part, "readonly" | "ro"));
    Some(format!("{from}:{to}{}", if read_only { ":ro" } else { "" }))
}
