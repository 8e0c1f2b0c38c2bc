//! What `import` understands besides registries: the lists below `tests/import/`, one file for each format.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::project::{Project, Ran, home};

/// A list that somebody made, and what becomes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default)]
    files: BTreeMap<String, Value>,
    /// Files that are no JSON, line by line.
    #[serde(default)]
    lines: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    new: usize,
    #[serde(default)]
    drafts: usize,
    #[serde(default)]
    skipped: usize,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    says: Vec<String>,
    /// Values of entries, by folder and pointer.
    #[serde(default)]
    entries: BTreeMap<String, BTreeMap<String, Value>>,
    /// Values of drafts.
    #[serde(default)]
    draft: BTreeMap<String, BTreeMap<String, Value>>,
    /// Dates of publication that are pinned.
    #[serde(default)]
    pinned: BTreeMap<String, String>,
    #[serde(default)]
    status: BTreeMap<String, String>,
    /// Whether the entries are mirrored.
    #[serde(default)]
    registry: bool,
}

fn cases(shape: &str) -> Vec<Case> {
    let path = home().join(format!("tests/import/{shape}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{shape}: {e}"))
}

fn import(project: &Project, case: &Case) -> Ran {
    let mut names = Vec::new();
    for (name, value) in &case.files {
        project.file(&format!("source/{name}"), &format!("{value:#}"));
        names.push(name);
    }
    for (name, lines) in &case.lines {
        project.file(&format!("source/{name}"), &lines.join("\n"));
        names.push(name);
    }
    let source = match names[..] {
        [name] => format!("source/{name}"),
        _ => "source".to_owned(),
    };
    let mut args = vec!["import", "-v", &source];
    args.extend(case.args.iter().map(String::as_str));
    project.run(&args)
}

#[test]
fn every_hand_made_list_comes_in_and_builds() {
    let shapes =
        ["page", "flat", "array", "without-namespace", "client", "cards", "docker", "folders"];
    for shape in shapes {
        let cases = cases(shape);
        assert_eq!(cases.len(), 5, "{shape}");
        for case in cases {
            let about = format!("{shape}: {}", case.about);
            let project = Project::empty();
            project.file("registry-data/.gitkeep", "");
            let ran = import(&project, &case);
            let said = format!("{about}\n{}{}", ran.out, ran.err);
            assert_eq!(ran.code, case.exit, "{said}");
            let counts = format!(
                "imported {} new, 0 updated, 0 unchanged, {} skipped",
                case.new, case.skipped
            );
            assert!(ran.err.contains(&counts), "{counts}\n{said}");
            let plural = if case.drafts == 1 { "" } else { "s" };
            let drafts = format!(", {} draft{plural} in drafts/", case.drafts);
            assert_eq!(ran.err.contains(&drafts), case.drafts > 0, "{said}");
            for text in &case.says {
                assert!(said.contains(text.as_str()), "{text}\n{said}");
            }
            for (folder, values) in &case.entries {
                values_are(&project, &format!("registry-data/servers/{folder}"), values, &about);
            }
            for (folder, values) in &case.draft {
                values_are(&project, &format!("drafts/{folder}"), values, &about);
                assert!(
                    project
                        .read(&format!("drafts/{folder}/missing.md"))
                        .contains("mcp-static add drafts/")
                );
            }
            for (folder, date) in &case.pinned {
                let origin = project.json(&format!("registry-data/servers/{folder}/origin.json"));
                assert_eq!(origin["publishedAt"], date.as_str(), "{about}");
                assert_eq!(origin.get("registry").is_some(), case.registry, "{about}");
            }
            for (folder, status) in &case.status {
                let record = project.json(&format!("registry-data/servers/{folder}/status.json"));
                assert_eq!(record["status"], status.as_str(), "{about}");
            }
            let all: String = crate::project::tree(&project.path(""))
                .into_iter()
                .filter(|(path, _)| !path.starts_with("source/"))
                .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
                .collect();
            assert!(!all.contains("hunter2"), "a secret came in: {about}");
            if case.new > 0 {
                builds(&project, &case, &about);
            }
        }
    }
}

#[track_caller]
fn values_are(project: &Project, folder: &str, values: &BTreeMap<String, Value>, about: &str) {
    let document = project.json(&format!("{folder}/server.json"));
    for (pointer, value) in values {
        assert_eq!(document.pointer(pointer), Some(value), "{about}: {pointer}\n{document:#}");
    }
}

/// The registry builds, and a second import of the same source changes nothing.
fn builds(project: &Project, case: &Case, about: &str) {
    project.git();
    project.commit(1_800_000_000);
    let check = project.run(&["check"]);
    assert_eq!(check.code, 0, "{about}\n{}{}", check.out, check.err);
    let built = project.run(&["build", "--base-url", "https://registry.example.com"]);
    assert_eq!(built.code, 0, "{about}\n{}{}", built.out, built.err);
    let list = project.json("_site/v0.1/servers/index.json");
    assert!(!list["servers"].as_array().unwrap().is_empty(), "{about}");
    let again = import(project, case);
    let counts = format!("imported 0 new, 0 updated, {} unchanged", case.new);
    assert!(again.err.contains(&counts), "{about}\n{}{}", again.out, again.err);
}
