//! The plan of the crate documentation, enforced: which room may use which, and which outside crate
//! is allowed where.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Rooms by floor, from the doormat upward. A room may use rooms of lower floors only.
const FLOORS: &[(&str, u8)] = &[
    ("error", 0),
    ("text", 0),
    ("model", 1),
    ("diag", 1),
    ("site", 1),
    ("config", 2),
    ("world", 2),
    ("data", 3),
    ("check", 4),
    ("proof", 4),
    ("package", 4),
    ("render", 5),
    ("import", 5),
    ("probe", 5),
    ("judge", 6),
    ("pipeline", 7),
    ("serve", 8),
    ("cli", 9),
    ("internals", 10),
    ("main", 11),
];

/// Outside crates, and the only places (path prefixes below `src/`) that may name them.
const TOOLS: &[(&str, &[&str])] = &[
    ("jsonschema", &["check/schema.rs"]),
    ("regex", &["check/range.rs"]),
    ("walkdir", &["data/", "site/", "config", "serve/", "cli/", "import/folder.rs"]),
    ("yaml_rust2", &["import/shape/yaml.rs"]),
    ("toml", &["config", "data/", "proof/owners.rs", "render/install/quote.rs"]),
    ("flate2", &["import/", "render/export/bulk.rs", "serve/compress.rs"]),
    ("git2", &["world/git/"]),
    ("ed25519_dalek", &["proof/"]),
    ("p384", &["proof/"]),
    ("thiserror", &["proof/"]),
    ("getrandom", &["cli/"]),
    ("minijinja", &["render/catalog/"]),
    ("hickory_resolver", &["world/dns/"]),
    ("rmcp", &["serve/mcp/"]),
    ("tokio", &["world/dns/", "serve/mcp/"]),
    ("psl", &["model/domain.rs"]),
    ("unicode_normalization", &["model/host.rs"]),
    ("unicode_security", &["check/twins.rs"]),
    ("ureq", &["world/"]),
    ("tiny_http", &["serve/"]),
    ("httparse", &["serve/"]),
    ("httpdate", &["serve/", "world/http/"]),
    ("memchr", &["serve/search.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("indicatif", &["cli/"]),
    ("mimalloc", &["main.rs"]),
    ("sha2", &["site/", "data/", "proof/", "check/", "pipeline/", "import/", "render/", "serve/"]),
    ("std::env", &["cli/", "main.rs"]),
    ("std::process", &["cli/", "main.rs", "world/git/remote.rs"]),
    ("println!", &["cli/"]),
    ("eprintln!", &["cli/"]),
    ("std::time::SystemTime", &["world/"]),
    ("std::net::Tcp", &["world/", "serve/"]),
    (
        "std::fs",
        &["data/", "site/", "config", "serve/", "cli/", "import/", "package/store.rs", "world/"],
    ),
];

pub(crate) fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, code_of(&std::fs::read_to_string(&path).unwrap())));
            }
        }
    }
    files.sort();
    files
}

/// The text without comments and without what is compiled for tests only.
fn code_of(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

pub(crate) fn is_test(file: &str) -> bool {
    file.contains("/tests/") || file.ends_with("/tests.rs")
}

fn room_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// Rooms that a source names as `crate::room`, alone or in a braced list.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        let word = |text: &str| {
            text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
        };
        match part.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap();
                found.extend(list.split(',').map(|item| word(item.trim())));
            }
            None => {
                found.insert(word(part));
            }
        }
    }
    found
}

#[test]
fn every_door_opens_downward() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let files = sources();
    assert!(files.len() > 30, "the sources were not found");
    let mut edges = 0;
    for (file, code) in files.iter().filter(|(file, _)| file != "lib.rs" && !is_test(file)) {
        let room = room_of(file);
        let floor = floors
            .get(room)
            .unwrap_or_else(|| panic!("{file}: the room {room} is not in the plan"));
        for used in rooms_named(code) {
            let Some(below) = floors.get(used.as_str()) else { continue };
            edges += 1;
            assert!(
                used == room || below < floor,
                "{file}: {room} (floor {floor}) may not use {used} (floor {below})"
            );
        }
    }
    assert!(edges > 50, "only {edges} doors were found");
}

#[test]
fn every_tool_stays_in_its_room() {
    let mut uses = 0;
    for (file, code) in sources().iter().filter(|(file, _)| file != "lib.rs" && !is_test(file)) {
        for (tool, places) in TOOLS {
            let named = if tool.ends_with('!') || tool.contains("::") {
                code.contains(tool)
            } else {
                code.contains(&format!("{tool}::")) || code.contains(&format!("use {tool};"))
            };
            if named {
                uses += 1;
                assert!(
                    places.iter().any(|place| file.starts_with(place)),
                    "{file} may not use {tool}"
                );
            }
        }
    }
    assert!(uses > 15, "only {uses} uses were found");
}

#[test]
fn files_and_functions_stay_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (file, _) in sources() {
        let text = std::fs::read_to_string(root.join(&file)).unwrap();
        let lines = text.lines().count();
        assert!(lines <= 400, "{file} has {lines} lines; divide it");
        if is_test(&file) {
            continue;
        }
        for (start, length) in functions(&text) {
            assert!(length <= 80, "{file}:{start} is a function of {length} lines; divide it");
        }
    }
}

/// First line and number of lines of each function, by its indentation.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_fn = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn "]
            .iter()
            .any(|p| code.starts_with(p));
        if is_fn && !line.trim_end().ends_with(';') {
            let indent = line.len() - code.len();
            let close = format!("{}}}", " ".repeat(indent));
            let length = lines[i..].iter().position(|l| *l == close).unwrap_or(0);
            found.push((i + 1, length + 1));
        }
    }
    found
}

#[test]
fn every_module_says_why_it_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (file, _) in sources().iter().filter(|(file, _)| !is_test(file)) {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text.starts_with("//! "), "{file} does not open with what it is for");
    }
}
