//! The last look: what would be published is checked as a build checks it, and what a build would refuse
//! is held back as well.
//!
//! Steps are judged one by one, and two that are right may not be right together: names that differ only by
//! case, settings that entries break, a tombstone and an entry.

use crate::data::DataPath;
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::error::Result;
use crate::pipeline::load::label;
use crate::pipeline::{LoadOptions, Silent, check, load};
use crate::world::git::Oid;

use super::super::ground::join;
use super::Gate;

/// Most rounds; each holds more back than the one before.
const MAX_ROUNDS: usize = 16;

/// Holds back until a build would accept the rest; whether something is left that it would refuse.
pub(super) fn settle(gate: &mut Gate<'_>, start: Oid, head: Oid) -> Result<bool> {
    if start == head && gate.is_published {
        return Ok(false);
    }
    for _ in 0..MAX_ROUNDS {
        let errors = errors(gate, head)?;
        if errors.is_empty() {
            return Ok(false);
        }
        // What is as it was deployed is not to blame: then the settings are, and the rest may be right.
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for error in &errors {
            match is_as_deployed(gate, error, start, head)? {
                true => old.push(error),
                false => new.push(error),
            }
        }
        let mut is_better = false;
        for group in [old, new].into_iter().filter(|group| !group.is_empty()) {
            if !is_better {
                for error in group {
                    is_better |= hold(gate, error, start, head)?;
                }
            }
        }
        if !is_better {
            gate.said.extend(errors.into_iter().map(|error| (usize::MAX, None, error)));
            return Ok(true);
        }
    }
    Ok(true)
}

/// What a build would refuse.
fn errors(gate: &Gate<'_>, head: Oid) -> Result<Vec<Diagnostic>> {
    let options = LoadOptions {
        data: gate.options.data.clone(),
        revision: Some(head.to_string()),
        levels: gate.options.levels.clone(),
        without: gate.held().into_iter().map(|(held, _)| held).collect(),
        ..LoadOptions::default()
    };
    let (_, report) = check(&load(&options)?, &Silent)?;
    let errors = report.into_iter().filter(|d| d.severity == Severity::Error);
    // A check names files by the data folder as it was given, and here they are named from the top of the
    // repository.
    let given = label(&gate.options.data);
    let rename = |place: &mut Place| {
        let below = match given.as_str() {
            "" | "." => Some(place.file.as_str()),
            given => place.file.strip_prefix(given).and_then(|rest| rest.strip_prefix('/')),
        };
        if let Some(below) = below.filter(|below| !below.is_empty()) {
            place.file = join(gate.prefix, below);
        }
    };
    let errors = errors.map(|mut error| {
        rename(&mut error.place);
        error.labels.iter_mut().for_each(|label| rename(&mut label.place));
        error
    });
    Ok(errors.collect())
}

/// Whether what an error is about is published as it was deployed.
fn is_as_deployed(gate: &Gate<'_>, error: &Diagnostic, start: Oid, head: Oid) -> Result<bool> {
    let config = gate.settings(start);
    for key in keys(gate, &error.place.file, &config, head)? {
        let at = |commit| gate.kept_as_in(commit, &key, (0, String::new(), String::new()));
        let now = match gate.kept.get(&key) {
            Some(kept) => kept.sides.clone(),
            None => at(head)?.sides,
        };
        if now != at(start)?.sides {
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
            let before = gate.kept.get(&key).map(|kept| kept.sides.clone());
            let now = match before {
                Some(before) => before,
                None => {
                    let now = gate.kept_as_in(head, &key, (0, String::new(), String::new()))?;
                    now.sides
                }
            };
            if now != kept.sides {
                gate.kept.insert(key, kept);
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What a finding at a path is about: the path's own key, or the version folders below a folder.
fn keys(
    gate: &Gate<'_>,
    file: &str,
    config: &crate::config::Config,
    head: Oid,
) -> Result<Vec<String>> {
    let own = gate.keys.of(file, config);
    let is_folder = gate.git.entry(head, file)?.is_some_and(|side| side.is_folder());
    let (true, Some(_)) = (is_folder, &own) else { return Ok(own.into_iter().collect()) };
    let files = gate.git.files(head, file)?;
    let below =
        files.iter().filter_map(|inside| gate.keys.of(&format!("{file}/{}", inside.path), config));
    let mut keys: Vec<String> = below.collect();
    keys.dedup();
    Ok(keys)
}

/// A registry with nothing in it is never published: where all entries are gone, those that were there
/// stay, with no tombstone beside them, until another one comes.
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
