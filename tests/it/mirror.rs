//! What another registry says about an entry that is mirrored from it: what is taken, what is not, and that
//! neither happens in silence.

use mcp_static::internals::data::apply;
use mcp_static::internals::diag::Severity;
use mcp_static::internals::import::{Filter, ImportPlan, plan, present, read_text};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::scratch::Scratch;

const URL: &str = "https://registry.example.com";
const FOLDER: &str = "servers/com.example/alpha/1.0.0";
/// 2027-01-15T08:00:00Z.
const NOW: i64 = 1_800_000_000;

fn record(document: Value, official: Value) -> String {
    let meta = json!({ "io.modelcontextprotocol.registry/official": official });
    json!([{ "server": document, "_meta": meta }]).to_string()
}

fn document() -> Value {
    json!({ "name": "com.example/alpha", "version": "1.0.0", "description": "A made-up server" })
}

/// Imports a record with these facts, published on the first of 2026 unless they say otherwise.
fn import_of(scratch: &Scratch, origin: &str, document: Value, facts: Value) -> ImportPlan {
    let mut official = json!({ "publishedAt": "2026-01-01T00:00:00Z" });
    official.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    let batch = read_text("page", record(document, official).as_bytes()).unwrap();
    let present = present(&scratch.data(), "registry-data", &batch.readings).unwrap();
    let plan = plan(origin, batch.readings, &present, &Filter::default(), NOW);
    apply(&scratch.data(), &plan.edits, &|_| {}).unwrap();
    plan
}

fn import(scratch: &Scratch, facts: Value) -> ImportPlan {
    import_of(scratch, URL, document(), facts)
}

fn said(plan: &ImportPlan) -> Vec<(Severity, &str)> {
    plan.findings.iter().map(|d| (d.severity, d.message.as_str())).collect()
}

fn origin(scratch: &Scratch) -> Value {
    serde_json::from_str(&scratch.read(&format!("{FOLDER}/origin.json"))).unwrap()
}

fn status(scratch: &Scratch) -> Option<Value> {
    let path = scratch.data().join(FOLDER).join("status.json");
    path.exists().then(|| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

#[test]
fn a_lie_about_the_last_change_does_not_keep_a_withdrawal_out() {
    let scratch = Scratch::new();
    let lie = import(&scratch, json!({ "updatedAt": "9999-12-31T00:00:00Z" }));
    assert_eq!((lie.new, lie.skipped), (1, 0));
    let (severity, message) = said(&lie)[0];
    assert_eq!(severity, Severity::Warning);
    assert!(
        message.contains(
            "com.example/alpha@1.0.0: its updatedAt 9999-12-31T00:00:00Z lies in the future; it was not imported"
        )
    );
    assert_eq!(origin(&scratch).get("updatedAt"), None);
    let real =
        import(&scratch, json!({ "status": "deleted", "updatedAt": "2026-02-01T00:00:00Z" }));
    assert_eq!((real.updated, said(&real)), (1, vec![]));
    assert_eq!(status(&scratch).unwrap()["status"], "deleted");
    assert_eq!(origin(&scratch)["updatedAt"], "2026-02-01T00:00:00Z");
}

#[test]
fn a_lie_that_is_here_already_heals() {
    for later in ["active", "deprecated", "deleted"] {
        let scratch = Scratch::new();
        import(&scratch, json!({}));
        let path = format!("registry-data/{FOLDER}/origin.json");
        let text = scratch.read(&format!("{FOLDER}/origin.json"));
        let lie = text.replace(
            "\"publishedAt\"",
            "\"updatedAt\": \"9999-12-31T00:00:00Z\",\n  \"publishedAt\"",
        );
        scratch.write(&path, lie);
        let plan =
            import(&scratch, json!({ "status": later, "updatedAt": "2026-02-01T00:00:00Z" }));
        assert_eq!((plan.updated, said(&plan)), (1, vec![]), "{later}");
        assert_eq!(origin(&scratch)["updatedAt"], "2026-02-01T00:00:00Z");
    }
}

#[test]
fn a_date_may_be_a_day_ahead_of_the_clock_and_no_more() {
    for (date, taken) in [("2027-01-16T08:00:00Z", true), ("2027-01-16T08:00:01Z", false)] {
        let scratch = Scratch::new();
        let plan = import(&scratch, json!({ "updatedAt": date, "statusChangedAt": date }));
        assert_eq!(plan.findings.len(), if taken { 0 } else { 2 }, "{date}");
        assert_eq!(origin(&scratch).get("updatedAt").is_some(), taken);
        assert_eq!(origin(&scratch).get("statusChangedAt").is_some(), taken);
        let plan = import(&Scratch::new(), json!({ "publishedAt": date }));
        assert_eq!((plan.new, plan.skipped), if taken { (1, 0) } else { (0, 1) });
        assert_eq!(said(&plan).len(), plan.skipped);
    }
}

#[test]
fn a_status_beside_a_date_that_is_not_taken_still_counts() {
    let scratch = Scratch::new();
    import(&scratch, json!({ "updatedAt": "2026-03-01T00:00:00Z" }));
    let lie = json!({ "status": "deprecated", "updatedAt": "9999-01-01T00:00:00Z" });
    let plan = import(&scratch, lie.clone());
    assert_eq!((plan.updated, plan.findings.len()), (1, 1));
    assert_eq!(status(&scratch).unwrap()["status"], "deprecated");
    assert_eq!(
        origin(&scratch)["updatedAt"],
        "2026-03-01T00:00:00Z",
        "the date that is here stays"
    );
    let again = import(&scratch, lie);
    assert_eq!((again.unchanged, again.findings.len()), (1, 1), "and it is said every time");
}

#[test]
fn what_is_newer_here_stays_and_a_status_that_differs_is_a_warning() {
    let scratch = Scratch::new();
    import(&scratch, json!({ "status": "deprecated", "updatedAt": "2026-06-01T00:00:00Z" }));
    let older = json!({ "status": "deprecated", "updatedAt": "2026-05-01T00:00:00Z" });
    let plan = import(&scratch, older);
    assert_eq!((plan.unchanged, plan.findings[0].severity), (1, Severity::Note));
    let older = json!({ "status": "active", "updatedAt": "2026-05-01T00:00:00Z" });
    let plan = import(&scratch, older);
    let (severity, message) = said(&plan)[0];
    assert_eq!((plan.unchanged, severity), (1, Severity::Warning));
    assert!(message.contains("is active upstream and deprecated here, and stays so"), "{message}");
    assert!(
        plan.findings[0]
            .help
            .as_ref()
            .unwrap()
            .contains("mcp-static status com.example/alpha@1.0.0 active")
    );
    // A withdrawal is taken whatever its date is, and the date of the last change never goes back.
    let gone = json!({ "status": "deleted", "updatedAt": "2026-04-01T00:00:00Z" });
    let plan = import(&scratch, gone.clone());
    assert_eq!((plan.updated, said(&plan)), (1, vec![]));
    assert_eq!(status(&scratch).unwrap()["status"], "deleted");
    assert_eq!(origin(&scratch)["updatedAt"], "2026-06-01T00:00:00Z");
    let again = import(&scratch, gone);
    assert_eq!((again.updated, again.unchanged), (0, 1), "and once");
}

#[test]
fn a_withdrawal_is_taken_although_the_document_was_changed_upstream() {
    let scratch = Scratch::new();
    import(&scratch, json!({}));
    let mut other = document();
    other["description"] = "changed upstream".into();
    let plan = import_of(&scratch, URL, other.clone(), json!({ "status": "deprecated" }));
    assert_eq!((plan.skipped, plan.updated), (1, 0));
    let plan = import_of(&scratch, URL, other.clone(), json!({ "status": "deleted" }));
    assert_eq!((plan.skipped, plan.updated), (0, 1));
    assert!(said(&plan)[0].1.contains("a published version is immutable"));
    assert_eq!(status(&scratch).unwrap()["status"], "deleted");
    assert!(scratch.read(&format!("{FOLDER}/server.json")).contains("made-up"));
    // Not from a registry that it is not mirrored from.
    let scratch = Scratch::new();
    import(&scratch, json!({}));
    let gone = json!({ "status": "deleted" });
    let plan = import_of(&scratch, "https://other.example", other, gone.clone());
    assert_eq!((plan.skipped, plan.updated, status(&scratch)), (1, 0, None));
    let plan = import_of(&scratch, "https://other.example", document(), gone);
    assert_eq!((plan.unchanged, status(&scratch)), (1, None));
    assert!(said(&plan)[0].1.contains("it is mirrored from https://registry.example.com"));
}

/// Whatever else is wrong with a record, `deleted` is taken for an entry that is mirrored from there.
#[test]
fn no_odd_fact_keeps_a_withdrawal_out() {
    for (key, value, says) in [
        ("updatedAt", json!("yesterday"), "which is not an RFC 3339 time; it was not imported"),
        ("updatedAt", json!("9999-01-01T00:00:00Z"), "lies in the future; it was not imported"),
        ("statusChangedAt", json!(7), "which is not an RFC 3339 time; it was not imported"),
        ("statusMessage", json!("x".repeat(501)), "has 501 characters; it was not imported"),
        ("publishedAt", json!("9999-01-01T00:00:00Z"), "lies in the future; it was not imported"),
    ] {
        let scratch = Scratch::new();
        import(&scratch, json!({ "updatedAt": "2026-05-01T00:00:00Z" }));
        let mut facts = json!({ "status": "deleted" });
        facts[key] = value;
        let plan = import(&scratch, facts.clone());
        assert_eq!((plan.updated, plan.skipped), (1, 0), "{key}: {:?}", said(&plan));
        assert!(
            said(&plan).iter().any(|(_, text)| text.contains(says)),
            "{key}: {:?}",
            said(&plan)
        );
        assert_eq!(status(&scratch).unwrap()["status"], "deleted");
        assert_eq!(origin(&scratch)["publishedAt"], "2026-01-01T00:00:00Z");
        assert_eq!(origin(&scratch)["updatedAt"], "2026-05-01T00:00:00Z");
        let again = import(&scratch, facts);
        assert_eq!((again.unchanged, again.updated), (1, 0), "{key}: {:?}", said(&again));
        assert!(
            said(&again).iter().any(|(_, text)| text.contains(says)),
            "{key}: {:?}",
            said(&again)
        );
    }
}

#[test]
fn a_date_of_publication_that_moves_is_said() {
    let scratch = Scratch::new();
    import(&scratch, json!({}));
    let plan = import(&scratch, json!({ "publishedAt": "2026-01-02T00:00:00Z" }));
    let (severity, message) = said(&plan)[0];
    assert_eq!((plan.updated, severity), (1, Severity::Warning));
    assert!(
        message.contains("was 2026-01-01T00:00:00Z and is now 2026-01-02T00:00:00Z"),
        "{message}"
    );
}

#[test]
fn nothing_is_written_that_a_build_refuses() {
    let digits = |n: usize| format!("2026-01-01T00:00:00.{}Z", "1".repeat(n));
    let scratch = Scratch::new();
    let plan = import(&scratch, json!({ "updatedAt": digits(1_000_000) }));
    assert_eq!((plan.new, plan.skipped), (0, 1));
    assert!(said(&plan)[0].1.len() < 500 && scratch.files().is_empty());
    import(&scratch, json!({ "updatedAt": digits(40) }));
    // A document that a build cannot read: an error even for what is mirrored.
    let mut deep = json!(1);
    for _ in 0..127 {
        deep = json!([deep]);
    }
    let long = "x".repeat(1024 * 1024);
    for (what, key, value, says) in [
        ("too deep", "x", deep, "nested too deeply"),
        ("too large", "x", json!(long), "its document has 1048661 bytes"),
        ("reserved", "$serde_json::private::RawValue", json!("{}"), "reserved by the JSON parser"),
    ] {
        let mut document = document();
        document["name"] = "com.example/beta".into();
        document[key] = value;
        let plan = import_of(&scratch, URL, document, json!({}));
        assert_eq!((plan.new, plan.skipped), (0, 1), "{what}: {:?}", said(&plan));
        assert!(said(&plan)[0].1.contains(says), "{what}: {:?}", said(&plan));
    }
    scratch.write("registry-data/registry.toml", "");
    let ran = scratch.run(&["build", "--only", "api", "-A", "base-url-missing"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

/// Whatever combination of odd facts comes in: what was planned builds, and the rest has a reason.
#[test]
fn whatever_is_planned_builds() {
    let dates = [
        "2026-01-01T00:00:00Z",
        "2026-01-01t00:00:00z",
        "2026-01-01T00:00:00.5+14:00",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30T00:00:00Z",
    ];
    let states = [
        ("active", ""),
        ("active", "why"),
        ("deprecated", ""),
        ("deleted", "a\u{202e}b\n"),
        ("deleted", "\u{0}"),
        ("gone", ""),
    ];
    let (scratch, mut records, mut count) = (Scratch::new(), Vec::new(), 0);
    for published in dates {
        for updated in dates {
            for (status, message) in states {
                count += 1;
                let document = json!({ "name": format!("com.example/s{count}"), "version": "1.0.0", "description": "x" });
                let official = json!({ "publishedAt": published, "updatedAt": updated, "status": status, "statusMessage": message });
                let text = record(document, official);
                records.push(text[1..text.len() - 1].to_owned());
            }
        }
    }
    let path = scratch.write("dump.json", format!("[{}]", records.join(",")));
    let ran = scratch.run(&["import", path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let entries = scratch.files().iter().filter(|path| path.ends_with("server.json")).count();
    assert!(entries > 60 && entries < count, "{entries} of {count}");
    let ran = scratch.run(&["build", "--only", "api", "-A", "base-url-missing"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}
