//! Golden trees: the whole output of a small registry for every host and channel. `BLESS=1 cargo test golden`
//! accepts what is built now; a file too many fails like one too few.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;

use crate::project::{Project, home, tree};

/// The golden registry, with other files besides.
fn registry(more: &[&str]) -> Project {
    let data = tree(&home().join("tests/golden/registry-data"));
    assert!(!data.is_empty(), "the golden registry is missing");
    let project = Project::empty();
    for (path, bytes) in &data {
        project.bytes(&format!("registry-data/{path}"), bytes);
    }
    for path in more {
        let bytes = std::fs::read(home().join("tests/golden").join(path)).unwrap();
        project.bytes(&format!("registry-data/{}", path.rsplit('/').next().unwrap()), &bytes);
    }
    project
}

/// Builds the API of a registry and compares it with its golden tree.
fn compare(project: &Project, args: &[&str], golden: &str) {
    project.run(&[&["build", "--only", "api", "--out", "_site"], args].concat()).expect(0);
    let built = tree(&project.path("_site"));
    let folder = home().join("tests/golden").join(golden);
    if std::env::var_os("BLESS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        for (path, bytes) in &built {
            let full = folder.join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, bytes).unwrap();
        }
    }
    assert!(folder.is_dir(), "{golden} has no golden tree; run with BLESS=1");
    let text = |tree: BTreeMap<String, Vec<u8>>| -> BTreeMap<String, String> {
        tree.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
    };
    assert_eq!(text(built), text(tree(&folder)), "{golden}");
}

#[test]
fn every_host_builds_its_golden_tree() {
    for host in mcp_static::internals::site::HOSTS {
        let base = "https://acme.example.com/registry";
        compare(&registry(&[]), &["--for", host.name(), "--base-url", base], host.name());
    }
}

#[test]
fn every_channel_builds_its_golden_tree() {
    let files = ["registry.toml", "policy.toml", "policy.trial.toml"];
    let files = files.map(|file| format!("channels/{file}"));
    let project = registry(&files.each_ref().map(String::as_str));
    // Both into one folder, one after the other: nothing of one stays in the other.
    for channel in ["approved", "trial", "approved"] {
        compare(&project, &["--channel", channel], &format!("channels/{channel}"));
    }
}
