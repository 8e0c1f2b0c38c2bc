//! Checks the touched entries as `check` does, from the head's objects.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::{Checker, DocumentRules, Judge, Profile};
use crate::config::{POLICY, Policy};
use crate::data::{DataPath, DateSource, EntryFile, Fallback, Tree, below, read_tombstone};
use crate::diag::{Code, Diagnostic, Severity};
use crate::error::Result;
use crate::proof::change::EntryKind;
use crate::proof::parse_owners;

use super::changeset::ChangeSet;

/// Returns what is wrong with the documents and records that the change leaves.
///
/// What the policy of the base denies is among it, but for rules that ask how ownership was shown or how old a
/// namespace is: that is not known before the change is published.
pub(super) fn check(set: &ChangeSet<'_>, now: i64) -> Result<Vec<Diagnostic>> {
    let mut folders: BTreeSet<String> = set
        .change
        .entries
        .iter()
        .filter(|entry| entry.kind != EntryKind::Removed)
        .map(|entry| entry.folder())
        .collect();
    // An override is judged with its entry, which the change does not touch.
    let overrides: BTreeSet<&String> =
        set.change.protected.iter().filter(|path| is_override(set, path)).collect();
    folders.extend(overrides.iter().filter_map(|path| {
        let (folder, _) = below(set.prefix, path)?.rsplit_once('/')?;
        Some(folder.to_owned())
    }));
    let touched: BTreeSet<String> = set.change.entries.iter().map(|it| it.folder()).collect();
    let tree = Tree::of_folders(set.git, set.head, set.prefix, folders.iter().map(String::as_str))?;
    let dates = DateSource::fallback(Fallback::Epoch(0));
    let rules = DocumentRules::of(Profile::Strict, &set.config);
    let checker = Checker { tree: &tree, dates: &dates, rules, today: now };
    let mut found: Vec<Diagnostic> = tree.findings().to_vec();
    let policy = policy(set)?.map(|policy| Judge::new(Arc::new(policy), now));
    for server in tree.servers() {
        let mut checked = checker.server(server)?;
        if let Some(judge) = &policy {
            checked.apply(|listing| judge.apply(&tree, server, listing, false, None))?;
        }
        found.extend(checked.findings);
    }
    // Of an entry that the change does not touch, only the override is its matter.
    found.retain(|it| {
        let file = below(set.prefix, &it.place.file).unwrap_or_default();
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        !folders.contains(folder) || touched.contains(folder) || overrides.contains(&it.place.file)
    });
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

fn is_override(set: &ChangeSet<'_>, path: &str) -> bool {
    let path = below(set.prefix, path).map(DataPath::of);
    matches!(path, Some(DataPath::Entry { file: EntryFile::Override, .. }))
}

/// Returns the policy of the base; that of the head for a first publication. One that cannot be applied counts for
/// nothing here, and nothing is published until it is corrected.
fn policy(set: &ChangeSet<'_>) -> Result<Option<Policy>> {
    let commit = set.base.unwrap_or(set.head);
    let text = set.file(commit, POLICY)?;
    let (path, variables) = (set.display(POLICY), set.settings(commit)?.variables);
    let parse = |text: Vec<u8>| Policy::parse(&path, &String::from_utf8_lossy(&text), &variables);
    Ok(text.and_then(|text| parse(text).ok()))
}
