//! Setting the status, through the library and through the program.

use mcp_static::internals::data::{StatusRecord, Tree, apply, change_status};
use mcp_static::internals::error::Result;
use mcp_static::internals::model::Status;
use pretty_assertions::assert_eq;

use crate::scratch::{Scratch, recorded_path};

/// A scratch with two own versions and imported entries.
fn registry() -> Scratch {
    let scratch = Scratch::new();
    for version in ["1.0.0", "1.1.0"] {
        let path = format!("registry-data/servers/com.acme/tool/{version}/server.json");
        scratch.write(&path, "{}");
    }
    let ran = scratch.run(&["import", recorded_path("pages.json").to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    scratch
}

fn change(
    scratch: &Scratch,
    what: (&str, Option<&str>),
    status: Status,
    message: Option<&str>,
) -> Result<usize> {
    let tree = Tree::from_disk(&scratch.data(), "registry-data")?;
    let to = StatusRecord { status, message: message.map(str::to_owned) };
    let change = change_status(&tree, what, &to, 1_800_000_000)?;
    apply(&scratch.data(), &change.edits, &|_| {})?;
    Ok(change.changed.len())
}

const TOOL: &str = "com.acme/tool";

#[test]
fn a_version_is_deprecated_and_comes_back() {
    let scratch = registry();
    let one = (TOOL, Some("1.0.0"));
    assert_eq!(change(&scratch, one, Status::Deprecated, Some("use \"2\"")).unwrap(), 1);
    let path = "servers/com.acme/tool/1.0.0/status.json";
    let text = "{\n  \"status\": \"deprecated\",\n  \"statusMessage\": \"use \\\"2\\\"\"\n}\n";
    assert_eq!(scratch.read(path), text);
    assert_eq!(change(&scratch, one, Status::Deprecated, Some("use \"2\"")).unwrap(), 0);
    assert_eq!(change(&scratch, one, Status::Deprecated, None).unwrap(), 0);
    assert_eq!(scratch.read(path), text);
    assert_eq!(change(&scratch, one, Status::Deprecated, Some("")).unwrap(), 1);
    assert_eq!(scratch.read(path), "{\n  \"status\": \"deprecated\"\n}\n");
    assert_eq!(change(&scratch, one, Status::Active, None).unwrap(), 1);
    assert!(!scratch.data().join(path).exists());
    assert_eq!(change(&scratch, one, Status::Active, None).unwrap(), 0);
}

#[test]
fn without_a_version_all_that_differ_change() {
    let scratch = registry();
    assert_eq!(change(&scratch, (TOOL, Some("1.1.0")), Status::Deleted, None).unwrap(), 1);
    assert_eq!(change(&scratch, (TOOL, None), Status::Deleted, None).unwrap(), 1);
    assert_eq!(change(&scratch, (TOOL, None), Status::Deleted, None).unwrap(), 0);
}

#[test]
fn pinned_dates_move_with_the_change() {
    let scratch = registry();
    let beta = "servers/com.example/beta/2.0.0/origin.json";
    let before = scratch.read(beta);
    let what = ("com.example/beta", None);
    change(&scratch, what, Status::Deprecated, Some("only the message")).unwrap();
    let message = before.replace(
        "\"updatedAt\": \"2025-11-01T00:00:00.5Z\"",
        "\"updatedAt\": \"2027-01-15T08:00:00Z\"",
    );
    assert_eq!(scratch.read(beta), message);
    change(&scratch, what, Status::Active, None).unwrap();
    let value = message.replace(
        "\"statusChangedAt\": \"2025-11-01T00:00:00.5Z\"",
        "\"statusChangedAt\": \"2027-01-15T08:00:00Z\"",
    );
    assert_eq!(scratch.read(beta), value);
}

#[test]
fn dates_never_go_back() {
    let scratch = registry();
    let variables = [("SOURCE_DATE_EPOCH", "0")];
    let ran = scratch.run_with(&["status", "com.example/beta@2.0.0", "deleted"], &variables, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let origin = scratch.read("servers/com.example/beta/2.0.0/origin.json");
    assert!(origin.contains("\"updatedAt\": \"2025-11-01T00:00:00.5Z\""), "{origin}");
}

#[test]
fn what_is_not_known_gets_a_suggestion() {
    let scratch = registry();
    for (what, hint) in [
        (("com.acme/tol", None), "did you mean com.acme/tool?"),
        ((TOOL, Some("1.0.1")), "did you mean com.acme/tool@1.0.0?"),
        ((TOOL, Some("nightly-2")), "it has 1.0.0, 1.1.0"),
        (("nothing", None), "has no slash"),
    ] {
        let e = change(&scratch, what, Status::Deleted, None).unwrap_err();
        assert!(e.advice().unwrap().contains(hint), "{e}: {:?}", e.advice());
    }
    let long = "é".repeat(501);
    let e = change(&scratch, (TOOL, None), Status::Deleted, Some(&long)).unwrap_err();
    assert!(e.to_string().contains("501 characters"), "{e}");
    assert_eq!(change(&scratch, (TOOL, None), Status::Deleted, Some(&long[2..])).unwrap(), 2);
    assert!(change(&scratch, (TOOL, None), Status::Active, Some("x")).is_err());
}

#[test]
fn a_broken_file_stops_the_whole_change() {
    let scratch = registry();
    scratch.write("registry-data/servers/com.acme/tool/1.1.0/status.json", "{\"status\":\"gone\"}");
    let e = change(&scratch, (TOOL, None), Status::Deleted, None).unwrap_err();
    assert!(e.to_string().contains("1.1.0/status.json"), "{e}");
    assert!(!scratch.data().join("servers/com.acme/tool/1.0.0/status.json").exists());
}

#[test]
fn the_program_sets_a_status_and_may_be_run_twice() {
    let scratch = registry();
    let deprecate = ["status", "com.acme/tool", "deprecated", "--message", "use com.acme/next"];
    let dry = scratch.run(&[&deprecate[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert_eq!(
        dry.out,
        "write servers/com.acme/tool/1.0.0/status.json\nwrite servers/com.acme/tool/1.1.0/status.json\n"
    );
    let ran = scratch.run(&deprecate);
    assert!(
        ran.code == 0 && ran.err.contains("2 versions of com.acme/tool are now deprecated"),
        "{}",
        ran.err
    );
    let again = scratch.run(&deprecate);
    assert!(again.code == 0 && again.err.contains("are deprecated already"), "{}", again.err);
    for (arguments, hint) in [
        (vec!["status", "com.acme/tool", "active", "--message", "x"], "leave out --message"),
        (vec!["status", "com.acme/tool", "deprecatd"], "a similar value exists: 'deprecated'"),
        (vec!["status", "com.acme/tools", "deleted"], "did you mean com.acme/tool?"),
        (vec!["status", "com.acme/tool", "deleted", "--data", "none"], "mkdir none"),
    ] {
        let ran = scratch.run(&arguments);
        assert!(ran.code == 2 && ran.err.contains(hint), "{arguments:?}: {}", ran.err);
    }
}
