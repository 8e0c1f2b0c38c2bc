//! Limits on how much a change may touch, checked before any of it is read.
//!
//! Sizes come from the headers of objects. Copies from other registries may be many, because an import is one
//! change, so they are recognised by their paths first.

use std::collections::BTreeSet;

use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::proof::change::{EntryChange, EntryKind};

use super::changeset::{ChangeSet, MAX_BLOB};
use super::mirror::registry_of;

/// Most bytes that the files of a change may have together, as it leaves them.
const MAX_BYTES: u64 = 8 << 20;

/// What is too much, if anything.
pub(super) struct Excess {
    /// Too many paths, namespaces or bytes in all: nothing else is looked at.
    pub(super) total: Vec<Diagnostic>,
    /// Single files that are too large.
    pub(super) files: Vec<Diagnostic>,
}

impl Excess {
    /// Measures a change.
    pub(super) fn of(set: &ChangeSet<'_>) -> Result<Self> {
        let mut total = counts(set);
        let (mut files, mut sum) = (Vec::new(), 0);
        if total.is_empty() || !set.is_exceeded && only_mirrored(set)? {
            total.clear();
            (files, sum) = sizes(set)?;
        }
        if sum > MAX_BYTES && set.is_limited() && !only_mirrored(set)? {
            total.push(too_much(Place::default(), format!(
                "the files of the change have {sum} bytes; at most {MAX_BYTES} are judged at once"
            ), "split it"));
        }
        Ok(Self { total, files })
    }
}

fn too_much(place: Place, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(Code::ChangeTooLarge, place, message).help(help)
}

/// Paths and namespaces, where there is a limit for them.
fn counts(set: &ChangeSet<'_>) -> Vec<Diagnostic> {
    let settings = &set.config.ownership;
    let mut found = Vec::new();
    let mut say = |count: String, what: &str, max: usize| {
        let message =
            format!("the change touches {count} {what}; at most {max} are judged at once");
        found.push(too_much(Place::default(), message, "split it"));
    };
    if set.is_exceeded {
        say(format!("more than {}", settings.max_paths), "paths", settings.max_paths);
    } else if set.is_limited() {
        let (paths, namespaces) = (set.change.paths, namespaces(set).len());
        if paths > settings.max_paths {
            say(paths.to_string(), "paths", settings.max_paths);
        }
        if namespaces > settings.max_namespaces {
            say(namespaces.to_string(), "namespaces", settings.max_namespaces);
        }
    }
    found
}

/// Files that are too large, and the bytes of all files, from the headers of their objects.
fn sizes(set: &ChangeSet<'_>) -> Result<(Vec<Diagnostic>, u64)> {
    let odd: BTreeSet<&str> = set.change.odd.iter().map(|odd| odd.path.as_str()).collect();
    let (mut found, mut sum) = (Vec::new(), 0);
    for item in &set.changed {
        let Some(after) = item.after.filter(|_| item.utf8 && item.fault.is_none()) else {
            continue;
        };
        if odd.contains(item.path.as_str()) {
            continue;
        }
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

/// The namespaces that a change touches, in lower case.
fn namespaces(set: &ChangeSet<'_>) -> BTreeSet<String> {
    let entries = set.change.entries.iter().map(|e| e.namespace.to_ascii_lowercase());
    entries.chain(set.change.owners.keys().cloned()).collect()
}

/// Whether everything comes from other registries, so that nobody claims a namespace. Files are read
/// only when their paths leave that open.
fn only_mirrored(set: &ChangeSet<'_>) -> Result<bool> {
    let change = &set.change;
    let entries = || change.entries.iter().filter(|entry| entry.kind != EntryKind::Removed);
    let may_be = |entry: &EntryChange| {
        let proof = entry.touches(EntryFile::Proof) || entry.touches(EntryFile::StatusProof);
        entry.touches(EntryFile::Origin) && !proof
    };
    if !change.owners.is_empty() || entries().next().is_none() || !entries().all(may_be) {
        return Ok(false);
    }
    for entry in entries() {
        let path = entry.path(EntryFile::Origin);
        let origin = set.file(set.head, &path)?;
        if origin.and_then(registry_of).is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
