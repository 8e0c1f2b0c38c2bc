//! `serve` and `build` say the same at every URL without a query.

use std::path::PathBuf;

use mcp_static::internals::config::EXPORT_IDS;
use mcp_static::internals::pipeline::{Silent, check, load};
use mcp_static::internals::serve::{LiveSource, Options, Request};
use mcp_static::internals::site::{Media, Shape, Site};
use pretty_assertions::assert_eq;

use super::client::Client;
use super::{Running, load_options, sample_data, shared};
use crate::project::Project;

fn site(data: PathBuf) -> Site {
    let loaded = load(&load_options(data)).unwrap();
    let (registry, report) = check(&loaded, &Silent).unwrap();
    assert!(!report.has_errors());
    loaded.renderer().site(&registry)
}

/// The ways in which clients write a path: the slash inside a name raw or encoded, plus likewise.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned(), url.replace('+', "%2B"), url.replace('+', "%2b")];
    let named = url.strip_prefix("/v0.1/servers/").and_then(|rest| rest.split_once('/'));
    if let Some((namespace, rest)) = named {
        for slash in ["%2F", "%2f"] {
            all.push(format!("/v0.1/servers/{namespace}{slash}{rest}"));
            all.push(format!("/v0.1/servers/{namespace}{slash}{}", rest.replace('+', "%2B")));
        }
    }
    all
}

#[test]
fn every_document_is_served_byte_for_byte() {
    let site = site(sample_data());
    assert!(site.artifacts().len() > 60, "a site with nothing in it proves nothing");
    let mut client = Client::connect(shared());
    let mut asked = 0;
    for artifact in site.artifacts() {
        let folder = artifact.shape == Shape::Endpoint && artifact.media == Media::Html;
        let url = artifact.path.to_string();
        let url = if folder { format!("{}/", url.trim_end_matches('/')) } else { url };
        for spelling in spellings(&url) {
            for ending in ["", "?", "?unknown=1&x"] {
                let reply = client.get(&format!("{spelling}{ending}"), "");
                assert_eq!(reply.status, 200, "{spelling}{ending}");
                assert!(reply.body == *artifact.body, "{spelling}{ending}: other bytes");
                assert_eq!(reply.header("Content-Type"), artifact.media.content_type());
                assert_eq!(reply.header("Cache-Control"), artifact.freshness.cache_control());
                asked += 1;
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

#[test]
fn the_files_for_other_systems_are_served_as_they_are_built() {
    let project = Project::sample();
    let settings = "[registry]\nvisibility = \"public\"\nbase_url = \"https://mcp.example.org/tools\"\nmeta_key = \"com.example.acme/registry\"\n";
    let settings = format!("{settings}[exports]\nenable = {EXPORT_IDS:?}\n");
    project.file("registry-data/registry.toml", &settings);
    let site = site(project.path("registry-data"));
    let source = LiveSource::new(load_options(project.path("registry-data")));
    let live = source.read(&Silent).unwrap().live.unwrap();
    let running = Running::with(live, Options::default());
    let mut client = Client::connect(running.address);
    let of_systems =
        |path: &str| ["exports/", ".well-known/", "cards/"].iter().any(|it| path.starts_with(it));
    let mut asked = 0;
    for artifact in site.artifacts().filter(|it| of_systems(it.path.as_str())) {
        let reply = client.get(&artifact.path.to_string(), "");
        assert_eq!(reply.status, 200, "{}", artifact.path);
        assert!(reply.body == *artifact.body, "{}: other bytes", artifact.path);
        asked += 1;
    }
    // Four for clients, five catalogs, two for agents, and seven cards.
    assert_eq!(asked, 4 + 5 + 2 + 7);
}

#[test]
fn a_query_for_what_the_document_holds_gives_the_same_entries() {
    let mut client = Client::connect(shared());
    let whole = client.get("/v0.1/servers", "").json();
    let latest = client.get("/v0.1/servers?version=latest&limit=100", "").json();
    assert_eq!(whole, latest);
    for entry in whole["servers"].as_array().unwrap() {
        let name = entry["server"]["name"].as_str().unwrap().replace('/', "%2F");
        let base = format!("/v0.1/servers/{name}/versions");
        let plain = client.get(&base, "");
        assert_eq!(client.get(&format!("{base}?include_deleted=false"), "").body, plain.body);
        let one = client.get(&format!("{base}/latest"), "").json();
        assert_eq!(&one, entry);
    }
}

#[test]
fn a_plus_in_a_version_is_a_plus() {
    let project = Project::empty();
    for version in ["1.0.0+b.1", "1.0.0-rc.1+b"] {
        project.entry("com.example/weather", version);
        project.pin("com.example/weather", version, "2025-01-01T00:00:00Z");
    }
    let options = load_options(project.path("registry-data"));
    let live = LiveSource::new(options).read(&Silent).unwrap().live.expect("no errors");
    let ask = |target: &str| {
        let answer = live.answer(&Request::get(target));
        (answer.status(), String::from_utf8(answer.body().to_vec()).unwrap())
    };
    let base = "/v0.1/servers/com.example%2Fweather/versions";
    for version in ["1.0.0+b.1", "1.0.0%2Bb.1", "1.0.0%2bb.1"] {
        for query in ["", "?include_deleted=true"] {
            let (status, body) = ask(&format!("{base}/{version}{query}"));
            assert_eq!(status, 200, "{version}{query}");
            assert!(body.contains("\"version\":\"1.0.0+b.1\""));
        }
        let (status, body) = ask(&format!("/v0.1/servers?version={version}&limit=5"));
        let found = usize::from(!version.contains("0+"));
        assert!(status == 200 && body.contains(&format!("\"count\":{found}}}")), "{body}");
    }
    assert_eq!(ask(&format!("{base}/1.0.0%20b.1")).0, 404, "a space is no plus in a path");
    // Some clients send the cursor as they got it, and a form turns its plus into a space.
    for cursor in ["1.0.0-rc.1%2Bb", "1.0.0-rc.1+b"] {
        let (_, body) = ask(&format!("/v0.1/servers?cursor=com.example/weather:{cursor}"));
        assert!(body.ends_with("\"metadata\":{\"count\":0}}"), "{body}");
    }
    let (_, body) = ask("/v0.1/servers?cursor=com.example/weather:1.0.0+b.1");
    assert!(body.contains("1.0.0-rc.1+b") && body.ends_with("\"count\":1}}"), "{body}");
}
