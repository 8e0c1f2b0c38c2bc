//! Writing into a data folder.

use mcp_static::internals::data::{Applied, Edits, apply, hold, was_interrupted};
use pretty_assertions::assert_eq;

use crate::scratch::Scratch;

fn edits(files: &[(&str, &str)]) -> Edits {
    let mut edits = Edits::new();
    for (path, text) in files {
        edits.write(*path, *text);
    }
    edits
}

fn silent(_: u64) {}

#[test]
fn files_and_their_folders_are_written() {
    let scratch = Scratch::new();
    let edits = edits(&[("a/b/c.json", "{}"), ("a/d.json", "[]"), ("e.toml", "")]);
    let applied = apply(&scratch.data(), &edits, &silent).unwrap();
    assert_eq!(applied, Applied { written: 3, removed: 0, unchanged: 0 });
    assert_eq!(scratch.files(), ["a/b/c.json", "a/d.json", "e.toml"]);
    assert_eq!(scratch.read("a/b/c.json"), "{}");
}

#[test]
fn a_file_with_the_same_bytes_is_left_alone() {
    let scratch = Scratch::new();
    let path = scratch.write("registry-data/a/b.json", "{}");
    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    let edits = edits(&[("a/b.json", "{}"), ("a/c.json", "{}")]);
    let applied = apply(&scratch.data(), &edits, &silent).unwrap();
    assert_eq!(applied, Applied { written: 1, removed: 0, unchanged: 1 });
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
}

#[test]
fn another_text_of_the_same_length_is_written() {
    let scratch = Scratch::new();
    scratch.write("registry-data/a.json", "{1}");
    apply(&scratch.data(), &edits(&[("a.json", "{2}")]), &silent).unwrap();
    assert_eq!(scratch.read("a.json"), "{2}");
}

#[test]
fn a_removal_removes_one_file_and_may_find_nothing() {
    let scratch = Scratch::new();
    scratch.write("registry-data/a/b.json", "{}");
    scratch.write("registry-data/a/c.json", "{}");
    let mut edits = Edits::new();
    edits.remove("a/b.json");
    edits.remove("a/none.json");
    let applied = apply(&scratch.data(), &edits, &silent).unwrap();
    assert_eq!(applied, Applied { written: 0, removed: 1, unchanged: 1 });
    assert_eq!(scratch.files(), ["a/c.json"]);
}

#[test]
fn paths_that_leave_the_folder_are_refused_before_anything_is_written() {
    let parts = ["../x", "a/../../x", "/x", "a//x", "a/./x", "C:\\x", "a\\..\\x", "", "a/", "a\0b"];
    for path in parts {
        let scratch = Scratch::new();
        let edits = edits(&[("good.json", "{}"), (path, "{}")]);
        let e = apply(&scratch.data(), &edits, &silent).unwrap_err();
        assert!(e.to_string().contains("not a path inside the data folder"), "{path:?}: {e}");
        assert!(scratch.files().is_empty(), "{path:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_on_the_way_is_refused() {
    let scratch = Scratch::new();
    let outside = scratch.write("outside/secret.json", "secret");
    std::os::unix::fs::symlink(outside.parent().unwrap(), scratch.data().join("servers")).unwrap();
    std::os::unix::fs::symlink(&outside, scratch.data().join("link.json")).unwrap();
    for path in ["servers/secret.json", "link.json"] {
        let e = apply(&scratch.data(), &edits(&[(path, "{}")]), &silent).unwrap_err();
        assert!(e.to_string().contains("symbolic link"), "{e}");
    }
    assert_eq!(std::fs::read_to_string(outside).unwrap(), "secret");
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_working_folder_is_refused_and_not_followed() {
    for link in [".mcp-static", ".mcp-static/edit-registry-data"] {
        let scratch = Scratch::new();
        let outside = scratch.write("outside/a.json", "secret");
        let link = scratch.path().join(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(outside.parent().unwrap(), &link).unwrap();
        let e = apply(&scratch.data(), &edits(&[("a.json", "{}")]), &silent).unwrap_err();
        assert!(e.to_string().contains("symbolic link"), "{e}");
        assert_eq!(std::fs::read_to_string(outside).unwrap(), "secret");
        assert!(scratch.files().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn files_have_their_mode_whatever_the_old_one_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let old = scratch.write("registry-data/a.json", "[]");
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o777)).unwrap();
    apply(&scratch.data(), &edits(&[("a.json", "{}"), ("b/c.json", "{}")]), &silent).unwrap();
    for file in ["a.json", "b/c.json"] {
        let mode = std::fs::metadata(scratch.data().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{file}");
    }
}

#[test]
fn what_a_killed_run_left_is_dropped_and_nothing_stays_behind() {
    let scratch = Scratch::new();
    scratch.write(".mcp-static/edit-registry-data/servers/old.json", "{}");
    assert!(was_interrupted(&scratch.data()));
    apply(&scratch.data(), &edits(&[("servers/a.json", "{}")]), &silent).unwrap();
    assert_eq!(scratch.files(), ["servers/a.json"]);
    assert!(!was_interrupted(&scratch.data()));
    assert!(!scratch.path().join(".mcp-static").exists(), "the working folder is gone");
    scratch.write(".mcp-static/_site/cache", "of a build");
    apply(&scratch.data(), &edits(&[("servers/a.json", "[]")]), &silent).unwrap();
    assert!(scratch.path().join(".mcp-static/_site/cache").exists());
}

#[test]
fn new_folders_come_whole_and_existing_ones_are_added_to() {
    let scratch = Scratch::new();
    scratch.write("registry-data/servers/a/kept.json", "{}");
    let files =
        ["servers/a/1/x", "servers/a/2/x", "servers/b/1/x", "servers/b/1/y", "owners/z", "w"];
    let applied = apply(&scratch.data(), &edits(&files.map(|file| (file, "{}"))), &silent).unwrap();
    assert_eq!(applied, Applied { written: 6, removed: 0, unchanged: 0 });
    let mut all = files.to_vec();
    all.push("servers/a/kept.json");
    all.sort_unstable();
    assert_eq!(scratch.files(), all);
}

#[test]
fn one_run_at_a_time_holds_a_folder() {
    let scratch = Scratch::new();
    let held = hold(&scratch.data()).unwrap();
    let e = hold(&scratch.data()).unwrap_err();
    assert!(e.to_string().contains("another run is changing this folder"), "{e}");
    drop(held);
    hold(&scratch.data()).unwrap();
}

#[test]
fn an_obstacle_is_found_before_anything_is_changed() {
    let scratch = Scratch::new();
    scratch.write("registry-data/b.json/in-the-way", "");
    let edits = edits(&[("a.json", "{}"), ("b.json", "{}")]);
    let e = apply(&scratch.data(), &edits, &silent).unwrap_err();
    let advice = e.advice().unwrap();
    assert!(advice.contains("0 of 2 files were done"), "{advice}");
    assert_eq!(scratch.files(), ["b.json/in-the-way"]);
}

#[test]
fn a_missing_folder_is_not_made() {
    let scratch = Scratch::new();
    let e = apply(&scratch.path().join("none"), &edits(&[("a", "")]), &silent).unwrap_err();
    assert!(e.advice().unwrap().contains("mkdir"), "{e}");
    assert!(!scratch.path().join("none").exists());
}

#[test]
fn every_file_is_heard_of() {
    let scratch = Scratch::new();
    let heard = std::sync::atomic::AtomicU64::new(0);
    let step = |n| {
        heard.fetch_add(n, std::sync::atomic::Ordering::Relaxed);
    };
    apply(&scratch.data(), &edits(&[("a/x", "1"), ("b/x", "2"), ("c", "3")]), &step).unwrap();
    assert_eq!(heard.into_inner(), 3);
}

#[test]
fn two_data_folders_beside_each_other_are_written_at_once() {
    let scratch = Scratch::new();
    let texts: Vec<String> = (0..300).map(|n| format!("a/{n}/b/server.json")).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|path| (path.as_str(), "{}")).collect();
    let roots: Vec<_> = ["one", "two", "three"].map(|name| scratch.path().join(name)).into();
    std::thread::scope(|scope| {
        for root in &roots {
            std::fs::create_dir(root).unwrap();
            scope.spawn(|| assert_eq!(apply(root, &edits(&files), &silent).unwrap().written, 300));
        }
    });
    for path in roots.iter().flat_map(|root| texts.iter().map(move |path| root.join(path))) {
        assert!(path.is_file(), "{} did not arrive", path.display());
    }
}
