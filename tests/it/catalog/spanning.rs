//! Pages that span servers: lists, facets, changes, feed and what is for machines.

use scraper::{Html, Selector};

use super::{BASE, at, html, of, pages, sample, site, text};
use crate::project::{Project, home};

fn hrefs(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let selector = Selector::parse(selector).unwrap();
    let found = page.select(&selector);
    found.filter_map(|link| link.value().attr("href").map(str::to_owned)).collect()
}

/// A registry of `count` servers.
fn many(count: usize) -> Project {
    let project = Project::empty();
    for i in 0..count {
        let name = format!("com.example/server-{i:04}");
        project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    project
}

#[test]
fn the_lists_hold_every_server_once() {
    let site = of(&many(450));
    let mut listed = Vec::new();
    for path in ["", "browse/page/2", "browse/page/3"] {
        let names = hrefs(&text(&site, path), "#list h3 a");
        listed.extend(
            names
                .into_iter()
                .map(|href| href.trim_start_matches("../").trim_start_matches("./").to_owned()),
        );
    }
    let mut unique = listed.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((listed.len(), unique.len()), (450, 450));
    assert!(at(&site, "browse/page/4").is_none());
    assert_eq!(hrefs(&text(&site, "browse/namespace/com.example"), "#list h3 a").len(), 200);
    assert_eq!(hrefs(&text(&site, "browse/namespace/com.example/3"), "#list h3 a").len(), 50);
    assert_eq!(hrefs(&text(&site, ""), "a[rel=next]"), ["./browse/page/2/"]);
}

#[test]
fn every_facet_counts_what_its_page_lists() {
    let site = sample();
    let browse = text(&site, "browse");
    let page = Html::parse_document(&browse);
    let links: Vec<_> = page.select(&Selector::parse(".browse li a").unwrap()).collect();
    assert!(links.len() > 15);
    for link in links {
        let path = link.value().attr("href").unwrap().trim_start_matches("../");
        let count = link.select(&Selector::parse(".count").unwrap()).next().unwrap();
        let count: usize = count.text().collect::<String>().parse().unwrap();
        assert_eq!(hrefs(&text(&site, path), "#list h3 a").len(), count, "{path}");
    }
    for path in [
        "browse/package/npm",
        "browse/transport/stdio",
        "browse/status/deprecated",
        "browse/proof/unrecorded",
    ] {
        assert!(at(&site, path).is_some(), "{path}");
    }
}

#[test]
fn a_public_registry_speaks_to_machines() {
    let site = sample();
    let server = text(&site, "servers/com.example.lighthouse/tides");
    for part in [
        format!("<link rel=\"canonical\" href=\"{BASE}/servers/com.example.lighthouse/tides/\">"),
        format!("<meta property=\"og:image\" content=\"{BASE}/assets/share.svg\">"),
        "<link rel=\"alternate\" type=\"application/json\" href=\"../../../v0.1/servers/com.example.lighthouse/tides/versions/2.1.0\">".to_owned(),
        "<link rel=\"alternate\" type=\"application/atom+xml\"".to_owned(),
        "<script type=\"application/ld+json\">".to_owned(),
    ] {
        assert!(server.contains(&part), "{part}");
    }
    let version = text(&site, "servers/com.example.lighthouse/tides/1.2.0");
    assert!(version.contains(&format!(
        "<link rel=\"canonical\" href=\"{BASE}/servers/com.example.lighthouse/tides/\">"
    )));
    assert_eq!(
        text(&site, "robots.txt"),
        format!("User-agent: *\nAllow: /\n\nSitemap: {BASE}/sitemap.xml\n")
    );
    assert!(text(&site, "sitemap.xml").contains(&format!(
        "<loc>{BASE}/servers/com.example/status-page/</loc><lastmod>2026-10-20T09:30:00Z</lastmod>"
    )));
    assert!(text(&site, "opensearch.xml").contains(&format!("{BASE}/?q={{searchTerms}}")));
    assert!(text(&site, "llms.txt").starts_with("# Example Registry\n\n> "));
}

#[test]
fn a_private_registry_asks_machines_to_stay_away() {
    let project = Project::sample();
    project.file(
        "registry-data/registry.toml",
        "[registry]\nname = \"Inside\"\nvisibility = \"private\"\n",
    );
    let site = of(&project);
    for (path, page) in pages(&site) {
        assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{path}");
        assert!(!page.contains("ld+json"), "{path}");
    }
    assert_eq!(text(&site, "robots.txt"), "User-agent: *\nDisallow: /\n");
    for path in ["sitemap.xml", "opensearch.xml", "llms.txt"] {
        assert!(at(&site, path).is_none(), "{path}");
    }
    assert!(at(&site, "feed.xml").is_some());
}

#[test]
fn without_a_base_url_only_what_needs_one_is_missing() {
    let site = site(home().join("registry-data"), None);
    for path in ["feed.xml", "sitemap.xml", "opensearch.xml"] {
        assert!(at(&site, path).is_none(), "{path}");
    }
    for (path, page) in pages(&site) {
        assert!(!page.contains("rel=\"canonical\"") && !page.contains("og:image"), "{path}");
    }
    assert!(text(&site, "llms.txt").contains("(/v0.1/servers)"));
}

#[test]
fn the_feed_has_publications_and_changes_of_status() {
    let feed = text(&sample(), "feed.xml");
    assert!(feed.matches("<entry>").count() >= 10);
    for part in [
        format!(
            "<id>{BASE}/v0.1/servers/com.example%2Fstatus-page/versions/1.0.0#published-2026-10-20T09:30:00Z</id>"
        ),
        "<updated>2026-10-20T09:30:00Z</updated>".to_owned(),
        "<category term=\"deprecated\"/>".to_owned(),
        "<category term=\"deleted\"/>".to_owned(),
    ] {
        assert!(feed.contains(&part), "{part}\n{feed}");
    }
    let ids: Vec<&str> = feed.lines().filter(|line| line.starts_with("<id>")).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(ids.len(), unique.len());
}

#[test]
fn the_page_of_changes_has_the_last_hundred() {
    let changes = text(&of(&many(130)), "changes");
    assert_eq!(hrefs(&changes, ".day li a").len(), 100);
    assert_eq!(html::only(&changes, ".day h2"), "1 Jan 2026");
}

#[test]
fn the_search_index_holds_every_server_and_changes_by_shard() {
    let before = of(&many(1600));
    let index: serde_json::Value =
        serde_json::from_str(&text(&before, "assets/search/index.json")).unwrap();
    let shards: Vec<&str> =
        index["shards"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert_eq!((index["servers"].as_u64(), shards.len()), (Some(1600), 2));
    let mut names = 0;
    for shard in &shards {
        let shard: serde_json::Value =
            serde_json::from_str(&text(&before, &format!("assets/search/{shard}"))).unwrap();
        let count = shard["names"].as_array().unwrap().len();
        for column in ["titles", "descriptions", "versions", "days", "remote", "packages", "tags"] {
            assert_eq!(shard[column].as_array().unwrap().len(), count, "{column}");
        }
        names += count;
    }
    assert_eq!(names, 1600);
    let project = many(1600);
    project.entry_with("com.example/server-0007", "1.0.0", "\"title\": \"Other\",");
    let after = of(&project);
    let same =
        shards.iter().filter(|shard| at(&after, &format!("assets/search/{shard}")).is_some());
    assert_eq!(same.count(), 1);
}
