//! A preview that stands for the registry to come, and its result in the site.

use std::collections::BTreeMap;
use std::sync::Arc;

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::good::good;
use super::host::{Asked, Said, serve};
use crate::project::{Project, tree};

const URL: &str = "https://mcp.acme.example/registry";

/// A preview that names its own address in redirects, and lacks CORS.
fn preview() -> String {
    serve(Arc::new(|asked: &Asked| match asked.path() {
        "/v0.1/servers" => Said::redirect(302, &format!("{}/v0.1/servers/", asked.origin)),
        "/v0.1/servers/" => {
            let asked =
                Asked { target: asked.target.replace("servers/", "servers"), ..asked.clone() };
            good(&asked)
        }
        _ => good(asked).without("Access-Control-Allow-Origin"),
    }))
}

/// A project with one dated server.
fn project() -> Project {
    let project = Project::small();
    project.pin("com.example/weather", "1.0.0", "2026-01-01T00:00:00Z");
    project
}

/// The site without its manifest.
fn site(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(&project.path("_site"));
    files.retain(|path, _| path != "manifest.json");
    files
}

#[test]
fn a_preview_is_named_by_the_url_it_stands_for_in_every_form() {
    let project = Project::empty();
    let (one, other) = (preview(), preview());
    assert_ne!(one, other);
    let ask = |base: &str, form: &str, folder: &str| {
        let arguments = ["probe", base, "--stands-for", URL, "--format", form, "--write", folder];
        let out = project.run(&arguments).expect(1).out;
        assert!(!out.contains("127.0.0.1") && out.contains(URL), "{out}");
        (out, tree(&project.path(folder)))
    };
    for (form, words) in [
        ("human", "preview of https://mcp.acme.example/registry: 4 servers"),
        ("markdown", "### What clients would see (preview) of `https://mcp.acme.example/registry`"),
        ("json", "\"preview\": true"),
    ] {
        let (said, files) = ask(&one, form, "one");
        assert!(said.contains(words), "{said}");
        assert_eq!((said, files), ask(&other, form, "other"), "the port is in the result");
    }
    let json = project.json("one/probe.json");
    assert_eq!((&json["baseUrl"], &json["preview"]), (&Value::from(URL), &Value::from(true)));
    assert!(json.get("checkedAt").is_none(), "{json}");
    let badge = project.read("one/badge.svg");
    assert!(badge.contains(&format!("(preview): {URL}</title>")), "{badge}");
    let ran = project.run(&["probe", &one, "--stands-for", "https://mcp.acme.example/v0.1"]);
    ran.expect(2).says("clients append");
}

#[test]
fn a_result_changes_its_own_files_and_the_front_page_only() {
    let project = project();
    let base = serve(Arc::new(good));
    let probe = |base: &str, code| {
        project.run(&["probe", base, "--stands-for", URL, "--write", "probe"]).expect(code);
    };
    let build = |more: &[&str]| {
        project.run(&[&["build", "--base-url", URL], more].concat()).expect(0);
        project.run(&["check", "--site", "_site"]).expect(0);
        site(&project)
    };
    probe(&base, 0);
    let bare = build(&[]);
    let with = build(&["--probe", "probe/probe.json"]);
    let differ = |one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>| {
        let all = one.keys().chain(other.keys());
        let mut paths: Vec<String> =
            all.filter(|p| one.get(*p) != other.get(*p)).cloned().collect();
        paths.sort();
        paths.dedup();
        paths
    };
    let own = ["index.html", "probe/badge.svg", "probe/index.html", "probe/probe.json"];
    assert_eq!(differ(&bare, &with), own);
    for name in ["probe.json", "badge.svg"] {
        let made = std::fs::read(project.path(&format!("probe/{name}"))).unwrap();
        assert!(with[&format!("probe/{name}")] == made, "{name}");
    }
    let manifest = project.read("_site/manifest.json");
    assert!(manifest.contains("probe/probe.json") && manifest.contains("probe/index.html"));
    let again = project.run(&["build", "--base-url", URL, "--probe", "probe/probe.json"]);
    again.expect(0).says("0 files written");

    probe(&preview(), 1);
    assert_eq!(differ(&with, &build(&["--probe", "probe/probe.json"])), own);
    std::fs::remove_dir_all(project.path("_site")).unwrap();
    let fresh = build(&["--probe", "probe/probe.json"]);
    assert_eq!(differ(&with, &fresh), own);
    assert_eq!(differ(&bare, &build(&[])), Vec::<String>::new());
    let api = build(&["--only", "api", "--probe", "probe/probe.json"]);
    assert!(api.contains_key("probe/badge.svg") && !api.contains_key("probe/index.html"));
}

#[test]
fn a_result_of_somebody_else_ends_with_2_and_changes_nothing() {
    let project = project();
    project.run(&["build", "--base-url", URL]).expect(0);
    let before = tree(&project.path("_site"));
    project.run(&["probe", &serve(Arc::new(good)), "--write", "live"]).expect(0);
    project.file("odd.json", "{\"name\": \"\u{1b}[2J\"}");
    for (path, words) in [
        ("live/probe.json", "clients refuse http"),
        ("odd.json", "not the result of a probe"),
        ("none.json", "cannot be read"),
    ] {
        let ran = project.run(&["build", "--base-url", URL, "--probe", path]).expect(2).says(words);
        assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
    }
    project.run(&["probe", &preview(), "--stands-for", URL, "--write", "ours"]).expect(1);
    let other = ["build", "--base-url", "https://other.example", "--probe", "ours/probe.json"];
    project.run(&other).expect(2).says("this registry is at https://other.example");
    assert!(tree(&project.path("_site")) == before);
}
