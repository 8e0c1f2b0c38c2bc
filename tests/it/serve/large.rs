//! Registries of many servers.

use std::collections::BTreeSet;

use mcp_static::internals::pipeline::{Silent, check, load};
use mcp_static::internals::serve::{Live, LiveSource, Request};
use mcp_static::internals::site::{Media, Shape, Site};
use pretty_assertions::assert_eq;
use serde_json::Value;

use super::load_options;
use crate::project::Project;

fn live(project: &Project) -> Live {
    let options = load_options(project.path("registry-data"));
    LiveSource::new(options).read(&Silent).unwrap().live.expect("no errors")
}

fn site(project: &Project) -> Site {
    let loaded = load(&load_options(project.path("registry-data"))).unwrap();
    let (registry, report) = check(&loaded, &Silent).unwrap();
    assert!(!report.has_errors());
    loaded.renderer().site(&registry)
}

fn get(live: &Live, target: &str) -> Value {
    let answer = live.answer(&Request::get(target));
    assert_eq!(answer.status(), 200, "{target}");
    serde_json::from_slice(answer.body()).unwrap()
}

/// A registry of `servers` servers with some versions each, of which some are deprecated or deleted; the
/// same seed makes the same one.
pub(super) fn random(servers: usize, mut seed: u64) -> Project {
    let project = Project::empty();
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for i in 0..servers {
        let name = format!("com.example{}/s{}-{i}", random(3), random(50));
        for version in 0..=random(3) {
            let version = format!("{version}.{}.0", random(12));
            project.entry(&name, &version);
            let day = 1 + random(28);
            project.pin(&name, &version, &format!("2025-03-{day:02}T00:00:00Z"));
            let status = ["active", "active", "deprecated", "deleted"][random(4) as usize];
            if status != "active" {
                let file = format!("registry-data/servers/{name}/{version}/status.json");
                project.file(&file, &format!("{{\"status\":\"{status}\"}}"));
            }
        }
    }
    project
}

#[test]
fn every_document_of_a_random_registry_is_that_of_a_build() {
    // More than 200, so that the list has several pages.
    for (servers, seed) in [(1, 1), (7, 2), (300, 3)] {
        let project = random(servers, seed);
        let (site, live) = (site(&project), live(&project));
        for artifact in site.artifacts() {
            let page = artifact.shape == Shape::Endpoint && artifact.media == Media::Html;
            let url = artifact.path.to_string();
            let url = if page { format!("{}/", url.trim_end_matches('/')) } else { url };
            let answer = live.answer(&Request::get(&url));
            assert_eq!(answer.status(), 200, "{url}");
            assert!(answer.body() == &*artifact.body, "{url}: other bytes");
        }
        let pages: BTreeSet<String> = site.artifacts().map(|it| it.path.to_string()).collect();
        assert_eq!(pages.iter().any(|it| it.starts_with("/browse/all/")), servers > 200);
        for other in [
            "/browse/all/none",
            "/browse/status/none",
            "/servers/com.example0",
            "/servers/com.example0/none",
            "/servers/com.example0/none/1.0.0",
            "/assets/search/0.json",
            "/exports/none.json",
        ] {
            assert!(!pages.contains(other));
            assert_eq!(live.answer(&Request::get(other)).status(), 404, "{other}");
        }
    }
}

#[test]
fn a_page_of_a_withdrawn_version_is_not_found() {
    let project = Project::small();
    project.pin("com.example/weather", "1.0.0", "2025-01-01T00:00:00Z");
    for (version, date) in [("0.9.0", "2024-01-01T00:00:00Z"), ("2.0.0", "2025-02-01T00:00:00Z")] {
        project.entry("com.example/weather", version);
        project.pin("com.example/weather", version, date);
    }
    let status = "registry-data/servers/com.example/weather/2.0.0/status.json";
    project.file(status, "{\"status\":\"deleted\"}");
    let live = live(&project);
    // The page of the newest version is that of the server.
    for (page, status) in
        [("", 308), ("/0.9.0", 308), ("/1.0.0", 404), ("/2.0.0", 404), ("/latest", 404)]
    {
        let url = format!("/servers/com.example/weather{page}");
        assert_eq!(live.answer(&Request::get(&url)).status(), status, "{url}");
    }
}

/// A registry whose list has about this many times 200 KB.
fn heavy(count: usize) -> Project {
    let project = Project::empty();
    for i in 0..count {
        let name = format!("com.example/heavy-{i:03}");
        for version in ["1.0.0", "1.1.0"] {
            let title = format!("\"title\": \"{}\",", "x".repeat(200_000));
            let title = if version == "1.1.0" { title } else { String::new() };
            project.entry_with(&name, version, &title);
            let pinned =
                r#"{"registry":"https://other.example.com","publishedAt":"2026-01-01T00:00:00Z"}"#;
            let file = format!("registry-data/servers/{name}/{version}/origin.json");
            project.file(&file, pinned);
        }
    }
    project
}

#[test]
fn a_list_that_clients_do_not_read_is_answered_with_its_first_page() {
    let small = live(&heavy(50));
    let list = get(&small, "/v0.1/servers");
    assert_eq!(
        (&list["metadata"]["count"], &list["metadata"]["nextCursor"]),
        (&50.into(), &Value::Null)
    );

    let large = live(&heavy(55));
    for list in ["/v0.1/servers", "/v0/servers", "/v0.1/servers?", "/v0.1/servers?unknown=1"] {
        let first = large.answer(&Request::get(list));
        assert!(
            first.body() == large.answer(&Request::get("/v0.1/servers?limit=30")).body(),
            "{list}"
        );
    }
    // Following the cursors visits every version, as on the official registry.
    let (mut seen, mut query) = (0, String::new());
    loop {
        let page = get(&large, &format!("/v0.1/servers{query}"));
        let count = page["servers"].as_array().unwrap().len();
        assert!(count <= 30 && page["metadata"]["count"] == count);
        seen += count;
        let Some(cursor) = page["metadata"]["nextCursor"].as_str() else { break };
        query = format!("?cursor={cursor}");
    }
    assert_eq!(seen, 110);
}
