//! The last check: what would be published is checked as a build checks it, and what a build would refuse is held
//! back as well.
//!
//! Steps are judged one by one, and two that are right may not be right together: names that differ only by
//! case, settings that entries break, a tombstone and an entry.

use crate::config::Config;
use crate::data::{DataPath, Held, join};
use crate::diag::{Code, Diagnostic};
use crate::error::Result;
use crate::world::git::{Oid, Side};

use super::gate::Gate;

/// Most rounds; each holds more back than the one before.
const MAX_ROUNDS: usize = 16;

/// Returns the errors of a build, with places from the top of the repository. It is given the data folder
/// from there, the commit to build, and what is left out.
pub type CheckPublished<'a> = &'a dyn Fn(&str, &str, Vec<Held>) -> Result<Vec<Diagnostic>>;

/// Holds back more until a build would accept the rest; true when it would still refuse something.
pub(super) fn settle(
    gate: &mut Gate<'_>,
    start: Oid,
    head: Oid,
    check: CheckPublished<'_>,
) -> Result<bool> {
    if start == head && gate.is_published {
        return Ok(false);
    }
    for _ in 0..MAX_ROUNDS {
        let held = gate.held().into_iter().map(|(held, _)| held).collect();
        let errors = check(gate.prefix, &head.to_string(), held)?;
        if errors.is_empty() {
            return Ok(false);
        }
        // What is as it was deployed is not to blame: then the settings are, and the rest may be right.
        let mut groups = [Vec::new(), Vec::new()];
        for error in &errors {
            groups[usize::from(!is_as_deployed(gate, error, start, head)?)].push(error);
        }
        let mut is_better = false;
        for group in groups {
            if is_better {
                break;
            }
            for error in group {
                is_better |= hold(gate, error, start, head)?;
            }
        }
        if !is_better {
            gate.findings.extend(errors.into_iter().map(|error| (usize::MAX, None, error)));
            return Ok(true);
        }
    }
    Ok(true)
}

/// Returns what is published at the paths of a key.
fn published(gate: &Gate<'_>, key: &str, head: Oid) -> Result<Vec<(String, Option<Side>)>> {
    match gate.kept.get(key) {
        Some(kept) => Ok(kept.sides.clone()),
        None => gate.sides_at(head, key),
    }
}

/// Whether what an error is about is published as it was deployed.
fn is_as_deployed(gate: &Gate<'_>, error: &Diagnostic, start: Oid, head: Oid) -> Result<bool> {
    let config = gate.settings(start);
    for key in keys(gate, &error.place.file, &config, head)? {
        if published(gate, &key, head)? != gate.sides_at(start, &key)? {
            return Ok(false);
        }
    }
    Ok(gate.is_published)
}

/// Holds back what an error is about, or else the settings that made it one; whether that was possible.
fn hold(gate: &mut Gate<'_>, error: &Diagnostic, start: Oid, head: Oid) -> Result<bool> {
    if error.code == Code::RegistryEmpty {
        return keep_something(gate, start, head);
    }
    let config = gate.settings(start);
    let settings = join(gate.prefix, "registry.toml");
    let also = error.labels.iter().map(|label| label.place.file.as_str());
    // Of an entry and its tombstone it is the tombstone, which is newer.
    let mut files: Vec<&str> = std::iter::once(error.place.file.as_str()).chain(also).collect();
    if error.code == Code::TombstoneViolated {
        files.reverse();
    }
    for file in files.into_iter().chain([settings.as_str()]).filter(|file| !file.is_empty()) {
        for key in keys(gate, file, &config, head)? {
            let (why, help) = (error.message.clone(), error.help.clone().unwrap_or_default());
            let mut kept = gate.kept_as_in(start, &key, (0, why, help))?;
            if !gate.is_published && file != settings {
                (kept.from, kept.sides) =
                    (None, gate.keys.paths(&key).into_iter().map(|p| (p, None)).collect());
            }
            if published(gate, &key, head)? != kept.sides {
                gate.kept.insert(key, kept);
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Returns what a finding at a path is about: the path's own key, or the version folders below a folder.
fn keys(gate: &Gate<'_>, file: &str, config: &Config, head: Oid) -> Result<Vec<String>> {
    let own = gate.keys.of(file, config);
    let is_folder = gate.git.entry(head, file)?.is_some_and(|side| side.is_folder());
    if !is_folder || own.is_none() {
        return Ok(own.into_iter().collect());
    }
    let files = gate.git.files(head, file)?.into_iter();
    let below = files.filter_map(|inside| gate.keys.of(&format!("{file}/{}", inside.path), config));
    let mut keys: Vec<String> = below.collect();
    keys.dedup();
    Ok(keys)
}

/// Keeps the entries that were there, without tombstones, where all entries would be gone: an empty registry is
/// never published.
fn keep_something(gate: &mut Gate<'_>, start: Oid, head: Oid) -> Result<bool> {
    let config = gate.settings(start);
    let servers = join(gate.prefix, "servers");
    let mut is_better = false;
    for file in gate.git.files(start, &servers)? {
        let path = format!("servers/{}", file.path);
        let DataPath::Entry { namespace, name, version, .. } = DataPath::of(&path) else {
            continue;
        };
        let tombstone = format!("tombstones/{namespace}/{name}/{version}.toml");
        for path in [&path, &tombstone] {
            let Some(key) = gate.keys.of(&join(gate.prefix, path), &config) else { continue };
            let why = "it was the last entry, and a registry is never published empty".to_owned();
            let help = "add another server; this one goes with the next deployment".to_owned();
            let kept = gate.kept_as_in(start, &key, (0, why, help))?;
            let is_entry = path.starts_with("servers/");
            let differs = gate.kept.get(&key).is_none_or(|now| now.sides != kept.sides);
            if differs && (is_entry || gate.git.entry(head, &key)?.is_some()) {
                gate.kept.insert(key, kept);
                is_better = true;
            }
        }
    }
    Ok(is_better)
}
