//! Runs that are ended in the middle, and two at once.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use crate::http::{Host, status};
use crate::scratch::{Scratch, recorded, recorded_path};

/// A dump of many servers, each with two versions, some deprecated.
fn dump(servers: usize) -> String {
    let records: Vec<String> = (0..servers * 2)
        .map(|i| {
            let status = if i % 3 == 0 { "deprecated" } else { "active" };
            format!(
                "{{\"server\":{{\"name\":\"com.example{}/s{}\",\"version\":\"1.{}.0\",\"description\":\"x\"}},\"_meta\":{{\"io.modelcontextprotocol.registry/official\":{{\"status\":\"{status}\",\"publishedAt\":\"2026-01-01T00:00:00Z\"}}}}}}",
                i % 7, i / 2, i % 2
            )
        })
        .collect();
    format!("[{}]", records.join(","))
}

/// Every version folder is whole, and nothing else is there.
fn assert_whole(scratch: &Scratch, when: &str) {
    let files = scratch.files();
    for file in &files {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        assert!(["server.json", "origin.json", "status.json"].contains(&name), "{when}: {file}");
        for other in ["server.json", "origin.json"] {
            assert!(files.binary_search(&format!("{folder}/{other}")).is_ok(), "{when}: {folder}");
        }
    }
    for entry in walkdir::WalkDir::new(scratch.data().join("servers")).into_iter().flatten() {
        let empty = entry.file_type().is_dir() && entry.path().read_dir().unwrap().next().is_none();
        assert!(!empty, "{when}: {} is empty", entry.path().display());
    }
}

#[test]
fn an_import_that_is_killed_leaves_whole_folders_and_goes_on() {
    let (scratch, mut interrupted) = (Scratch::new(), 0);
    let all = scratch.write("dump.json", dump(150));
    let few = scratch.write("few.json", dump(10));
    let arguments = ["import", all.to_str().unwrap()];
    let work = scratch.path().join(".mcp-static/edit-registry-data");
    for wait in [0, 3, 6, 12, 24] {
        let _ = std::fs::remove_dir_all(scratch.data());
        std::fs::create_dir(scratch.data()).unwrap();
        // Some of it is there before, so that folders are added to as well.
        assert_eq!(scratch.run(&["import", few.to_str().unwrap()]).code, 0);
        let mut child = scratch.command(&arguments).stdout(Stdio::null()).spawn().unwrap();
        while !work.exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
        assert_whole(&scratch, &format!("after {wait} ms"));
        let check = scratch.run(&["check"]);
        let said = check.err.contains("was interrupted: run the same command again");
        assert_eq!(work.exists(), said, "{}", check.err);
        interrupted += usize::from(said);
    }
    assert!(interrupted > 0, "no run was ended in the middle");
    assert_eq!(scratch.run(&arguments).code, 0);
    assert_eq!(scratch.files().iter().filter(|file| file.ends_with("server.json")).count(), 300);
    assert!(!scratch.run(&["check"]).err.contains("interrupted"));
}

#[test]
fn check_says_how_to_go_on_with_an_import_from_a_host() {
    let page = String::from_utf8(recorded("page-1.json")).unwrap();
    let host = Host::new(|_| {
        [("/v0.1/servers?limit=100&include_deleted=true", status(200, "", &page))].into()
    });
    let scratch = Scratch::new();
    let ran = scratch.run(&["import", &host.base]);
    assert_eq!(ran.code, 2, "the second page is not there: {}", ran.err);
    assert!(scratch.files().is_empty());
    let check = scratch.run(&["check"]);
    let says = format!("run `mcp-static import {}` to continue", host.base);
    assert!(check.err.contains(&says), "{}", check.err);
    // What does not belong to an import is not repeated.
    scratch.write(
        ".mcp-static/import/0123456789abcdef/state.json",
        "{\"registry\":\"https://evil.example; rm -rf\",\"includeDeleted\":true,\"startedAt\":1}",
    );
    assert!(!scratch.run(&["check"]).err.contains("evil"));
}

#[test]
fn a_second_import_is_refused_while_the_first_one_works() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let scratch = Scratch::new();
    let mut first = scratch.command(&["import", &base]).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap(); // the first one has begun, and waits
    let dump = recorded_path("pages.json");
    let document = scratch.write("server.json", "{}");
    for arguments in [
        &["import", dump.to_str().unwrap()] as &[&str],
        &["import", &base],
        &["add", document.to_str().unwrap()],
        &["status", "com.example/a", "deleted"],
    ] {
        let second = scratch.run(arguments);
        assert_eq!(second.code, 2, "{arguments:?}: {}", second.err);
        assert!(second.err.contains("another run is changing this folder"), "{}", second.err);
        assert!(second.err.contains("wait for it to end"), "{}", second.err);
    }
    let dry = scratch.run(&["import", dump.to_str().unwrap(), "--dry-run"]);
    assert_eq!(dry.code, 0, "what writes nothing waits for nobody: {}", dry.err);
    let page = String::from_utf8(recorded("page-3.json")).unwrap();
    stream.write_all(status(200, "", &page).as_bytes()).unwrap();
    drop(stream);
    assert!(first.wait().unwrap().success());
    assert_eq!(scratch.run(&["import", dump.to_str().unwrap()]).code, 0);
}
