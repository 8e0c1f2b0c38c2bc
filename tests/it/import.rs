//! Importing dumps: what comes in, what does not, and what a second run does.

use std::io::Write as _;

use mcp_static::internals::data::{Edit, apply, digest};
use mcp_static::internals::diag::{Code, Severity};
use mcp_static::internals::import::{
    Batch, Filter, ImportPlan, plan, present, read_dump, read_text,
};
use pretty_assertions::assert_eq;

use crate::scratch::{Scratch, recorded, recorded_path};

const ALPHA: &str = "servers/com.example/alpha/1.0.0";

/// The clock of most runs: 2027-01-15.
const NOW: i64 = 1_800_000_000;

fn batch(name: &str) -> Batch {
    read_text(name, &recorded(name)).unwrap()
}

fn names(batch: &Batch) -> Vec<String> {
    batch
        .readings
        .iter()
        .map(|reading| match reading {
            Ok(record) => format!("{}@{}", record.name, record.version),
            Err(bad) => format!("! {}", bad.reason.why),
        })
        .collect()
}

/// Plans and writes, as the program does.
fn import_as(scratch: &Scratch, origin: &str, batch: Batch, filter: &Filter) -> ImportPlan {
    let present = present(&scratch.data(), "registry-data", &batch.readings).unwrap();
    let plan = plan(origin, batch.readings, &present, filter, NOW);
    apply(&scratch.data(), &plan.edits, &|_| {}).unwrap();
    plan
}

fn import(scratch: &Scratch, batch: Batch) -> ImportPlan {
    import_as(scratch, "dump.json", batch, &Filter::default())
}

fn counts(plan: &ImportPlan) -> (usize, usize, usize, usize, usize) {
    (plan.new, plan.updated, plan.unchanged, plan.skipped, plan.filtered)
}

fn messages(plan: &ImportPlan) -> Vec<String> {
    plan.findings.iter().map(|d| format!("{} {}", d.place.pointer, d.message)).collect()
}

#[test]
fn every_form_of_a_dump_gives_its_records() {
    let first = ["com.example/alpha@1.0.0", "com.example/alpha@1.1.0+build.7"];
    assert_eq!(names(&batch("page-1.json")), first);
    assert_eq!(batch("page-1.json").next.unwrap(), "com.example/alpha:1.1.0+build.7");
    assert_eq!(
        names(&batch("pages.json"))[2..],
        ["com.example/beta@2.0.0", "com.example/gamma@0.1.0"]
    );
    assert_eq!(batch("pages.json").next, None);
    assert_eq!(names(&batch("byte-order-mark.json")), first[..1]);
    assert_eq!(batch("static-list.json").readings.len(), 3);
    for empty in ["null-servers.json", "empty-page.json"] {
        assert!(batch(empty).listed && batch(empty).readings.is_empty(), "{empty}");
    }
    assert_eq!(batch("null-cursor.json").next, None);
}

#[test]
fn a_broken_line_spoils_no_other() {
    let lines = batch("lines.jsonl");
    let expected = [
        "com.example/alpha@1.0.0",
        "com.example/alpha@1.1.0+build.7",
        "! this is not JSON",
        "! its line goes on after it",
        "com.example/beta@2.0.0",
    ];
    assert_eq!(names(&lines), expected);
    let bad = lines.readings[2].as_ref().unwrap_err();
    assert_eq!((bad.place.line, bad.place.column), (4, 1));
}

#[test]
fn a_packed_dump_is_known_by_its_bytes() {
    let scratch = Scratch::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&recorded("pages.json")).unwrap();
    let path = scratch.write("dump.json", packed.finish().unwrap());
    assert_eq!(read_dump(&path).unwrap().unwrap(), {
        let name = path.to_string_lossy();
        read_text(&name, &recorded("pages.json")).unwrap()
    });
}

#[test]
fn a_broken_dump_is_refused_whole_with_its_place() {
    let truncated = read_text("t.json", &recorded("truncated.json")).unwrap_err();
    assert_eq!(truncated.code, Code::JsonSyntax);
    assert!(truncated.place.line == 1 && truncated.place.column > 800, "{truncated:?}");
    let page = read_text("login.html", &recorded("login.html")).unwrap_err();
    assert_eq!((page.place.line, page.place.column), (1, 1));
}

#[test]
fn bytes_that_are_not_utf8_spoil_their_record_only() {
    let mut bytes = b"[{\"server\":{\"name\":\"\xff\"},\"_meta\":{}},".to_vec();
    bytes.extend_from_slice(recorded("raw.json").strip_prefix(b"[").unwrap());
    let names = names(&read_text("d.json", &bytes).unwrap());
    assert!(names[0].starts_with("! its document is unreadable"), "{names:?}");
    assert_eq!(names[1], "com.example/raw@1.0.0");
}

#[test]
fn what_comes_in_is_what_was_there_byte_for_byte() {
    let scratch = Scratch::new();
    let raw = String::from_utf8(recorded("raw.json")).unwrap();
    let server = raw.split_once("\"server\":").unwrap().1.strip_suffix("}]\n").unwrap();
    assert_eq!(counts(&import(&scratch, batch("raw.json"))), (1, 0, 0, 0, 0));
    assert_eq!(scratch.read("servers/com.example/raw/1.0.0/server.json"), server);
    let origin = format!(
        "{{\n  \"registry\": \"dump.json\",\n  \"sha256\": \"{}\",\n  \"publishedAt\": \"2025-09-10T00:00:00.100Z\"\n}}\n",
        digest(server.as_bytes())
    );
    assert_eq!(scratch.read("servers/com.example/raw/1.0.0/origin.json"), origin);
}

#[test]
fn half_a_character_passes_through() {
    let scratch = Scratch::new();
    import(&scratch, batch("lone-surrogate.json"));
    assert!(scratch.read(&format!("{ALPHA}/server.json")).contains("Half \\ud83d a character"));
    assert_eq!(counts(&import(&scratch, batch("lone-surrogate.json"))), (0, 0, 1, 0, 0));
}

#[test]
fn status_and_dates_come_along_and_a_second_run_writes_nothing() {
    let scratch = Scratch::new();
    assert_eq!(counts(&import(&scratch, batch("pages.json"))), (4, 0, 0, 0, 0));
    let beta = "servers/com.example/beta/2.0.0";
    assert_eq!(
        scratch.read(&format!("{beta}/status.json")),
        "{\n  \"status\": \"deprecated\",\n  \"statusMessage\": \"use com.example/gamma\"\n}\n"
    );
    let origin = scratch.read(&format!("{beta}/origin.json"));
    for line in [
        "\"publishedAt\": \"2025-10-02T08:30:00.123456Z\"",
        "\"updatedAt\": \"2025-11-01T00:00:00.5Z\"",
        "\"statusChangedAt\": \"2025-11-01T00:00:00.5Z\"",
    ] {
        assert!(origin.contains(line), "{origin}");
    }
    assert!(!scratch.data().join(ALPHA).join("status.json").exists());
    let again = import(&scratch, batch("pages.json"));
    assert_eq!(counts(&again), (0, 0, 4, 0, 0));
    assert!(again.edits.is_empty() && again.findings.is_empty());
}

#[test]
fn every_record_that_stays_out_has_its_reason() {
    let scratch = Scratch::new();
    let plan = import(&scratch, batch("refused.json"));
    assert_eq!(counts(&plan), (0, 0, 0, 15, 0));
    assert!(scratch.files().is_empty());
    let all = messages(&plan).join("\n");
    for reason in [
        "/0 com.example/undated@1.0.0 was not imported: it has no `_meta`",
        "/1 com.example/unpublished@1.0.0 was not imported: it has no publishedAt",
        "/2 com.example/misdated@1.0.0 was not imported: its publishedAt is \"yesterday\"",
        "/3 com.example/unofficial@1.0.0 was not imported: its `_meta` has no",
        "/4 com.example/odd-status@1.0.0 was not imported: its status is \"archived\"",
        "/5 com.example/long-message@1.0.0 was not imported: its statusMessage has 501 characters",
        "/6 a record was not imported: its document has no name",
        "/7 com.example/no-version was not imported: its document has no version",
        "/8 com.example/placeholder@{{VERSION}} was not imported: its version has the placeholder \"{{VERSION}}\", which was",
        "/9 com.example/newest@latest was not imported: its version is the word",
        "/10 no-slash@1.0.0 was not imported: its name has no slash",
        "/11 com.example/../up@1.0.0 was not imported: its name has more than one slash",
        "/12 index.json/server@1.0.0 was not imported: its namespace has the name of the API's document",
        "/13 a record was not imported: it is not an object",
        "/14 a record was not imported: it has no member \"server\"",
    ] {
        assert!(all.contains(reason), "{reason} in:\n{all}");
    }
    assert!(plan.findings.iter().all(|d| d.help.is_some() && d.severity == Severity::Warning));
}

#[test]
fn a_date_with_an_offset_is_written_in_utc_with_its_digits() {
    let scratch = Scratch::new();
    import(&scratch, batch("offset-date.json"));
    let origin = scratch.read("servers/com.example/offset/1.0.0/origin.json");
    assert!(origin.contains("\"publishedAt\": \"2025-09-10T00:00:00.120Z\""), "{origin}");
}

#[test]
fn a_record_that_stands_twice_comes_in_once() {
    let scratch = Scratch::new();
    let plan = import(&scratch, batch("duplicate.json"));
    assert_eq!(counts(&plan), (2, 0, 0, 1, 0));
    assert!(messages(&plan)[0].contains("occurs twice in the source"));
    assert!(
        scratch.read("servers/com.example/twice/1.0.0/server.json").contains("Edited upstream")
    );
}

#[test]
fn of_two_spellings_the_one_published_first_comes_in() {
    let scratch = Scratch::new();
    let plan = import(&scratch, batch("collisions.json"));
    assert_eq!(counts(&plan), (2, 0, 0, 3, 0));
    let all = messages(&plan).join("\n");
    assert!(
        all.contains("/0 com.example/Weather@1.0.0 was not imported: its name differs"),
        "{all}"
    );
    assert!(all.contains("/2 COM.example/other@1.0.0 was not imported: its namespace differs"));
    assert!(all.contains("/4 com.example/weather@1.0.0-rc was not imported: its version differs"));
    assert_eq!(counts(&import(&scratch, batch("collisions.json"))), (0, 0, 2, 3, 0));
}

#[test]
fn a_spelling_that_is_there_stays() {
    let scratch = Scratch::new();
    scratch.write("registry-data/servers/com.example/Weather/9.0.0/server.json", "{}");
    let plan = import(&scratch, batch("collisions.json"));
    let all = messages(&plan).join("\n");
    assert!(all.contains("/1 com.example/weather@1.0.0 was not imported: its name differs from com.example/Weather"), "{all}");
    assert!(scratch.data().join("servers/com.example/Weather/1.0.0/server.json").exists());
}

#[test]
fn a_tombstone_keeps_a_version_out_for_good() {
    let scratch = Scratch::new();
    scratch
        .write("registry-data/tombstones/com.example/Alpha/1.0.0.toml", "reason = \"malware\"\n");
    let plan = import(&scratch, batch("page-1.json"));
    assert_eq!(counts(&plan), (1, 0, 0, 1, 0));
    let message = &messages(&plan)[0];
    assert!(message.contains("registry-data/tombstones/com.example/Alpha/1.0.0.toml"), "{message}");
}

#[test]
fn an_entry_with_another_document_is_never_overwritten() {
    let scratch = Scratch::new();
    import(&scratch, batch("page-1.json"));
    let edited = scratch.read(&format!("{ALPHA}/server.json")).replace("made-up", "edited");
    scratch.write(&format!("registry-data/{ALPHA}/server.json"), &edited);
    let plan = import(&scratch, batch("page-1.json"));
    assert_eq!(counts(&plan), (0, 0, 1, 1, 0));
    assert_eq!(plan.findings[0].code, Code::ImportConflict);
    assert!(plan.findings[0].message.contains("a published version is immutable"));
    assert_eq!(scratch.read(&format!("{ALPHA}/server.json")), edited);
    std::fs::remove_file(scratch.data().join(ALPHA).join("origin.json")).unwrap();
    let plan = import(&scratch, batch("page-1.json"));
    assert!(plan.findings[0].message.contains("an entry of this registry with another document"));
}

#[test]
fn another_spelling_of_the_same_values_is_the_same_document() {
    let scratch = Scratch::new();
    import(&scratch, batch("page-2.json"));
    let before = scratch.read("servers/com.example/beta/2.0.0/server.json");
    let value: serde_json::Value = serde_json::from_slice(&recorded("page-2.json")).unwrap();
    let compact = serde_json::to_vec(&value).unwrap();
    let plan = import(&scratch, read_text("compact.json", &compact).unwrap());
    assert_eq!(counts(&plan), (0, 0, 2, 0, 0));
    assert_eq!(scratch.read("servers/com.example/beta/2.0.0/server.json"), before);
}

#[test]
fn a_change_of_status_upstream_moves_status_and_dates_alone() {
    let scratch = Scratch::new();
    import(&scratch, batch("page-2.json"));
    let back = String::from_utf8(recorded("page-2.json"))
        .unwrap()
        .replace("\"status\": \"deprecated\"", "\"status\": \"active\"")
        .replace("2025-11-01T00:00:00.5Z", "2026-01-01T00:00:00Z");
    let plan = import(&scratch, read_text("later.json", back.as_bytes()).unwrap());
    assert_eq!(counts(&plan), (0, 1, 1, 0, 0));
    let edits: Vec<_> = plan.edits.iter().collect();
    assert_eq!(edits[0].0, "servers/com.example/beta/2.0.0/origin.json");
    assert_eq!(edits[1], ("servers/com.example/beta/2.0.0/status.json", &Edit::Remove));
    // An older dump does not turn the clock back, and what it says otherwise is a warning.
    let older = import(&scratch, batch("page-2.json"));
    assert_eq!(counts(&older), (0, 0, 2, 0, 0));
    assert_eq!(older.findings[0].severity, Severity::Warning);
    let message = &older.findings[0].message;
    assert!(message.contains("is deprecated upstream and active here, and stays so"), "{message}");
}

#[test]
fn a_url_takes_over_from_a_dump_and_not_from_another_url() {
    let scratch = Scratch::new();
    let all = Filter::default();
    import(&scratch, batch("page-3.json"));
    let first = import_as(&scratch, "https://one.example", batch("page-3.json"), &all);
    assert_eq!(counts(&first), (0, 1, 0, 0, 0));
    for origin in ["https://two.example", "dump.json"] {
        let plan = import_as(&scratch, origin, batch("page-3.json"), &all);
        assert_eq!(counts(&plan), (0, 0, 1, 0, 0), "{origin}");
    }
}

#[test]
fn names_are_chosen_by_pattern() {
    let wants = |include: &[&str], exclude: &[&str], name: &str| {
        let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        Filter { include: own(include), exclude: own(exclude) }.wants(name)
    };
    assert!(wants(&[], &[], "com.example/a"));
    assert!(wants(&["com.example/*"], &[], "com.example/a"));
    assert!(!wants(&["com.example/*"], &["*/a"], "com.example/a"));
    assert!(wants(&["*.example*"], &["*/??"], "com.example/a"));
    assert!(!wants(&["com.example"], &[], "com.example/a"));
    assert!(!wants(&["COM.*"], &[], "com.example/a"));
    assert!(wants(&["x", "*a*b*c"], &[], "aabbcabc"));
    assert!(!wants(&["a?c"], &[], "ac"));
    let scratch = Scratch::new();
    let filter = Filter { exclude: vec!["com.*".to_owned()], ..Filter::default() };
    let plan = import_as(&scratch, "d", batch("refused.json"), &filter);
    assert_eq!((plan.filtered, plan.skipped), (10, 5));
}

#[test]
fn the_program_imports_a_dump_and_says_what_it_did() {
    let scratch = Scratch::new();
    let dump = recorded_path("pages.json");
    let dump = dump.to_str().unwrap();
    let dry = scratch.run(&["import", dump, "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.out.contains(&format!("write {ALPHA}/server.json\n")), "{}", dry.out);
    assert!(dry.err.contains("would import 4 new") && scratch.files().is_empty());
    let ran = scratch.run(&["import", dump]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("imported 4 new, 0 updated, 0 unchanged, 0 skipped"), "{}", ran.err);
    assert!(scratch.read(&format!("{ALPHA}/origin.json")).contains("\"pages.json\""));
    let check = scratch.run(&["check"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
}

#[test]
fn the_program_exits_with_1_when_it_is_strict_or_has_nothing() {
    let scratch = Scratch::new();
    let dump = recorded_path("refused.json");
    let dump = dump.to_str().unwrap();
    let none = scratch.run(&["import", dump]);
    assert_eq!(none.code, 1, "{}", none.err);
    assert!(none.out.contains("nothing was imported of 15 records"), "{}", none.out);
    assert!(none.out.contains("warning[import-refused]"), "{}", none.out);
    let some = recorded_path("collisions.json");
    let some = some.to_str().unwrap();
    assert_eq!(scratch.run(&["import", some]).code, 0);
    assert_eq!(scratch.run(&["import", some, "--strict"]).code, 1);
    let unwanted = scratch.run(&["import", dump, "--include", "org.none/*"]);
    assert_eq!(unwanted.code, 1);
    assert!(unwanted.out.contains("none of 15 records"), "{}", unwanted.out);
    for broken in ["truncated.json", "login.html", "null-servers.json"] {
        let ran = scratch.run(&["import", recorded_path(broken).to_str().unwrap()]);
        assert_eq!(ran.code, 1, "{broken}: {}", ran.err);
    }
    let partial = scratch.run(&["import", recorded_path("page-1.json").to_str().unwrap()]);
    assert!(partial.out.contains("names a next page"), "{}", partial.out);
    let missing = scratch.run(&["import", "registry.example.com"]);
    assert!(missing.code == 2 && missing.err.contains("with https://"), "{}", missing.err);
    scratch.write("registry-data/registry.toml", "[levels]\ndeny = [\"import-refused\"]\n");
    assert_eq!(scratch.run(&["import", some]).code, 1);
    assert_eq!(scratch.run(&["import", some, "-A", "import-refused"]).code, 0);
    let nowhere = scratch.run(&["import", dump, "--data", "none"]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("mkdir none"), "{}", nowhere.err);
}
