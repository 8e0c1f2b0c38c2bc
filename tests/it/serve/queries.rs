//! Queries against an independent reading of the data.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use mcp_static::internals::serve::Request;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::Value;

use super::{sample, sample_data};

/// What the files say of a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    name: String,
    version: String,
    updated: String,
    deleted: bool,
    latest: bool,
}

fn read(path: &Path) -> Option<Value> {
    Some(serde_json::from_slice(&std::fs::read(path).ok()?).unwrap())
}

/// Every version in the data, by name and version; dates are pinned and end in Z, so they compare as
/// texts.
fn records() -> Vec<Record> {
    static RECORDS: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDS.get_or_init(read_records).clone()
}

fn read_records() -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    for entry in walk(&sample_data().join("servers")) {
        let server = read(&entry.join("server.json")).unwrap();
        let origin = read(&entry.join("origin.json")).unwrap();
        let status = read(&entry.join("status.json"));
        let date = origin.get("updatedAt").or(origin.get("publishedAt")).unwrap();
        all.push(Record {
            name: server["name"].as_str().unwrap().to_owned(),
            version: server["version"].as_str().unwrap().to_owned(),
            updated: date.as_str().unwrap().to_owned(),
            deleted: status.is_some_and(|status| status["status"] == "deleted"),
            latest: false,
        });
    }
    // 1.2.3-rc.1 comes before 1.2.3; no two pre-releases of one version are in the data.
    let number = |record: &Record| -> (Vec<u32>, bool) {
        let core = record.version.split('-').next().unwrap();
        let parts = core.split('.').map(|part| part.parse().unwrap()).collect();
        (parts, core == record.version)
    };
    let best: Vec<Record> = all
        .iter()
        .filter(|one| {
            let rank = |record: &Record| (!record.deleted, number(record));
            all.iter().filter(|other| other.name == one.name).all(|other| rank(other) <= rank(one))
        })
        .cloned()
        .collect();
    all.iter_mut().for_each(|record| record.latest = best.contains(record));
    all.sort();
    assert!(all.len() > 30 && all.iter().any(|record| record.deleted));
    all
}

/// The folders that hold a `server.json`.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    if folder.join("server.json").exists() {
        return vec![folder.to_path_buf()];
    }
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).flat_map(|path| walk(&path)).collect()
}

fn ask(target: &str) -> Value {
    let answer = sample().answer(&Request::get(target));
    assert_eq!(answer.status(), 200, "{target}: {}", String::from_utf8_lossy(answer.body()));
    serde_json::from_slice(answer.body()).unwrap()
}

fn official(entry: &Value) -> &Value {
    &entry["_meta"]["io.modelcontextprotocol.registry/official"]
}

fn record(entry: &Value) -> Record {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Record {
        name: text(&entry["server"]["name"]),
        version: text(&entry["server"]["version"]),
        updated: text(&official(entry)["updatedAt"]),
        deleted: official(entry)["status"] == "deleted",
        latest: official(entry)["isLatest"] == true,
    }
}

/// All pages of a query, and how many there were.
fn pages(query: &str, limit: usize) -> (Vec<Record>, usize) {
    let (mut found, mut cursor, mut count) = (Vec::new(), String::new(), 0);
    loop {
        let page = ask(&format!("/v0.1/servers?limit={limit}{query}{cursor}"));
        let servers = page["servers"].as_array().unwrap();
        assert_eq!(page["metadata"]["count"], servers.len());
        found.extend(servers.iter().map(record));
        count += 1;
        let Some(next) = page["metadata"]["nextCursor"].as_str() else { break };
        assert_eq!(servers.len(), limit, "a cursor is for full pages");
        cursor = format!("&cursor={next}");
        assert!(count < 100, "the cursor does not move on");
    }
    (found, count)
}

#[test]
fn paging_visits_every_record_once() {
    let all = records();
    let live: Vec<Record> = all.iter().filter(|record| !record.deleted).cloned().collect();
    for limit in [1, 7, 30, 100] {
        let (found, count) = pages("&include_deleted=true", limit);
        assert_eq!(found, all, "limit {limit}");
        assert_eq!(count, all.len() / limit + 1, "limit {limit}");
        assert_eq!(pages("", limit).0, live, "limit {limit}");
        assert_eq!(pages("&search=EXAMPLE", limit).0, live, "limit {limit}");
    }
}

#[test]
fn versions_show_deleted_ones_when_asked() {
    let all = records();
    for record in &all {
        let base = format!("/v0.1/servers/{}/versions", record.name.replace('/', "%2F"));
        let of_name: BTreeSet<Record> =
            all.iter().filter(|other| other.name == record.name).cloned().collect();
        let page = ask(&format!("{base}?include_deleted=true"));
        let entries = page["servers"].as_array().unwrap();
        assert_eq!(page["metadata"]["count"], of_name.len());
        assert_eq!(entries.iter().map(self::record).collect::<BTreeSet<_>>(), of_name);
        let dates: Vec<&str> =
            entries.iter().map(|e| official(e)["publishedAt"].as_str().unwrap()).collect();
        assert!(dates.is_sorted_by(|a, b| a >= b), "newest first: {dates:?}");

        let url = format!("{base}/{}", record.version);
        let plain = sample().answer(&Request::get(&url)).status();
        assert_eq!(plain, if record.deleted { 404 } else { 200 }, "{url}");
        assert_eq!(&self::record(&ask(&format!("{url}?include_deleted=true"))), record);
        let latest = self::record(&ask(&format!("{base}/latest?include_deleted=1")));
        assert!(of_name.contains(&latest) && latest.latest);
    }
    let deleted: Vec<&Record> = all.iter().filter(|record| record.deleted).collect();
    assert!(!deleted.is_empty());
    let unknown = "/v0.1/servers/com.example%2Fnone/versions?include_deleted=true";
    assert_eq!(sample().answer(&Request::get(unknown)).status(), 404);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn filters_agree_with_a_naive_reading(
        search in proptest::option::of(prop_oneof![
            "[a-z./-]{1,3}", Just("Example".to_owned()), Just("PARCEL/t".to_owned()), Just("%".to_owned()),
        ]),
        since in proptest::option::of(prop_oneof![
            Just("2026-06-01T10:00:00Z"), Just("2026-07-14T06:30:00Z"), Just("2026-07-14T06:29:59.9Z"),
            Just("2000-01-01T00:00:00Z"), Just("2026-09-01T02:00:00%2B02:00"),
        ]),
        version in proptest::option::of(prop_oneof![Just("latest"), Just("1.1.0"), Just("1.0.0"), Just("9")]),
        deleted in proptest::option::of(any::<bool>()),
        limit in 1_usize..=100,
    ) {
        let deleted = deleted.filter(|shown| *shown || since.is_none());
        let mut query = String::new();
        if let Some(search) = &search {
            query += &format!("&search={}", search.replace('%', "%25"));
        }
        if let Some(since) = since {
            query += &format!("&updated_since={since}");
        }
        if let Some(version) = version {
            query += &format!("&version={version}");
        }
        if let Some(deleted) = deleted {
            query += &format!("&include_deleted={deleted}");
        }
        let bound = since.map(|since| match since {
            "2026-09-01T02:00:00%2B02:00" => "2026-09-01T00:00:00Z",
            "2026-07-14T06:29:59.9Z" => "2026-07-14T06:29:59Z", // dates in the data are whole seconds
            other => other,
        });
        let expected: Vec<Record> = records()
            .into_iter()
            .filter(|r| search.as_ref().is_none_or(|s| r.name.to_lowercase().contains(&s.to_lowercase())))
            .filter(|r| bound.is_none_or(|bound| r.updated.as_str() > bound))
            .filter(|r| version.is_none_or(|v| if v == "latest" { r.latest } else { r.version == v }))
            .filter(|r| !r.deleted || deleted.unwrap_or(since.is_some()))
            .collect();
        prop_assert_eq!(pages(&query, limit).0, expected);
    }
}
