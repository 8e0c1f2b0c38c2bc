//! What a proof of a namespace says nothing about: protected files, removals, pinned dates, proofs that
//! are taken away. Nothing is refused here; a person is asked.

use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::proof::change::EntryKind;

use super::ground::Ground;
use super::ownership::Parts;
use super::structure;

/// What only a maintainer decides, whatever else is proven.
pub(super) fn ask(ground: &Ground<'_>, parts: &Parts, report: &mut Report) {
    if ground.base.is_none() {
        return; // whoever publishes first is the maintainer
    }
    let change = &ground.change;
    let mut ask = |path: String, message: &str, help: &str| {
        let message = message.to_owned();
        report.push(Diagnostic::new(Code::NeedsMaintainer, Place::file(path), message).help(help));
    };
    const LOOK: &str = "a maintainer looks at it and merges";
    if change.entries.is_empty() && change.owners.is_empty() {
        for (path, count) in structure::by_folder(change.protected.iter().chain(&change.other)) {
            match count {
                1 => ask(path, "this file is the maintainers' to change", LOOK),
                n => ask(path, &format!("{n} files here are the maintainers' to change"), LOOK),
            }
        }
    }
    for (path, new) in &change.tombstones {
        let what = if *new { "a version is removed for good" } else { "a tombstone changes" };
        ask(ground.display(path), what, LOOK);
    }
    for entry in change.entries.iter().filter(|entry| entry.kind == EntryKind::Removed) {
        ask(ground.display(&entry.main_file()), "a published version is removed", LOOK);
    }
    for touched in &parts.pinned {
        let path = format!("{}/origin.json", touched.change.folder());
        ask(
            ground.display(&path),
            "the record of where an entry came from, or its dates, change",
            LOOK,
        );
    }
    let gone = change.entries.iter().filter(|entry| {
        !matches!(entry.kind, EntryKind::Removed)
            && entry.files.iter().any(|(file, sides)| {
                matches!(file, EntryFile::Proof | EntryFile::StatusProof) && sides.after.is_none()
            })
    });
    for entry in gone {
        ask(
            ground.display(&entry.main_file()),
            "a proof of a published version is taken away",
            LOOK,
        );
    }
}
