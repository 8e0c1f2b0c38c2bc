//! Reports what a proof of a namespace does not cover, for a maintainer to decide: protected files,
//! removals, pinned dates and removed proofs.

use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::proof::change::{EntryChange, EntryKind};

use super::changeset::ChangeSet;
use super::ownership::Claims;
use super::{packages, structure};

/// Reports what only a maintainer decides, whatever else is proven.
pub(super) fn report(set: &ChangeSet<'_>, claims: &Claims, report: &mut Report) {
    if set.base.is_none() {
        return; // the first publisher is the maintainer
    }
    let change = &set.change;
    let mut ask = |path: String, message: &str| {
        let diagnostic = Diagnostic::new(Code::NeedsMaintainer, Place::file(path), message);
        report.push(diagnostic.help("a maintainer reviews and merges it"));
    };
    if change.entries.is_empty() && change.owners.is_empty() {
        for (path, count) in structure::by_folder(change.protected.iter().chain(&change.other)) {
            match count {
                1 => ask(path, "only maintainers can change this file"),
                n => ask(path, &format!("only maintainers can change these {n} files")),
            }
        }
    }
    if let Some(path) = &change.mirrors {
        ask(path.clone(), "what the mirrors ask for next changes");
    }
    for (path, new) in &change.tombstones {
        let what = if *new { "a version is removed permanently" } else { "a tombstone changes" };
        ask(set.display(path), what);
    }
    for entry in change.entries.iter().filter(|entry| entry.kind == EntryKind::Removed) {
        ask(set.display(&entry.main_file()), "a published version is removed");
    }
    for touched in &claims.pinned {
        let path = touched.change.path(EntryFile::Origin);
        ask(set.display(&path), "the recorded origin or dates of an entry change");
    }
    let recorded = |entry: &&EntryChange| entry.touches(EntryFile::Packages);
    for entry in change.entries.iter().filter(|_| !packages::is_required(set)).filter(recorded) {
        let message = "packages.json changes, and the settings do not ask for it to be compared with the registries";
        ask(set.display(&entry.path(EntryFile::Packages)), message);
    }
    let gone = change.entries.iter().filter(|entry| {
        !matches!(entry.kind, EntryKind::Removed)
            && entry.files.iter().any(|(file, sides)| {
                matches!(file, EntryFile::Proof | EntryFile::StatusProof) && sides.after.is_none()
            })
    });
    for entry in gone {
        ask(set.display(&entry.main_file()), "the proof of a published version is removed");
    }
}
