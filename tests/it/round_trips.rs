//! What is exported comes in again: the same entries from every file that can carry them.

use std::collections::BTreeMap;

use mcp_static::internals::config::EXPORT_IDS;
use serde_json::{Value, json};

use crate::http::{Host, status};
use crate::project::{Project, tree};

/// Documents by the folder of their entry.
type Documents = BTreeMap<String, Value>;

/// What a file carries of an entry.
#[derive(Clone, Copy, PartialEq)]
enum Carries {
    /// Every version of every server, whole.
    All,
    /// The latest version of every server, whole.
    Latest,
    /// What a server card has, for servers with remotes.
    Cards,
    /// A card for servers with remotes, the whole latest version of the others.
    CardsAndLatest,
    /// Drafts and entries in the words of another system.
    Something,
}

/// The files, and what to import of each: a path in the site.
const FILES: [(&str, &[&str], Carries); 10] = [
    ("exports/toolhive/registry.json", &[], Carries::Latest),
    ("exports/all.jsonl.gz", &["--as-own"], Carries::All),
    ("exports/docker/catalog.yaml", &["--namespace", "com.example"], Carries::Something),
    ("exports/docker/catalog.json", &["--namespace", "com.example"], Carries::Something),
    ("v0.1/servers/index.json", &["--as-own"], Carries::Latest),
    ("v0.1", &["--as-own"], Carries::All),
    // The whole site, where cards and lists say less than the documents.
    ("", &["--as-own"], Carries::All),
    ("cards", &["--as-own"], Carries::Cards),
    (".well-known/ard.json", &[], Carries::CardsAndLatest),
    (".well-known/ai-catalog.json", &["--as-own"], Carries::CardsAndLatest),
];

/// Where the sample is published.
const BASE: &str = "https://registry.example.com";

/// The sample registry with everything switched on.
fn published() -> Project {
    let project = Project::sample();
    let settings = project.read("registry-data/registry.toml");
    let settings = format!("{settings}\n[exports]\nenable = {EXPORT_IDS:?}\n");
    project.file("registry-data/registry.toml", &settings);
    project.git();
    project.commit(1_800_000_000);
    project.run(&["build", "--base-url", BASE]).expect(0);
    project
}

/// The files of a site as the host at `base` answers them, by their paths.
fn answers(project: &Project, base: &str) -> std::collections::HashMap<&'static str, String> {
    let mut answers = std::collections::HashMap::new();
    for (path, bytes) in tree(&project.path("_site")) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let mut url = format!("/{}", path.trim_end_matches("/index.json"));
        if let Some((server, version)) = url.split_once("/versions/") {
            let (namespace, name) = server.rsplit_once('/').unwrap();
            url = format!("{namespace}%2F{name}/versions/{version}");
        }
        let text = if url.starts_with("/.well-known/") { text.replace(BASE, base) } else { text };
        answers.insert(&*url.leak(), status(200, "", &text));
    }
    answers
}

/// The documents of a data folder.
fn documents(project: &Project) -> Documents {
    let files = tree(&project.path("registry-data")).into_iter();
    let documents = files.filter_map(|(path, bytes)| {
        let folder = path.strip_suffix("/server.json")?.to_owned();
        Some((folder, serde_json::from_slice(&bytes).unwrap()))
    });
    documents.collect()
}

/// What of the sample comes in from a file that carries `what`.
fn expected(project: &Project, what: Carries) -> Documents {
    let list = project.json("_site/v0.1/servers/index.json");
    let latest: Vec<String> = (list["servers"].as_array().unwrap().iter())
        .map(|it| ["name", "version"].map(|key| it["server"][key].as_str().unwrap()).join("/"))
        .map(|folder| format!("servers/{folder}"))
        .collect();
    let mut all = documents(project);
    all.retain(|folder, _| {
        let status = format!("registry-data/{folder}/status.json");
        let deleted =
            project.path(&status).exists() && project.json(&status)["status"] == "deleted";
        !deleted && (what == Carries::All || latest.contains(folder))
    });
    let has_card = |document: &Value| document.get("remotes").is_some();
    if what == Carries::Cards {
        all.retain(|_, document| has_card(document));
    }
    if matches!(what, Carries::Cards | Carries::CardsAndLatest) {
        for document in all.values_mut().filter(|document| has_card(document)) {
            document.as_object_mut().unwrap().remove("packages");
            document["$schema"] = json!(
                "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
            );
        }
    }
    all
}

#[test]
fn what_is_exported_comes_in_again() {
    let (mut project, mut live) = (None, None);
    let host = Host::new(|base| {
        let built = published();
        let answers = answers(&built, base);
        (project, live) = (Some(built), Some(base.to_owned()));
        answers
    });
    let (project, live) = (project.unwrap(), live.unwrap());
    for (path, args, carries) in FILES {
        let other = Project::empty();
        other.file("registry-data/.gitkeep", "");
        let source = match carries {
            // Catalogs name documents on the host that they come from.
            Carries::CardsAndLatest => format!("{live}/{path}"),
            _ => project.path(&format!("_site/{path}")).to_string_lossy().into_owned(),
        };
        let args = [&["import", &source], args].concat();
        let ran = other.run(&args).expect(0);
        let found = documents(&other);
        if carries == Carries::Something {
            assert!(ran.err.contains(" draft") || !found.is_empty(), "{path}\n{}", ran.err);
            continue;
        }
        let expected = expected(&project, carries);
        assert!(!expected.is_empty());
        let names = |of: &Documents| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected), "{path}\n{}{}", ran.out, ran.err);
        for (folder, document) in &found {
            assert_eq!(document, &expected[folder], "{path}: {folder}");
        }
        // A second import of the same file has nothing to do.
        let again = other.run(&args).expect(0);
        assert!(again.err.contains("imported 0 new, 0 updated"), "{path}\n{}", again.err);
    }
    assert!(host.asked().iter().any(|asked| asked.starts_with("GET /cards/")));
}
