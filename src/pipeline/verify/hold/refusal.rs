//! What must not be published of a step of the published branch.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Severity};
use crate::error::Result;
use crate::pipeline::settings;
use crate::proof::Verdict;
use crate::proof::change::EntryKind;
use crate::world::git::Oid;

use super::super::ground::Ground;
use super::super::{Judged, short};
use super::keys::Keys;

/// Why a path is refused, and what to do.
pub(super) type Refused = BTreeMap<String, (String, String)>;

/// What must not be published of a step.
pub(super) fn refused(
    keys: Keys<'_>,
    ground: &Ground<'_>,
    judged: &Judged,
    commit: Oid,
) -> Result<Refused> {
    let change = &ground.change;
    let mut refused = Refused::new();
    let key = |path: &str| keys.of(path, &ground.config);
    let guarded = !change.protected.is_empty() || !change.stray_tombstones().is_empty();
    if change.makes_claims() && guarded {
        let why = "entries and protected files came in one step";
        let help = format!(
            "`git revert {}`, then bring the entries and the protected files in two changes",
            short(&commit.to_string())
        );
        let keys = ground.changed.iter().filter_map(|item| key(&item.path));
        refused.extend(keys.map(|key| (key, (why.to_owned(), help.clone()))));
        return Ok(refused);
    }
    for diagnostic in judged.report.items() {
        if let Some(key) = key(&diagnostic.place.file).filter(|_| is_refusal(diagnostic)) {
            let help = diagnostic.help.clone().unwrap_or_default();
            refused.entry(key).or_insert((diagnostic.message.clone(), help));
        }
    }
    unproven(ground, judged, &mut refused);
    for (path, _) in &change.tombstones {
        if let Some(version) = buried_alive(ground, path)? {
            let why = format!("the tombstone is for {version}, which is still there");
            let help = format!("remove the folder {version} as well, or the tombstone");
            refused.insert(ground.display(path), (why, help));
        }
    }
    let settings = ground.display("registry.toml");
    if change.protected.contains(&settings)
        && let Some(bytes) = ground.file(ground.head, "registry.toml")?
    {
        // With settings that `check` refuses nothing could be built.
        let (_, wrong) = settings::parse(&settings, &String::from_utf8_lossy(&bytes));
        if let Some(wrong) = wrong.into_iter().find(|d| d.severity == Severity::Error) {
            let why = format!("line {}: {}", wrong.place.line, wrong.message);
            refused.insert(settings, (why, wrong.help.unwrap_or_default()));
        }
    }
    Ok(refused)
}

/// Adds what belongs to namespaces that nobody proved.
fn unproven(ground: &Ground<'_>, judged: &Judged, refused: &mut Refused) {
    let open = judged.namespaces.iter();
    let open: BTreeSet<String> = open
        .filter(|n| !matches!(n.verdict, Verdict::Proven { .. }))
        .map(|n| n.namespace.to_ascii_lowercase())
        .collect();
    let reason = |namespace: &str| {
        let why = format!("nobody has shown that they may publish for {namespace}");
        let help = "sign it with `mcp-static sign` and commit the proof, or let its owner open the pull request";
        (why, help.to_owned())
    };
    let entries = ground.change.entries.iter().filter(|e| e.kind != EntryKind::Removed);
    for entry in entries.clone().filter(|e| open.contains(&e.namespace.to_ascii_lowercase())) {
        let key = ground.display(&entry.folder());
        refused.entry(key).or_insert_with(|| reason(&entry.namespace));
    }
    // An owners file alone was merged by a maintainer; one beside entries may have slipped in.
    if entries.count() > 0 {
        let owners = ground.change.owners.keys().filter(|namespace| open.contains(*namespace));
        for namespace in owners {
            let key = ground.display(&format!("owners/{namespace}"));
            refused.entry(key).or_insert_with(|| reason(namespace));
        }
    }
}

/// What is of no interest after a merge: what a maintainer decided by it, and that it changed nothing.
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

/// The version folder that a tombstone is for, if it is there.
fn buried_alive(ground: &Ground<'_>, tombstone: &str) -> Result<Option<String>> {
    let Some(version) = tombstone.strip_prefix("tombstones/").and_then(|p| p.strip_suffix(".toml"))
    else {
        return Ok(None);
    };
    if ground.git.entry(ground.history.1, &ground.display(tombstone))?.is_none() {
        return Ok(None);
    }
    let mut folder = "servers".to_owned();
    for wanted in version.split('/') {
        let names = ground.git.names(ground.history.1, &ground.display(&folder))?;
        let Some(name) = names.into_iter().find(|name| name.eq_ignore_ascii_case(wanted)) else {
            return Ok(None);
        };
        folder = format!("{folder}/{name}");
    }
    Ok(Some(folder))
}
