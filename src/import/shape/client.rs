//! The settings of clients: `mcp.json` of VS Code, Claude, Cursor, Windsurf and others.
//!
//! They tell one user's computer how to run a server, and say nothing about the server. So what comes out are
//! drafts: somebody has to write what the server is for. Values of variables and headers are never taken, because
//! many of them are secrets.

use serde_json::{Value, json};

use crate::diag::Pointer;

use super::command::{self, inputs, is_secret, variable, variables};
use super::value::{Object, first, list, members, plain, set, set_list, text};
use super::{Draft, Shaped, Source};

/// Where clients keep their servers.
const SETTINGS: [&[&str]; 5] =
    [&["mcpServers"], &["servers"], &["mcp", "servers"], &["context_servers"], &["mcp"]];

const URLS: [&str; 4] = ["url", "serverUrl", "httpUrl", "endpoint"];

fn find(value: &Value) -> Option<(&'static [&'static str], &Object)> {
    let below = |path: &&'static [&'static str]| {
        let servers = path.iter().try_fold(value, |value, key| value.get(*key))?.as_object()?;
        servers.values().any(is_setting).then_some((*path, servers))
    };
    SETTINGS.iter().find_map(below)
}

fn is_setting(value: &Value) -> bool {
    value.is_object() && (value.get("command").is_some() || first(value, &URLS).is_some())
}

/// Whether a document is the settings of a client.
pub(super) fn is(value: &Value) -> bool {
    text(value, "name").is_none() && find(value).is_some()
}

/// Makes a draft of every server in the settings.
pub(super) fn read(source: &Source<'_>, shaped: &mut Shaped) {
    let Some((path, servers)) = find(source.value) else { return };
    let root = path.iter().fold(Pointer::root(), |pointer, key| pointer.key(key));
    let secret_inputs: Vec<String> = (list(source.value, "inputs").iter())
        .filter(|input| input.get("password") == Some(&Value::Bool(true)))
        .filter_map(|input| text(input, "id"))
        .collect();
    for (key, setting) in servers {
        let place = source.place(&root.key(key));
        if !is_setting(setting) {
            let help = "write its \"command\" or its \"url\"";
            shaped.refuse(place, key, "it has neither a command nor a URL", help);
            continue;
        }
        let mut draft = Draft::new(place, key, json!({"name": key}));
        fill(setting, &mut draft, &secret_inputs);
        shaped.draft(draft);
    }
}

fn fill(setting: &Value, draft: &mut Draft, secrets: &[String]) {
    let mut document = Object::new();
    document.insert("name".to_owned(), json!(draft.label));
    set(
        &mut document,
        "description",
        text(setting, "description").map(|text| super::cut(&text, 100)),
    );
    if let Some(url) = first(setting, &URLS) {
        let remote = remote(setting, &url, secrets, &mut draft.notes);
        document.insert("remotes".to_owned(), json!([remote]));
    } else {
        // One client writes the program and its arguments as one list.
        let mut words: Vec<String> = match setting.get("command") {
            Some(Value::Array(words)) => words.iter().filter_map(plain).collect(),
            Some(command) => plain(command).into_iter().collect(),
            None => Vec::new(),
        };
        words.extend(list(setting, "args").iter().filter_map(plain));
        let program = if words.is_empty() { String::new() } else { words.remove(0) };
        let mut run = command::read(&program, &words);
        draft.notes.append(&mut run.notes);
        set(&mut document, "version", run.version);
        if let Some(Value::Object(mut package)) = run.package {
            let mut env: Vec<Value> =
                list(&Value::Object(package.clone()), "environmentVariables").to_vec();
            let names = ["env", "environment"].into_iter().flat_map(|key| members(setting, key));
            for (name, value) in names {
                let is_there = env.iter().any(|known| text(known, "name").as_ref() == Some(name));
                if !is_there {
                    env.push(variable_of(name, value, secrets));
                }
            }
            if !env.is_empty() {
                draft.notes.push("the values of environment variables were not taken".to_owned());
            }
            set_list(&mut package, "environmentVariables", env);
            document.insert("packages".to_owned(), json!([package]));
        }
    }
    draft.document = Value::Object(document);
}

/// Returns a variable without its value; one that an input with a password fills is a secret.
fn variable_of(name: &str, value: &Value, secrets: &[String]) -> Value {
    let mut variable = variable(name);
    let value = plain(value).unwrap_or_default();
    if secrets.iter().any(|id| value.contains(&format!("${{input:{id}}}"))) {
        variable["isSecret"] = json!(true);
    }
    variable
}

fn remote(setting: &Value, url: &str, secrets: &[String], notes: &mut Vec<String>) -> Value {
    let kind = match first(setting, &["type", "transport"]).as_deref() {
        Some("sse") => "sse",
        _ => "streamable-http",
    };
    let (url, names) = without_secrets(url, notes);
    let mut remote = Object::new();
    remote.insert("type".to_owned(), json!(kind));
    remote.insert("url".to_owned(), json!(url));
    if !names.is_empty() {
        remote.insert("variables".to_owned(), inputs(&names));
    }
    let headers: Vec<Value> = members(setting, "headers")
        .map(|(name, value)| variable_of(name, value, secrets))
        .collect();
    if !headers.is_empty() {
        notes.push("the values of headers were not taken".to_owned());
    }
    set_list(&mut remote, "headers", headers);
    Value::Object(remote)
}

/// Returns a URL with variables in the place of secrets, and the names of all its variables.
fn without_secrets(url: &str, notes: &mut Vec<String>) -> (String, Vec<(String, bool)>) {
    let (mut url, mut names) = variables(url);
    if let Some((scheme, rest)) = url.split_once("://")
        && let Some((user, _)) = rest.split('/').next().and_then(|host| host.rsplit_once('@'))
    {
        url = format!("{scheme}://{}", &rest[user.len() + 1..]);
        notes.push("the user name in its URL was left out".to_owned());
    }
    let Some((base, query)) = url.split_once('?') else { return (url, names) };
    let pair = |pair: &str| match pair.split_once('=') {
        Some((key, value)) if is_secret(key) && !value.starts_with('{') => {
            let id: String =
                key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            names.push((id.clone(), true));
            format!("{key}={{{id}}}")
        }
        _ => pair.to_owned(),
    };
    let query: Vec<String> = query.split('&').map(pair).collect();
    let whole = format!("{base}?{}", query.join("&"));
    if names.iter().any(|(_, secret)| *secret) {
        notes.push("a secret in its URL was replaced by a variable".to_owned());
    }
    (whole, names)
}
