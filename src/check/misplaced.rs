//! Tells what to do about a property that its object does not have.
//!
//! Most of them are a known property under an old or a foreign name, or one in the wrong object.

use super::shape::{SERVER, Shape};
use super::words::quote;
use crate::diag::nearest;
use crate::model::PUBLISHER_KEY;

/// Names the property that was meant: the camelCase form of an old key, what replaced it, the object that
/// has it, or the nearest one.
pub(super) fn unknown_help(key: &str, shape: &Shape) -> String {
    let camel = camel_case(key);
    if shape.has(&camel) {
        return format!("rename it to {}", quote(&camel));
    }
    if let Some(help) = foreign(shape, &camel) {
        return help.to_owned();
    }
    if let Some(place) = home(shape, &camel) {
        let name = if camel == key { String::new() } else { format!(" as {}", quote(&camel)) };
        return format!("move it into {place}{name}");
    }
    match nearest(key, shape.fields.iter().map(|field| field.name)) {
        Some(name) => format!("write {} instead, or remove it", quote(name)),
        None if shape.name == "_meta" => format!("move it into {}", quote(PUBLISHER_KEY)),
        None => "remove it, or move it into the publisher-provided part of _meta".to_owned(),
    }
}

/// Returns what to do about a key that other formats have: old schemas, a client's settings, package.json.
fn foreign(shape: &Shape, key: &str) -> Option<&'static str> {
    Some(match (shape.name, key) {
        ("a server", "status") => "remove it and write status.json beside server.json",
        ("a server", "versionDetail") => "write \"version\" directly in the document",
        ("_meta", "io.modelcontextprotocol.registry/official") => {
            "remove it; the registry writes it"
        }
        ("a server", "homepage" | "homepageUrl") => "rename it to \"websiteUrl\"",
        ("a server", "url" | "endpoint") => {
            "move it into remotes[], as {\"type\": \"streamable-http\", \"url\": …}"
        }
        ("a server", "displayName") => "rename it to \"title\"",
        ("a server", "icon" | "iconUrl" | "logo") => "write \"icons\": [{\"src\": …}]",
        ("a server", "env") => "move it into packages[] as \"environmentVariables\"",
        ("a server", "args") => "move it into packages[] as \"packageArguments\"",
        ("a package", "env") => "rename it to \"environmentVariables\"",
        ("a package", "args") => "rename it to \"packageArguments\"",
        ("a package", "command") => "rename it to \"runtimeHint\"",
        ("a package", "name" | "package") => "rename it to \"identifier\"",
        ("a package", "type" | "registry" | "registryName") => "rename it to \"registryType\"",
        ("a package", "url" | "headers") => "move it into \"transport\" of this package",
        ("a package", "sha256" | "hash" | "checksum") => "rename it to \"fileSha256\"",
        ("a transport", "transport" | "transportType") => "rename it to \"type\"",
        ("a header or environment variable" | "a variable", "type") => "rename it to \"format\"",
        ("a header or environment variable" | "a variable" | "an argument", "enum" | "options") => {
            "rename it to \"choices\""
        }
        ("a variable", "name") => "remove it: the key is the name of the variable",
        (
            "a header or environment variable" | "a variable" | "an argument",
            "required" | "optional",
        ) => "write \"isRequired\": true or false instead",
        _ => return None,
    })
}

/// Returns the place in the document of the only object that has a property.
fn home(shape: &Shape, key: &str) -> Option<&'static str> {
    if shape.name == SERVER.name {
        return Some(match key {
            "registryType"
            | "registryBaseUrl"
            | "identifier"
            | "fileSha256"
            | "runtimeHint"
            | "transport"
            | "runtimeArguments"
            | "packageArguments"
            | "environmentVariables" => "packages[]",
            "headers" | "variables" => "remotes[]",
            "source" | "subfolder" => "\"repository\"",
            "src" | "mimeType" | "sizes" | "theme" => "icons[]",
            _ => return None,
        });
    }
    if shape.is_input() || shape.name == "_meta" {
        return None;
    }
    match key {
        "websiteUrl" | "icons" | "packages" | "remotes" | "repository" | "_meta" => {
            Some("the document itself")
        }
        "environmentVariables" | "runtimeArguments" | "packageArguments" | "runtimeHint" => {
            Some("packages[]")
        }
        _ => None,
    }
}

/// Returns the spelling that every key has had since the second schema version.
fn camel_case(key: &str) -> String {
    let mut camel = String::with_capacity(key.len());
    let mut upper = false;
    for c in key.chars() {
        let is_gap = c == '_' && !camel.is_empty();
        if !is_gap {
            camel.push(if upper { c.to_ascii_uppercase() } else { c });
        }
        upper = is_gap;
    }
    camel
}
