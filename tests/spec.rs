//! Our schemas against the published ones.
//!
//! The published schemas are not part of this repository. With `MCP_STATIC_SPEC` naming a folder of
//! `server-<date>.schema.json.gz`, and perhaps `MCP_STATIC_DATA` one of real documents, run
//! `cargo test --test spec -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use jsonschema::{PatternOptions, Validator};
use mcp_static::internals::check::{self, DocumentRules, Profile};
use mcp_static::internals::diag::{Code, Severity};
use serde_json::Value;

#[path = "spec/bases.rs"]
mod bases;
#[path = "spec/mutate.rs"]
mod mutate;

/// Every released schema version.
const DATES: [&str; 6] =
    ["2025-07-09", "2025-09-16", "2025-09-29", "2025-10-11", "2025-10-17", "2025-12-11"];

/// Mutated documents for each date.
const ROUNDS: u64 = 2500;

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

fn read_gz(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    text
}

/// The published schema with the registry's meaning of `uri`, and of white space in patterns: Go
/// knows only the ASCII kind.
fn published(date: &str) -> Validator {
    let folder = folder("MCP_STATIC_SPEC").expect("MCP_STATIC_SPEC names the schemas' folder");
    let text = read_gz(&folder.join(format!("server-{date}.schema.json.gz")));
    let text = text.replace(r"[^\\s]", r"[^\\t\\n\\f\\r ]");
    let schema: Value = serde_json::from_str(&text).expect("schema");
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex())
        .with_format("uri", check::is_uri)
        .should_validate_formats(true)
        .build(&schema)
        .expect("published schema")
}

/// The documents of a dump or history file.
fn documents(name: &str) -> Vec<Value> {
    let Some(folder) = folder("MCP_STATIC_DATA") else { return Vec::new() };
    let records: Vec<Value> = serde_json::from_str(&read_gz(&folder.join(name))).expect("records");
    records.into_iter().map(|mut record| record["server"].take()).collect()
}

/// The date in a document's `$schema`, when it is a released one.
fn date_of(document: &Value) -> Option<&'static str> {
    let address = document["$schema"].as_str()?;
    DATES.iter().copied().find(|date| address.contains(date))
}

#[derive(Default)]
struct Count {
    valid: u64,
    invalid: u64,
}

impl Count {
    fn add(&mut self, valid: bool) {
        *(if valid { &mut self.valid } else { &mut self.invalid }) += 1;
    }

    fn total(&self) -> u64 {
        self.valid + self.invalid
    }
}

#[test]
#[ignore = "needs the published schemas; set MCP_STATIC_SPEC to their folder"]
fn our_schemas_judge_mutated_documents_as_the_published_ones_do() {
    let mut real = documents("official-registry-dump.json.gz");
    real.extend(documents("real-server-json-history.json.gz"));
    let mut all = Count::default();
    for (at, date) in DATES.into_iter().enumerate() {
        let theirs = published(date);
        let dated: Vec<_> = real.iter().filter(|d| date_of(d) == Some(date)).collect();
        let mut random = mutate::Random::new(at as u64 + 1);
        let mut count = Count::default();
        for round in 0..ROUNDS {
            let mut document = match dated.len() {
                n if n > 0 && round % 3 == 0 => dated[random.below(n)].clone(),
                _ => bases::document(date, random.below(bases::COUNT)),
            };
            for _ in 0..random.below(4) {
                mutate::mutate(&mut document, &mut random);
            }
            let verdict = theirs.is_valid(&document);
            let ours = check::keeps_schema(&document, date);
            assert_eq!(ours, verdict, "{date}, round {round}, theirs {verdict}:\n{document:#}");
            count.add(verdict);
        }
        println!("{date}: {} valid, {} invalid", count.valid, count.invalid);
        assert!(count.total() >= 1500);
        assert!(count.valid * 100 >= count.total() * 15, "too few valid documents");
        assert!(count.invalid * 100 >= count.total() * 15, "too few invalid documents");
        all.valid += count.valid;
        all.invalid += count.invalid;
    }
    println!("all: {} valid, {} invalid", all.valid, all.invalid);
    assert!(all.total() >= 12_000);
}

#[test]
#[ignore = "needs the published schemas; set MCP_STATIC_SPEC to their folder"]
fn each_base_document_is_valid_and_fills_every_definition() {
    for date in DATES {
        let theirs = published(date);
        for at in 0..bases::COUNT {
            let document = bases::document(date, at);
            let errors: Vec<_> = theirs.iter_errors(&document).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{date} base {at}: {errors:#?}");
            assert!(check::keeps_schema(&document, date), "{date} base {at}");
        }
    }
}

#[test]
#[ignore = "needs the published schemas; set MCP_STATIC_SPEC and MCP_STATIC_DATA to their folders"]
fn every_published_server_gets_the_verdict_of_its_published_schema() {
    let servers = documents("official-registry-dump.json.gz");
    assert!(!servers.is_empty(), "MCP_STATIC_DATA names the folder of the dump");
    let schemas: Vec<_> = DATES.map(|date| (date, published(date))).into();
    let rules = DocumentRules::new(Profile::Official);
    let (mut refused, mut without_schema) = (0, 0);
    for server in &servers {
        let findings = check::document(server, &rules);
        let Some(date) = date_of(server) else {
            without_schema += 1;
            assert!(findings.iter().any(|f| f.code.severity() == Severity::Error), "{server:#}");
            continue;
        };
        let theirs = &schemas.iter().find(|(known, _)| *known == date).expect("known").1;
        let normalised = check::normalised(server);
        let verdict = theirs.is_valid(&normalised);
        assert_eq!(check::keeps_schema(&normalised, date), verdict, "{server:#}");
        refused += u32::from(!verdict);
        let errors = findings.iter().filter(|f| f.code.severity() == Severity::Error).count();
        assert!(verdict || errors > 0, "a schema refusal got lost:\n{server:#}");
        let violation = findings.iter().any(|f| f.code == Code::SchemaViolation);
        assert!(!(verdict && violation), "a schema violation was invented:\n{server:#}");
    }
    println!(
        "{} servers, {refused} refused by schema, {without_schema} without one",
        servers.len()
    );
    // An independent reading of the same dump, with another engine, counts the same.
    assert_eq!((servers.len(), refused, without_schema), (2794, 395, 0));
}

/// Runs the program in a folder with an empty registry, and returns its status and what it said.
fn import(folder: &Path, arguments: &[&str]) -> (i32, String) {
    std::fs::create_dir_all(folder.join("registry-data")).expect("folder");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mcp-static"));
    let ran = command.current_dir(folder).arg("import").args(arguments).output().expect("run");
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
    (ran.status.code().unwrap_or(-1), said.concat())
}

#[test]
#[ignore = "needs real data; set MCP_STATIC_DATA to its folder"]
fn the_servers_of_docker_come_in_and_three_of_them_are_reported() {
    let data = folder("MCP_STATIC_DATA").expect("MCP_STATIC_DATA names the folder");
    let text = read_gz(&data.join("docker-mcp-registry-servers.json.gz"));
    let files: Vec<Value> = serde_json::from_str(&text).expect("files");
    assert_eq!(files.len(), 328);
    let scratch = tempfile::tempdir().expect("folder");
    for file in &files {
        let path = scratch.path().join("source").join(file["path"].as_str().expect("path"));
        std::fs::create_dir_all(path.parent().expect("folder")).expect("folder");
        std::fs::write(path, file["yaml"].as_str().expect("yaml")).expect("file");
    }
    let (status, said) = import(scratch.path(), &["source", "--namespace", "com.docker.mcp"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("imported 325 new, 0 updated, 0 unchanged, 3 skipped\n"), "{said}");
    assert_eq!(said.matches("(type poci)").count(), 3, "{said}");
}

#[test]
#[ignore = "needs the published schemas; set MCP_STATIC_SPEC to their folder"]
fn published_cards_come_in_and_invalid_ones_do_not() {
    let folder = folder("MCP_STATIC_SPEC").expect("MCP_STATIC_SPEC names the folder").join("ard");
    let (mut valid, mut invalid) = (0, 0);
    for entry in std::fs::read_dir(folder.join("server-card")).expect("folder") {
        let path = entry.expect("file").path();
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        if !name.starts_with("example-") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("card");
        let card: Value = serde_json::from_str(&text).expect("JSON");
        let kind = "application/mcp-server-card+json";
        let entry = serde_json::json!({"identifier": "urn:air:example.com:mcp:x", "displayName": "X", "type": kind, "data": card});
        let catalog = serde_json::json!({"specVersion": "1.0", "entries": [entry]});
        let scratch = tempfile::tempdir().expect("folder");
        std::fs::write(scratch.path().join("ard.json"), catalog.to_string()).expect("file");
        let (status, said) = import(scratch.path(), &["ard.json"]);
        let is_invalid = name.starts_with("example-invalid-");
        *(if is_invalid { &mut invalid } else { &mut valid }) += 1;
        assert_eq!(status, i32::from(is_invalid), "{name}: {said}");
        // A namespace that is no domain makes a draft.
        let came = ["registry-data/servers", "drafts"].map(|at| scratch.path().join(at).exists());
        assert_eq!(came.contains(&true), !is_invalid, "{name}: {said}");
    }
    assert_eq!((valid, invalid), (3, 5));
    // Catalogs that name other things than servers have nothing to import, and say so.
    let scratch = tempfile::tempdir().expect("folder");
    let old = folder.join("ai-catalog/example-2026-04-30-old-mediaType-field.json");
    let (status, said) = import(scratch.path(), &[old.to_str().expect("UTF-8"), "-v"]);
    assert!(status == 1 && said.contains("of another kind than a server"), "{said}");
}
