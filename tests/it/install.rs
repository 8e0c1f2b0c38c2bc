//! Installing: what clients are shown, and that the allowlist allows all of it.
//!
//! `tests/install` holds two documents and what every client makes of them; BLESS=1 accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mcp_static::internals::model::{Registry, Server};
use mcp_static::internals::pipeline::{LoadOptions, Silent, check, load};
use mcp_static::internals::render::export::ServerExports;
use mcp_static::internals::render::export::allowlist::{AllowRow, AllowRows, entries};
use mcp_static::internals::render::install::{
    Clients, Install, InstallContext, LINK_SCHEMES, installs,
};
use serde_json::Value;

mod read;
mod runs;

use read::{decoded, from_yaml, linked, query, takeable, unbase64};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/install")
}

fn fixture(name: &str) -> Server {
    Server::parse(&std::fs::read_to_string(folder().join(name)).unwrap())
}

/// A server with so many variables that no link can hold them.
fn crowded() -> Server {
    let variables: Vec<String> = (0..500)
        .map(|i| format!(r#"{{"name":"VARIABLE_{i}","isRequired":true,"isSecret":true}}"#))
        .collect();
    Server::parse(&format!(
        r#"{{"name":"com.example/crowded","version":"1.0.0","packages":[{{"registryType":"npm",
        "identifier":"crowded","version":"1.0.0","transport":{{"type":"stdio"}},
        "environmentVariables":[{}]}}]}}"#,
        variables.join(",")
    ))
}

fn sample() -> Registry {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("registry-data");
    let options = LoadOptions { data, epoch: Some(1_700_000_000), ..LoadOptions::default() };
    check(&load(&options).unwrap(), &Silent).unwrap().0
}

/// Every version of the sample registry, and the hostile documents.
fn servers() -> Vec<Server> {
    let registry = sample();
    let entries = registry.listings().flat_map(|listing| listing.entries());
    let mut servers: Vec<Server> = entries.map(|entry| Server::parse(&entry.document)).collect();
    assert!(servers.len() > 20);
    servers.extend([fixture("normal.json"), fixture("hostile.json"), crowded()]);
    servers
}

fn shown(server: &Server) -> Vec<Install> {
    let context = InstallContext {
        base_url: Some("https://registry.example.com"),
        clients: Clients::default(),
    };
    installs(server, &context)
}

fn everything(install: &Install) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "## {:?}: {}", install.source, install.method);
    for link in &install.links {
        let _ = writeln!(text, "link [{}] {}", link.label, link.url);
    }
    for (what, command) in [("start", &install.start), ("command", &install.command)] {
        let Some(command) = command else { continue };
        let _ = writeln!(text, "{what} $ {}", command.posix);
        let _ = match &command.powershell {
            Some(line) => writeln!(text, "{what} > {line}"),
            None => writeln!(text, "{what} > (none)"),
        };
    }
    if let Some(snippet) = &install.snippet {
        let _ = write!(text, "{} ({}):\n{}", snippet.path, snippet.language, snippet.text);
    }
    for note in &install.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text.push('\n');
    text
}

#[test]
fn every_client_shows_the_normal_and_the_hostile_document_as_agreed() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut expected: BTreeSet<String> = ["normal.json", "hostile.json"].map(str::to_owned).into();
    let mut wrong = Vec::new();
    for (document, ending) in [("normal.json", "txt"), ("hostile.json", "hostile.txt")] {
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for install in shown(&fixture(document)) {
            texts.entry(install.client).or_default().push_str(&everything(&install));
        }
        for client in Clients::ids() {
            let name = format!("{client}.{ending}");
            let path = folder().join(&name);
            if bless {
                std::fs::write(&path, &texts[client]).unwrap();
            }
            let agreed = std::fs::read_to_string(&path).unwrap_or_default();
            if agreed != texts[client] {
                wrong.push(format!("{name}:\n{}", texts[client]));
            }
            expected.insert(name);
        }
    }
    let found = std::fs::read_dir(folder()).unwrap();
    let found: BTreeSet<String> =
        found.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, expected, "each client has two fixtures, and there are no others");
    assert!(wrong.is_empty(), "run with BLESS=1 to accept:\n{}", wrong.join("\n"));
}

#[test]
fn the_first_row_of_tabs_is_configurable() {
    let server = fixture("normal.json");
    let clients = Clients::new(["goose", "emacs", "cursor", "goose"]);
    let context = InstallContext { base_url: None, clients };
    let mut order: Vec<(&str, bool)> =
        installs(&server, &context).iter().map(|i| (i.client, i.is_first)).collect();
    order.dedup();
    assert_eq!(order[..3], [("goose", true), ("cursor", true), ("vscode", false)]);
    assert_eq!(order.len(), Clients::ids().len());
    let texts: String = installs(&server, &context).iter().map(everything).collect();
    assert!(!texts.contains("gallery") && !texts.contains("x-metadata"));
}

#[test]
fn no_secret_of_a_document_is_ever_shown() {
    for server in [fixture("normal.json"), fixture("hostile.json")] {
        for install in shown(&server) {
            let text = everything(&install);
            for encoded in [text.clone(), decoded(&text), all_base64(&install)] {
                assert!(!encoded.contains("hunter2"), "{text}");
            }
        }
    }
}

fn all_base64(install: &Install) -> String {
    let configs = install.links.iter().filter_map(|link| link.url.split_once("config="));
    configs.filter_map(|(_, config)| unbase64(&decoded(config))).collect()
}

#[test]
fn nothing_hostile_survives_in_links_and_lines() {
    for server in servers() {
        for install in shown(&server) {
            for link in &install.links {
                let scheme = link.url.split(':').next().unwrap();
                assert!(LINK_SCHEMES.contains(&scheme), "{}", link.url);
                let sound = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#&=%+".contains(&b);
                assert!(link.url.bytes().all(sound), "{}", link.url);
            }
            for command in [&install.start, &install.command].into_iter().flatten() {
                for line in
                    [Some(&command.posix), command.powershell.as_ref()].into_iter().flatten()
                {
                    assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line}");
                }
            }
            let text = install.snippet.as_ref().map_or("", |snippet| snippet.text.as_str());
            assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'));
        }
    }
}

#[test]
fn a_crowd_of_variables_leaves_out_the_links_and_keeps_the_rest() {
    for install in shown(&crowded()) {
        if install.client == "vscode" {
            assert!(install.links.is_empty());
            assert!(install.notes.iter().any(|note| note.contains("too long")));
        }
        assert!(install.snippet.unwrap().text.contains("VARIABLE_499"));
        assert!(install.notes.iter().all(|note| note.len() < 300));
    }
}

#[test]
fn every_link_decodes_to_the_configuration_shown() {
    let mut checked = BTreeSet::new();
    for server in servers() {
        for install in shown(&server) {
            let snippet = install.snippet.as_ref().map(|snippet| snippet.text.as_str());
            for link in install.links.iter().filter(|link| link.label.contains("Install")) {
                checked.insert((install.client, link.label));
                if install.client == "goose" {
                    assert_goose(&link.url, snippet.unwrap());
                    continue;
                }
                let (name, mut config) = linked(&link.url);
                let mut file: Value = serde_json::from_str(snippet.unwrap()).unwrap();
                if let Some(inputs) = file.get("inputs") {
                    assert_eq!(config["inputs"], *inputs);
                }
                config.as_object_mut().unwrap().remove("inputs");
                let servers = if file.get("servers").is_some() { "servers" } else { "mcpServers" };
                let shown = file[servers][&name].as_object_mut().unwrap();
                // VS Code would look the name up elsewhere if the link had it.
                shown.remove("gallery");
                assert_eq!(config, Value::Object(shown.clone()));
            }
        }
    }
    assert_eq!(checked.len(), 7, "{checked:?}");
}

fn assert_goose(url: &str, snippet: &str) {
    let query = query(url);
    let command: Vec<String> = (query.iter())
        .filter(|(key, _)| matches!(key.as_str(), "cmd" | "arg"))
        .map(|(_, value)| value.clone())
        .collect();
    assert_eq!(vec![command], from_yaml(snippet).0);
}

/// Clients that enforce managed settings, and whose values come from the environment.
const ENFORCING: [&str; 2] = ["claude-code", "copilot-cli"];

#[test]
fn everything_shown_is_allowed_by_the_export() {
    let (mut commands, mut urls) = (0, 0);
    for server in servers() {
        let AllowRows { allowed, left_out, asks, .. } = entries(&server);
        assert!(left_out == 0 || server.name == "com.example.hostile/thing");
        for install in shown(&server) {
            let found = takeable(&install);
            for words in found.0 {
                let asked = words.iter().any(|word| word.contains("YOUR_") || word.contains("${"));
                assert!(!asked || asks, "{words:?}");
                if !asked || ENFORCING.contains(&install.client) {
                    commands += 1;
                    assert!(allowed.contains(&AllowRow::Command(words.clone())), "{words:?}");
                }
            }
            for url in found.1 {
                urls += 1;
                let named = allowed.iter().any(|row| row.is_url(&url));
                assert!(named || left_out > 0, "{url} is not in {allowed:?}");
            }
        }
    }
    assert!(commands > 200 && urls > 500, "{commands} commands, {urls} URLs");
}

#[test]
fn the_sample_registry_denies_what_was_deleted_and_nothing_that_is_shown() {
    let registry = sample();
    let (mut allowed, mut denied) = (BTreeSet::new(), BTreeSet::new());
    for listing in registry.listings() {
        let rows = ServerExports::new(listing).allow;
        allowed.extend(rows.allowed);
        denied.extend(rows.denied);
    }
    assert!(!denied.is_empty() && denied.iter().all(|row| !allowed.contains(row)));
    assert!(allowed.contains(&AllowRow::Url("https://*.meridian.example.com/workspaces/*".into())));
    let words =
        |words: &[&str]| AllowRow::Command(words.iter().map(|word| (*word).to_owned()).collect());
    let tail = ["serve", "--catalogue", "${PARTS_CATALOGUE_CATALOGUE}"];
    let package = ["Example.Brassworks.PartsMcp@3.1.0", "--yes", "--"];
    let plain: Vec<&str> = ["dnx"].into_iter().chain(package).chain(tail).collect();
    let windows: Vec<&str> = ["cmd", "/c"].into_iter().chain(plain.iter().copied()).collect();
    assert!(allowed.contains(&words(&plain)) && allowed.contains(&words(&windows)), "{allowed:#?}");
    for listing in registry.listings() {
        for entry in listing.live() {
            for install in shown(&Server::parse(&entry.document)) {
                let found = takeable(&install);
                for words in found.0 {
                    assert!(!denied.contains(&AllowRow::Command(words)));
                }
                for url in found.1 {
                    assert!(!denied.iter().any(|row| row.is_url(&url)), "{url}");
                }
            }
        }
    }
}
