//! `packages.json`: what the registries of an entry's packages showed on a day.

use serde_json::{Map, Value};

use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile, nearest, suggest};
use crate::model::{PackageOutcome, Timestamp};
use crate::text::{is_lower_hex, quote};

use super::json::Document;

/// The content of a `packages.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackagesRecord {
    /// SHA-256 of the `server.json` that it is about.
    pub sha256: String,
    /// What was seen, in the order of the packages.
    pub packages: Vec<PackageRecord>,
}

/// What the registry of one package showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRecord {
    /// The `registryType`.
    pub kind: String,
    /// The `identifier`.
    pub identifier: String,
    /// The `version`; empty when there is none.
    pub version: String,
    /// What it means.
    pub outcome: PackageOutcome,
    /// What was seen, as a sentence.
    pub saw: String,
    /// The day, as in 2026-11-20.
    pub checked: String,
    /// The newest version that the registry had.
    pub newest: Option<String>,
}

impl PackageRecord {
    /// Whether it is about the same package as `other`.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.kind, &self.identifier, &self.version)
            == (&other.kind, &other.identifier, &other.version)
    }

    /// Whether it is about this package of a document.
    pub fn is_about(&self, package: &Value) -> bool {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        text("registryType") == self.kind
            && text("identifier") == self.identifier
            && text("version") == self.version
    }
}

impl PackagesRecord {
    /// Returns the text of its `packages.json`.
    pub fn to_json(&self) -> String {
        let packages = self.packages.iter().map(|package| {
            let members = [
                ("registryType", package.kind.as_str()),
                ("identifier", &package.identifier),
                ("version", &package.version),
                ("outcome", package.outcome.as_str()),
                ("saw", &package.saw),
                ("checked", &package.checked),
                ("newest", package.newest.as_deref().unwrap_or_default()),
            ];
            let members = members.iter().filter(|(_, text)| !text.is_empty());
            let lines: Vec<String> = members
                .map(|(key, text)| format!("      \"{key}\": {}", Value::from(*text)))
                .collect();
            format!("    {{\n{}\n    }}", lines.join(",\n"))
        });
        let packages: Vec<String> = packages.collect();
        format!(
            "{{\n  \"sha256\": \"{}\",\n  \"packages\": [\n{}\n  ]\n}}\n",
            self.sha256,
            packages.join(",\n")
        )
    }
}

/// The members of a record of one package.
const KNOWN: [&str; 7] =
    ["registryType", "identifier", "version", "outcome", "saw", "checked", "newest"];

/// Reads a `packages.json`.
pub fn read_packages(path: &str, document: &Document) -> (PackagesRecord, Vec<Diagnostic>) {
    let mut wrong = Vec::new();
    let mut record = PackagesRecord::default();
    let root = Pointer::root();
    if let Some(members) = object(&document.value, &root, &mut wrong) {
        unknown(members, &root, &["sha256", "packages"], &mut wrong);
        record.sha256 = text(members, "sha256", &root, &mut wrong).unwrap_or_default();
        if !is_lower_hex(&record.sha256, 64) {
            let what = "this is not a SHA-256 in lower-case hex";
            wrong.push(fault(root.key("sha256"), what));
        }
        let list = root.key("packages");
        match members.get("packages").and_then(Value::as_array) {
            None => wrong.push(fault(list, "there is no list of packages")),
            Some(all) => {
                for (i, value) in all.iter().enumerate() {
                    record.packages.extend(package(value, &list.index(i), &mut wrong));
                }
            }
        }
    }
    (record, SourceFile::new(path, &document.text).diagnose_all(wrong))
}

fn package(value: &Value, at: &Pointer, wrong: &mut Vec<Finding>) -> Option<PackageRecord> {
    let members = object(value, at, wrong)?;
    unknown(members, at, &KNOWN, wrong);
    let mut text = |key| text(members, key, at, wrong);
    let [kind, identifier, version] = ["registryType", "identifier", "version"].map(&mut text);
    let (word, saw, checked, newest) =
        (text("outcome"), text("saw"), text("checked"), text("newest"));
    let outcome = word.as_deref().and_then(PackageOutcome::parse);
    if outcome.is_none() {
        let word = word.unwrap_or_default();
        let known = PackageOutcome::ALL.map(PackageOutcome::as_str);
        let finding = fault(at.key("outcome"), &format!("{} is not an outcome", quote(&word)));
        wrong.push(finding.help(suggest(&word, &known)));
    }
    let checked = checked.unwrap_or_default();
    if checked.len() != 10 || Timestamp::parse(&format!("{checked}T00:00:00Z")).is_none() {
        let finding = fault(at.key("checked"), &format!("{} is not a day", quote(&checked)));
        wrong.push(finding.help("write it like \"2026-11-20\""));
    }
    if kind.is_none() || identifier.is_none() {
        wrong.push(fault(at.clone(), "registryType or identifier is missing"));
    }
    Some(PackageRecord {
        kind: kind?,
        identifier: identifier?,
        version: version.unwrap_or_default(),
        outcome: outcome?,
        saw: saw.unwrap_or_default(),
        checked,
        newest,
    })
}

fn object<'a>(
    value: &'a Value,
    at: &Pointer,
    wrong: &mut Vec<Finding>,
) -> Option<&'a Map<String, Value>> {
    let members = value.as_object();
    if members.is_none() {
        wrong.push(fault(at.clone(), "this is not an object"));
    }
    members
}

fn unknown(
    members: &Map<String, Value>,
    at: &Pointer,
    known: &[&'static str],
    wrong: &mut Vec<Finding>,
) {
    for key in members.keys().filter(|key| !known.contains(&key.as_str())) {
        let finding = fault(at.key(key), &format!("the property {} is not known", quote(key)));
        wrong.push(match nearest(key, known.iter().copied()) {
            Some(near) => finding.help(format!("write \"{near}\", or remove it")),
            None => finding,
        });
    }
}

/// Returns a text; one of another kind is reported.
fn text(
    members: &Map<String, Value>,
    key: &str,
    at: &Pointer,
    wrong: &mut Vec<Finding>,
) -> Option<String> {
    let value = members.get(key)?;
    if !value.is_string() {
        wrong.push(fault(at.key(key), &format!("{key} is not a string")));
    }
    value.as_str().map(str::to_owned)
}

fn fault(at: Pointer, message: &str) -> Finding {
    Finding::new(Code::PackagesInvalid, at, message).help(RECORD)
}

/// How the file is written.
const RECORD: &str = "write it with `mcp-static check --online --record`";
