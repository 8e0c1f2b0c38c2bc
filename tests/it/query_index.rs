//! The indexes that the program at the edge reads: read here in the plainest way, and held against
//! what a query means.

use std::collections::{BTreeMap, BTreeSet};

use mcp_static::internals::model::Timestamp;
use mcp_static::internals::model::query::{ListQuery, ListedEntry, page};
use mcp_static::internals::render::query::{
    FEWEST_BODIES, IndexedVersion, MOST_BYTES, artifacts, read,
};
use mcp_static::internals::site::Artifact;
use pretty_assertions::assert_eq;

use crate::project::{Project, tree};
use crate::queries::Version;

/// A made-up registry in list order: some servers have very many versions, some versions are deleted.
fn registry(servers: usize) -> Vec<Version> {
    let mut rows = Vec::new();
    for i in 0..servers {
        let many = if i % 700 == 3 { 1500 } else { 1 + i % 4 };
        for v in 0..many {
            let time = match i % 3 {
                0 => format!("2026-01-{:02}T{:02}:00:00Z", 1 + v % 28, i % 24),
                1 => format!("2026-01-01T00:00:{:02}.{}Z", v % 60, 10 * i + 1),
                _ => format!("1969-12-31T23:59:{:02}.5+01:00", i % 60),
            };
            rows.push(Version {
                name: format!("com.example{}/Server-{i:05}", i % 50),
                version: format!("1.{v}.0{}", if v % 9 == 4 { "+build" } else { "" }),
                updated: Timestamp::parse(&time).unwrap(),
                deleted: (i + v) % 23 == 0,
                latest: v + 1 == many,
            });
        }
    }
    rows.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    rows
}

fn key(row: &impl ListedEntry) -> String {
    format!("{}:{}", row.name(), row.version())
}

fn body(row: &Version, size: usize) -> String {
    format!("{{\"of\":\"{}\",\"filled\":\"{}\"}}", key(row), "ü".repeat(size / 2))
}

fn indexed(rows: &[Version], size: impl Fn(usize) -> usize) -> Vec<Artifact> {
    let item = |(i, row): (usize, &Version)| IndexedVersion::new(row, body(row, size(i)).into());
    artifacts(&rows.iter().enumerate().map(item).collect::<Vec<_>>())
}

/// The files by name, and the places of the head: kind → (first key, file).
struct Index {
    files: BTreeMap<String, String>,
    head: serde_json::Value,
}

impl Index {
    fn of(artifacts: &[Artifact]) -> Self {
        let name = |a: &Artifact| a.path.as_str().strip_prefix("v0.1/_q/").unwrap().to_owned();
        let text = |a: &Artifact| String::from_utf8(a.body.to_vec()).unwrap();
        let files: BTreeMap<String, String> =
            artifacts.iter().map(|a| (name(a), text(a))).collect();
        assert_eq!(files.len(), artifacts.len(), "names are unique");
        let head: serde_json::Value = serde_json::from_str(&files["head.json"]).unwrap();
        assert_eq!(head["format"], 2);
        Self { files, head }
    }

    fn places(&self, kind: &str) -> Vec<(String, String)> {
        let places = self.head[kind].as_array().unwrap().iter();
        let place = |p: &'_ serde_json::Value| {
            let (first, file) = (p[0].as_str().unwrap(), p[1].as_str().unwrap());
            let text = &self.files[file];
            assert_eq!(p[2], text.len(), "the head says how many bytes {file} has");
            assert_eq!(p[3], text.lines().count(), "the head says how many lines {file} has");
            (first.to_owned(), file.to_owned())
        };
        places.map(place).collect()
    }

    /// Keys and bodies of one kind, with the number of their file.
    fn bodies(&self, kind: &str) -> Vec<(&str, &str, usize)> {
        let mut found = Vec::new();
        for (at, (first, file)) in self.places(kind).into_iter().enumerate() {
            let lines: Vec<_> =
                self.files[&file].lines().map(|line| line.split_once('\t').unwrap()).collect();
            assert_eq!(lines[0].0, first, "the head says where {file} begins");
            found.extend(lines.into_iter().map(|(key, body)| (key, body, at)));
        }
        found
    }

    fn versions(&self) -> Vec<Version> {
        let mut rows: Vec<Version> = Vec::new();
        for (first, file) in self.places("index") {
            let start = rows.len();
            for line in self.files[&file].lines() {
                let mut parts = line.split('\t');
                let name = parts.next().unwrap();
                for part in parts {
                    let [version, flags, updated] = part.split(' ').collect::<Vec<_>>()[..] else {
                        panic!("{part}")
                    };
                    let (seconds, digits) = updated.split_once('.').unwrap_or((updated, ""));
                    let second = Timestamp::from_unix(seconds.parse().unwrap()).to_string();
                    let updated = format!("{}.{digits:0<9}Z", second.trim_end_matches('Z'));
                    rows.push(Version {
                        name: name.to_owned(),
                        version: version.to_owned(),
                        updated: Timestamp::parse(&updated).unwrap(),
                        deleted: flags == "2" || flags == "3",
                        latest: flags == "1" || flags == "3",
                    });
                }
            }
            assert_eq!(key(&rows[start]), first, "the head says where {file} begins");
        }
        rows
    }
}

#[test]
fn every_version_is_found_again_and_in_list_order() {
    let rows = registry(3000);
    let index = Index::of(&indexed(&rows, |i| 100 + i % 700));
    assert_eq!(index.versions(), rows);
    for (kind, deleted) in [("live", false), ("deleted", true)] {
        let expected: Vec<(String, String)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.deleted == deleted)
            .map(|(i, row)| (key(row), body(row, 100 + i % 700)))
            .collect();
        let found: Vec<(String, String)> =
            index.bodies(kind).iter().map(|(k, b, _)| ((*k).to_owned(), (*b).to_owned())).collect();
        assert!(expected == found && found.len() > 100, "{kind}");
    }
    let named = ["index", "live", "deleted"].map(|kind| index.places(kind).len());
    assert!(named.iter().all(|n| *n > 0) && named[1] > 3, "{named:?}");
    assert_eq!(named.iter().sum::<usize>() + 1, index.files.len(), "the head names every file");
}

#[test]
fn the_index_gives_the_pages_that_a_query_means() {
    let rows = registry(400);
    let versions = Index::of(&indexed(&rows, |_| 40)).versions();
    let mut pages = BTreeSet::new();
    for (i, row) in rows.iter().enumerate().step_by(3) {
        let part = &row.name[i % 9..10 + i % 5];
        for raw in [
            format!("cursor={}&limit={}", key(row), 1 + i % 100),
            format!("search={part}&version=latest&limit=100"),
            format!(
                "updated_since={}&cursor={}",
                row.updated.as_str().replace('+', "%2B"),
                row.name
            ),
            format!("version={}&include_deleted=true", row.version.replace('+', "%2B")),
        ] {
            let query = ListQuery::parse(&raw).unwrap().unwrap();
            let found = page(&versions, &query);
            assert_eq!(found, page(&rows, &query), "{raw}");
            pages.insert(found.rows);
        }
    }
    assert!(pages.len() > 100, "only {} different pages", pages.len());
}

#[test]
fn no_file_is_too_large_and_a_page_touches_two_files_of_bodies() {
    for size in [40, 700, 3000] {
        let index = Index::of(&indexed(&registry(if size > 1000 { 2000 } else { 8000 }), |i| {
            if i % 500 == 0 { 200_000 } else { size }
        }));
        let largest = index.files.values().map(String::len).max().unwrap();
        assert!(largest <= MOST_BYTES, "{largest}");
        let live = index.bodies("live");
        for window in live.windows(FEWEST_BODIES) {
            assert!(window[FEWEST_BODIES - 1].2 - window[0].2 <= 1, "at {}", window[0].0);
        }
    }
}

#[test]
fn bodies_so_large_that_a_page_of_them_is_too_much_still_fit() {
    let mut rows = registry(60);
    rows.retain(|row| !row.name.ends_with("-00003")); // it has very many versions
    let index = Index::of(&indexed(&rows, |_| 250_000));
    let files = index.files.values().map(String::len);
    assert!(files.clone().max().unwrap() <= MOST_BYTES && files.count() > 6);
}

#[test]
fn a_new_version_changes_one_file_of_each_kind_or_a_neighbour_too() {
    let mut rows = registry(5000);
    let names = |rows: &[Version]| -> BTreeSet<String> {
        Index::of(&indexed(rows, |_| 900)).files.into_keys().collect()
    };
    let before = names(&rows);
    assert_eq!(before, names(&rows), "equal registries give equal files");
    let at = rows.len() / 3;
    let new = Version { version: format!("{}-new", rows[at].version), ..rows[at].clone() };
    rows.insert(at + 1, new);
    let changed = names(&rows).difference(&before).count();
    assert!(before.len() > 30 && (2..=6).contains(&changed), "{changed} of {}", before.len());
}

#[test]
fn an_index_that_is_not_whole_is_not_read() {
    let rows = registry(300);
    let index = Index::of(&indexed(&rows, |_| 300));
    let with = |name: &str, text: &str| {
        read(|file| Some(if file == name { text } else { &index.files[file] }.as_bytes()))
            .map(|items| items.len())
    };
    assert_eq!(with("", ""), Some(rows.len()));
    for kind in ["index", "live", "deleted"] {
        let (_, file) = index.places(kind).remove(0);
        let text = &index.files[&file];
        let second = text.find('\n').unwrap() + 1;
        for (how, text) in [
            ("empty", ""),
            ("cut", &text[..second + 5]),
            ("without its last byte", &text[..text.len() - 1]),
            ("without its first line", &text[second..]),
            ("blank", &" ".repeat(text.len())),
            ("with a line joined to the next", &text.replacen('\n', " ", 1)),
        ] {
            assert_eq!(with(&file, text), None, "{kind} {how}");
        }
    }
}

#[test]
fn an_empty_registry_has_an_index() {
    let index = Index::of(&artifacts(&[]));
    assert_eq!(index.files.len(), 1);
    assert!(index.versions().is_empty());
}

#[test]
fn only_hosts_that_answer_queries_get_the_index_and_a_second_build_writes_nothing() {
    let project = Project::sample();
    let hosts = ["build", "--only", "api", "-A", "base-url-missing"];
    let run = |for_: &[&str]| project.run(&[&hosts[..], for_].concat()).expect(0);
    run(&["--for", "plain", "--for", "cloudflare-pages"]);
    let plain = tree(&project.path("_site/plain"));
    assert!(plain.keys().all(|path| !path.contains("_q/")), "{:?}", plain.keys());
    let pages = tree(&project.path("_site/cloudflare-pages"));
    let head = &pages["v0.1/_q/head.json"];
    assert!(
        String::from_utf8_lossy(head)
            .contains("\"deleted\":[[\"com.example.lighthouse/tides:2.0.0\"")
    );
    assert!(pages.contains_key("_worker.js/edge.js"));
    run(&["--for", "plain", "--for", "cloudflare-pages"]).says("0 files written, 0 removed");
    assert_eq!(pages, tree(&project.path("_site/cloudflare-pages")));
}
