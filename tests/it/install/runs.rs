//! Every command runs the package of its entry, and no other.
//!
//! The commands are read here by another table of options than the one that they are made with.

use std::collections::BTreeSet;

use mcp_static::internals::model::Server;
use mcp_static::internals::render::export::allowlist::{AllowRow, entries};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::read::takeable;
use super::{ENFORCING, shown};

/// Options without a value, by program.
const FLAGS: &[(&str, &[&str])] = &[
    ("npx", &["-y", "--yes", "--quiet", "-q", "--ignore-scripts", "--offline"]),
    ("uvx", &["-q", "-v", "--quiet", "--offline", "--isolated", "--no-cache"]),
    ("dnx", &["--prerelease", "-y", "--allow-roll-forward"]),
    ("docker", &["-i", "--rm", "-t", "-it", "--init", "--read-only", "--privileged"]),
];

/// Options with a value, by program.
const VALUED: &[(&str, &[&str])] = &[
    ("npx", &["--loglevel", "--cache", "--registry"]),
    ("uvx", &["--python", "-p", "--index-url", "--default-index"]),
    ("dnx", &["--verbosity", "-v", "--source"]),
    ("docker", &["-c", "-e", "-v", "-p", "--network", "--name", "--mount", "--user", "--env"]),
];

fn has(table: &[(&str, &[&str])], program: &str, option: &str) -> bool {
    table.iter().any(|(name, options)| *name == program && options.contains(&option))
}

/// The word that a program takes for the package, and the registry that it is told.
fn package_of(argv: &[String]) -> Result<(String, Option<String>), String> {
    let argv = argv.strip_prefix(&["cmd".to_owned(), "/c".to_owned()]).unwrap_or(argv);
    let mut words = argv.iter().map(String::as_str);
    let program = match words.next() {
        Some("podman") => "docker",
        Some("bunx") => "npx",
        Some("pipx") => "uvx",
        Some(program) => program,
        None => return Err("no words".to_owned()),
    };
    if matches!((program, argv[0].as_str()), ("docker", _) | (_, "pipx")) {
        words.next().filter(|word| *word == "run").ok_or("no run")?;
    }
    let mut registry = None;
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            return Ok((word.to_owned(), registry));
        }
        let (option, joined) = match word.split_once('=') {
            Some((option, joined)) => (option, Some(joined)),
            None => (word, None),
        };
        let is_registry =
            ["--registry", "--index-url", "--default-index", "--source"].contains(&option);
        match (has(FLAGS, program, option), has(VALUED, program, option), joined) {
            (true, _, None) => {}
            (_, true, Some(value)) if is_registry => registry = Some(value.to_owned()),
            (_, true, Some(_)) => {}
            (_, true, None) => {
                let value = words.next().ok_or("an option without its value")?;
                if is_registry {
                    registry = Some(value.to_owned());
                }
            }
            _ => return Err(format!("the unknown option {word}")),
        }
    }
    Err("no package".to_owned())
}

/// Checks that the allowlist has every tab, and what each of its entries and of the tabs runs.
fn check(server: &Server) -> Result<usize, String> {
    let rows = entries(server);
    let mut commands = BTreeSet::new();
    for install in shown(server) {
        for words in takeable(&install).0 {
            let asked = words.iter().any(|word| word.contains("YOUR_") || word.contains("${"));
            // What people start by hand, no client compares.
            let by_client = install.start.is_none() && ENFORCING.contains(&install.client);
            let compared = !asked || by_client;
            let allowed =
                words[0] == "cargo" || rows.allowed.contains(&AllowRow::Command(words.clone()));
            if compared && !allowed {
                return Err(format!("{} shows what is not allowed: {words:?}", install.client));
            }
            commands.insert(words);
        }
    }
    for row in rows.allowed.into_iter().chain(rows.unpinned) {
        if let AllowRow::Command(words) = row {
            commands.insert(words);
        }
    }
    let plain = |name: &str| {
        let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
        let name = name.strip_prefix("docker-io/").unwrap_or(&name);
        name.to_owned()
    };
    for argv in commands.iter().filter(|argv| argv[0] != "cargo") {
        let (word, registry) = package_of(argv).map_err(|why| format!("{why}: {argv:?}"))?;
        let ours = server.packages.iter().any(|package| {
            let end = match package.registry_type.as_str() {
                "oci" => "@:",
                _ => "@[=",
            };
            let scope = usize::from(word.starts_with('@'));
            let is_image = package.registry_type == "oci";
            let start = if is_image { word.rfind('/').unwrap_or(0) } else { scope };
            let cut = word[start..].find(|c| end.contains(c)).map_or(word.len(), |at| start + at);
            let name = &package.identifier;
            let bare = if is_image {
                let start = name.rfind('/').unwrap_or(0);
                &name[..name[start..].find(['@', ':']).map_or(name.len(), |at| start + at)]
            } else {
                name
            };
            let known =
                ["https://registry.npmjs.org", "https://pypi.org", "https://pypi.org/simple"];
            let base = package.registry_base_url.as_deref();
            let from = match (&registry, base) {
                (Some(url), Some(base)) => url == base,
                (Some(url), None) => known.contains(&url.trim_end_matches('/')),
                (None, Some(base)) => {
                    known.contains(&base) || is_image || package.registry_type == "nuget"
                }
                (None, None) => true,
            };
            from && plain(&word[..cut]) == plain(bare)
        });
        if !ours {
            return Err(format!("{word} of {registry:?} is no package of the entry: {argv:?}"));
        }
    }
    Ok(commands.len())
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "-y",
        "--yes",
        "-i",
        "--rm",
        "run",
        "serve",
        "-e",
        "-v",
        "KEY",
        "KEY=1",
        "evil",
        "@evil/a",
        "npx",
        "docker",
        "example",
        "example@latest",
        "@scope/example@1",
        "Example.Tool",
        "a/image",
        "index.docker.io/a/image:2",
        "ghcr.io/a/image",
        "ghcr.io/evil/image:1",
        "-p",
        "-c",
        "--with",
        "--from",
        "--package=evil",
        "--registry=https://evil.example",
        "--index-url",
        "--loglevel",
        "https://evil.example",
        "https://registry.npmjs.org",
        "--offline",
        "--unknown",
        "-it",
        "--",
        "{x}",
        "-{x}",
        "--loglevel={x}",
        "example[cli]",
        "--network",
        "host",
        "true",
        "false",
        "",
    ])
    .prop_map(str::to_owned)
}

fn argument() -> impl Strategy<Value = Value> {
    let value = prop::option::of(word());
    (any::<bool>(), word(), value, prop::option::of(word()), any::<[bool; 4]>()).prop_map(
        |(named, name, value, default, [required, secret, boolean, described])| {
            let mut argument = json!({
                "type": if named { "named" } else { "positional" },
                "isRequired": required,
                "isSecret": secret,
            });
            argument[if named { "name" } else { "valueHint" }] = json!(name);
            if boolean {
                argument["format"] = json!("boolean");
            }
            if described {
                argument["description"] = json!("A text");
            }
            for (key, text) in [("value", value), ("default", default)] {
                if let Some(text) = text {
                    argument[key] = json!(text);
                }
            }
            argument
        },
    )
}

fn package() -> impl Strategy<Value = Value> {
    let kinds = vec![
        ("npm", "example"),
        ("npm", "@scope/example"),
        ("pypi", "example"),
        ("nuget", "Example.Tool"),
        ("oci", "docker.io/a/image:1.0.0"),
        ("oci", "ghcr.io/a/image@sha256:00"),
        ("mcpb", "https://github.com/a/example-mcp/releases/download/1/a.mcpb"),
        ("cargo", "example"),
    ];
    let arguments = || prop::collection::vec(argument(), 0..5);
    let hint =
        prop::sample::select(vec![None, Some("npx"), Some("uvx"), Some("docker"), Some("node")]);
    let base = prop::sample::select(vec![
        None,
        Some("https://registry.npmjs.org"),
        Some("https://packages.corp.example/npm"),
    ]);
    (prop::sample::select(kinds), arguments(), arguments(), hint, base).prop_map(
        |((kind, identifier), runtime, own, hint, base)| {
            let mut package = json!({
                "registryType": kind,
                "identifier": identifier,
                "version": "1.0.0",
                "transport": { "type": "stdio" },
                "runtimeArguments": runtime,
                "packageArguments": own,
                "environmentVariables": [{ "name": "A", "isSecret": true }, { "name": "B", "default": "b" }],
            });
            if let Some(hint) = hint {
                package["runtimeHint"] = json!(hint);
            }
            if let Some(base) = base {
                package["registryBaseUrl"] = json!(base);
            }
            package
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_command_runs_the_package_of_its_entry(package in package()) {
        let document = json!({ "name": "com.example/a", "version": "1.0.0", "packages": [package] });
        if let Err(why) = check(&Server::read(&document)) {
            prop_assert!(false, "{}\n{:#}", why, document);
        }
    }
}

/// Reads a list of documents from the file that `REAL_DATA` names: one JSON array of servers, or of API
/// answers with a `server` each.
#[test]
#[ignore = "needs a dump of a registry; set REAL_DATA to its path"]
fn every_command_of_real_data_runs_the_package_of_its_entry() {
    let path = std::env::var_os("REAL_DATA").expect("REAL_DATA names a file");
    let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let list = all.as_array().or_else(|| all["servers"].as_array()).unwrap();
    let (mut commands, mut wrong) = (0, Vec::new());
    for entry in list {
        match check(&Server::read(entry.get("server").unwrap_or(entry))) {
            Ok(count) => commands += count,
            Err(why) => wrong.push(why),
        }
    }
    eprintln!("{} servers, {commands} commands", list.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
