//! What must not be published of a step of the published branch.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::data::{overrides_at, template_folder};
use crate::diag::{Code, Diagnostic, Severity};
use crate::error::Result;
use crate::judge::changeset::{ChangeSet, short};
use crate::judge::types::Judged;
use crate::proof::Verdict;
use crate::proof::change::EntryKind;
use crate::render::Catalog;
use crate::site::WORK;
use crate::world::git::Oid;

use super::keys::Keys;

/// Why a path is refused, and what to do.
pub(super) type Refused = BTreeMap<String, (String, String)>;

/// Returns what must not be published of a step.
pub(super) fn refused(
    keys: Keys<'_>,
    set: &ChangeSet<'_>,
    judged: &Judged,
    commit: Oid,
) -> Result<Refused> {
    let change = &set.change;
    let mut refused = Refused::new();
    let key = |path: &str| keys.of(path, &set.config);
    let guarded = !change.protected.is_empty() || !change.stray_tombstones().is_empty();
    if change.makes_claims() && guarded {
        let why = "one step changed entries and protected files together";
        let help = format!(
            "`git revert {}{}`, then bring the entries and the protected files in two changes",
            if set.git.is_merge(commit)? { "-m 1 " } else { "" },
            short(&commit.to_string())
        );
        let keys = set.changed.iter().filter_map(|item| key(&item.path));
        refused.extend(keys.map(|key| (key, (why.to_owned(), help.clone()))));
        return Ok(refused);
    }
    for diagnostic in judged.report.items() {
        if let Some(key) = key(&diagnostic.place.file).filter(|_| is_refusal(diagnostic)) {
            let help = diagnostic.help.clone().unwrap_or_default();
            refused.entry(key).or_insert((diagnostic.message.clone(), help));
        }
    }
    unproven(keys, set, judged, &mut refused);
    for (path, _) in &change.tombstones {
        if let Some(version) = version_of_tombstone(set, path)? {
            let why = format!("the tombstone is for {version}, which is still there");
            let help = format!("remove the folder {version} as well, or the tombstone");
            refused.insert(set.display(path), (why, help));
        }
    }
    leftovers(set, &mut refused)?;
    for item in set.changed.iter().filter(|item| item.after.is_some()) {
        if item.path.split('/').any(|name| name.eq_ignore_ascii_case(WORK)) {
            let why = format!(
                "{WORK} is the tool's working folder, and a build refuses one that git tracks"
            );
            let help = format!("`git rm -r {WORK}`, and add it to .gitignore");
            refused.extend(key(&item.path).map(|key| (key, (why, help))));
        }
    }
    let settings = set.display("registry.toml");
    let there = set.git.entry(set.head, &settings)?;
    if there.is_some_and(|side| side.is_folder()) {
        let why = "a folder has the name of the settings".to_owned();
        refused.insert(settings.clone(), (why, "put the file back in its place".to_owned()));
    }
    templates(keys, set, &mut refused)?;
    Ok(refused)
}

/// Adds what belongs to unproven namespaces.
fn unproven(keys: Keys<'_>, set: &ChangeSet<'_>, judged: &Judged, refused: &mut Refused) {
    let open = judged.namespaces.iter().filter(|n| !matches!(n.verdict, Verdict::Proven { .. }));
    let open: BTreeSet<String> = open.map(|n| n.namespace.to_ascii_lowercase()).collect();
    let reason = |namespace: &str| {
        let why = format!("nobody has proven that they may publish for {namespace}");
        let help = "sign it with `mcp-static sign` and commit the proof, or let its owner open the pull request";
        (why, help.to_owned())
    };
    let entries = set.change.entries.iter().filter(|e| e.kind != EntryKind::Removed);
    for entry in entries.clone().filter(|e| open.contains(&e.namespace.to_ascii_lowercase())) {
        let key = set.display(&entry.folder());
        refused.entry(key).or_insert_with(|| reason(&entry.namespace));
    }
    // An owners file alone was merged by a maintainer; one beside entries may have slipped in.
    if entries.count() > 0 {
        for namespace in set.change.owners.keys().filter(|namespace| open.contains(*namespace)) {
            refused.entry(keys.owners(namespace)).or_insert_with(|| reason(namespace));
        }
    }
}

/// Adds removals that leave files behind, or whose tombstone is refused.
fn leftovers(set: &ChangeSet<'_>, refused: &mut Refused) -> Result<()> {
    let tombstones = set.change.tombstones.iter().filter_map(|(path, _)| {
        Some((path.to_ascii_lowercase(), refused.get(&set.display(path))?.clone()))
    });
    let tombstones: Refused = tombstones.collect();
    for entry in set.change.entries.iter().filter(|e| e.kind == EntryKind::Removed) {
        let (folder, key) = (entry.folder(), set.display(&entry.folder()));
        if let Some(reason) = tombstones.get(&entry.tombstone().to_ascii_lowercase()) {
            refused.entry(key).or_insert_with(|| reason.clone());
        } else if set.git.entry(set.head, &key)?.is_some() {
            let why = format!("{folder} has no server.json any more, but other files");
            let help = format!("remove the folder {folder}, or put its server.json back");
            refused.entry(key).or_insert((why, help));
        }
    }
    Ok(())
}

/// Adds templates, and settings about them, with which no page could be made.
fn templates(keys: Keys<'_>, set: &ChangeSet<'_>, refused: &mut Refused) -> Result<()> {
    let path = set.display("registry.toml");
    let config = match set.file(set.head, "registry.toml")? {
        Some(bytes) if !refused.contains_key(&path) => {
            Config::parse_with_clients(&path, &String::from_utf8_lossy(&bytes)).0
        }
        _ => set.config.clone(),
    };
    let Some(folder) = template_folder(&config, set.prefix) else { return Ok(()) };
    let below = format!("{folder}/");
    let concerned = |changed: &str| changed == path || changed.starts_with(&below);
    let changed: Vec<&str> =
        set.changed.iter().map(|item| item.path.as_str()).filter(|p| concerned(p)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let problem = match overrides_at(set.git, set.head, &folder)? {
        None => Some(format!("there is no folder {folder}, which [catalog] templates names")),
        Some(overrides) => {
            let made = Catalog::new(&config.catalog, config.visibility, None, &overrides);
            made.err().map(|problem| format!("{}: {}", problem.template, problem.message))
        }
    };
    if let Some(problem) = problem {
        let help = "correct the templates, or [catalog] templates in registry.toml";
        let keys = changed.into_iter().filter_map(|path| keys.of(path, &set.config));
        refused.extend(keys.map(|key| (key, (problem.clone(), help.to_owned()))));
    }
    Ok(())
}

/// Whether a finding does not matter after a merge, because a maintainer decided it, or nothing changed.
pub(super) fn was_decided(diagnostic: &Diagnostic) -> bool {
    matches!(
        diagnostic.code,
        Code::NeedsMaintainer | Code::NameLookAlike | Code::NamespaceWaits | Code::ChangeEmpty
    )
}

/// Whether what a finding is about must not be published.
fn is_refusal(diagnostic: &Diagnostic) -> bool {
    let about_files = matches!(diagnostic.code, Code::ChangeMixed | Code::ChangeMisplaced);
    diagnostic.severity == Severity::Error && !about_files && !was_decided(diagnostic)
}

/// Returns the version folder that a tombstone is for, if it is there.
fn version_of_tombstone(set: &ChangeSet<'_>, tombstone: &str) -> Result<Option<String>> {
    let Some(version) = tombstoned_version(tombstone) else { return Ok(None) };
    if set.git.entry(set.history.1, &set.display(tombstone))?.is_none() {
        return Ok(None);
    }
    let mut folder = "servers".to_owned();
    for wanted in version.split('/') {
        let names = set.git.names(set.history.1, &set.display(&folder))?;
        let Some(name) = names.into_iter().find(|name| name.eq_ignore_ascii_case(wanted)) else {
            return Ok(None);
        };
        folder = format!("{folder}/{name}");
    }
    Ok(Some(folder))
}

/// Returns the `namespace/name/version` that a path below the data folder is the tombstone of.
pub(super) fn tombstoned_version(path: &str) -> Option<&str> {
    path.strip_prefix("tombstones/")?.strip_suffix(".toml")
}
