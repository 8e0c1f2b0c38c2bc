//! Copilot for Xcode (code): strict decoding: one invalid member makes the whole list fail.

use serde_json::Value;

use super::flaw::{Flaw, OFFICIAL, filled, type_of};
use crate::model::probe::Trouble;

/// Transports that packages may have.
const TRANSPORTS: [&str; 3] = ["stdio", "streamable-http", "sse"];

/// Types that icons may have, as media types.
const ICONS: [&str; 5] = ["image/png", "image/jpeg", "image/jpg", "image/svg+xml", "image/webp"];

/// Formats that inputs may have.
const FORMATS: [&str; 4] = ["string", "number", "boolean", "filepath"];

/// Returns what Xcode rejects in the entry at `at`.
pub(super) fn entry(entry: &Value, at: &str) -> Option<Flaw> {
    let server = entry.get("server")?;
    let wrong = |why: String| Some(Flaw::fails(Trouble::WrongType, format!("{at} {why}")));
    for key in ["name", "description", "version"] {
        if server.get(key).and_then(Value::as_str).is_none() {
            return wrong(format!("server.{key} is not a string"));
        }
    }
    if let Some(meta) = entry.get("_meta").filter(|meta| !meta.is_null()) {
        let Some(official) = meta.get(OFFICIAL) else {
            return Some(Flaw::fails(Trouble::NoMeta, format!("{at}/_meta has no official block")));
        };
        let status = official.get("status");
        if let Some(flaw) = word(status, &["active", "deprecated", "deleted"], at, "status") {
            return Some(flaw);
        }
    }
    if let Some(repository) = server.get("repository").and_then(Value::as_object) {
        let whole =
            ["url", "source"].iter().all(|key| repository.get(*key).is_some_and(Value::is_string));
        if !repository.is_empty() && !whole {
            return wrong("server.repository has no url or source".to_owned());
        }
    }
    each(server, "packages")
        .find_map(|package| package_flaw(package, at))
        .or_else(|| {
            each(server, "remotes").find_map(|remote| {
                word(remote.get("type"), &TRANSPORTS[1..], at, "type of a remote")
                    .or_else(|| each(remote, "headers").find_map(|header| input(header, at)))
            })
        })
        .or_else(|| {
            each(server, "icons").find_map(|icon| {
                word(icon.get("mimeType"), &ICONS, at, "mimeType of an icon")
                    .or_else(|| word(icon.get("theme"), &["light", "dark"], at, "theme of an icon"))
            })
        })
}

fn package_flaw(package: &Value, at: &str) -> Option<Flaw> {
    let Some(kind) = package.get("transport").and_then(|transport| filled(transport, "type"))
    else {
        return Some(Flaw::fails(Trouble::WrongType, format!("{at} a package has no transport")));
    };
    if !TRANSPORTS.contains(&kind) {
        let detail = format!("{at} the transport of a package is {kind:?}");
        return Some(Flaw::fails(Trouble::StrictEnum, detail));
    }
    ["environmentVariables", "packageArguments", "runtimeArguments"]
        .iter()
        .find_map(|key| each(package, key).find_map(|value| input(value, at)))
}

/// Returns what is wrong with a variable, an argument or a header.
fn input(value: &Value, at: &str) -> Option<Flaw> {
    let default = value.get("default").filter(|d| !d.is_null() && !d.is_string());
    if let Some(default) = default {
        let detail = format!("{at} the default of an input is {}", type_of(default));
        return Some(Flaw::fails(Trouble::WrongType, detail));
    }
    word(value.get("format"), &FORMATS, at, "format of an input")
}

/// Returns a flaw unless the value is absent or one of `words`.
fn word(value: Option<&Value>, words: &[&str], at: &str, what: &str) -> Option<Flaw> {
    let value = value.filter(|value| !value.is_null())?;
    let known = value.as_str().is_some_and(|text| words.contains(&text));
    (!known).then(|| Flaw::fails(Trouble::StrictEnum, format!("{at} the {what} is {value}")))
}

/// Returns the elements of an array member.
fn each<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}
