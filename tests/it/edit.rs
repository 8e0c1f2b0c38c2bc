//! Writing into a data folder.

use mcp_static::data::{Applied, Edits, apply};
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
        assert!(e.to_string().contains("no path inside the data folder"), "{path:?}: {e}");
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
fn a_link_left_in_place_of_the_temporary_file_is_not_followed() {
    let scratch = Scratch::new();
    let outside = scratch.write("outside.txt", "secret");
    std::os::unix::fs::symlink(&outside, scratch.data().join(".a.json.tmp")).unwrap();
    apply(&scratch.data(), &edits(&[("a.json", "{}")]), &silent).unwrap();
    assert_eq!(std::fs::read_to_string(outside).unwrap(), "secret");
    assert_eq!(scratch.files(), ["a.json"]);
}

#[test]
fn a_failure_says_how_far_it_got() {
    let scratch = Scratch::new();
    scratch.write("registry-data/b.json/in-the-way", "");
    let edits = edits(&[("a.json", "{}"), ("b.json", "{}")]);
    let e = apply(&scratch.data(), &edits, &silent).unwrap_err();
    let advice = e.advice().unwrap();
    assert!(advice.contains("1 of 2 files were done"), "{advice}");
    assert_eq!(scratch.read("a.json"), "{}");
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
