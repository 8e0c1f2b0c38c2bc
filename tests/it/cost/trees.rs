//! Rules that span a data folder: many servers, versions, tombstones, owners and shared addresses.

use git2::Oid;
use mcp_static::internals::check::{Checker, DocumentRules, Profile, layout, shared_urls};
use mcp_static::internals::data::{DateSource, Fallback, Spellings, Tree};
use mcp_static::internals::diag::{Levels, Report};
use mcp_static::internals::pipeline::{LoadOptions, load};
use mcp_static::internals::world::git::Git;

use super::assert_linear;
use super::repo::{Entry, Repo};

/// Everything that spans servers, without a thread of its own.
fn judge(repo: &Repo, commit: Oid) {
    let git = Git::discover(repo.path()).unwrap().unwrap();
    let tree = Tree::from_commit(&git, commit.into(), "registry-data", "registry-data").unwrap();
    let dates = DateSource::fallback(Fallback::Epoch(0));
    let rules = DocumentRules::new(Profile::Strict);
    let checker = Checker { tree: &tree, dates: &dates, rules, today: 0 };
    let mut report = Report::new();
    report.extend(layout(&tree).unwrap());
    let mut urls = Vec::new();
    for server in tree.servers() {
        let checked = checker.server(server).unwrap();
        report.extend(checked.findings);
        urls.push(checked.urls);
    }
    report.extend(shared_urls(&tree, &urls).unwrap());
    assert!(!report.finish(&Levels::default()).items().is_empty());
    drop(Spellings::of(&tree));
}

/// What is judged before any document is read.
fn places(repo: &Repo, commit: Oid) {
    let git = Git::discover(repo.path()).unwrap().unwrap();
    let tree = Tree::from_commit(&git, commit.into(), "registry-data", "registry-data").unwrap();
    drop(layout(&tree).unwrap());
}

/// Reads the settings and owners files.
fn settings(repo: &Repo, commit: Oid) {
    let data = repo.path().join("registry-data");
    let options =
        LoadOptions { data, revision: Some(commit.to_string()), ..LoadOptions::default() };
    assert!(!load(&options).unwrap().findings.is_empty());
}

/// What a data folder holds, with `n` of something.
type Make = fn(&Repo, usize) -> Vec<Entry>;

fn compare(what: &str, judge: fn(&Repo, Oid), n: usize, make: Make) {
    let made = |n: usize| {
        let repo = Repo::new();
        let data = repo.folder("registry-data", make(&repo, n));
        let commit = repo.commit(vec![data], None);
        (repo, commit)
    };
    let (single, double) = (made(n), made(n * 2));
    assert_linear(what, &mut || judge(&single.0, single.1), &mut || judge(&double.0, double.1));
}

/// `n` entries with the same content.
fn many(n: usize, name: impl Fn(usize) -> String, (_, mode, oid): &Entry) -> Vec<Entry> {
    (0..n).map(|i| (name(i), *mode, *oid)).collect()
}

fn version(repo: &Repo) -> Entry {
    repo.folder("1.0.0", vec![repo.file("status.json", "{}")])
}

fn servers(repo: &Repo, entries: Vec<Entry>) -> Entry {
    repo.folder("servers", vec![repo.folder("com.example", entries)])
}

fn tombstones(repo: &Repo, entries: Vec<Entry>) -> Entry {
    repo.folder("tombstones", vec![repo.folder("com.example", entries)])
}

#[test]
fn many_servers_and_versions_cost_no_square() {
    compare("namespaces", judge, 1000, |repo, n| {
        let namespace = repo.folder("", vec![repo.folder("a", vec![version(repo)])]);
        vec![repo.folder("servers", many(n, |i| format!("com.example{i}"), &namespace))]
    });
    compare("versions", judge, 1000, |repo, n| {
        let versions = many(n, |i| format!("1.0.{i}"), &version(repo));
        vec![servers(repo, vec![repo.folder("a", versions)])]
    });
    compare("tombstones of servers that are there", places, 4000, |repo, n| {
        let server = repo.folder("", vec![version(repo)]);
        let stone = repo.folder("", vec![repo.file("2.0.0.toml", "reason = \"x\"")]);
        let name = |i| format!("a{i}");
        vec![servers(repo, many(n, name, &server)), tombstones(repo, many(n, name, &stone))]
    });
    compare("tombstones of versions that are there", places, 4000, |repo, n| {
        let versions = many(n, |i| format!("1.0.{i}"), &version(repo));
        let stone = repo.file("", "reason = \"x\"");
        let stones = many(n, |i| format!("1.0.{i}.toml"), &stone);
        vec![
            servers(repo, vec![repo.folder("a", versions)]),
            tombstones(repo, vec![repo.folder("a", stones)]),
        ]
    });
    compare("files without a meaning", judge, 4000, |repo, n| {
        let files = many(n, |i| format!("f{i}"), &repo.file("", "x"));
        vec![repo.folder("servers", files)]
    });
    compare("owners files", settings, 1000, |repo, n| {
        let files = many(n, |i| format!("com.example{i}.toml"), &repo.file("", "a = 1"));
        vec![repo.folder("owners", files)]
    });
}

/// A document with these remotes.
fn document(name: &str, remotes: usize) -> String {
    let remote = |i| format!("{{\"type\":\"sse\",\"url\":\"https://example.com/{i}\"}}");
    let remotes: Vec<String> = (0..remotes).map(remote).collect();
    format!(
        "{{\"$schema\":\"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\
         \"name\":\"com.example/{name}\",\"description\":\"A\",\"version\":\"1.0.0\",\"remotes\":[{}]}}",
        remotes.join(",")
    )
}

fn server(repo: &Repo, name: &str, remotes: usize) -> Entry {
    let document = repo.file("server.json", &document(name, remotes));
    repo.folder(name, vec![repo.folder("1.0.0", vec![document])])
}

#[test]
fn shared_addresses_cost_no_square() {
    compare("addresses of two servers", judge, 300, |repo, n| {
        vec![servers(repo, vec![server(repo, "a", n), server(repo, "b", n)])]
    });
    compare("an address of many servers", judge, 200, |repo, n| {
        vec![servers(repo, (0..n).map(|i| server(repo, &format!("a{i}"), 1)).collect())]
    });
}
