//! Checks the touched entries as `check` does, from the head's objects.

use std::collections::BTreeSet;

use crate::check::{Checker, DocumentRules, Profile};
use crate::data::{DateSource, Fallback, Tree, read_tombstone};
use crate::diag::{Code, Diagnostic, Severity};
use crate::error::Result;
use crate::proof::change::EntryKind;
use crate::proof::parse_owners;

use super::changeset::ChangeSet;

/// Returns what is wrong with the documents and records that the change leaves.
pub(super) fn check(set: &ChangeSet<'_>) -> Result<Vec<Diagnostic>> {
    let folders: BTreeSet<String> = set
        .change
        .entries
        .iter()
        .filter(|entry| entry.kind != EntryKind::Removed)
        .map(|entry| entry.folder())
        .collect();
    let tree = Tree::of_folders(set.git, set.head, set.prefix, folders.iter().map(String::as_str))?;
    let dates = DateSource::fallback(Fallback::Epoch(0));
    let rules = DocumentRules::of(Profile::Strict, &set.config);
    let checker = Checker { tree: &tree, dates: &dates, rules };
    let mut found: Vec<Diagnostic> = tree.findings().to_vec();
    for server in tree.servers() {
        found.extend(checker.server(server)?.findings);
    }
    for (namespace, change) in &set.change.owners {
        let Some(after) = change.file.and_then(|sides| sides.after) else { continue };
        let path = set.display(&format!("owners/{namespace}.toml"));
        let text = set.blob(after)?.unwrap_or_default();
        if let Err(wrong) = parse_owners(&path, namespace, &String::from_utf8_lossy(&text)) {
            found.extend(wrong);
        }
    }
    for (path, _) in &set.change.tombstones {
        if let Some(text) = set.file(set.head, path)? {
            let text = String::from_utf8_lossy(&text).into_owned();
            found.extend(read_tombstone(&set.display(path), &text));
        }
    }
    // Dates do not belong to the change, `check` reports hints, and whether a namespace can be proven is the
    // verdict on its claim.
    found.retain(|d| {
        d.severity != Severity::Note
            && !matches!(d.code, Code::DateBeforeFirstCommit | Code::OwnershipUnclaimable)
    });
    Ok(found)
}
