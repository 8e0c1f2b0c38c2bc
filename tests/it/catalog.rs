//! The catalog: what every page keeps to, whoever wrote the data.

mod hostile;
mod html;
mod looks;
mod spanning;
mod works;

use std::path::PathBuf;

use mcp_static::internals::config::BaseUrl;
use mcp_static::internals::pipeline::{LoadOptions, Silent, check, load};
use mcp_static::internals::site::{Artifact, Media, Site, UrlPath};

use crate::project::{Project, home};

const BASE: &str = "https://registry.example.com/catalog";

/// The site of a data folder.
fn site(data: PathBuf, base_url: Option<&str>) -> Site {
    let base_url = base_url.map(|url| BaseUrl::parse(url).unwrap());
    let options = LoadOptions { data, base_url, catalog: true, ..LoadOptions::default() };
    let loaded = load(&options).unwrap();
    let (registry, report) = check(&loaded, &Silent).unwrap();
    assert!(!report.has_errors(), "{:#?}", report.items());
    let site = loaded.renderer().site(&registry);
    assert_eq!(loaded.template_problems(), []);
    site
}

fn sample() -> Site {
    site(home().join("registry-data"), Some(BASE))
}

fn of(project: &Project) -> Site {
    site(project.path("registry-data"), Some(BASE))
}

fn at<'a>(site: &'a Site, path: &str) -> Option<&'a Artifact> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    site.get(UrlPath::new(segments).unwrap().as_str())
}

#[track_caller]
fn text(site: &Site, path: &str) -> String {
    let artifact = at(site, path).unwrap_or_else(|| panic!("nothing stands at {path:?}"));
    String::from_utf8(artifact.body.to_vec()).unwrap()
}

/// Every page with its path.
fn pages(site: &Site) -> Vec<(String, String)> {
    let pages = site.artifacts().filter(|artifact| artifact.media == Media::Html);
    pages.map(|page| (page.path.as_str().to_owned(), text(site, page.path.as_str()))).collect()
}

#[test]
fn every_page_of_the_sample_keeps_the_rules() {
    let site = sample();
    let pages = pages(&site);
    assert!(pages.len() > 45, "only {} pages", pages.len());
    for (path, page) in &pages {
        html::assert_rules(&site, path, page);
    }
}

#[test]
fn every_page_of_a_hostile_registry_keeps_the_rules() {
    let site = of(&hostile::registry());
    for (path, page) in &pages(&site) {
        html::assert_rules(&site, path, page);
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    let (one, other) = (sample(), sample());
    let all = |site: &Site| {
        site.artifacts().map(|a| (a.path.clone(), a.body.clone())).collect::<Vec<_>>()
    };
    assert!(all(&one) == all(&other));
}

#[test]
fn a_withdrawn_version_has_no_page_and_its_history_says_why() {
    let site = sample();
    assert!(at(&site, "servers/com.example.lighthouse/tides/2.0.0").is_none());
    let page = text(&site, "servers/com.example.lighthouse/tides");
    assert!(page.contains("<s>2.0.0</s>") && page.contains("an hour late"), "{page}");
}

#[test]
fn a_withdrawn_server_has_no_page_and_is_in_no_list() {
    let project = Project::sample();
    project.file(
        "registry-data/servers/com.example/status-page/1.0.0/status.json",
        "{\"status\":\"deleted\",\"statusMessage\":\"gone\"}",
    );
    let site = of(&project);
    for (path, page) in pages(&site) {
        assert!(!path.contains("status-page"), "{path}");
        assert!(!page.contains("href=./servers/com.example/status-page/"), "{path}");
    }
    assert!(text(&site, "changes").contains("withdrawn"));
    assert!(!text(&site, "sitemap.xml").contains("status-page"));
}

#[test]
fn a_server_page_names_everything_that_the_document_declares() {
    let page = text(&sample(), "servers/com.example.lighthouse/tides");
    for part in [
        "TIDES_API_KEY",
        "TIDES_DATUM",
        "--units",
        "&lt;home_port&gt;",
        "Authorization",
        "{token}",
        "https://mcp.lighthouse.example.com/tides",
        "https://www.npmjs.com/package/@example-lighthouse/tides-mcp/v/2.1.0",
        "https://github.com/example-lighthouse/tides-mcp",
        "v0.1/servers/com.example.lighthouse/tides/versions/2.1.0",
        "badge.svg",
        "<b>required</b>",
        "<b class=key>secret</b>",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn the_first_clients_are_the_settings_and_version_pages_have_no_tabs() {
    let project = Project::sample();
    project.file("registry-data/registry.toml", "[catalog]\nclients = [\"goose\", \"cursor\"]\n");
    let site = of(&project);
    let page = text(&site, "servers/com.example.lighthouse/tides");
    let places: Vec<usize> = ["goose", "cursor", "more"]
        .map(|id| page.find(&format!("data-tab={id}")).unwrap())
        .to_vec();
    assert!(places.is_sorted(), "{places:?}");
    assert!(!page.contains("data-tab=vscode"));
    let others = html::only(&text(&site, "connect"), "#clients + p + table");
    assert!(others.contains("VS Code.vscode/mcp.json"), "{others}");
    assert!(!others.contains("Goose"), "{others}");
    assert!(!text(&site, "servers/com.example.lighthouse/tides/1.2.0").contains("data-tab"));
}

#[test]
fn every_command_and_url_on_a_page_is_in_the_allowlist() {
    let site = sample();
    let text_of = text(&site, "exports/copilot/managed-settings.json");
    let allow: serde_json::Value = serde_json::from_str(&text_of).unwrap();
    let allowed = allow["allowedMcpServers"].as_array().unwrap();
    for argv in [["npx", "-y", "--loglevel"], ["cmd", "/c", "npx"]] {
        let is_like = |entry: &serde_json::Value| {
            let words = entry["serverCommand"].as_array();
            words.is_some_and(|words| words.iter().zip(argv).all(|(word, part)| word == part))
        };
        assert!(allowed.iter().any(is_like), "{argv:?}");
    }
    assert!(text_of.contains("https://mcp.lighthouse.example.com/tides"));
    assert!(text(&site, "allowlist").contains("exports/claude-code/managed-settings.json"));
}

#[test]
fn where_nothing_can_be_installed_the_page_links_to_what_says_how() {
    let project = Project::empty();
    let repository =
        r#""repository": {"url": "https://github.com/example/desk", "source": "github"},"#;
    let website = r#""websiteUrl": "https://www.example.com/guide","#;
    for (name, more) in [("site", website), ("code", repository), ("neither", "")] {
        let name = format!("com.example/{name}");
        project.entry_with(&name, "1.0.0", more).pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    let site = of(&project);
    for (name, wanted) in [
        (
            "site",
            "See its website for how to run it: <a class=long href=\"https://www.example.com/guide\"",
        ),
        (
            "code",
            "See its repository for how to run it: <a class=long href=\"https://github.com/example/desk\"",
        ),
        ("neither", "It names no website and no repository either."),
    ] {
        let page = text(&site, &format!("servers/com.example/{name}"));
        let nothing = page.split("id=nothing").nth(1).expect("the section");
        let nothing = nothing.split("</section>").next().unwrap();
        assert!(nothing.contains(wanted), "{nothing}");
    }
}

#[test]
fn the_latest_version_has_one_page_and_every_link_leads_to_it() {
    let site = sample();
    assert!(at(&site, "servers/com.example.lighthouse/tides/2.1.0").is_none());
    let old = text(&site, "servers/com.example.lighthouse/tides/1.2.0");
    assert!(old.contains("href=../../../../servers/com.example.lighthouse/tides/>2.1.0</a>"));
    let page = text(&site, "servers/com.example.lighthouse/tides");
    assert_eq!(html::only(&page, ".crumbs [aria-current=page]"), "tides");
    assert_eq!(html::only(&page, ".history [aria-current=true]"), "2.1.0");
    assert!(!page.contains("tides/ aria-current"), "no page links to itself");
}

#[test]
fn a_release_candidate_is_labelled_and_a_long_history_is_folded() {
    let project = Project::empty();
    let name = "com.example/early";
    for version in (1..=12).map(|i| format!("1.0.{i}")).chain(["2.0.0-rc.1".to_owned()]) {
        project.entry(name, &version).pin(name, &version, "2026-01-01T00:00:00Z");
    }
    let page = text(&of(&project), "servers/com.example/early");
    let about = html::only(&page, ".about-box dl > div:first-child");
    assert!(about.contains("2.0.0-rc.1 latest pre-release"), "{about}");
    assert_eq!(html::only(&page, ".older > summary"), "5 older versions");
}

#[test]
fn a_server_page_says_what_the_server_touches() {
    let page = text(&sample(), "servers/com.example.lighthouse/tides");
    let lines = html::only(&page, ".touches");
    for part in [
        "Runs on this computernpx -y",
        "Downloads fromnpm",
        "Connects tomcp.lighthouse.example.com",
        "Asks for secretsTIDES_API_KEY",
        "Uses files and foldersTIDES_CACHE_DIR optional",
    ] {
        assert!(lines.contains(part), "{part} in {lines}");
    }
}

#[test]
fn a_page_names_the_registry_and_the_program_of_a_package_only_where_they_are_unusual() {
    let project = Project::empty();
    let package = |name: &str, hint: &str, registry: &str| {
        let more = format!(
            r#""packages": [{{"registryType": "npm", "identifier": "a", "version": "1.0.0", "runtimeHint": "{hint}",
            "registryBaseUrl": "{registry}", "transport": {{"type": "stdio"}}}}],"#
        );
        project.entry_with(name, "1.0.0", &more).pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    };
    package("com.example/usual", "npx", "https://registry.npmjs.org");
    package("com.example/unusual", "bunx", "https://npm.corp.example.com");
    project.file(
        "registry-data/registry.toml",
        "[registry]\nvisibility = \"private\"\n[packages]\nnpm = [\"public\", \"npm.corp.example.com\"]\n",
    );
    let site = of(&project);
    let facts =
        |name: &str| html::only(&text(&site, &format!("servers/com.example/{name}")), ".pairs");
    assert_eq!(facts("usual"), "Transportstdio");
    assert_eq!(
        facts("unusual"),
        "TransportstdioStarted withbunxRegistryhttps://npm.corp.example.com"
    );
}
