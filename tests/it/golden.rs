//! Golden trees: the whole output of a small registry for every host. `BLESS=1 cargo test golden`
//! accepts what is built now; a file too many fails like one too few.

use std::collections::BTreeMap;

use pretty_assertions::assert_eq;

use crate::project::{Project, home, tree};

#[test]
fn every_host_builds_its_golden_tree() {
    let bless = std::env::var_os("BLESS").is_some();
    let data = tree(&home().join("tests/golden/registry-data"));
    assert!(!data.is_empty(), "the golden registry is missing");
    for host in mcp_static::internals::site::HOSTS {
        let project = Project::empty();
        for (path, bytes) in &data {
            project.bytes(&format!("registry-data/{path}"), bytes);
        }
        project
            .run(&[
                "build",
                "--only",
                "api",
                "--for",
                host.name(),
                "--base-url",
                "https://acme.example.com/registry",
            ])
            .expect(0);
        let built = tree(&project.path("_site"));
        let folder = home().join("tests/golden").join(host.name());
        if bless {
            let _ = std::fs::remove_dir_all(&folder);
            for (path, bytes) in &built {
                let full = folder.join(path);
                std::fs::create_dir_all(full.parent().unwrap()).unwrap();
                std::fs::write(full, bytes).unwrap();
            }
        }
        assert!(folder.is_dir(), "{} has no golden tree; run with BLESS=1", host.name());
        let text = |tree: BTreeMap<String, Vec<u8>>| -> BTreeMap<String, String> {
            tree.into_iter()
                .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
                .collect()
        };
        assert_eq!(text(built), text(tree(&folder)), "{}", host.name());
    }
}
