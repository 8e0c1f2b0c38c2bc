//! Pages that span servers: lists, facets, changes, feed and what is for machines.

use mcp_static::internals::site::Site;
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

/// The servers on a list's first page and on those that follow it.
fn listed(site: &Site, first: &str) -> Vec<String> {
    let (mut servers, mut path) = (Vec::new(), first.to_owned());
    loop {
        let page = text(site, &path);
        let part = |href: &String| href.trim_start_matches(['.', '/']).to_owned();
        let rows = hrefs(&page, "#list h3 a");
        assert!(rows.len() <= 200, "{path} has {} rows", rows.len());
        servers.extend(rows.iter().map(part));
        match hrefs(&page, "a[rel=next]").first() {
            Some(next) => path = part(next),
            None => return servers,
        }
    }
}

#[test]
fn the_lists_hold_every_server_once() {
    let site = of(&many(450));
    for first in ["browse/all", "browse/transport/stdio"] {
        if at(&site, first).is_none() {
            continue;
        }
        let listed = listed(&site, first);
        let mut unique = listed.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((listed.len(), unique.len()), (450, 450), "{first}");
    }
    assert_eq!(hrefs(&text(&site, ""), "#list h3 a").len(), 40);
    assert!(hrefs(&text(&site, ""), "#listing .button").contains(&"./browse/all/".to_owned()));
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
        if path.starts_with("servers/") {
            assert_eq!(count, 1, "{path}");
        } else if path == "browse/all/" {
            assert!(count == 11 || count == 12, "{count} are not nearly all of 12");
        } else {
            assert_eq!(listed(&site, path).len(), count, "{path}");
        }
    }
    assert!(at(&site, "browse/package/npm").is_some());
    for path in ["browse/status/active", "browse/status/deprecated", "browse/namespace/com.example"]
    {
        assert!(at(&site, path).is_none(), "{path} repeats another page");
    }
}

#[test]
fn the_index_lists_the_servers_of_small_namespaces_beside_the_largest() {
    let project = Project::empty();
    // 60 with six servers, which have pages as the largest; then some of each size.
    for (from, to, servers) in [(0, 60, 6), (60, 62, 5), (62, 64, 2), (64, 66, 1)] {
        for namespace in from..to {
            for server in 0..servers {
                let name = format!("com.example-{namespace:02}/server-{server}");
                project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
            }
        }
    }
    let site = of(&project);
    let page = |namespace: u8| at(&site, &format!("browse/namespace/com.example-{namespace}"));
    assert!(page(59).is_some());
    for namespace in [60, 62, 64] {
        assert!(page(namespace).is_none(), "{namespace} needs no page");
    }
    let (mut found, mut path) = (Vec::new(), "browse/namespaces".to_owned());
    while !path.is_empty() {
        let index = text(&site, &path);
        for href in hrefs(&index, ".names a") {
            let path = href.trim_start_matches(['.', '/']).to_owned();
            match path.starts_with("browse/") {
                true => found.extend(listed(&site, &path)),
                false => found.push(path),
            }
        }
        path = hrefs(&index, "a[rel=next]").concat().trim_start_matches(['.', '/']).to_owned();
    }
    found.sort();
    let servers = pages(&site).into_iter().map(|(path, _)| path);
    let mut servers: Vec<_> =
        servers.filter(|path| path.starts_with("servers/")).map(|path| path + "/").collect();
    servers.sort();
    assert_eq!(servers.len(), 60 * 6 + 2 * 5 + 2 * 2 + 2);
    assert_eq!(found, servers);
}

/// Paths of pages that differ between two sites or are in one of them only.
fn renewed(before: &Site, after: &Site) -> Vec<String> {
    let all = |site: &Site| pages(site).into_iter().collect::<std::collections::BTreeMap<_, _>>();
    let (before, after) = (all(before), all(after));
    let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differs = |path: &&&String| before.get(**path) != after.get(**path);
    paths.iter().filter(differs).map(|path| (**path).clone()).collect()
}

#[test]
fn a_new_version_renews_no_list_but_the_front_page() {
    let project = many(450);
    let before = of(&project);
    let name = "com.example/server-0007";
    project.entry(name, "1.1.0").pin(name, "1.1.0", "2026-02-01T00:00:00Z");
    let mut paths = renewed(&before, &of(&project));
    paths.retain(|path| !path.starts_with("servers/"));
    assert_eq!(paths, ["", "changes", "numbers"]);
}

#[test]
fn a_new_server_renews_only_the_lists_around_it() {
    let project = many(900);
    let before = of(&project);
    let name = "com.example/server-0500a";
    project.entry(name, "1.0.0").pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    let after = of(&project);
    let all = |site: &Site| pages(site).iter().filter(|(p, _)| p.starts_with("browse/all")).count();
    assert!(all(&after) >= 5, "{} pages", all(&after));
    let mut paths = renewed(&before, &after);
    paths.retain(|path| path.starts_with("browse/all"));
    // The first page has the number of servers; the new one is on one page, perhaps cut anew.
    assert!(paths.len() <= 4 && paths.len() < all(&after), "{paths:?}");
    assert!(listed(&after, "browse/all").contains(&"servers/com.example/server-0500a/".to_owned()));
}

#[test]
fn the_front_page_has_what_changed_last_and_new_servers_that_are_active() {
    let project = Project::empty();
    for (name, day) in [("old", "01"), ("middle", "02"), ("gone", "03"), ("changed", "01")] {
        let name = format!("com.example/{name}");
        project.entry(&name, "1.0.0").pin(&name, "1.0.0", &format!("2026-01-{day}T00:00:00Z"));
    }
    let name = "com.example/changed";
    project.entry(name, "1.1.0").pin(name, "1.1.0", "2026-01-09T00:00:00Z");
    project.file(
        "registry-data/servers/com.example/gone/1.0.0/status.json",
        "{\"status\":\"deprecated\",\"statusMessage\":\"old\"}",
    );
    let front = text(&of(&project), "");
    let names = |selector| -> Vec<String> {
        let parts = hrefs(&front, selector).into_iter();
        parts.map(|href| href.rsplit('/').nth(1).unwrap().to_owned()).collect()
    };
    let rows = names("#list h3 a");
    assert_eq!(rows.len(), 4);
    let at = |name: &str| rows.iter().position(|row| row == name);
    assert!(at("changed") < at("middle") && at("middle") < at("old"), "{rows:?}");
    assert_eq!(names("#newest li a"), ["middle", "changed", "old"]);
}

#[test]
fn only_pages_that_every_change_renews_name_the_commit() {
    let project = Project::sample();
    project.git();
    project.commit(1_790_000_000);
    let said: Vec<String> = pages(&of(&project))
        .into_iter()
        .filter(|(_, page)| page.contains("from commit <code>"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(said, ["", "changes"]);
}

#[test]
fn the_numbers_are_those_of_the_data() {
    let project = Project::empty();
    for (name, version, day) in [
        ("com.example/aa", "1.0.0", "2025-11-05"),
        ("com.example/aa", "1.1.0", "2026-01-05"),
        ("com.example/bb", "1.0.0", "2026-01-20"),
    ] {
        project.entry(name, version).pin(name, version, &format!("{day}T00:00:00Z"));
    }
    let page = text(&of(&project), "numbers");
    assert!(page.contains("2 servers with 3 versions in 1 namespace, up to <time"), "{page}");
    for title in ["Dec 2025: 1", "Jan 2026: 2", "Nov 2025: 1"] {
        assert!(page.contains(&format!("<title>{title}</title>")), "{title}\n{page}");
    }
    assert!(page.contains("30 days or less</span>"));
}

#[test]
fn a_public_registry_speaks_to_machines() {
    let site = sample();
    let server = text(&site, "servers/com.example.lighthouse/tides");
    for part in [
        format!("<link rel=canonical href=\"{BASE}/servers/com.example.lighthouse/tides/\">"),
        format!("<meta property=og:image content=\"{BASE}/assets/share.svg\">"),
        "<a rel=alternate type=application/json href=../../../v0.1/servers/com.example.lighthouse/tides/versions/2.1.0>".to_owned(),
        "<a href=../../../feed.xml>".to_owned(),
        "<script type=\"application/ld+json\">".to_owned(),
    ] {
        assert!(server.contains(&part), "{part}");
    }
    let version = text(&site, "servers/com.example.lighthouse/tides/1.2.0");
    assert!(version.contains(&format!(
        "<link rel=canonical href=\"{BASE}/servers/com.example.lighthouse/tides/\">"
    )));
    for path in ["", "changes"] {
        assert!(text(&site, path).contains("<link rel=alternate type=\"application/atom+xml\""));
    }
    assert_eq!(
        text(&site, "robots.txt"),
        format!(
            "User-agent: *\nAllow: /\n\nSitemap: {BASE}/sitemap.xml\nAgentmap: https://registry.example.com/catalog/.well-known/ard.json\n"
        )
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
        assert!(page.contains("<meta name=robots content=noindex>"), "{path}");
        for part in ["ld+json", "rel=canonical", "og:image"] {
            assert!(!page.contains(part), "{path}: {part}");
        }
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
        assert!(!page.contains("rel=canonical") && !page.contains("og:image"), "{path}");
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
        for column in [
            "titles",
            "descriptions",
            "versions",
            "updated",
            "created",
            "remote",
            "packages",
            "tags",
        ] {
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
