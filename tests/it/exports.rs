//! The files for clients that enforce what is approved.
//!
//! `tests/exports` holds those of the sample registry; BLESS=1 accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::PathBuf;

use mcp_static::internals::config::{BaseUrl, EXPORT_IDS};
use mcp_static::internals::pipeline::{LoadOptions, Silent, check, load};
use mcp_static::internals::render::export::amazon_q_name;
use mcp_static::internals::site::{Site, UrlPath};
use serde_json::Value;

use crate::project::{Project, home, tree};

fn site(data: PathBuf) -> Site {
    let base_url = Some(BaseUrl::parse("https://registry.example.com").unwrap());
    let options = LoadOptions { data, base_url, catalog: true, ..LoadOptions::default() };
    let loaded = load(&options).unwrap();
    let (registry, report) = check(&loaded, &Silent).unwrap();
    assert!(!report.has_errors(), "{:#?}", report.items());
    loaded.renderer().site(&registry)
}

fn text(site: &Site, path: &str) -> String {
    let path = UrlPath::new(path.split('/')).unwrap();
    String::from_utf8(site.get(path.as_str()).unwrap().body.to_vec()).unwrap()
}

const FILES: [&str; 4] = [
    "exports/copilot/managed-settings.json",
    "exports/claude-code/managed-settings.json",
    "exports/codex/requirements.toml",
    "exports/amazon-q/registry.json",
];

/// The files that other systems read as a catalog.
const CATALOGS: [&str; 6] = [
    "exports/docker/catalog.yaml",
    "exports/docker/catalog.json",
    "exports/toolhive/registry.json",
    "exports/contextforge/catalog.yml",
    ".well-known/ard.json",
    "cards/com.example.lighthouse/tides/server-card.json",
];

/// The sample with every file switched on.
fn everything() -> Project {
    let project = Project::sample();
    let more = format!("\n[exports]\nenable = {EXPORT_IDS:?}\n");
    let settings = project.read("registry-data/registry.toml") + &more;
    project.file("registry-data/registry.toml", &settings);
    project
}

#[test]
fn the_catalogs_for_other_systems_are_as_agreed() {
    let project = everything();
    let site = site(project.path("registry-data"));
    for file in CATALOGS {
        let path = home()
            .join("tests/exports")
            .join(file.trim_start_matches("exports/").trim_start_matches('.'));
        let made = text(&site, file);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        let agreed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(agreed == made, "{file} is not as agreed; run with BLESS=1 to accept it");
    }
    assert_eq!(text(&site, ".well-known/ai-catalog.json"), text(&site, ".well-known/ard.json"));
}

#[test]
fn a_build_writes_what_is_switched_on_and_nothing_else() {
    let project = everything();
    project.run(&["build", "--base-url", "https://registry.example.com"]).expect(0);
    let site = site(project.path("registry-data"));
    let is_ours =
        |path: &str| ["exports/", ".well-known/", "cards/"].iter().any(|it| path.starts_with(it));
    let is_for_clients = |path: &str| FILES.contains(&path);
    let built = tree(&project.path("_site"));
    let built: BTreeMap<&String, &Vec<u8>> =
        built.iter().filter(|(path, _)| is_ours(path)).collect();
    let rendered: Vec<_> = site.artifacts().filter(|it| is_ours(it.path.as_str())).collect();
    let paths: Vec<&str> = rendered.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        built.keys().map(|it| it.as_str()).collect::<BTreeSet<_>>(),
        paths.into_iter().collect()
    );
    for artifact in rendered {
        assert!(
            *built[&artifact.path.as_str().to_owned()] == artifact.body.to_vec(),
            "{}",
            artifact.path
        );
    }
    let index = project.read("_site/index.html");
    assert!(index.contains("<link rel=ard href=./.well-known/ard.json>"), "{index}");
    let robots = project.read("_site/robots.txt");
    assert!(
        robots.contains("\nAgentmap: https://registry.example.com/.well-known/ard.json\n"),
        "{robots}"
    );
    // Pages for people and agents name every file that is on, and no other.
    let connect = project.read("_site/connect/index.html");
    for path in built.keys().filter(|it| !is_for_clients(it) && !it.starts_with("cards/")) {
        assert!(connect.contains(&format!("<a href=../{path}>")), "{path}");
    }
    assert!(connect.contains("links its server card"));
    let llms = project.read("_site/llms.txt");
    for path in [".well-known/ard.json", "exports/all.jsonl.gz"] {
        assert!(llms.contains(&format!("](https://registry.example.com/{path})")), "{llms}");
    }
    let page = project.read("_site/servers/com.example.lighthouse/tides/index.html");
    assert!(page.contains("rel=alternate type=\"application/mcp-server-card+json\""));

    // A private registry has none of it unless it is asked for.
    project.file("registry-data/registry.toml", "[registry]\nvisibility = \"private\"\n");
    project.run(&["build", "--base-url", "https://registry.example.com"]).expect(0);
    for gone in [".well-known", "cards", "exports/docker", "exports/all.jsonl.gz"] {
        assert!(!project.path("_site").join(gone).exists(), "{gone}");
    }
    assert!(!project.read("_site/index.html").contains("rel=\"ard\""));
    assert!(!project.read("_site/connect/index.html").contains("id=\"systems\""));
    project.file("registry-data/registry.toml", "[exports]\nenable = [\"dokcer\"]\n");
    project.run(&["check"]).expect(1).says("\"dokcer\" is not an export").says("docker");
}

#[test]
fn the_file_of_all_entries_has_each_as_it_is_served() {
    let site = site(everything().path("registry-data"));
    let packed = site.get("exports/all.jsonl.gz").unwrap().body.to_vec();
    let mut lines = String::new();
    flate2::read::GzDecoder::new(&*packed).read_to_string(&mut lines).unwrap();
    let mut served: Vec<String> = Vec::new();
    for artifact in site.artifacts() {
        let path = artifact.path.as_str();
        if path.starts_with("v0.1/servers/")
            && path.contains("/versions/")
            && !path.ends_with("/latest")
        {
            served.push(String::from_utf8(artifact.body.to_vec()).unwrap());
        }
    }
    let mut all: Vec<&str> = lines.lines().collect();
    all.sort_unstable();
    served.sort_unstable();
    assert_eq!(all, served);
    assert!(all.len() > 30);
}

#[test]
fn the_files_of_the_sample_are_as_agreed() {
    let site = site(home().join("registry-data"));
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for file in FILES {
        let path = home().join("tests").join(file);
        let made = text(&site, file);
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != made {
            wrong.push(file);
        }
    }
    assert!(wrong.is_empty(), "run with BLESS=1 to accept {wrong:?}");
}

/// The rules of the registry reader of `@aws/lsp-codewhisperer` 0.0.128.
fn assert_amazon_q(registry: &Value) {
    let mut names = BTreeSet::new();
    for entry in registry["servers"].as_array().unwrap() {
        let server = &entry["server"];
        let name = server["name"].as_str().unwrap();
        assert!((3..=200).contains(&name.len()) && names.insert(name), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{name}");
        for key in ["description", "version"] {
            assert!(!server[key].as_str().unwrap().is_empty(), "{server}");
        }
        let list = |key: &str| server[key].as_array().cloned().unwrap_or_default();
        assert_eq!(list("remotes").len() + list("packages").len(), 1, "{server}");
        for way in list("remotes").iter().chain(&list("packages")) {
            for key in ["headers", "runtimeArguments", "packageArguments"] {
                for value in way[key].as_array().into_iter().flatten() {
                    assert!(!value["value"].as_str().unwrap().is_empty(), "{way}");
                }
            }
            if let Some(kind) = way["registryType"].as_str() {
                assert!(["npm", "pypi", "oci"].contains(&kind), "{kind}");
                // The client runs the identifier with the version of the server.
                assert_eq!(way["version"], server["version"]);
            }
        }
    }
}

#[test]
fn the_list_for_amazon_q_keeps_the_rules_of_its_reader() {
    let site = site(home().join("registry-data"));
    let registry: Value =
        serde_json::from_str(&text(&site, "exports/amazon-q/registry.json")).unwrap();
    assert!(registry["servers"].as_array().unwrap().len() > 5);
    assert_amazon_q(&registry);
    assert_ne!(amazon_q_name("com.a/b_c"), amazon_q_name("com.a.b/c"));
    assert_eq!(amazon_q_name("com.a/b_c"), "com.a_b_c");
}

fn rows(site: &Site, file: usize, kind: &str) -> BTreeSet<String> {
    let file: Value = serde_json::from_str(&text(site, FILES[file])).unwrap();
    let allowed = file["allowedMcpServers"].as_array().unwrap();
    allowed.iter().filter_map(|row| row.get(kind)).map(Value::to_string).collect()
}

#[test]
fn the_settings_decide_what_is_compared() {
    let project = Project::sample();
    let with = |text: &str| {
        project.file("registry-data/registry.toml", text);
        site(project.path("registry-data"))
    };
    let auto = with("");
    let command = with("[exports.allowlist]\nmatch = \"command\"\n");
    let name = with("[exports.allowlist]\nmatch = \"name\"\n");
    let unpinned = with("[exports.allowlist]\nunpinned = true\n");
    let asked = "\"com.example.brassworks/parts-catalogue\"";
    assert!(rows(&auto, 0, "serverName").contains(asked), "{:?}", rows(&auto, 0, "serverName"));
    // Names next to commands have no effect in Claude Code.
    assert!(rows(&auto, 1, "serverName").is_empty());
    assert!(rows(&command, 0, "serverName").is_empty());
    assert_eq!(rows(&auto, 0, "serverCommand"), rows(&command, 0, "serverCommand"));
    for file in [0, 1] {
        assert!(rows(&name, file, "serverCommand").is_empty());
        assert_eq!(rows(&name, file, "serverUrl"), rows(&auto, file, "serverUrl"));
    }
    assert!(rows(&name, 0, "serverName").contains("\"com.example.lighthouse/tides\""));
    assert!(rows(&name, 1, "serverName").contains("\"tides\""));
    let more = &rows(&unpinned, 0, "serverCommand") - &rows(&auto, 0, "serverCommand");
    assert!(!more.is_empty() && more.iter().all(|row| !row.contains("@1")), "{more:?}");
    // What people enter is read from the environment here too.
    let entered = r#"["uvx","example-night-sky-mcp","--latitude","${NIGHT_SKY_LATITUDE}","--longitude","${NIGHT_SKY_LONGITUDE}","--catalogue","bright"]"#;
    assert!(more.contains(entered), "{more:?}");
    let page = text(&name, "allowlist");
    assert!(page.contains("match = &quot;name&quot;") || page.contains("match = \"name\""));
    let (_, problems) = mcp_static::internals::config::Config::parse(
        "registry.toml",
        "[exports.allowlist]\nmatch = \"sometimes\"\n",
    );
    assert_eq!(problems.len(), 1);
}

#[test]
fn codex_has_one_identity_for_each_name() {
    let site = site(home().join("registry-data"));
    let table: toml::Table = text(&site, FILES[2]).parse().unwrap();
    let servers = table["mcp_servers"].as_table().unwrap();
    assert!(servers.len() > 5);
    for (name, server) in servers {
        let identity = server["identity"].as_table().unwrap();
        assert_eq!(identity.len(), 1, "{name}");
        assert!(identity.contains_key("command") || identity.contains_key("url"), "{name}");
    }
}
