//! When paths changed, also against a slow reference.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;

use super::super::{Oid, PathChange, PathHistory};
use super::{Files, Fixture, files, raw};

/// Path, then time and presence of every change.
type Told = Vec<(String, Vec<(i64, bool)>)>;

fn told(history: &[PathHistory]) -> Told {
    let changes = |h: &PathHistory| h.changes.iter().map(|c| (c.time, c.oid.is_some())).collect();
    history.iter().map(|h| (h.path.clone(), changes(h))).collect()
}

fn of(f: &Fixture, head: Oid, prefix: &str) -> Vec<PathHistory> {
    f.git().history(head, prefix, &mut |_| ()).unwrap()
}

#[test]
fn changes_are_told_in_commit_order_whatever_the_clocks_say() {
    let f = Fixture::new();
    let a = f.commit(&files(&[("d/x", "1"), ("other", "1")]), 30, &[]);
    let b = f.commit(&files(&[("d/x", "2"), ("other", "1")]), 10, &[a]);
    let c = f.commit(&files(&[("d/x", "2"), ("other", "9")]), 40, &[b]);
    let mut seen = Vec::new();
    let history = f.git().history(c, "d", &mut |n| seen.push(n)).unwrap();
    assert_eq!(told(&history), [("x".into(), vec![(30, true), (10, true)])]);
    assert_eq!(
        history[0].changes[1],
        PathChange { time: 10, commit: 1, oid: Some(super::Git::blob_id(b"2")) }
    );
    assert_eq!(seen, [1, 2, 3]);
    assert!(of(&f, c, "nowhere/at/all").is_empty());
    assert!(of(&f, c, "other").is_empty(), "a prefix is a folder");
}

#[test]
fn a_side_branch_dates_from_its_merge() {
    let f = Fixture::new();
    let a = f.commit(&files(&[("d/x", "1")]), 10, &[]);
    let side = f.commit(&files(&[("d/x", "1"), ("d/y", "1")]), 20, &[a]);
    let main = f.commit(&files(&[("d/x", "2")]), 30, &[a]);
    let merge = f.commit(&files(&[("d/x", "2"), ("d/y", "1")]), 40, &[main, side]);
    assert_eq!(
        told(&of(&f, merge, "d")),
        [("x".into(), vec![(10, true), (30, true)]), ("y".into(), vec![(40, true)])]
    );
}

#[test]
fn removal_return_rename_and_mode_are_changes() {
    let f = Fixture::new();
    let a = f.commit(&files(&[("d/x", "1"), ("d/old", "r")]), 10, &[]);
    let b = f.commit(&files(&[("keep", "1")]), 20, &[a]);
    let mut third = files(&[("d/x", "1"), ("d/new", "r")]);
    let c = f.commit(&third, 30, &[b]);
    third.get_mut("d/x").unwrap().0 = 0o100_755;
    let d = f.commit(&third, 40, &[c]);
    assert_eq!(
        told(&of(&f, d, "d")),
        [
            ("new".into(), vec![(30, true)]),
            ("old".into(), vec![(10, true), (20, false)]),
            ("x".into(), vec![(10, true), (20, false), (30, true), (40, true)]),
        ]
    );
}

#[test]
fn a_folder_may_become_a_file_and_back() {
    let f = Fixture::new();
    let a = f.commit(&files(&[("p", "file"), ("p.a", "1")]), 10, &[]);
    let b = f.commit(&files(&[("p/s", "1"), ("p.a", "1")]), 20, &[a]);
    let c = f.commit(&files(&[("p", "file"), ("p.a", "1")]), 30, &[b]);
    assert_eq!(
        told(&of(&f, c, "")),
        [
            ("p".into(), vec![(10, true), (20, false), (30, true)]),
            ("p.a".into(), vec![(10, true)]),
            ("p/s".into(), vec![(20, true), (30, false)]),
        ]
    );
    assert_eq!(told(&of(&f, c, "p")), [("s".into(), vec![(20, true), (30, false)])]);
}

#[test]
fn crafted_names_give_no_dates_to_other_paths() {
    let f = Fixture::new();
    let blob = f.repo.blob(b"1").unwrap();
    let a = f.commit(&files(&[("n/v/server.json", "1")]), 10, &[]);
    let v = f.raw_tree(&[("100644", b"server.json", blob)]);
    let other = f.repo.blob(b"2").unwrap();
    let n = f.raw_tree(&[("40000", b"v", v), ("100644", b"v/server.json", other)]);
    let b = f.commit_tree(f.raw_tree(&[("40000", b"n", n)]), 20, &[a]);
    assert_eq!(told(&of(&f, b, "")), [("n/v/server.json".into(), vec![(10, true)])]);
}

#[test]
fn a_tree_out_of_order_is_an_error_and_never_a_date() {
    let f = Fixture::new();
    let blob = f.repo.blob(b"1").unwrap();
    let a = f.commit(&files(&[("a", "1"), ("b", "1")]), 10, &[]);
    let swapped = f.raw_tree(&[("100644", b"b", blob), ("100644", b"a", blob)]);
    let b = f.commit_tree(swapped, 20, &[a]);
    assert!(f.git().history(b, "", &mut |_| ()).unwrap_err().to_string().contains("malformed"));
}

#[test]
fn missing_commits_are_explained() {
    let f = Fixture::new();
    let a = f.commit(&files(&[("d/x", "1")]), 10, &[]);
    let b = f.commit(&files(&[("d/x", "2")]), 20, &[a]);
    let hex = a.to_string();
    fs::remove_file(f.path().join(".git/objects").join(&hex[..2]).join(&hex[2..])).unwrap();
    assert!(f.git().history(b, "d", &mut |_| ()).is_err());
    fs::write(f.path().join(".git/shallow"), format!("{b}\n")).unwrap();
    let error = f.git().history(b, "d", &mut |_| ()).unwrap_err();
    assert!(error.to_string().contains("shallow"), "{error}");
    assert!(error.advice().unwrap().contains("fetch-depth"));
}

#[test]
fn only_the_commits_after_a_base_can_be_asked_for() {
    let f = Fixture::new();
    let a = f.commit(&files(&[("d/x", "1")]), 10, &[]);
    let side = f.commit(&files(&[("d/z", "1")]), 15, &[a]);
    let b = f.commit(&files(&[("d/x", "1"), ("d/y", "1")]), 20, &[a, side]);
    let c = f.commit(&files(&[("d/y", "2")]), 30, &[b]);
    let since = |base| f.git().history_since(base, c, "d", &mut |_| ()).unwrap();
    assert_eq!(
        told(&since(a).unwrap()),
        [("x".into(), vec![(30, false)]), ("y".into(), vec![(20, true), (30, true)])]
    );
    assert_eq!(since(c), Some(vec![]));
    assert_eq!(since(side), None);
    assert_eq!(since(Oid::ZERO), None);
}

/// The same by libgit2's own comparison of whole trees.
fn reference(f: &Fixture, head: Oid) -> BTreeMap<String, Vec<PathChange>> {
    let mut line = vec![f.repo.find_commit(raw(head)).unwrap()];
    while let Ok(parent) = line[line.len() - 1].parent(0) {
        line.push(parent);
    }
    let mut all: BTreeMap<String, Vec<PathChange>> = BTreeMap::new();
    for (position, commit) in (0..).zip(line.iter().rev()) {
        let old = commit.parent(0).ok().map(|p| p.tree().unwrap());
        let new = commit.tree().unwrap();
        let diff = f.repo.diff_tree_to_tree(old.as_ref(), Some(&new), None).unwrap();
        for delta in diff.deltas() {
            let path = delta.new_file().path().unwrap().to_str().unwrap().to_owned();
            let oid = delta.new_file().exists().then(|| delta.new_file().id().into());
            all.entry(path).or_default().push(PathChange {
                time: commit.time().seconds(),
                commit: position,
                oid,
            });
        }
    }
    all
}

/// Names chosen so that git's order and byte order differ, and files stand where folders stood.
const PATHS: [&str; 9] = ["a", "a/b", "a/c/d", "a-b", "a.b/x", "b", "b/x", "b0", "c/c/c/c"];

fn put(files: &mut Files, path: &str, text: u8) {
    let below = format!("{path}/");
    files.retain(|p, _| !p.starts_with(&below) && !path.starts_with(&format!("{p}/")));
    files.insert(path.into(), (0o100_644, text.to_string()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_agrees_with_a_slow_reference(
        commits in prop::collection::vec(
            (prop::collection::vec((0..PATHS.len(), 0u8..4), 0..4), any::<bool>(), 0i64..100),
            1..14,
        ),
    ) {
        let f = Fixture::new();
        let (mut state, mut line) = (Files::new(), Vec::new());
        for (edits, merge, time) in commits {
            for (path, text) in edits {
                match text {
                    0 => drop(state.remove(PATHS[path])),
                    text => put(&mut state, PATHS[path], text),
                }
            }
            let mut parents: Vec<Oid> = line.last().copied().into_iter().collect();
            if merge {
                let mut side = state.clone();
                put(&mut side, "side", 1);
                parents.push(f.commit(&side, time, &[]));
            }
            line.push(f.commit(&state, time, &parents));
        }
        let head = line[line.len() - 1];
        let expected = reference(&f, head);
        let whole: BTreeMap<_, _> =
            of(&f, head, "").into_iter().map(|h| (h.path, h.changes)).collect();
        prop_assert_eq!(&whole, &expected);
        let below: Vec<_> = of(&f, head, "a").into_iter().map(|h| (format!("a/{}", h.path), h.changes)).collect();
        let expected_below: Vec<_> =
            expected.into_iter().filter(|(path, _)| path.starts_with("a/")).collect();
        prop_assert_eq!(below, expected_below);
        let base = line[line.len() / 2];
        let mut walked = 1;
        let mut commit = f.repo.find_commit(raw(base)).unwrap();
        while let Ok(parent) = commit.parent(0) {
            (commit, walked) = (parent, walked + 1);
        }
        let mut joined: BTreeMap<String, Vec<PathChange>> =
            of(&f, base, "").into_iter().map(|h| (h.path, h.changes)).collect();
        for h in f.git().history_since(base, head, "", &mut |_| ()).unwrap().unwrap() {
            // Positions count from the first commit that was walked.
            let moved = h.changes.into_iter().map(|c| PathChange { commit: c.commit + walked, ..c });
            joined.entry(h.path).or_default().extend(moved);
        }
        prop_assert_eq!(joined, whole);
    }
}
