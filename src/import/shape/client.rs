//! The settings of clients: `mcp.json` of VS Code, Claude, Cursor, Windsurf and others.
//!
//! They tell one user's computer how to run a server, and say nothing about the server. So what comes out are
//! drafts: somebody has to write what the server is for. Values of variables and headers are never taken, because
//! many of them are secrets.

use serde_json::{Value, json};

use crate::diag::{Place, Pointer};

use super::command;
use super::private::{inputs, url_of, variable};
use super::value::{Object, first, list, members, plain, set, set_list, text};
use super::{Draft, Shaped, Source};

/// The member that nothing but settings has.
const OWN: &str = "mcpServers";

/// Where clients keep their servers.
const SETTINGS: [&[&str]; 5] =
    [&[OWN], &["servers"], &["mcp", "servers"], &["context_servers"], &["mcp"]];

const URLS: [&str; 4] = ["url", "serverUrl", "httpUrl", "endpoint"];

/// The servers of settings: where each is, its name, and its setting.
type Settings<'a> = Vec<(Pointer, String, &'a Value)>;

fn find(value: &Value) -> Option<Settings<'_>> {
    let at = |path: &&[&str]| path.iter().try_fold(value, |value, key| value.get(*key));
    SETTINGS.iter().find_map(|path| {
        let root = path.iter().fold(Pointer::root(), |pointer, key| pointer.key(key));
        let servers: Settings<'_> = match at(path)? {
            Value::Object(all) => {
                all.iter().map(|(key, it)| (root.key(key), key.clone(), it)).collect()
            }
            // A list, as one client has it, says the names inside.
            Value::Array(all) if path[0] == OWN => {
                let name = |it| text(it, "name").unwrap_or_default();
                all.iter().enumerate().map(|(n, it)| (root.index(n), name(it), it)).collect()
            }
            _ => return None,
        };
        servers.iter().any(|(_, _, it)| is_setting(it)).then_some(servers)
    })
}

/// Whether a value tells how a server is run, as the settings of a client do.
pub(super) fn is_setting(value: &Value) -> bool {
    let is_document = ["packages", "remotes"].iter().any(|key| value.get(key).is_some());
    let runs = value.get("command").is_some() || first(value, &URLS).is_some();
    value.is_object() && runs && !is_document
}

/// Whether a document is the settings of a client. Those of an extension have a name too.
pub(super) fn is(value: &Value) -> bool {
    (value.get(OWN).is_some() || text(value, "name").is_none()) && find(value).is_some()
}

/// Makes a draft of every server in the settings.
pub(super) fn read(source: &Source<'_>, shaped: &mut Shaped) {
    let Some(servers) = find(source.value) else { return };
    let secret_inputs: Vec<String> = (list(source.value, "inputs").iter())
        .filter(|input| input.get("password") == Some(&Value::Bool(true)))
        .filter_map(|input| text(input, "id"))
        .collect();
    for (at, name, setting) in servers {
        let place = source.place(&at);
        if !is_setting(setting) || name.is_empty() {
            let (why, help) = match name.is_empty() {
                true => ("it has no name", "write its \"name\""),
                false => {
                    ("it has neither a command nor a URL", "write its \"command\" or its \"url\"")
                }
            };
            shaped.refuse(place, &name, why, help);
            continue;
        }
        shaped.draft(draft(place, &name, setting, &secret_inputs));
    }
}

/// Makes the draft of one setting.
pub(super) fn draft(place: Place, name: &str, setting: &Value, secrets: &[String]) -> Draft {
    let mut draft = Draft::new(place, name, json!({"name": name}));
    fill(setting, &mut draft, secrets);
    draft
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
        set(&mut document, "version", run.version.or_else(|| text(setting, "version")));
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
    let (url, names) = url_of(url, notes);
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
