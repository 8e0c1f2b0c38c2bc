//! Limits on how much a change may touch, checked before any of it is read.
//!
//! Sizes come from the headers of objects. Copies from other registries may be many, because an import is one
//! change, so they are recognised by their paths first.

use std::collections::BTreeSet;

use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::proof::change::{EntryChange, EntryKind};
use crate::text::count;

use super::changeset::{ChangeSet, MAX_BLOB};
use super::mirror::registry_of;

/// Most bytes that the files of a change may have together, as it leaves them.
const MAX_BYTES: u64 = 8 << 20;

/// Measures a change. Returns what is too much in all (paths, namespaces or bytes), so that nothing else is
/// looked at, and single files that are too large.
pub(super) fn measure(set: &ChangeSet<'_>) -> Result<(Vec<Diagnostic>, Vec<Diagnostic>)> {
    let mut total = counts(set);
    let (mut files, mut sum) = (Vec::new(), 0);
    if total.is_empty() || !set.is_exceeded && only_mirrored(set)? {
        total.clear();
        (files, sum) = sizes(set)?;
    }
    if sum > MAX_BYTES && set.is_limited() && !only_mirrored(set)? {
        let message = format!(
            "the files of the change have {sum} bytes; at most {MAX_BYTES} are judged at once"
        );
        total.push(too_much(Place::default(), message, "split it"));
    }
    Ok((total, files))
}

fn too_much(place: Place, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(Code::ChangeTooLarge, place, message).help(help)
}

/// Reports too many paths and namespaces, where there is a limit for them.
fn counts(set: &ChangeSet<'_>) -> Vec<Diagnostic> {
    let settings = &set.config.ownership;
    let (max_paths, max_namespaces) = (settings.max_paths, settings.max_namespaces);
    let excess = |what: String, max: usize| {
        let message = format!("the change touches {what}; at most {max} are judged at once");
        too_much(Place::default(), message, "split it")
    };
    if set.is_exceeded {
        return vec![excess(format!("more than {}", count(max_paths, "path")), max_paths)];
    }
    let (paths, namespaces) = (set.change.paths, namespaces(set).len());
    let mut found = Vec::new();
    if set.is_limited() && paths > max_paths {
        found.push(excess(count(paths, "path"), max_paths));
    }
    if set.is_limited() && namespaces > max_namespaces {
        found.push(excess(count(namespaces, "namespace"), max_namespaces));
    }
    found
}

/// Returns files that are too large, and the bytes of all files, from the headers of their objects.
fn sizes(set: &ChangeSet<'_>) -> Result<(Vec<Diagnostic>, u64)> {
    let refused: BTreeSet<&str> =
        set.change.refused.iter().map(|(path, _)| path.as_str()).collect();
    let (mut found, mut sum) = (Vec::new(), 0);
    for item in &set.changed {
        let is_read = item.utf8 && item.fault.is_none() && !refused.contains(item.path.as_str());
        let Some(after) = item.after.filter(|_| is_read) else { continue };
        let size = set.git.size(after.oid)?;
        sum += size;
        if size > MAX_BLOB {
            let message = format!("the file has {size} bytes; at most {MAX_BLOB} are judged");
            let help = "shorten it, or take it out of the change";
            found.push(too_much(Place::file(&item.path), message, help));
        }
    }
    Ok((found, sum))
}

/// Returns the namespaces that a change touches, in lower case.
fn namespaces(set: &ChangeSet<'_>) -> BTreeSet<String> {
    let entries = set.change.entries.iter().map(|e| e.namespace.to_ascii_lowercase());
    entries.chain(set.change.owners.keys().cloned()).collect()
}

/// Whether everything comes from other registries, so that nobody claims a namespace. Files are read
/// only when their paths leave that open.
fn only_mirrored(set: &ChangeSet<'_>) -> Result<bool> {
    let change = &set.change;
    let entries = || change.entries.iter().filter(|entry| entry.kind != EntryKind::Removed);
    let may_be = |e: &EntryChange| e.touches(EntryFile::Origin) && !e.touches_proof();
    if !change.owners.is_empty() || entries().next().is_none() || !entries().all(may_be) {
        return Ok(false);
    }
    for entry in entries() {
        let origin = set.file(set.head, &entry.path(EntryFile::Origin))?;
        if origin.and_then(registry_of).is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
