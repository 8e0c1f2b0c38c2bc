//! Compares `packages.json` with the document that it is about.

use serde_json::Value;

use super::look::list;
use crate::data::{Document, PackagesRecord, read_packages};
use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile};
use crate::model::PackageCheck;

/// Reads a `packages.json` beside a document with this digest; also returns what is wrong with it.
pub(super) fn read(
    path: &str,
    record: &Document,
    sha256: &str,
    document: &Value,
) -> (Vec<PackageCheck>, Vec<Diagnostic>) {
    let (packages, wrong) = read_packages(path, record);
    if !wrong.is_empty() {
        return (Vec::new(), wrong);
    }
    let (checks, wrong) = compare(&packages, sha256, document);
    (checks, SourceFile::new(path, &record.text).diagnose_all(wrong))
}

/// Returns what is recorded about the packages of a document, and what does not fit it.
fn compare(
    record: &PackagesRecord,
    sha256: &str,
    document: &Value,
) -> (Vec<PackageCheck>, Vec<Finding>) {
    let help = "run `mcp-static check --online --record`, or remove the file";
    if record.sha256 != sha256 {
        let message = format!("packages.json is about another server.json: this one has {sha256}");
        return (Vec::new(), vec![finding(Pointer::root().key("sha256"), message).help(help)]);
    }
    let (mut checks, mut wrong) = (Vec::new(), Vec::new());
    let packages = list(document, "packages");
    for (i, seen) in record.packages.iter().enumerate() {
        let at = Pointer::root().key("packages").index(i);
        let before = record.packages[..i].iter().any(|other| other.is_same(seen));
        match packages.iter().position(|package| seen.is_about(package)) {
            _ if before => wrong.push(finding(at, "this package is listed twice").help(help)),
            None => wrong.push(finding(at, "server.json has no such package").help(help)),
            Some(index) => checks.push(PackageCheck {
                index,
                outcome: seen.outcome,
                day: seen.checked.clone(),
                newest: seen.newest.clone(),
            }),
        }
    }
    (checks, wrong)
}

fn finding(at: Pointer, message: impl Into<String>) -> Finding {
    Finding::new(Code::PackagesInvalid, at, message)
}
