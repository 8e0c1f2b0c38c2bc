//! Runs every rule on a change set and weighs what they find.

use crate::config::{Method, Ownership, Trust};
use crate::diag::{Code, Diagnostic, Levels, Place, Report, Severity};
use crate::error::Result;
use crate::proof::change::{EntryChange, EntryKind};
use crate::proof::event::Event;
use crate::proof::{Identity, Verdict};

use super::changeset::ChangeSet;
use super::limits::measure;
use super::ownership::{ClaimJudge, Claims};
use super::types::{EntryOutcome, Judged, Judgement, NamespaceVerdict, Network};
use super::{entries, maintainers, packages, risk, structure};

/// Returns how a change is trusted: by the settings, or else by the visibility of the repository.
pub(super) fn trust(settings: &Ownership, event: Option<&Event>) -> Trust {
    settings.trust.unwrap_or_else(|| match event {
        Some(event) if event.private == Some(true) => match event.pull_request() {
            Some(pull) if !pull.is_own_branch() => Trust::Proof,
            _ => Trust::Review,
        },
        _ => Trust::Proof,
    })
}

/// Judges a change set.
pub(super) fn judge(
    set: &ChangeSet<'_>,
    event: Option<&Event>,
    identity: &Identity,
    network: &dyn Network,
    levels: &Levels,
) -> Result<Judged> {
    let settings = &set.config.ownership;
    let trust = trust(settings, event);
    let mut report = Report::new();
    check_branch(settings, event, &mut report);
    let (total, files) = measure(set)?;
    let is_final = |d: &Diagnostic| matches!(d.code, Code::ChangeTooLarge | Code::ChangeCrissCross);
    let is_rejected =
        set.is_proposed && total.iter().chain(&files).chain(&set.objections).any(is_final);
    report.extend(set.objections.iter().cloned());
    if total.is_empty() {
        report.extend(structure::findings(set)?);
    }
    report.extend(total.into_iter().chain(files));
    let mut namespaces = Vec::new();
    // A change that is refused for its size or its history is not read and costs no lookups.
    let claims = if is_rejected { Claims::default() } else { Claims::of(set)? };
    if !is_rejected {
        let found = entries::check(set, network.clock().now())?;
        report.extend(packages::check(set, network, &found)?);
        report.extend(found);
        let judge = ClaimJudge { set, event, identity, network, trust };
        namespaces = judge.judge_all(&claims, &mut report)?;
        if trust == Trust::Proof && set.base.is_some() {
            report.extend(risk::findings(set, event, network.clock().now())?);
        }
    }
    maintainers::report(set, &claims, &mut report);
    report.extend(settings.weak_points().into_iter().map(|weak| {
        set.diagnose(
            Code::OwnershipWeak,
            "registry.toml",
            weak,
            "run `mcp-static explain ownership-weak`",
        )
    }));
    let mut all = set.config.levels.clone();
    all.extend(levels);
    let claimed = claims.mirrored.is_empty();
    Ok(conclude(set, trust, report.finish(&all), namespaces, claimed))
}

/// Reports a pull request for another branch, since that branch's settings would judge it.
fn check_branch(settings: &Ownership, event: Option<&Event>, report: &mut Report) {
    let Some(event) = event else { return };
    let Some(pull) = event.pull_request() else { return };
    let published = settings.branch.as_ref().or(event.default_branch.as_ref());
    if let Some(published) = published.filter(|branch| **branch != pull.base_branch) {
        let message =
            format!("the pull request targets {}, but {published} is published", pull.base_branch);
        report.push(
            Diagnostic::new(Code::ChangeWrongBranch, Place::default(), message)
                .help(format!("change its base to {published}")),
        );
    }
}

/// Builds the result; `claimed` tells whether no entry is a copy from another registry.
fn conclude(
    set: &ChangeSet<'_>,
    trust: Trust,
    mut report: Report,
    namespaces: Vec<NamespaceVerdict>,
    claimed: bool,
) -> Judged {
    if set.changed.is_empty() {
        let message = "the change is empty: base and head hold the same files";
        report.push(Diagnostic::new(Code::ChangeEmpty, Place::default(), message));
    }
    let judgement = judgement_of(&report);
    let outcome = |entry: &EntryChange| EntryOutcome {
        name: entry.server(),
        version: entry.version.clone(),
        kind: entry.kind,
    };
    let outcomes: Vec<EntryOutcome> = set.change.entries.iter().map(outcome).collect();
    let safe = judgement == Judgement::Proven
        && trust == Trust::Proof
        && claimed
        && set.change.owners.is_empty()
        && !outcomes.is_empty()
        && outcomes.iter().all(|o| o.kind == EntryKind::NewVersion)
        && namespaces.iter().all(|n| is_firm(set, n));
    Judged {
        labels: labels(set, &outcomes, judgement, safe),
        report,
        judgement,
        outcomes,
        namespaces,
        safe,
        trust,
        held: Vec::new(),
        proven_up_to: None,
    }
}

/// Whether a verdict needs no review. The author field of a commit never suffices, and a login only
/// when its account is pinned, since anyone can register a login that was given up.
fn is_firm(set: &ChangeSet<'_>, namespace: &NamespaceVerdict) -> bool {
    let Verdict::Proven { by, .. } = &namespace.verdict else { return false };
    let pinned = || {
        let owners = set.owners.get(&namespace.namespace.to_ascii_lowercase());
        owners.is_some_and(|owners| !owners.accounts.is_empty())
    };
    *by != Method::CommitAuthor.as_str() && (*by != Method::PrAuthor.as_str() || pinned())
}

/// Returns the judgement of a report: an error outranks a missing answer, which outranks a question to
/// maintainers.
fn judgement_of(report: &Report) -> Judgement {
    let asks =
        |code| matches!(code, Code::NeedsMaintainer | Code::NameLookAlike | Code::NamespaceWaits);
    let errors = || report.items().iter().filter(|d| d.severity == Severity::Error);
    let is_open = |code| matches!(code, Code::OwnershipUnknown | Code::PackageIndeterminate);
    if errors().any(|d| !is_open(d.code) && !asks(d.code)) {
        Judgement::Refused
    } else if errors().any(|d| is_open(d.code)) {
        Judgement::Unknown
    } else if report.items().iter().any(|d| asks(d.code)) {
        Judgement::NeedsMaintainer
    } else {
        Judgement::Proven
    }
}

/// The labels that describe a change to reviewers.
pub const LABELS: [&str; 6] =
    ["new-server", "new-version", "status", "owners", "needs-maintainer", "safe-to-merge"];

fn labels(
    set: &ChangeSet<'_>,
    outcomes: &[EntryOutcome],
    judgement: Judgement,
    safe: bool,
) -> Vec<&'static str> {
    let any = |kind| outcomes.iter().any(|o| o.kind == kind);
    let holds = [
        any(EntryKind::NewServer),
        any(EntryKind::NewVersion),
        any(EntryKind::Status),
        !set.change.owners.is_empty(),
        judgement == Judgement::NeedsMaintainer,
        safe,
    ];
    LABELS.into_iter().zip(holds).filter_map(|(label, holds)| holds.then_some(label)).collect()
}
