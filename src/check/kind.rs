//! Recognises JSON files that are another kind of document than a `server.json`.
//!
//! People check what they have: the answer of a registry, a server card, the settings of their client. The
//! rules about members would report each of its members; one finding says what the file is and what to do
//! with it. Every kind has a member that no `server.json` may have, so the verdict stays the same.

use serde_json::{Map, Value, json};

use super::look::text;
use super::schema::CURRENT;
use super::words::quote;
use crate::data::read_json;
use crate::diag::{Code, Finding, Pointer, SourceFile};
use crate::text::is_invisible;

type Object = Map<String, Value>;

/// Returns the finding for a document of another kind; `None` when it may be a `server.json`.
pub(super) fn check(document: &Value) -> Option<Finding> {
    let (what, help) = match document {
        Value::Array(items) if items.iter().any(is_record) => list(items),
        Value::Object(members) => answer(document, members)
            .or_else(|| card(document))
            .or_else(|| client_settings(document, members))
            .or_else(|| manifest(document, members))?,
        _ => return None,
    };
    Some(Finding::new(Code::DocumentKind, "", format!("this file is {what}")).help(help))
}

/// What a file is, with its article, and what to do with it.
type Kind = (String, String);

fn list(items: &[Value]) -> Kind {
    let help = if items.iter().any(|item| item.get("_meta").is_some()) {
        "run `mcp-static import FILE` to import every server of it, or save one server as a file"
    } else {
        "save each server as a file and run `mcp-static add` on it; `mcp-static import` reads lists that have the dates in \"_meta\""
    };
    ("a list of servers, not one server.json".to_owned(), help.to_owned())
}

/// Whether a value is a server or an API answer that contains one.
fn is_record(value: &Value) -> bool {
    let is_server = |value: &Value| value.get("name").is_some() && value.get("version").is_some();
    is_server(value) || value.get("server").is_some_and(is_server)
}

/// What a registry's API returns: one server, a list, or an error.
fn answer(document: &Value, members: &Object) -> Option<Kind> {
    if members.contains_key("name") {
        return None;
    }
    if is_record(document) {
        let what = "the answer of a registry's API, which has the server.json inside \"server\"";
        let help = "run `mcp-static add FILE`, which adds what is inside \"server\"";
        return Some((what.to_owned(), help.to_owned()));
    }
    // Hand-made lists have other names for it.
    let mut lists =
        ["servers", "data", "items"].iter().filter_map(|key| members.get(*key)?.as_array());
    if let Some(servers) = lists.find(|all| all.is_empty() || all.iter().any(is_record)) {
        return Some(list(servers));
    }
    // RFC 9457 and the registry's own short form.
    let reason = match members.get("status") {
        Some(Value::Number(_)) => ["detail", "title"].map(|key| text(document, key)),
        _ => [text(document, "error"), ""],
    };
    let reason = reason.into_iter().find(|reason| !reason.is_empty())?;
    let help = "check the address that it was downloaded from, and download it again";
    Some((format!("an error that an API returned: {}", quote(reason)), help.to_owned()))
}

/// A server card: what a server publishes about itself, in the form of SEP-2127 or of its draft SEP-1649.
fn card(document: &Value) -> Option<Kind> {
    let schema = text(document, "$schema");
    let is_final = schema.contains("server-card");
    if !is_final && !document.get("serverInfo").is_some_and(Value::is_object) {
        return None;
    }
    let has_remotes = document.get("remotes").is_some_and(Value::is_array);
    let help = if is_final && has_remotes {
        format!(
            "write \"$schema\": \"{CURRENT}\", keep name, version, description and remotes, and check again"
        )
    } else {
        "write a server.json whose \"remotes\" name the URL of the server that the card describes"
            .to_owned()
    };
    Some(("a server card, not a server.json".to_owned(), help))
}

/// Where clients keep their servers: Claude, Cursor, Windsurf and others; VS Code's own file and its
/// user settings; Zed.
const SETTINGS: [&[&str]; 4] =
    [&["mcpServers"], &["servers"], &["mcp", "servers"], &["context_servers"]];

/// The settings of a client, which tell one user's computer how to run servers.
fn client_settings(document: &Value, members: &Object) -> Option<Kind> {
    if members.contains_key("name") {
        return None;
    }
    let below = |keys: &&[&str]| keys.iter().try_fold(document, |value, key| value.get(key));
    let servers = SETTINGS.iter().find_map(below).and_then(Value::as_object);
    let runs = |value: &Value| !text(value, "command").is_empty();
    let first = match servers {
        Some(servers) => servers.values().next(),
        None if runs(document) => Some(document),
        None => Some(members.values().find(|value| runs(value))?),
    };
    let instead =
        first.and_then(instead).map(|(member, value)| format!("has \"{member}\": [{value}]"));
    let instead = instead.filter(|text| text.len() <= 300 && !text.contains(is_invisible));
    let instead = instead.as_deref().unwrap_or("names its package or its URL");
    let what = "the settings of a client, not a server.json";
    Some((what.to_owned(), format!("write a server.json that {instead}")))
}

/// Returns the member of a `server.json` that describes what a client's setting runs.
fn instead(setting: &Value) -> Option<(&'static str, Value)> {
    let address = ["url", "serverUrl", "httpUrl"].map(|key| text(setting, key));
    if let Some(address) = address.into_iter().find(|address| address.starts_with("http")) {
        // What a user has in front of the host and behind the path is often a secret.
        let address = address.split(['?', '#']).next().filter(|address| !address.contains('@'))?;
        let kind = if text(setting, "type") == "sse" { "sse" } else { "streamable-http" };
        return Some(("remotes", json!({"type": kind, "url": address})));
    }
    let kind = match text(setting, "command") {
        "npx" | "bunx" => "npm",
        "uvx" => "pypi",
        "dnx" => "nuget",
        _ => return None,
    };
    let mut arguments = setting.get("args")?.as_array()?.iter().filter_map(Value::as_str);
    let package = arguments.find(|argument| !argument.starts_with('-'))?;
    if package.contains("://") {
        return None;
    }
    // The first at sign of a scoped name is part of it.
    let at = package.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    let (identifier, version) = at.map_or((package, ""), |at| (&package[..at], &package[at + 1..]));
    let version = match version.trim_start_matches('=') {
        "" | "latest" => "1.0.0",
        version => version,
    };
    let transport = json!({"type": "stdio"});
    let package = json!({"registryType": kind, "identifier": identifier, "version": version, "transport": transport});
    Some(("packages", package))
}

/// The manifest of a package that a server is shipped in.
fn manifest(document: &Value, members: &Object) -> Option<Kind> {
    let has = |key: &&str| members.contains_key(*key);
    if ["manifest_version", "dxt_version"].iter().any(has) {
        let help = "attach the bundle to a release, and write a server.json with a package of \"registryType\": \"mcpb\"";
        return Some((
            "the manifest of an MCP bundle, not a server.json".to_owned(),
            help.to_owned(),
        ));
    }
    let npm = ["dependencies", "devDependencies", "scripts", "mcpName"];
    if npm.iter().any(has) && !["packages", "remotes"].iter().any(has) {
        let name = Some(text(document, "name")).filter(|name| !name.is_empty());
        let identifier = quote(name.unwrap_or("your-package"));
        let help = format!(
            "write a server.json with a package of \"registryType\": \"npm\" and \"identifier\": {identifier}"
        );
        return Some(("the package.json of an npm package, not a server.json".to_owned(), help));
    }
    None
}

/// The document inside the answer of a registry's API.
#[derive(Debug)]
pub struct Answered {
    /// The answer with everything outside the document blanked out, so that each place has the same line
    /// and column in it as in the answer.
    pub in_place: Vec<u8>,
    /// The document alone, with the indentation that it has by itself.
    pub alone: Vec<u8>,
}

/// Takes the document out of the answer of a registry's API; `None` when `bytes` are something else.
pub fn answered(bytes: &[u8]) -> Option<Answered> {
    let read = read_json("", bytes.to_vec()).ok()?;
    let members = read.value.as_object()?;
    if members.contains_key("name") || !members.contains_key("server") || !is_record(&read.value) {
        return None;
    }
    let span = SourceFile::new("", &read.text).span(&Pointer::root().key("server"), false)?;
    let (before, document) = (&read.text[..span.start], &read.text[span.start..span.end]);
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    let in_place = before.chars().map(blank).collect::<String>() + document;
    let last = document.rsplit('\n').next().unwrap_or_default();
    let indent = &last[..last.len() - last.trim_start().len()];
    let lines = document.split('\n').enumerate();
    let lines = lines.map(|(i, line)| match i {
        0 => line,
        _ => line.strip_prefix(indent).unwrap_or(line),
    });
    let alone = lines.collect::<Vec<_>>().join("\n") + "\n";
    Some(Answered { in_place: in_place.into_bytes(), alone: alone.into_bytes() })
}
