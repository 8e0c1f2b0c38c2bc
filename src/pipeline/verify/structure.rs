//! What holds for every change, whoever makes it: sizes, paths, published versions, collisions.
//!
//! Only path-level rules stand here, so that the cost follows the change and not the registry.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::model::ServerName;
use crate::proof::change::{EntryChange, EntryKind};

use crate::world::git::Oid;

use super::ground::{Ground, MAX_BLOB};
use super::misplaced;

/// What is wrong with the change as such.
pub(super) fn examine(ground: &Ground<'_>, mirrored: bool) -> Result<Vec<Diagnostic>> {
    let mut found = ground.objections.clone();
    odd_paths(ground, &mut found);
    sizes(ground, mirrored, &mut found)?;
    mixture(ground, &mut found);
    misplaced::find(ground, &mut found)?;
    for entry in &ground.change.entries {
        published(ground, entry, &mut found)?;
    }
    collisions(ground, &mut found)?;
    Ok(found)
}

fn place(ground: &Ground<'_>, path: &str) -> Place {
    Place::file(ground.display(path))
}

fn odd_paths(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for odd in &ground.change.odd {
        found.push(
            Diagnostic::new(Code::ChangePath, Place::file(&odd.path), odd.why)
                .help("put a regular file at a plain path, or take it out of the change"),
        );
    }
}

fn sizes(ground: &Ground<'_>, mirrored: bool, found: &mut Vec<Diagnostic>) -> Result<()> {
    let settings = &ground.config.ownership;
    if ground.base.is_some() && !mirrored {
        let paths = ground.change.paths;
        if paths > settings.max_paths {
            let message = format!(
                "the change touches {paths} paths; at most {} are judged at once",
                settings.max_paths
            );
            found.push(
                Diagnostic::new(Code::ChangeTooLarge, Place::default(), message).help("split it"),
            );
        }
        let namespaces = namespaces(ground).len();
        if namespaces > settings.max_namespaces {
            let message = format!(
                "the change touches {namespaces} namespaces; at most {} are judged at once",
                settings.max_namespaces
            );
            found.push(
                Diagnostic::new(Code::ChangeTooLarge, Place::default(), message).help("split it"),
            );
        }
    }
    for item in &ground.changed {
        let Some(after) = item.after.filter(|_| item.utf8 && item.fault.is_none()) else {
            continue;
        };
        if ground.change.odd.iter().any(|odd| odd.path == item.path) {
            continue;
        }
        let size = ground.git.size(after.oid)?;
        if size > MAX_BLOB {
            let message = format!("the file has {size} bytes; at most {MAX_BLOB} are judged");
            found.push(
                Diagnostic::new(Code::ChangeTooLarge, Place::file(&item.path), message)
                    .help("shorten it, or take it out of the change"),
            );
        }
    }
    Ok(())
}

/// The namespaces that a change touches, in lower case.
pub(super) fn namespaces(ground: &Ground<'_>) -> BTreeSet<String> {
    let entries = ground.change.entries.iter().map(|e| e.namespace.to_ascii_lowercase());
    entries.chain(ground.change.owners.keys().cloned()).collect()
}

/// Entries and protected files in one change: a maintainer who looks at the one could miss the other.
fn mixture(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let change = &ground.change;
    if ground.base.is_none() || !change.makes_claims() {
        return;
    }
    let strays = change.stray_tombstones();
    let strays: Vec<String> = strays.into_iter().map(|path| ground.display(path)).collect();
    let alone = change.protected.iter().chain(&change.other).chain(&strays);
    for (place, count) in by_folder(alone) {
        let message = match count {
            1 => "this file changes together with entries".to_owned(),
            n => format!("{n} files here change together with entries"),
        };
        found.push(
            Diagnostic::new(Code::ChangeMixed, Place::file(place), message)
                .help("open two pull requests, one for the entries and one for everything else"),
        );
    }
}

/// Files by their top folder, so that a whole folder that was added by mistake is one finding: a file
/// that stands alone by its path, others by the folder that they share.
pub(super) fn by_folder<'a>(paths: impl Iterator<Item = &'a String>) -> Vec<(String, usize)> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths {
        let top = path.split_once('/').map_or(path.as_str(), |(top, _)| top);
        folders.entry(top).or_default().push(path);
    }
    let name = |(top, paths): (&str, Vec<&str>)| match paths.as_slice() {
        [path] => ((*path).to_owned(), 1),
        many => (format!("{top}/"), many.len()),
    };
    folders.into_iter().map(name).collect()
}

/// A published version is what it is for good; a removal leaves a tombstone.
fn published(ground: &Ground<'_>, entry: &EntryChange, found: &mut Vec<Diagnostic>) -> Result<()> {
    let server = place(ground, &format!("{}/{}", entry.folder(), EntryFile::Server.file_name()));
    let what = format!("{} {}", entry.server(), entry.version);
    match entry.kind {
        EntryKind::Edited => found.push(
            Diagnostic::new(
                Code::VersionImmutable,
                server,
                format!("{what} is published, and its document never changes"),
            )
            .help("put the document back and publish a new version; to withdraw this one, set its status"),
        ),
        EntryKind::Removed
            if !is_example(&entry.namespace)
                && tombstone(ground, ground.head, entry)?.is_none() =>
        {
            found.push(
            Diagnostic::new(
                Code::VersionRemoved,
                server,
                format!("{what} is published and would vanish without a trace"),
            )
            .help(format!(
                "to withdraw it, put it back and run `mcp-static status {}@{} deleted`; to remove it for good, a maintainer adds tombstones/{}/{}.toml below the data folder",
                entry.server(), entry.version, entry.server(), entry.version
            )),
            );
        }
        kind if kind.is_new() => {
            let ruler = ground.base.unwrap_or(ground.head);
            if let Some(tombstone) = tombstone(ground, ruler, entry)? {
                found.push(
                    Diagnostic::new(
                        Code::TombstoneViolated,
                        server,
                        format!("{what} was removed for good and never comes back"),
                    )
                    .label(place(ground, &tombstone), "its tombstone")
                    .help("publish under a new version"),
                );
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether nobody can have published for a namespace in earnest.
fn is_example(namespace: &str) -> bool {
    let name = ServerName::parse(&format!("{namespace}/xx"));
    name.is_ok_and(|name| name.namespace().is_for_examples())
}

/// The tombstone of a version in a commit, however it spells the name: who removed `Weather` removed
/// `weather`.
pub(super) fn tombstone(
    ground: &Ground<'_>,
    commit: Oid,
    entry: &EntryChange,
) -> Result<Option<String>> {
    let file = format!("{}.toml", entry.version);
    let mut folders = vec!["tombstones".to_owned()];
    for wanted in [&entry.namespace, &entry.name, &file] {
        let mut next = Vec::new();
        for folder in folders {
            let names = ground.git.names(commit, &ground.display(&folder))?;
            let same = names.into_iter().filter(|name| name.eq_ignore_ascii_case(wanted));
            next.extend(same.map(|name| format!("{folder}/{name}")));
        }
        folders = next;
    }
    Ok(folders.into_iter().next())
}

/// Folders that differ from one of the base only by case.
fn collisions(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) -> Result<()> {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut said = BTreeSet::new();
    for entry in ground.change.entries.iter().filter(|entry| entry.kind.is_new()) {
        let levels = [
            (Code::NamespaceCaseCollision, "servers".to_owned(), &entry.namespace),
            (Code::NameCaseCollision, format!("servers/{}", entry.namespace), &entry.name),
            (
                Code::VersionCaseCollision,
                format!("servers/{}/{}", entry.namespace, entry.name),
                &entry.version,
            ),
        ];
        for (code, folder, name) in levels {
            if !seen.contains_key(&folder) {
                let mut names = ground.git.names(ground.head, &ground.display(&folder))?;
                if let Some(base) = ground.base {
                    names.extend(ground.git.names(base, &ground.display(&folder))?);
                }
                seen.insert(folder.clone(), names);
            }
            let other = seen.get(&folder).and_then(|names| {
                names.iter().find(|n| *n != name && n.eq_ignore_ascii_case(name))
            });
            let Some(other) = other else { continue };
            let path = format!("{folder}/{name}");
            if said.insert(path.clone()) {
                found.push(
                    Diagnostic::new(
                        code,
                        place(ground, &path),
                        format!("{name:?} and {other:?} differ only by case"),
                    )
                    .label(place(ground, &format!("{folder}/{other}")), "the other one")
                    .help("use the spelling that was there first"),
                );
            }
        }
    }
    Ok(())
}
