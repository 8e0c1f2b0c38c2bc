//! Finding, opening and refusing repositories.

use std::fs;

use git2::Repository;
use tempfile::TempDir;

use super::super::Git;
use super::super::hidden::HiddenHistory;
use super::{Fixture, files, raw};
use crate::error::ErrorKind;

#[test]
fn a_path_outside_any_repository_is_none() {
    let dir = TempDir::new().unwrap();
    assert!(Git::discover(dir.path()).unwrap().is_none());
    assert!(Git::discover(&dir.path().join("not/there")).unwrap().is_none());
}

#[test]
fn a_repository_is_found_from_below_and_paths_are_relative_to_it() {
    let f = Fixture::new();
    let top = f.path().canonicalize().unwrap();
    fs::create_dir_all(top.join("data/servers")).unwrap();
    let git = Git::discover(&top.join("data/servers/not/yet")).unwrap().unwrap();
    assert_eq!(git.workdir(), Some(top.as_path()));
    let relative = |path: &std::path::Path| git.relative(path).unwrap();
    assert_eq!(relative(&top).as_deref(), Some(""));
    assert_eq!(relative(&top.join("data/servers")).as_deref(), Some("data/servers"));
    assert_eq!(relative(&top.join("data/../data/new/x")).as_deref(), Some("data/new/x"));
    assert_eq!(relative(top.parent().unwrap()), None);
    assert_eq!(relative(&top.join("data/../..")), None);
    assert_eq!(relative(&top.join(".git/config")), None);
    assert!(git.relative(&top.join("gap/../../..")).is_err());
}

#[cfg(unix)]
#[test]
fn links_are_resolved_before_a_path_is_judged() {
    let f = Fixture::new();
    let outside = TempDir::new().unwrap();
    fs::create_dir(f.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", f.path().join("inside")).unwrap();
    std::os::unix::fs::symlink(outside.path(), f.path().join("outside")).unwrap();
    let git = f.git();
    assert_eq!(git.relative(&f.path().join("inside/x")).unwrap().as_deref(), Some("real/x"));
    assert_eq!(git.relative(&f.path().join("outside/x")).unwrap(), None);
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_owner_opens() {
    let f = Fixture::new();
    f.commit(&files(&[("a", "1")]), 10, &[]);
    let give_away = |path: &std::path::Path| std::os::unix::fs::chown(path, Some(54321), None);
    if give_away(f.path()).is_err() {
        return; // only an administrator can give files away
    }
    give_away(&f.path().join(".git")).unwrap();
    assert_eq!(Repository::open(f.path()).err().unwrap().code(), git2::ErrorCode::Owner);
    let git = f.git();
    assert!(git.head().unwrap().is_some());
    assert_eq!(git.changed("").unwrap(), ["a"], "deleted in the work tree");
}

#[test]
fn head_is_none_before_the_first_commit() {
    let f = Fixture::new();
    assert_eq!(f.git().head().unwrap(), None);
    let first = f.commit(&files(&[("a", "1")]), 10, &[]);
    assert_eq!(f.git().reopen().unwrap().head().unwrap(), Some(first));
    f.repo.set_head_detached(raw(first)).unwrap();
    assert_eq!(f.git().head().unwrap(), Some(first));
}

#[test]
fn revisions_resolve_to_commits_or_say_why_not() {
    let f = Fixture::new();
    let first = f.commit(&files(&[("a", "1")]), 10, &[]);
    let second = f.commit(&files(&[("a", "2")]), 20, &[first]);
    let object = f.repo.find_object(raw(first), None).unwrap();
    let sign = git2::Signature::now("T", "t@example.org").unwrap();
    f.repo.tag("v1", &object, &sign, "annotated", false).unwrap();
    let git = f.git();
    assert_eq!(git.resolve("main").unwrap(), second);
    assert_eq!(git.resolve("HEAD~1").unwrap(), first);
    assert_eq!(git.resolve("v1").unwrap(), first);
    assert_eq!(git.resolve(&second.to_string()[..12]).unwrap(), second);
    assert_eq!(second.to_string().parse::<super::Oid>().unwrap(), second);
    assert_eq!(git.commit_time(second).unwrap(), 20);
    let unknown = git.resolve("origin/main").unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Git);
    assert!(unknown.to_string().starts_with("unknown revision `origin/main`"), "{unknown}");
    assert!(unknown.advice().unwrap().contains("git fetch"));
    assert!(!git.resolve("\u{1b}[31m").unwrap_err().to_string().contains('\u{1b}'));
    assert!(git.resolve("HEAD:a").unwrap_err().to_string().contains("does not name a commit"));
}

#[test]
fn a_bare_repository_has_no_work_tree() {
    let dir = TempDir::new().unwrap();
    Repository::init_bare(dir.path()).unwrap();
    let git = Git::discover(&dir.path().join("refs")).unwrap().unwrap();
    assert_eq!(git.workdir(), None);
    assert_eq!(git.head().unwrap(), None);
    let data = dir.path().join("registry-data");
    assert_eq!(git.relative(&data).unwrap().as_deref(), Some("registry-data"));
    assert_eq!(git.relative(dir.path().parent().unwrap()).unwrap(), None);
    assert!(git.changed("").unwrap().is_empty());
}

#[test]
fn data_that_looks_like_a_bare_repository_does_not_hide_the_real_one() {
    let f = Fixture::new();
    let head = f.commit(&files(&[("a", "1")]), 10, &[]);
    Repository::init_bare(f.path().join("data")).unwrap();
    let git = Git::discover(&f.path().join("data")).unwrap().unwrap();
    assert_eq!(git.head().unwrap(), Some(head));
    Repository::init_bare(f.path().join("mirror.git")).unwrap();
    let git = Git::discover(&f.path().join("mirror.git")).unwrap().unwrap();
    assert_eq!((git.head().unwrap(), git.workdir()), (None, None));
}

#[test]
fn a_linked_work_tree_has_its_own_head_and_shares_the_rest() {
    let f = Fixture::new();
    let first = f.commit(&files(&[("a", "1")]), 10, &[]);
    let elsewhere = TempDir::new().unwrap();
    let top = elsewhere.path().canonicalize().unwrap().join("linked");
    f.repo.worktree("linked", &top, None).unwrap();
    let second = f.commit(&files(&[("a", "2")]), 20, &[first]);
    let git = Git::discover(&top).unwrap().unwrap();
    assert_eq!(git.workdir(), Some(top.as_path()));
    assert_eq!(git.head().unwrap(), Some(first));
    assert_eq!(git.resolve("main").unwrap(), second);
    assert!(git.changed("").unwrap().is_empty());
    fs::write(f.path().join(".git/shallow"), format!("{first}\n")).unwrap();
    assert_eq!(git.hidden_history().unwrap(), Some(HiddenHistory::Shallow));
}

#[test]
fn a_submodule_is_its_own_repository() {
    let f = Fixture::new();
    let top = f.path().canonicalize().unwrap();
    let sub = Repository::init_bare(top.join(".git/modules/sub")).unwrap();
    sub.config().unwrap().set_bool("core.bare", false).unwrap();
    sub.config().unwrap().set_str("core.worktree", "../../../sub").unwrap();
    fs::create_dir(top.join("sub")).unwrap();
    fs::write(top.join("sub/.git"), "gitdir: ../.git/modules/sub\n").unwrap();
    let git = Git::discover(&top.join("sub")).unwrap().unwrap();
    assert_eq!(git.workdir(), Some(top.join("sub").as_path()));
    assert!(git.folder().ends_with("modules/sub"));
    let inside = Git::discover(&top.join(".git/modules/sub")).unwrap().unwrap();
    assert_eq!(inside.workdir(), git.workdir());
}

#[test]
fn a_broken_link_to_the_git_folder_is_an_error() {
    let dir = TempDir::new().unwrap();
    for text in ["gitdir: ../nowhere\n", "gitdir:\n", "nonsense"] {
        fs::write(dir.path().join(".git"), text).unwrap();
        assert!(Git::discover(dir.path()).unwrap_err().advice().is_some());
    }
}

#[test]
fn a_shallow_clone_is_told_with_its_fix() {
    let f = Fixture::new();
    assert_eq!(f.git().hidden_history().unwrap(), None);
    let first = f.commit(&files(&[("a", "1")]), 10, &[]);
    fs::write(f.path().join(".git/shallow"), format!("{first}\n")).unwrap();
    let hidden = f.git().hidden_history().unwrap().unwrap();
    assert_eq!(hidden, HiddenHistory::Shallow);
    assert!(hidden.to_string().contains("fetch-depth: 0"), "{hidden}");
    assert!(hidden.to_error().advice().unwrap().contains("--unshallow"));
}

#[test]
fn a_partial_clone_hides_dates_unless_only_blobs_are_missing() {
    let f = Fixture::new();
    f.set("remote.origin.promisor", "true");
    let hidden = || f.git().hidden_history().unwrap();
    assert_eq!(hidden(), Some(HiddenHistory::Partial { filter: String::new() }));
    f.set("remote.origin.partialclonefilter", "tree:0");
    assert!(hidden().unwrap().to_string().contains("tree:0"));
    f.set("remote.origin.partialclonefilter", "blob:none");
    assert_eq!(hidden(), None);
    f.set("remote.origin.promisor", "false");
    f.set("extensions.partialclone", "origin");
    assert_eq!(hidden(), Some(HiddenHistory::Partial { filter: String::new() }));
    f.set("core.repositoryformatversion", "1");
    assert!(Git::discover(f.path()).unwrap_err().to_string().contains("partial"));
}

#[test]
fn unreadable_storage_formats_are_named_with_the_way_out() {
    for (key, value, fix) in [
        ("extensions.refStorage", "reftable", "git refs migrate"),
        ("extensions.objectFormat", "sha256", "--object-format=sha1"),
    ] {
        let f = Fixture::new();
        f.set("core.repositoryformatversion", "1");
        f.set(key, value);
        let error = Git::discover(f.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Git);
        assert!(error.advice().unwrap().contains(fix), "{error}");
    }
}

#[test]
fn the_address_of_a_remote_comes_without_credentials() {
    let f = Fixture::new();
    assert_eq!(f.git().remote_url("origin"), None);
    for (written, told) in [
        ("https://me:secret@example.org/a/b@c", "https://example.org/a/b@c"),
        ("https://example.org", "https://example.org"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("ssh://git@example.org/a", "ssh://git@example.org/a"),
    ] {
        f.set("remote.origin.url", written);
        assert_eq!(f.git().remote_url("origin").as_deref(), Some(told));
    }
}

#[test]
fn uncommitted_changes_are_listed_under_a_prefix() {
    let f = Fixture::new();
    f.commit(&files(&[("data/a", "1"), ("data-b", "1"), (".gitignore", "*.tmp\n")]), 10, &[]);
    f.repo.checkout_head(Some(git2::build::CheckoutBuilder::new().force())).unwrap();
    let git = f.git();
    assert!(git.changed("").unwrap().is_empty());
    fs::write(f.path().join("data/a"), "22").unwrap();
    fs::write(f.path().join("data-b"), "22").unwrap();
    fs::create_dir(f.path().join("data/new")).unwrap();
    fs::write(f.path().join("data/new/c"), "1").unwrap();
    fs::write(f.path().join("data/x.tmp"), "1").unwrap();
    assert_eq!(git.changed("data").unwrap(), ["a", "new/c"]);
    assert_eq!(git.changed("data/").unwrap(), ["a", "new/c"]);
    assert_eq!(git.changed(".").unwrap(), ["data-b", "data/a", "data/new/c"]);
}
