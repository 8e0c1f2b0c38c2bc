//! What is made of an answer: a finding, and a record.

use super::question::{Answer, Question};
use crate::data::{PackageRecord, PackagesRecord};
use crate::diag::{Code, Finding, Pointer};
use crate::model::PackageOutcome;

/// Returns what is wrong, as a finding about the document; `None` when the official registry accepts the package.
pub fn finding(question: &Question, answer: &Answer) -> Option<Finding> {
    let (code, member, message, help) = match answer {
        Answer::Unknown(why) => {
            let message = format!("nothing is known about {}: {why}", question.title());
            let help =
                "run it again later; `mcp-static explain package-indeterminate` lists the causes";
            (Code::PackageIndeterminate, "identifier", message, help)
        }
        Answer::Known { outcome: PackageOutcome::Unproven, saw, help } => {
            (Code::PackageUnproven, "identifier", saw.clone(), help.as_str())
        }
        Answer::Known { outcome: PackageOutcome::Missing, saw, help } => {
            (Code::PackageMissing, "identifier", saw.clone(), help.as_str())
        }
        Answer::Known { .. } => return None,
    };
    let pointer = Pointer::root().key("packages").index(question.index).key(member);
    Some(Finding::new(code, pointer, message).help(help))
}

/// Returns the record of what was answered on `day`, with each package's newest version where that is known. What is
/// not known now stays as it was in `old`.
pub fn merge(
    old: Option<&PackagesRecord>,
    sha256: &str,
    day: &str,
    answers: &[(&Question, &Answer, Option<String>)],
) -> PackagesRecord {
    let old = old.filter(|old| old.sha256 == sha256);
    let mut packages: Vec<PackageRecord> = Vec::new();
    for (question, answer, newest) in answers {
        let Answer::Known { outcome, saw, .. } = answer else {
            let is_same = |seen: &&PackageRecord| {
                seen.kind == question.kind
                    && seen.identifier == question.identifier
                    && seen.version == question.version
            };
            packages.extend(old.and_then(|old| old.packages.iter().find(is_same)).cloned());
            continue;
        };
        let record = PackageRecord {
            kind: question.kind.clone(),
            identifier: question.identifier.clone(),
            version: question.version.clone(),
            outcome: *outcome,
            saw: saw.clone(),
            checked: day.to_owned(),
            newest: newest.clone(),
        };
        if !packages.iter().any(|other| other.is_same(&record)) {
            packages.push(record);
        }
    }
    PackagesRecord { sha256: sha256.to_owned(), packages }
}
