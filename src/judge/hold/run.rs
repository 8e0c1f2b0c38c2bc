//! Runs the gate over the published branch and sums up what is held.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::data::join;
use crate::diag::{Report, Severity};
use crate::error::Result;
use crate::judge::repository::{Opened, open};
use crate::judge::types::{HeldBack, Judged, Judgement, Network, VerifyOptions};
use crate::judge::verdict::trust;
use crate::world::git::Oid;

use super::gate::{Gate, Totals};
use super::keys::Keys;
use super::refusal::was_decided;
use super::settle::{CheckPublished, settle};
use super::steps::{founding, steps};

/// Judges each commit of the head's first-parent line after the base. Without a base nothing was published
/// before: the branch's first commit with a registry is the start, and its entries may still be removed.
///
/// `check` returns what a build would refuse of the result.
///
/// # Errors
/// As for [`crate::judge::verify`].
pub fn verify_by_commit(
    options: &VerifyOptions,
    network: &dyn Network,
    check: CheckPublished<'_>,
) -> Result<Judged> {
    let Opened { git, prefix, base, head } = open(options)?;
    let start = match base {
        Some(base) => base,
        None => founding(&git, &prefix, head)?,
    };
    let line = steps(&git, start, head)?;
    let published = options.published.as_deref().map(|rev| git.resolve(rev)).transpose()?;
    let deployed = published.and_then(|rev| line.iter().position(|(_, commit)| *commit == rev));
    let mut gate = Gate {
        git: &git,
        prefix: &prefix,
        keys: Keys { prefix: &prefix },
        is_published: base.is_some(),
        deployed: deployed.map_or(0, |at| at + 1),
        new: BTreeSet::new(),
        options,
        network,
        kept: BTreeMap::new(),
        findings: Vec::new(),
        totals: Totals::default(),
        ancestry: git.ancestry(start)?,
    };
    if base.is_none() {
        let files = git.files(start, &join(&prefix, "servers"))?;
        let folder =
            |path: &str| path.rsplit_once('/').map(|(folder, _)| format!("servers/{folder}"));
        gate.new.extend(files.iter().filter_map(|file| folder(&file.path)));
    }
    for (position, (before, commit)) in line.iter().enumerate() {
        gate.step(position, *before, *commit)?;
    }
    finish(gate, &line, start, head, check)
}

/// Checks the result as a build would and sums it up.
fn finish(
    mut gate: Gate<'_>,
    line: &[(Oid, Oid)],
    start: Oid,
    head: Oid,
    check: CheckPublished<'_>,
) -> Result<Judged> {
    let unsettled = settle(&mut gate, start, head, check)?;
    let first = gate.kept.values().map(|kept| kept.step).min();
    let proven = match first {
        None => head,
        Some(first) => line.get(first).map_or(start, |(before, _)| *before),
    };
    let mut report = Report::new();
    for (step, key, mut diagnostic) in std::mem::take(&mut gate.findings) {
        let kept = key.and_then(|key| gate.kept.get(&key));
        if was_decided(&diagnostic) {
            continue;
        }
        // What could not be settled stays an error.
        if diagnostic.severity == Severity::Error && step < usize::MAX {
            let is_held = kept.is_some_and(|kept| kept.step <= step);
            diagnostic.severity = if is_held { Severity::Warning } else { Severity::Note };
        }
        report.push(diagnostic);
    }
    let held = gate.held().into_iter().map(|(held, kept)| {
        let commit = line.get(kept.step).map_or(start, |(_, commit)| *commit).to_string();
        HeldBack { held, commit, why: kept.why.clone(), help: kept.help.clone() }
    });
    let held = held.collect();
    Ok(Judged {
        judgement: if unsettled { Judgement::Refused } else { Judgement::Proven },
        outcomes: gate.totals.outcomes,
        namespaces: gate.totals.namespaces,
        labels: Vec::new(),
        safe: false,
        trust: gate
            .totals
            .trust
            .unwrap_or_else(|| trust(&Config::default().ownership, gate.options.event.as_ref())),
        held,
        proven_up_to: Some(proven.to_string()),
        report,
    })
}
