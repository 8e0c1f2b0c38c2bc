//! Rules for every change: paths, published versions, collisions.
//!
//! They look at paths only, so the cost depends on the change and not on the registry.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::check::check_annotations;
use crate::config::{Config, Policy};
use crate::data::{Content, DataPath, EntryFile, below};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::model::ServerName;
use crate::proof::change::{EntryChange, EntryKind};
use crate::text::count;
use crate::world::git::Oid;

use super::changeset::ChangeSet;
use super::misplaced;

/// Returns what is wrong with the change as such.
pub(super) fn findings(set: &ChangeSet<'_>) -> Result<Vec<Diagnostic>> {
    let mut found = Vec::new();
    let help = "put a regular file at a plain path, or take it out of the change";
    found.extend(
        set.change.refused.iter().map(|(path, why)| {
            Diagnostic::new(Code::ChangePath, Place::file(path), *why).help(help)
        }),
    );
    mixture(set, &mut found);
    misplaced::find(set, &mut found)?;
    let settings = set.display("registry.toml");
    if set.change.protected.contains(&settings)
        && let Some(text) = set.file(set.head, "registry.toml")?
    {
        // With settings that `check` refuses nothing could be judged or built.
        found.extend(Config::parse_with_clients(&settings, &String::from_utf8_lossy(&text)).1);
    }
    for (file, variables) in set.settings(set.head)?.policies() {
        let path = set.display(file);
        if set.change.protected.contains(&path)
            && let Some(text) = set.file(set.head, file)?
        {
            let text = String::from_utf8_lossy(&text);
            found.extend(Policy::parse(&path, &text, variables).err().unwrap_or_default());
        }
    }
    annotations(set, &mut found)?;
    let mut names = Names { set, seen: HashMap::new() };
    for entry in &set.change.entries {
        published(&mut names, entry, &mut found)?;
    }
    collisions(&mut names, &mut found)?;
    Ok(found)
}

/// Checks the annotations that the change leaves, by the settings of the base.
fn annotations(set: &ChangeSet<'_>, found: &mut Vec<Diagnostic>) -> Result<()> {
    for path in &set.change.protected {
        let below = below(set.prefix, path).filter(|path| DataPath::of(path).is_annotations());
        let Some(below) = below else { continue };
        if let Some(text) = set.file(set.head, below)? {
            let wrong = check_annotations(path, Content::plain(&text), &set.config);
            found.extend(wrong);
        }
    }
    Ok(())
}

/// The names in folders of commits, each folder read once.
struct Names<'a> {
    set: &'a ChangeSet<'a>,
    /// By commit and folder, then by lower-case form.
    seen: HashMap<(Oid, String), HashMap<String, Vec<String>>>,
}

impl Names<'_> {
    /// Returns the names in a folder below the data folder that are `name`, case aside.
    fn alike(&mut self, commit: Oid, folder: &str, name: &str) -> Result<&[String]> {
        let key = (commit, folder.to_owned());
        if !self.seen.contains_key(&key) {
            let mut names: HashMap<String, Vec<String>> = HashMap::new();
            for name in self.set.git.names(commit, &self.set.display(folder))? {
                names.entry(name.to_ascii_lowercase()).or_default().push(name);
            }
            self.seen.insert(key.clone(), names);
        }
        let names = self.seen.get(&key).and_then(|names| names.get(&name.to_ascii_lowercase()));
        Ok(names.map(Vec::as_slice).unwrap_or_default())
    }
}

/// Refuses entries and protected files in one change: a maintainer who looks at one could miss the other.
fn mixture(set: &ChangeSet<'_>, found: &mut Vec<Diagnostic>) {
    let change = &set.change;
    if set.base.is_none() || !change.makes_claims() {
        return;
    }
    let strays = change.stray_tombstones();
    let strays: Vec<String> = strays.into_iter().map(|path| set.display(path)).collect();
    let alone = change.protected.iter().chain(&change.other).chain(&strays);
    for (place, files) in by_folder(alone) {
        let message = match files {
            1 => "this file changes together with entries".to_owned(),
            n => format!("{} here change together with entries", count(n, "file")),
        };
        found.push(
            Diagnostic::new(Code::ChangeMixed, Place::file(place), message)
                .help("open two pull requests, one for the entries and one for everything else"),
        );
    }
}

/// Counts files by their top folder, so that a whole folder that was added by mistake is one finding. A file
/// that is alone in its folder is named by its path.
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

/// Requires that published versions stay as they are, and that a removal leaves a tombstone.
fn published(
    names: &mut Names<'_>,
    entry: &EntryChange,
    found: &mut Vec<Diagnostic>,
) -> Result<()> {
    let set = names.set;
    let server = entry.path(EntryFile::Server);
    let what = format!("{} {}", entry.server(), entry.version);
    match entry.kind {
        EntryKind::Edited => found.push(set.diagnose(
            Code::VersionImmutable,
            &server,
            format!("{what} is published, and a published document cannot change"),
            "put the document back and publish a new version; to withdraw this one, set its status",
        )),
        EntryKind::Removed
            if !is_example(&entry.namespace) && tombstone(names, set.head, entry)?.is_none() =>
        {
            found.push(set.diagnose(
                Code::VersionRemoved,
                &server,
                format!("{what} is published and would disappear without a record"),
                format!(
                    "to withdraw it, put it back and run `mcp-static status {}@{} deleted`; to remove it permanently, a maintainer adds tombstones/{}/{}.toml below the data folder",
                    entry.server(), entry.version, entry.server(), entry.version
                ),
            ));
        }
        kind if kind.is_new() => {
            if let Some(tombstone) = tombstone(names, set.base.unwrap_or(set.head), entry)? {
                let message =
                    format!("{what} was removed permanently and cannot be published again");
                found.push(
                    set.diagnose(
                        Code::TombstoneViolated,
                        &server,
                        message,
                        "publish under a new version",
                    )
                    .label(Place::file(set.display(&tombstone)), "its tombstone"),
                );
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether a namespace is reserved for examples.
fn is_example(namespace: &str) -> bool {
    let name = ServerName::parse(&format!("{namespace}/xx"));
    name.is_ok_and(|name| name.namespace().is_for_examples())
}

/// Returns the tombstone of a version in a commit, case aside: a tombstone of `Weather` is one of `weather`.
fn tombstone(names: &mut Names<'_>, commit: Oid, entry: &EntryChange) -> Result<Option<String>> {
    let file = format!("{}.toml", entry.version);
    let mut folders = vec!["tombstones".to_owned()];
    for wanted in [&entry.namespace, &entry.name, &file] {
        let mut next = Vec::new();
        for folder in folders {
            let same = names.alike(commit, &folder, wanted)?;
            next.extend(same.iter().map(|name| format!("{folder}/{name}")));
        }
        folders = next;
    }
    // A folder or a link of that name is not a tombstone.
    for path in folders {
        if names.set.file(commit, &path)?.is_some() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Reports folders that differ from one of the base only by case.
fn collisions(names: &mut Names<'_>, found: &mut Vec<Diagnostic>) -> Result<()> {
    let set = names.set;
    let mut reported = BTreeSet::new();
    for entry in set.change.entries.iter().filter(|entry| entry.kind.is_new()) {
        let levels = [
            (Code::NamespaceCaseCollision, "servers".to_owned(), &entry.namespace),
            (Code::NameCaseCollision, format!("servers/{}", entry.namespace), &entry.name),
            (Code::VersionCaseCollision, format!("servers/{}", entry.server()), &entry.version),
        ];
        for (code, folder, name) in levels {
            let mut other = None;
            for commit in [Some(set.head), set.base].into_iter().flatten() {
                let alike = names.alike(commit, &folder, name)?;
                other = other.or_else(|| alike.iter().find(|n| *n != name).cloned());
            }
            let Some(other) = other else { continue };
            let path = format!("{folder}/{name}");
            if reported.insert(path.clone()) {
                found.push(
                    set.diagnose(
                        code,
                        &path,
                        format!("{name:?} and {other:?} differ only by case"),
                        "use the spelling that was there first",
                    )
                    .label(Place::file(set.display(&format!("{folder}/{other}"))), "the other one"),
                );
            }
        }
    }
    Ok(())
}
