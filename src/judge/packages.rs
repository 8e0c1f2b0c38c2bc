//! Where the settings require it: the packages of what a change adds or edits have to name their servers, and what
//! `packages.json` says about them has to be what their registries answer.

use crate::config::PackageOwnership;
use crate::data::{EntryFile, PackagesRecord, read_json, read_packages};
use crate::diag::{Code, Diagnostic, Finding, Severity, SourceFile};
use crate::error::Result;
use crate::package::{Answer, Asker, Question, finding, for_each, prove, questions};
use crate::proof::change::{EntryChange, EntryKind};

use super::changeset::ChangeSet;
use super::mirror::registry_of;
use super::types::Network;

/// Whether the settings ask for it.
pub(super) fn is_required(set: &ChangeSet<'_>) -> bool {
    set.config.packages.ownership == PackageOwnership::Required
}

/// A document, and what is asked about it.
struct Document {
    path: String,
    text: String,
    questions: Vec<Question>,
    record: Option<(String, String, PackagesRecord)>,
}

/// Asks the registries of packages. Documents for which `found` holds errors are not asked about, nor are those that
/// were mirrored, for which the other registry is responsible.
pub(super) fn check(
    set: &ChangeSet<'_>,
    network: &dyn Network,
    found: &[Diagnostic],
) -> Result<Vec<Diagnostic>> {
    let mut documents = Vec::new();
    if is_required(set) {
        for change in set.change.entries.iter().filter(|change| is_asked(change)) {
            documents.extend(document(set, change, found)?);
        }
    }
    let all: Vec<Question> = documents.iter().flat_map(|it| it.questions.clone()).collect();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let settings = &set.config.packages;
    let answers = match network.packages(settings)? {
        None => vec![Some(Answer::Unknown("the network is not used".to_owned())); all.len()],
        Some(doors) => {
            let asker = Asker::new(doors, settings);
            for_each(&all, &|| {}, |question| prove(&asker, question))
        }
    };
    let (mut diagnostics, mut at) = (Vec::new(), 0);
    for document in &documents {
        let answers = &answers[at..at + document.questions.len()];
        at += document.questions.len();
        let pairs = document.questions.iter().zip(answers);
        let pairs: Vec<_> = pairs.filter_map(|(q, answer)| Some((q, answer.as_ref()?))).collect();
        let wrong = pairs.iter().filter_map(|(question, answer)| finding(question, answer));
        let source = SourceFile::new(&document.path, &document.text);
        diagnostics.extend(source.diagnose_all(wrong.collect()));
        diagnostics.extend(compare(document, &pairs));
    }
    Ok(diagnostics)
}

/// Whether a change says something about packages.
fn is_asked(change: &EntryChange) -> bool {
    let is_touched = change.touches(EntryFile::Server) || change.touches(EntryFile::Packages);
    change.kind != EntryKind::Removed && is_touched
}

fn document(
    set: &ChangeSet<'_>,
    change: &EntryChange,
    found: &[Diagnostic],
) -> Result<Option<Document>> {
    let path = set.display(&change.path(EntryFile::Server));
    let has_error = |d: &Diagnostic| d.severity == Severity::Error && d.place.file == path;
    let read = |file| set.file(set.head, &change.path(file));
    let is_mirrored = read(EntryFile::Origin)?.and_then(registry_of).is_some();
    let Some(bytes) = read(EntryFile::Server)?.filter(|_| !is_mirrored) else { return Ok(None) };
    let (Ok(text), false) = (String::from_utf8(bytes), found.iter().any(has_error)) else {
        return Ok(None);
    };
    let questions = serde_json::from_str(&text).map(|it| questions(&it)).unwrap_or_default();
    let record = match change.touches(EntryFile::Packages) {
        true => read(EntryFile::Packages)?,
        false => None,
    };
    let record = record.and_then(|bytes| {
        let path = set.display(&change.path(EntryFile::Packages));
        let document = read_json(&path, bytes).ok()?;
        let (record, _) = read_packages(&path, &document);
        Some((path, document.text, record))
    });
    Ok(Some(Document { path, text, questions, record }))
}

/// Reports what `packages.json` says that the registries do not.
fn compare(document: &Document, pairs: &[(&Question, &Answer)]) -> Vec<Diagnostic> {
    let Some((path, text, record)) = &document.record else { return Vec::new() };
    let mut wrong = Vec::new();
    for (i, seen) in record.packages.iter().enumerate() {
        let pair = pairs.iter().find(|(question, _)| {
            seen.kind == question.kind
                && seen.identifier == question.identifier
                && seen.version == question.version
        });
        if let Some((_, Answer::Known { outcome, .. })) = pair
            && *outcome != seen.outcome
        {
            let message =
                format!("this says {}, but the registry's answer is {outcome}", seen.outcome);
            let pointer = format!("/packages/{i}/outcome");
            let help = "run `mcp-static check --online --record` and commit the file";
            wrong.push(Finding::new(Code::PackagesInvalid, pointer.as_str(), message).help(help));
        }
    }
    SourceFile::new(path, text).diagnose_all(wrong)
}
