//! The journey of a change: from two commits to one verdict.
//!
//! ```text
//! base, head ─▶ ground ─▶ structure ─┐
//!                  └▶ claims ─ proof ─┼▶ Judged
//!                  └▶ risk ──────────┘
//! ```
//!
//! Only git objects are read: nothing is checked out, nothing from the change is run, and what judges
//! it (settings, owners, tombstones) stands in the base. This file refuses to know a terminal.

mod all;
mod entries;
mod ground;
mod hold;
mod limits;
mod maintainers;
mod merge;
mod mirror;
mod misplaced;
mod ownership;
mod repository;
mod risk;
mod signatures;
mod structure;

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Method, Ownership, Trust};
use crate::diag::{Code, Diagnostic, Levels, Place, Report, Severity};
use crate::error::{Error, ErrorKind, Result};
use crate::proof::change::EntryKind;
use crate::proof::event::{Event, Happening, PullRequest};
use crate::proof::{Attempt, Identity, Verdict};
use crate::world::clock::Clock;
use crate::world::dns::Dns;

use crate::world::http::Http;
use crate::world::wellknown::WellKnown;

use ground::Ground;
use limits::Excess;
use ownership::Parts;
use repository::{look_for_data, open, uncommitted};

pub use all::{Rechecked, verify_all};
pub use hold::{HeldBack, verify_by_commit};

/// A change, and how the caller wants it judged.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The data folder; need not exist on disk.
    pub data: PathBuf,
    /// The commit that the change is to be merged into; `None` for a first publication.
    pub base: Option<String>,
    /// Tip of the change; `HEAD` when absent.
    pub head: Option<String>,
    /// For the gate: the commit that the site was built from last, where that is later than the base.
    pub published: Option<String>,
    /// What the forge says.
    pub event: Option<Event>,
    /// Severities that win over the settings'.
    pub levels: Levels,
}

/// The doors to the outside; each may be closed.
pub trait Doors: Sync {
    /// Whoever asks resolvers, as these settings name them; `None` when the network is not used.
    ///
    /// # Errors
    /// When there is no resolver to ask.
    fn dns(&self, settings: &Ownership) -> Result<Option<Arc<dyn Dns>>>;
    /// Whoever fetches well-known documents; `None` when the network is not used.
    ///
    /// # Errors
    /// As [`Doors::dns`], which says where the hosts are.
    fn well_known(&self, settings: &Ownership) -> Result<Option<Arc<dyn WellKnown>>>;
    /// Whoever asks other registries.
    fn http(&self) -> Option<&dyn Http>;
    /// The clock.
    fn clock(&self) -> &dyn Clock;
    /// The pull requests that the forge knows of a commit on the published branch.
    ///
    /// # Errors
    /// Why nothing is known: no token, no answer.
    fn pulls_of(&self, commit: &str) -> std::result::Result<Vec<PullRequest>, String>;
}

/// What became of a whole change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Everything is proven.
    Proven,
    /// Something is refused.
    Refused,
    /// The outside world did not answer.
    Unknown,
    /// A maintainer has to decide.
    NeedsMaintainer,
}

impl Judgement {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::NeedsMaintainer => "needs-maintainer",
        }
    }
}

/// What a change does to one version, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Did {
    /// Full name of the server.
    pub name: String,
    /// The version.
    pub version: String,
    /// What happens to it.
    pub kind: EntryKind,
}

/// What became of one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceVerdict {
    /// The namespace.
    pub namespace: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Every way that was tried.
    pub tried: Vec<Attempt>,
}

/// A change, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged {
    /// Everything found.
    pub report: Report,
    /// What became of the whole.
    pub judgement: Judgement,
    /// What the change does to versions.
    pub did: Vec<Did>,
    /// What became of each namespace.
    pub namespaces: Vec<NamespaceVerdict>,
    /// Words for the pull request's labels.
    pub labels: Vec<&'static str>,
    /// Whether the change only adds proven versions to servers that are published, so that it may be
    /// merged without a person.
    pub safe: bool,
    /// How the change was trusted.
    pub trust: Trust,
    /// What must not be published as the branch has it.
    pub held: Vec<HeldBack>,
    /// The last commit up to which nothing is held.
    pub proven_up_to: Option<String>,
}

/// Judges one change.
///
/// # Errors
/// When the repository cannot be read, hides what is needed, or the event is about another commit.
pub fn verify(options: &VerifyOptions, doors: &dyn Doors) -> Result<Judged> {
    let (git, prefix) = open(options)?;
    let head = git.resolve(options.head.as_deref().unwrap_or("HEAD"))?;
    let base = options.base.as_deref().map(|base| git.resolve(base)).transpose()?;
    look_for_data(&git, &prefix, &[base, Some(head)])?;
    let pull = options.event.as_ref().and_then(Event::pull_request);
    if let Some(pull) = pull.filter(|pull| pull.head != head.to_string()) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("the event is about commit {}, but {head} is judged", short(&pull.head)),
        )
        .help("judge the head that the event names; a newer push starts a run of its own"));
    }
    let ground = Ground::survey(&git, &prefix, base, head)?;
    let event = options.event.as_ref();
    let mut judged = judge(&ground, event, &identity(event), doors, &options.levels)?;
    judged.report.extend(uncommitted(&git, &prefix, head)?);
    Ok(judged)
}

fn short(commit: &str) -> String {
    commit.chars().filter(char::is_ascii_hexdigit).take(12).collect()
}

/// Who stands behind the change, by the event.
fn identity(event: Option<&Event>) -> Identity {
    match event {
        None => Identity::Nobody("no event of a forge is known".to_owned()),
        Some(event) => match &event.what {
            Happening::PullRequest(pull) if pull.author.is_some() => Identity::Attested {
                forge: event.forge.clone(),
                is_github: event.is_github,
                pull: pull.clone(),
            },
            Happening::PullRequest(_) => Identity::Nobody(format!(
                "{} does not say who opened the pull request",
                event.forge
            )),
            Happening::MergeGroup => Identity::Queue,
            Happening::Push | Happening::Other => {
                Identity::Nobody("the event is not about a pull request".to_owned())
            }
        },
    }
}

/// How a change is trusted: by the setting, or else by what the forge says of the repository.
fn trust(settings: &Ownership, event: Option<&Event>) -> Trust {
    settings.trust.unwrap_or_else(|| match event {
        Some(event) if event.private == Some(true) => match event.pull_request() {
            Some(pull) if !pull.is_own_branch() => Trust::Proof,
            _ => Trust::Review,
        },
        _ => Trust::Proof,
    })
}

/// Judges what lies on the ground.
fn judge(
    ground: &Ground<'_>,
    event: Option<&Event>,
    identity: &Identity,
    doors: &dyn Doors,
    levels: &Levels,
) -> Result<Judged> {
    let settings = &ground.config.ownership;
    let trust = trust(settings, event);
    let mut report = Report::new();
    branch(settings, event, &mut report);
    let Excess { total, files } = Excess::of(ground)?;
    let hopeless = |d: &Diagnostic| matches!(d.code, Code::ChangeTooLarge | Code::ChangeCrissCross);
    let is_hopeless =
        ground.is_proposed && total.iter().chain(&files).chain(&ground.objections).any(hopeless);
    report.extend(ground.objections.iter().cloned());
    if total.is_empty() {
        report.extend(structure::examine(ground)?);
    }
    report.extend(total.into_iter().chain(files));
    let mut namespaces = Vec::new();
    // Nothing is opened or asked for a change that is refused for its size or its history: each
    // question costs a lookup.
    let parts = if is_hopeless { Parts::default() } else { Parts::of(ground)? };
    if !is_hopeless {
        report.extend(entries::check(ground)?);
        let judge = ownership::Judge { ground, event, identity, doors, trust };
        namespaces = judge.run(&parts, &mut report)?;
        if trust == Trust::Proof && ground.base.is_some() {
            report.extend(risk::look(ground, event, doors.clock().now())?);
        }
    }
    maintainers::ask(ground, &parts, &mut report);
    for weak in settings.weak_points() {
        report.push(
            Diagnostic::new(
                Code::OwnershipWeak,
                Place::file(ground.display("registry.toml")),
                weak,
            )
            .help("see docs/settings.md for what it means"),
        );
    }
    let mut all = ground.config.levels.clone();
    all.extend(levels);
    let claimed = parts.mirrored.is_empty();
    Ok(conclude(ground, trust, report.finish(&all), namespaces, claimed))
}

/// A pull request that is meant for another branch would be judged by that branch's settings.
fn branch(settings: &Ownership, event: Option<&Event>, report: &mut Report) {
    let Some(event) = event else { return };
    let Some(pull) = event.pull_request() else { return };
    let published = settings.branch.as_ref().or(event.default_branch.as_ref());
    if let Some(published) = published.filter(|branch| **branch != pull.base_branch) {
        report.push(
            Diagnostic::new(
                Code::ChangeWrongBranch,
                Place::default(),
                format!(
                    "the pull request is meant for {}, but {published} is published",
                    pull.base_branch
                ),
            )
            .help(format!("change its base to {published}")),
        );
    }
}

/// The verdict of the whole; `claimed` tells whether every entry is somebody's own word, and none a copy.
fn conclude(
    ground: &Ground<'_>,
    trust: Trust,
    mut report: Report,
    namespaces: Vec<NamespaceVerdict>,
    claimed: bool,
) -> Judged {
    if ground.changed.is_empty() {
        let message = "nothing is in the change: base and head hold the same files";
        report.push(Diagnostic::new(Code::ChangeEmpty, Place::default(), message));
    }
    let judgement = weigh(&report);
    let did = |entry: &crate::proof::change::EntryChange| Did {
        name: entry.server(),
        version: entry.version.clone(),
        kind: entry.kind,
    };
    let did: Vec<Did> = ground.change.entries.iter().map(did).collect();
    let safe = judgement == Judgement::Proven
        && trust == Trust::Proof
        && claimed
        && ground.change.owners.is_empty()
        && !did.is_empty()
        && did.iter().all(|did| did.kind == EntryKind::NewVersion)
        && namespaces.iter().all(|n| is_firm(ground, n));
    Judged {
        labels: labels(ground, &did, judgement, safe),
        report,
        judgement,
        did,
        namespaces,
        safe,
        trust,
        held: Vec::new(),
        proven_up_to: None,
    }
}

/// Whether a verdict holds without a person's look: what a commit says of its author never does, and
/// a login only when its account is pinned, since a login that was given up is free for anybody.
fn is_firm(ground: &Ground<'_>, namespace: &NamespaceVerdict) -> bool {
    let Verdict::Proven { by, .. } = &namespace.verdict else { return false };
    let pinned = || {
        let owners = ground.owners.get(&namespace.namespace.to_ascii_lowercase());
        owners.is_some_and(|owners| !owners.accounts.is_empty())
    };
    *by != Method::CommitAuthor.as_str() && (*by != Method::PrAuthor.as_str() || pinned())
}

/// Wrong use aside, which no report holds: a finding beats silence, and silence beats a question.
fn weigh(report: &Report) -> Judgement {
    let asks =
        |code| matches!(code, Code::NeedsMaintainer | Code::NameLookAlike | Code::NamespaceWaits);
    let errors = || report.items().iter().filter(|d| d.severity == Severity::Error);
    if errors().any(|d| d.code != Code::OwnershipUnknown && !asks(d.code)) {
        Judgement::Refused
    } else if errors().any(|d| d.code == Code::OwnershipUnknown) {
        Judgement::Unknown
    } else if report.items().iter().any(|d| asks(d.code)) {
        Judgement::NeedsMaintainer
    } else {
        Judgement::Proven
    }
}

fn labels(ground: &Ground<'_>, did: &[Did], judgement: Judgement, safe: bool) -> Vec<&'static str> {
    let any = |kind| did.iter().any(|did| did.kind == kind);
    [
        ("new-server", any(EntryKind::NewServer)),
        ("new-version", any(EntryKind::NewVersion)),
        ("status", any(EntryKind::Status)),
        ("owners", !ground.change.owners.is_empty()),
        ("needs-maintainer", judgement == Judgement::NeedsMaintainer),
        ("safe-to-merge", safe),
    ]
    .into_iter()
    .filter_map(|(label, holds)| holds.then_some(label))
    .collect()
}
