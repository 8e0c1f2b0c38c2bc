//! Changes of many paths: what `verify` reads of them, and when it stops.

use git2::Oid;
use mcp_static::internals::diag::Code;
use mcp_static::internals::judge::{Judged, VerifyOptions, verify};
use mcp_static::internals::pipeline::verify_by_commit;

use super::assert_linear;
use super::repo::{Entry, Repo};
use crate::changes::World;

const NOWHERE: &str = "1111111111111111111111111111111111111111";

fn options(repo: &Repo, base: Option<Oid>, head: Oid) -> VerifyOptions {
    VerifyOptions {
        data: repo.path().join("registry-data"),
        base: base.map(|base| base.to_string()),
        head: Some(head.to_string()),
        ..VerifyOptions::default()
    }
}

fn judged(repo: &Repo, base: Option<Oid>, head: Oid) -> Judged {
    verify(&options(repo, base, head), &World::silent()).unwrap()
}

fn missing() -> Oid {
    Oid::from_str(NOWHERE).unwrap()
}

/// The data folder with these settings and entries.
fn data(repo: &Repo, settings: &str, mut entries: Vec<Entry>) -> Entry {
    entries.push(repo.file("registry.toml", settings));
    repo.folder("registry-data", entries)
}

const NO_LIMIT: &str = "[ownership]\nmax_paths_per_change = 1000000\n";

/// Makes what the base holds and what a change brings, `n` times.
type Make = fn(&Repo, usize) -> (Vec<Entry>, Vec<Entry>);

const CHANGES: &[(&str, usize, Make)] = &[
    ("files elsewhere", 1500, |repo, n| {
        let files = (0..n).map(|i| repo.file(&format!("f{i}"), "x")).collect();
        (vec![], vec![repo.folder("x", files)])
    }),
    ("statuses", 150, |repo, n| {
        let (server, status) = (repo.file("server.json", "{}"), repo.file("status.json", "{}"));
        let both = repo.folder("1.0.0", vec![server.clone(), status]);
        let after = |i| (format!("a{i}"), 0o40_000, repo.folder("", vec![both.clone()]).2);
        let before = repo.versions("com.example", n, &server);
        let after = repo.folder("com.example", (0..n).map(after).collect());
        (vec![repo.folder("servers", vec![before])], vec![repo.folder("servers", vec![after])])
    }),
    ("servers beside tombstones", 150, |repo, n| {
        let stones =
            |i| repo.folder(&format!("b{i}"), vec![repo.file("1.0.0.toml", "reason = \"x\"")]);
        let stones = repo.folder("com.example", (0..n).map(stones).collect());
        let stones = repo.folder("tombstones", vec![stones]);
        let new = repo.versions("com.example", n, &repo.file("server.json", "{}"));
        (vec![stones.clone()], vec![stones, repo.folder("servers", vec![new])])
    }),
    ("servers of a base with as many", 150, |repo, n| {
        let file = repo.file("server.json", "{}");
        let old = repo.versions("com.example", n, &file);
        let new = repo.versions("org.example", n, &file);
        let both = repo.folder("servers", vec![old.clone(), new]);
        (vec![repo.folder("servers", vec![old])], vec![both])
    }),
];

#[test]
fn no_change_costs_more_than_its_paths() {
    for (what, n, make) in CHANGES {
        let made = |n: usize| {
            let repo = Repo::new();
            let (before, after) = make(&repo, n);
            let base = repo.commit(vec![data(&repo, NO_LIMIT, before.clone())], None);
            // The branch went on, so that the two have to be brought together.
            let readme = repo.file("README.md", "x");
            let tip = repo.commit(vec![data(&repo, NO_LIMIT, before), readme], Some(base));
            let head = repo.commit(vec![data(&repo, NO_LIMIT, after)], Some(base));
            (repo, base, tip, head)
        };
        let (single, double) = (made(*n), made(n * 2));
        let judge = |(repo, _, tip, head): &(Repo, Oid, Oid, Oid)| {
            assert!(!judged(repo, Some(*tip), *head).report.is_empty());
        };
        assert_linear(what, &mut || judge(&single), &mut || judge(&double));
        let gate = |(repo, base, _, head): &(Repo, Oid, Oid, Oid)| {
            let options = options(repo, Some(*base), *head);
            drop(verify_by_commit(&options, &World::silent()).unwrap());
        };
        let what = format!("{what}, at the gate");
        assert_linear(&what, &mut || gate(&single), &mut || gate(&double));
    }
}

#[test]
fn a_change_of_too_many_paths_is_refused_before_anything_of_it_is_opened() {
    let repo = Repo::new();
    let base = repo.commit(vec![data(&repo, "", vec![repo.file("a", "x")])], None);
    // Neither the files nor the folder behind the last that is counted are in the repository.
    let file = |name: &str| (name.to_owned(), 0o100_644, missing());
    let more = ("z".to_owned(), 0o40_000, missing());
    let files = (0..501).map(|i| file(&format!("f{i}"))).collect();
    let files = vec![data(&repo, "", vec![]), repo.folder("x", files), more.clone()];
    let versions = repo.versions("com.example", 502, &file("server.json"));
    let versions = vec![data(&repo, "", vec![repo.folder("servers", vec![versions, more])])];
    for entries in [files, versions] {
        let found = judged(&repo, Some(base), repo.commit(entries, Some(base)));
        let said: Vec<_> =
            found.report.items().iter().map(|d| (d.code, d.message.as_str())).collect();
        let message = "the change touches more than 500 paths; at most 500 are judged at once";
        assert_eq!(said, [(Code::ChangeTooLarge, message)]);
    }
}

#[test]
fn a_change_of_too_many_bytes_is_refused_before_any_of_them_is_read() {
    let repo = Repo::new();
    let base = repo.commit(vec![data(&repo, "", vec![repo.file("a", "x")])], None);
    // Each file by itself is small enough, and none is JSON.
    let file = repo.file("server.json", &"[".repeat(200_000));
    let servers = repo.folder("servers", vec![repo.versions("com.example", 50, &file)]);
    let head = repo.commit(vec![data(&repo, "", vec![repo.file("a", "x"), servers])], Some(base));
    let found = judged(&repo, Some(base), head);
    let said: Vec<_> = found.report.items().iter().map(|d| (d.code, d.message.as_str())).collect();
    let message = "the files of the change have 10000000 bytes; at most 8388608 are judged at once";
    assert_eq!(said, [(Code::ChangeTooLarge, message)]);
    // A first publication may be as large.
    let first = judged(&repo, None, head);
    assert!(first.report.items().iter().all(|d| d.code != Code::ChangeTooLarge));
}

#[test]
fn copies_from_another_registry_are_free_of_the_limits_and_what_only_looks_like_them_is_not() {
    let repo = Repo::new();
    let base = repo.commit(vec![data(&repo, "", vec![repo.file("a", "x")])], None);
    let server = repo.file("server.json", "{}");
    let too_large = |origin: &str| {
        let origin = repo.file("origin.json", origin);
        let version = repo.folder("1.0.0", vec![server.clone(), origin]);
        let one = |i| (format!("a{i}"), 0o40_000, repo.folder("", vec![version.clone()]).2);
        let servers = repo.folder("com.example", (0..300).map(one).collect());
        let servers = repo.folder("servers", vec![servers]);
        let entries = vec![data(&repo, "", vec![repo.file("a", "x"), servers])];
        let found = judged(&repo, Some(base), repo.commit(entries, Some(base)));
        let found = found.report.items().iter().find(|d| d.code == Code::ChangeTooLarge);
        found.map(|d| d.message.clone())
    };
    assert_eq!(too_large("{\"registry\":\"https://registry.example\"}"), None);
    let message = "the change touches 600 paths; at most 500 are judged at once";
    assert_eq!(too_large("{}").as_deref(), Some(message));
}

#[test]
fn folders_without_a_file_do_not_make_a_comparison_long() {
    let repo = Repo::new();
    let base = repo.commit(vec![data(&repo, "", vec![])], None);
    // Each holds two of the one below it, and the last holds nothing.
    let mut folder = repo.folder("", vec![]).2;
    for _ in 0..16 {
        let twice = ["a", "b"].map(|name| (name.to_owned(), 0o40_000, folder));
        folder = repo.folder("", twice.to_vec()).2;
    }
    let entries = vec![data(&repo, "", vec![]), ("x".to_owned(), 0o40_000, folder)];
    let options = options(&repo, Some(base), repo.commit(entries, Some(base)));
    let error = verify(&options, &World::silent()).unwrap_err().to_string();
    assert!(error.contains("more files than can be read"), "{error}");
}
