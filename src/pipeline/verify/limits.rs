//! How much a change may touch, decided before anything of it is opened.
//!
//! Paths are counted while two trees are compared, and the comparison ends with the first path that is
//! too many; sizes are read from the headers of objects. Entries that come from another registry may be
//! many, because an import is one change, so they are told apart by their paths first.

use std::collections::BTreeSet;

use crate::data::{DataPath, EntryFile};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::proof::change::{EntryChange, EntryKind};
use crate::world::git::Changed;

use super::ground::{Ground, Limit, MAX_BLOB};
use super::mirror::registry_of;

/// Most bytes that the files of a change may have together, as it leaves them.
const MAX_BYTES: u64 = 16 << 20;

/// Counts the paths of a change while they are found.
pub(super) struct Meter<'a> {
    prefix: &'a str,
    max: usize,
    count: usize,
    /// The version folder that is being heard, and whether its `origin.json` is in the change.
    folder: Option<(String, bool)>,
    /// Whether something cannot be a copy from another registry.
    own: bool,
}

impl<'a> Meter<'a> {
    /// A count of at most `max` paths, unless all may be copies.
    pub(super) fn new(prefix: &'a str, max: usize) -> Self {
        Self { prefix, max, count: 0, folder: None, own: false }
    }

    /// Counts a path; whether there may be more.
    pub(super) fn hear(&mut self, item: &Changed) -> bool {
        self.count += 1;
        let below = match self.prefix {
            "" => Some(item.path.as_str()),
            prefix => item.path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')),
        };
        match below.map(DataPath::of) {
            Some(DataPath::Entry { file, .. }) => {
                let folder = item.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                if self.folder.as_ref().is_none_or(|(last, _)| last != folder) {
                    self.leave_folder();
                    self.folder = Some((folder.to_owned(), false));
                }
                if let (EntryFile::Origin, Some((_, origin))) = (file, &mut self.folder) {
                    *origin = item.after.is_some();
                }
            }
            _ => self.own = true,
        }
        !self.is_full()
    }

    fn leave_folder(&mut self) {
        self.own |= self.folder.take().is_some_and(|(_, origin)| !origin);
    }

    /// Whether there are too many paths.
    pub(super) fn is_full(&self) -> bool {
        self.count > self.max && self.own
    }
}

/// What is too much, if anything. After an error of [`counts`](Excess::counts) nothing else is judged.
pub(super) struct Excess {
    /// Too many paths or namespaces.
    pub(super) counts: Vec<Diagnostic>,
    /// Files that are too large, each or together.
    pub(super) sizes: Vec<Diagnostic>,
}

impl Excess {
    /// Measures a change.
    pub(super) fn of(ground: &Ground<'_>) -> Result<Self> {
        let counts = counts(ground)?;
        let sizes = if counts.is_empty() { sizes(ground)? } else { Vec::new() };
        Ok(Self { counts, sizes })
    }

    /// Whether anything is too much.
    pub(super) fn is_any(&self) -> bool {
        !self.counts.is_empty() || !self.sizes.is_empty()
    }
}

fn too_large(place: Place, message: String, help: &str) -> Diagnostic {
    Diagnostic::new(Code::ChangeTooLarge, place, message).help(help)
}

fn counts(ground: &Ground<'_>) -> Result<Vec<Diagnostic>> {
    let settings = &ground.config.ownership;
    let too_many = |count: String, what: &str, max: usize| {
        let message = format!("the change touches {count} {what}; at most {max} are judged at once");
        too_large(Place::default(), message, "split it")
    };
    if ground.limit == Limit::Exceeded {
        let count = format!("more than {}", settings.max_paths);
        return Ok(vec![too_many(count, "paths", settings.max_paths)]);
    }
    let mut found = Vec::new();
    if ground.limit == Limit::None {
        return Ok(found);
    }
    let (paths, namespaces) = (ground.change.paths, namespaces(ground).len());
    if paths > settings.max_paths {
        found.push(too_many(paths.to_string(), "paths", settings.max_paths));
    }
    if namespaces > settings.max_namespaces {
        found.push(too_many(namespaces.to_string(), "namespaces", settings.max_namespaces));
    }
    if !found.is_empty() && only_mirrored(ground)? {
        found.clear();
    }
    Ok(found)
}

fn sizes(ground: &Ground<'_>) -> Result<Vec<Diagnostic>> {
    let odd: BTreeSet<&str> = ground.change.odd.iter().map(|odd| odd.path.as_str()).collect();
    let (mut found, mut sum) = (Vec::new(), 0);
    for item in &ground.changed {
        let Some(after) = item.after.filter(|_| item.utf8 && item.well_formed) else { continue };
        if odd.contains(item.path.as_str()) {
            continue;
        }
        let size = ground.git.size(after.oid)?;
        sum += size;
        if size > MAX_BLOB {
            let message = format!("the file has {size} bytes; at most {MAX_BLOB} are judged");
            let help = "shorten it, or take it out of the change";
            found.push(too_large(Place::file(&item.path), message, help));
        }
    }
    if sum > MAX_BYTES && ground.limit == Limit::Settings && !only_mirrored(ground)? {
        let message = format!(
            "the files of the change have {sum} bytes; at most {MAX_BYTES} are judged at once"
        );
        found.push(too_large(Place::default(), message, "split it"));
    }
    Ok(found)
}

/// The namespaces that a change touches, in lower case.
fn namespaces(ground: &Ground<'_>) -> BTreeSet<String> {
    let entries = ground.change.entries.iter().map(|e| e.namespace.to_ascii_lowercase());
    entries.chain(ground.change.owners.keys().cloned()).collect()
}

/// Whether everything comes from other registries, so that nobody claims a namespace. Files are read
/// only when their paths leave that open.
fn only_mirrored(ground: &Ground<'_>) -> Result<bool> {
    let change = &ground.change;
    let entries = || change.entries.iter().filter(|entry| entry.kind != EntryKind::Removed);
    let may_be = |entry: &EntryChange| {
        let proof = entry.touches(EntryFile::Proof) || entry.touches(EntryFile::StatusProof);
        entry.touches(EntryFile::Origin) && !proof
    };
    if !change.owners.is_empty() || entries().next().is_none() || !entries().all(may_be) {
        return Ok(false);
    }
    for entry in entries() {
        let path = format!("{}/{}", entry.folder(), EntryFile::Origin.file_name());
        let origin = ground.file(ground.head, &path)?;
        if origin.and_then(registry_of).is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
