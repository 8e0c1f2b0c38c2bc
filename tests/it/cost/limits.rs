//! Files that are refused for their size are not read, and findings that are alike are counted.

use mcp_static::internals::diag::Code;
use mcp_static::internals::pipeline::{LoadOptions, Silent, check, load};

use crate::project::Project;

/// What `check` says of the data, as code and file.
fn codes(project: &Project, format: &[&str]) -> Vec<(String, String)> {
    let out = project.run(&[&["check", "--format", "json"], format].concat()).expect(1).out;
    let of = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        (text("code"), text("file").rsplit('/').next().unwrap().to_owned())
    };
    out.lines()
        .map(of)
        .filter(|(code, _)| !code.starts_with("date-") && !code.starts_with("lint-"))
        .collect()
}

#[test]
fn a_file_that_is_refused_for_its_size_is_not_read() {
    // None of them is JSON or TOML, so that a reader would have more to say.
    let (large, folder) = ("[".repeat(300_000), "registry-data/servers/com.example/weather/1.0.0");
    for path in [
        format!("{folder}/server.json"),
        format!("{folder}/status.json"),
        format!("{folder}/origin.json"),
        "registry-data/registry.toml".to_owned(),
        "registry-data/owners/com.example.toml".to_owned(),
        "registry-data/tombstones/com.example/gone/1.0.0.toml".to_owned(),
    ] {
        let project = Project::small();
        project.file(&path, &large);
        let file = path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(codes(&project, &[]), [("file-too-large".to_owned(), file)], "{path}");
    }
    let project = Project::small();
    project.file("server.json", &large);
    let found = codes(&project, &["server.json"]);
    assert_eq!(found, [("file-too-large".to_owned(), "server.json".to_owned())]);
    // The official registry has no such limit, so its verdict needs the content.
    let official = codes(&project, &["server.json", "--profile", "official"]);
    assert!(official.iter().any(|(code, _)| code == "json-syntax"), "{official:?}");
}

#[test]
fn a_refusal_for_size_cannot_be_lowered() {
    assert!(Code::FileTooLarge.is_fixed());
    let project = Project::small();
    project.run(&["check", "-A", "file-too-large"]).expect(2).says("cannot be lowered");
}

#[test]
fn findings_that_are_alike_are_counted_after_the_first_hundred() {
    let project = Project::empty();
    let unknown: String = (0..16_000).map(|i| format!("\"k{i}\": 1,\n")).collect();
    // A warning after all of them, and an error of another kind.
    project.entry_with(
        "com.example/weather",
        "1.0.0+build",
        &format!("{unknown} \"title\": \" \","),
    );
    project.pin("com.example/weather", "1.0.0+build", "2026-01-01T00:00:00Z");
    let form = |form: &str| project.run(&["check", "--verbose", "--format", form]).expect(1).out;
    let more = "and 15900 more of property-unknown in this file";
    for (name, line) in [
        ("human", "error[property-unknown]: "),
        ("json", "{\"code\":\"property-unknown\""),
        ("github", "title=property-unknown::"),
        ("sarif", "\"ruleId\": \"property-unknown\""),
    ] {
        let out = form(name);
        assert_eq!(out.matches(line).count(), 101, "{name}");
        assert_eq!(out.matches(more).count(), 1, "{name}");
        for other in ["title-whitespace-only", "version-build-metadata"] {
            assert!(out.contains(other), "{name} does not say {other}");
        }
    }
    for name in ["human", "github", "markdown"] {
        let out = form(name);
        assert!(out.contains("16001 errors"), "{name}: {}", out.lines().next_back().unwrap());
    }
    assert!(form("markdown").contains(more) || form("markdown").contains("more that this comment"));
    let quiet = project.run(&["check", "-A", "property-unknown", "--format", "human"]).expect(1);
    quiet.says("1 error, ");
}

/// What is mapped of a pack counts as memory of the process, and a registry's pack can be larger than all
/// the rest.
#[test]
#[cfg(target_os = "linux")]
fn the_repository_is_closed_once_the_dates_are_read() {
    let project = Project::small();
    let git = project.git();
    let commit = project.commit(1_790_000_000);
    let mut pack = git.packbuilder().unwrap();
    pack.insert_commit(commit).unwrap();
    pack.write(&project.path(".git/objects/pack"), 0).unwrap();
    drop(pack);
    drop(git);
    let folder = std::fs::canonicalize(project.path(".git/objects/pack")).unwrap();
    let is_mapped = || {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        maps.lines().any(|line| line.contains(folder.to_str().unwrap()) && line.contains(".pack"))
    };
    let loaded = load(&LoadOptions::new(project.path("registry-data"))).unwrap();
    assert!(is_mapped(), "the commit's time is in the pack");
    check(&loaded, &Silent).unwrap();
    assert!(!is_mapped());
}
