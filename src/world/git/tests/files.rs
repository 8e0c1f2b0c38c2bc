//! The files of a commit, ordinary and hostile.

use std::fs;

use git2::ObjectType;

use super::super::{FileMode, Git, Oid};
use super::{Fixture, files, raw};

#[test]
fn modes_paths_and_ids_come_in_order() {
    let f = Fixture::new();
    let mut all =
        files(&[("d/b/x", "1"), ("d/b-c", "2"), ("d/run", "3"), ("d/link", "b"), ("e", "4")]);
    all.get_mut("d/run").unwrap().0 = 0o100_755;
    all.get_mut("d/link").unwrap().0 = 0o120_000;
    let commit = f.commit(&all, 10, &[]);
    let git = f.git();
    let list = git.files(commit, "d").unwrap();
    let told: Vec<_> = list.iter().map(|file| (file.path.as_str(), file.mode)).collect();
    assert_eq!(
        told,
        [
            ("b-c", FileMode::Regular),
            ("b/x", FileMode::Regular),
            ("link", FileMode::Symlink),
            ("run", FileMode::Executable),
        ]
    );
    assert!(list.iter().all(|file| file.utf8 && file.well_formed));
    assert_eq!(git.blob(list[1].oid).unwrap(), b"1");
    assert_eq!(git.size(list[2].oid).unwrap(), 1);
    assert_eq!(Git::blob_id(b"1"), list[1].oid);
    assert_eq!(git.files(commit, "./").unwrap().len(), 5);
    assert_eq!(git.files(commit, "d/b/").unwrap()[0].path, "x");
    for nothing in ["x", "e", "d/run", "../d", "d/link"] {
        assert!(git.files(commit, nothing).unwrap().is_empty(), "{nothing}");
    }
}

#[test]
fn hostile_names_are_flagged_and_kept() {
    let f = Fixture::new();
    let blob = f.repo.blob(b"1").unwrap();
    let inner = f.raw_tree(&[("100644", b"ok", blob)]);
    let top = f.raw_tree(&[
        ("100644", b".", blob),
        ("40000", b"..", inner),
        ("100644", b".GIT", blob),
        ("100644", b"a/b", blob),
        ("100644", b"bad\xff", blob),
        ("100644", b"twice", blob),
        ("100755", b"twice", blob),
        ("160000", b"sub", blob),
        ("140000", b"socket", blob),
        ("40000", b"good", inner),
    ]);
    let commit = f.commit_tree(top, 10, &[]);
    let list = f.git().files(commit, "").unwrap();
    let flagged: Vec<_> = list.iter().filter(|f| !f.well_formed).map(|f| f.path.as_str()).collect();
    assert_eq!(flagged, [".", "../ok", ".GIT", "a/b", "twice", "twice"]);
    let odd: Vec<_> = list.iter().filter(|f| !f.utf8).map(|f| f.path.as_str()).collect();
    assert_eq!(odd, ["bad\u{fffd}"]);
    let mode = |path: &str| list.iter().find(|f| f.path == path).unwrap().mode;
    assert_eq!(mode("sub"), FileMode::Submodule);
    assert_eq!(mode("socket"), FileMode::Other(0o140_000));
    assert_eq!(mode("good/ok"), FileMode::Regular);
}

#[test]
fn endless_nesting_and_multiplying_trees_are_stopped() {
    let f = Fixture::new();
    let blob = f.repo.blob(b"1").unwrap();
    let mut deep = f.raw_tree(&[("100644", b"x", blob)]);
    for _ in 0..400 {
        deep = f.raw_tree(&[("40000", b"d", deep)]);
    }
    let commit = f.commit_tree(deep, 10, &[]);
    let list = f.git().files(commit, "").unwrap();
    assert_eq!((list.len(), list[0].well_formed), (1, false));
    assert!(f.git().history(commit, "", &mut |_| ()).unwrap().is_empty());
    let names: Vec<Vec<u8>> = (b'a'..=b'z').map(|c| vec![c; 1000]).collect();
    for leaf in [f.raw_tree(&[("100644", b"x", blob)]), f.raw_tree(&[])] {
        let mut bomb = leaf;
        for _ in 0..20 {
            let entries: Vec<_> = names.iter().map(|n| ("40000", n.as_slice(), bomb)).collect();
            bomb = f.raw_tree(&entries);
        }
        let commit = f.commit_tree(bomb, 10, &[]);
        let errors = [
            f.git().files(commit, "").unwrap_err(),
            f.git().history(commit, "", &mut |_| ()).unwrap_err(),
        ];
        assert!(errors.iter().all(|e| e.to_string().contains("more files")), "{errors:?}");
    }
}

#[test]
fn bytes_that_are_no_tree_are_an_error() {
    let f = Fixture::new();
    let odb = f.repo.odb().unwrap();
    for bytes in [&b"100644"[..], b"100644 a\0short", b"nospace\0aaaaaaaaaaaaaaaaaaaa"] {
        let tree = odb.write(ObjectType::Tree, bytes).unwrap();
        let text = format!("tree {tree}\nauthor A <> 1 +0000\ncommitter A <> 1 +0000\n\n");
        let commit: Oid = odb.write(ObjectType::Commit, text.as_bytes()).unwrap().into();
        assert!(f.git().files(commit, "").unwrap_err().to_string().contains("malformed"));
        assert!(
            f.git().history(commit, "", &mut |_| ()).unwrap_err().to_string().contains("malformed")
        );
    }
}

#[test]
fn a_commit_without_a_time_is_an_error() {
    let f = Fixture::new();
    let tree = f.raw_tree(&[]);
    for text in [
        String::new(),
        format!("tree {tree}\n"),
        format!("tree {tree}\n\ncommitter A <> 1 +0000\n"),
        format!("tree {tree}\ncommitter A <a> soon\n"),
        format!("tree {tree}\nparent 12\ncommitter A <a> 1 +0000\n"),
    ] {
        let oid = f.repo.odb().unwrap().write(ObjectType::Commit, text.as_bytes()).unwrap();
        assert!(f.git().commit_time(oid.into()).is_err(), "{text}");
    }
}

#[test]
fn a_blob_whose_bytes_do_not_match_its_id_is_refused() {
    let f = Fixture::new();
    let (good, bad) = (f.repo.blob(b"good").unwrap(), f.repo.blob(b"evil").unwrap());
    let file = |oid: git2::Oid| {
        let hex = oid.to_string();
        f.path().join(".git/objects").join(&hex[..2]).join(&hex[2..])
    };
    fs::remove_file(file(good)).unwrap();
    fs::create_dir_all(file(good).parent().unwrap()).unwrap();
    fs::copy(file(bad), file(good)).unwrap();
    assert!(f.git().blob(good.into()).unwrap_err().to_string().contains("malformed"));
    fs::remove_file(file(good)).unwrap();
    let missing = f.git().blob(good.into()).unwrap_err();
    assert!(missing.advice().unwrap().contains("--filter"), "{missing}");
    assert!(f.git().size(good.into()).is_err());
}

#[test]
fn an_object_of_another_kind_is_refused() {
    let f = Fixture::new();
    let commit = f.commit(&files(&[("a", "1")]), 10, &[]);
    let git = f.git();
    assert!(git.blob(commit).is_err());
    assert!(git.size(commit).is_err());
    assert!(git.files(Git::blob_id(b"1"), "").is_err());
    assert!(git.files(Oid::ZERO, "").is_err());
    assert_eq!(f.repo.find_commit(raw(commit)).unwrap().time().seconds(), 10);
}
