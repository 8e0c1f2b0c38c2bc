//! The second gate, before a deployment: every commit that the published branch gained, judged by the
//! settings that held before it. What cannot be proven is held back; the rest is published.
//!
//! A pull request may have been merged that never passed the first gate, or passed it by a workflow
//! that it changed itself. So nothing is taken from the first gate but what the forge still knows.

use std::collections::BTreeSet;

use crate::config::{Method, Trust};
use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Report, Severity};
use crate::error::Result;
use crate::proof::change::{EntryChange, EntryKind};
use crate::proof::event::Event;
use crate::proof::{Claim, Identity, Lookup, Scene, Verdict, judge as judge_claim, policy};
use crate::world::git::{Git, Oid};

use super::ground::{Ground, Limit};
use super::{Doors, Judged, Judgement, VerifyOptions, judge, look_for_data, open, trust, weigh};

/// An entry that was not proven when it arrived.
struct Held {
    change: EntryChange,
    commit: usize,
}

/// Judges each commit of the head's first-parent line after the base by itself.
///
/// # Errors
/// As for [`super::verify`].
pub fn verify_by_commit(options: &VerifyOptions, doors: &dyn Doors) -> Result<Judged> {
    let (git, prefix) = open(options)?;
    let head = git.resolve(options.head.as_deref().unwrap_or("HEAD"))?;
    let base = options.base.as_deref().map(|base| git.resolve(base)).transpose()?;
    let Some(base) = base else { return super::verify(options, doors) };
    look_for_data(&git, &prefix, &[Some(base), Some(head)])?;
    let mut line = git.first_parents(Some(base), head)?;
    line.reverse();
    let mut whole = Whole::default();
    let mut held = Vec::new();
    for (position, commit) in line.iter().enumerate() {
        let parent = git.first_parent(*commit)?;
        // What was merged is on the branch, however large: it is judged, not sent back.
        let ground = Ground::survey(&git, &prefix, parent, *commit, Limit::None)?;
        let event = options.event.as_ref();
        let identity = identity(&ground, event, *commit, doors);
        let judged = judge(&ground, event, &identity, doors, &options.levels)?;
        held.extend(whole.add(&ground, judged, position));
    }
    let last = Ground::survey(&git, &prefix, Some(base), head, Limit::None)?;
    if !held.is_empty() {
        release(&last, &mut held, doors)?;
    }
    whole.finish(&git, &last, &line, base, &held)
}

/// Who stands behind a commit of the published branch, as far as the forge still says.
fn identity(
    ground: &Ground<'_>,
    event: Option<&Event>,
    commit: Oid,
    doors: &dyn Doors,
) -> Identity {
    let settings = &ground.config.ownership;
    if ground.change.entries.is_empty() && ground.change.owners.is_empty() {
        return Identity::Nobody("nothing has to be proven".to_owned());
    }
    let Some(event) = event.filter(|_| trust(settings, event) == Trust::Proof) else {
        return Identity::Nobody("no event of a forge is known".to_owned());
    };
    let commit = commit.to_string();
    let published = settings.branch.as_ref().or(event.default_branch.as_ref());
    match doors.pulls_of(&commit) {
        Err(why) => Identity::Unknown(why),
        Ok(pulls) => {
            let merged = pulls.into_iter().find(|pull| {
                pull.merged_as.as_deref() == Some(commit.as_str())
                    && published.is_none_or(|branch| *branch == pull.base_branch)
            });
            match merged {
                Some(pull) => Identity::Attested {
                    forge: event.forge.clone(),
                    is_github: event.is_github,
                    pull: Box::new(pull),
                },
                None => Identity::Nobody(format!(
                    "{} knows no pull request that was merged as commit {}",
                    event.forge,
                    super::short(&commit)
                )),
            }
        }
    }
}

/// Lets go of the entries that are proven by now: by a proof file that was added since, or by being
/// gone. One that cannot be judged stays.
fn release(ground: &Ground<'_>, held: &mut Vec<Held>, doors: &dyn Doors) -> Result<()> {
    let settings = &ground.config.ownership;
    let (dns, well_known) = (doors.dns(settings)?, doors.well_known(settings)?);
    let lookup = Lookup::new(settings, dns.as_deref(), well_known.as_deref());
    let audiences = super::ownership::audiences(&ground.config);
    let scene = Scene {
        settings,
        audiences: &audiences,
        owners: &ground.owners,
        identity: &Identity::Nobody(String::new()),
        lookup: &lookup,
        commits: ground,
        now: doors.clock().now(),
    };
    held.retain(|held| !is_released(ground, held, &scene).unwrap_or(false));
    Ok(())
}

fn is_released(ground: &Ground<'_>, held: &Held, scene: &Scene<'_>) -> Result<bool> {
    let touched = ground.touched(&held.change)?;
    let then = held.change.files.get(&EntryFile::Server).and_then(|sides| sides.after);
    let now = touched.files.get(&EntryFile::Server).map(|bytes| Git::blob_id(bytes));
    if now.is_none() || now != then {
        return Ok(now.is_none());
    }
    let mut policy = policy(scene.settings, &held.change.namespace);
    policy.methods.retain(|method| *method == Method::ProofFile);
    let claim =
        Claim { namespace: held.change.namespace.clone(), entries: vec![touched], owners: None };
    let (_, verdict) = judge_claim(&claim, &policy, scene)?;
    Ok(matches!(verdict, Verdict::Proven { .. }))
}

/// The verdicts of all commits, gathered.
#[derive(Default)]
struct Whole {
    report: Report,
    namespaces: Vec<super::NamespaceVerdict>,
    did: Vec<super::Did>,
    trust: Option<Trust>,
}

impl Whole {
    /// Adds a commit; what has to be held of it.
    fn add(&mut self, ground: &Ground<'_>, judged: Judged, position: usize) -> Vec<Held> {
        let open =
            judged.namespaces.iter().filter(|n| !matches!(n.verdict, Verdict::Proven { .. }));
        let open: BTreeSet<String> = open.map(|n| n.namespace.to_ascii_lowercase()).collect();
        let unknown = judged.report.items().iter().filter(|d| d.code == Code::OwnershipUnknown);
        let unknown: BTreeSet<&str> =
            unknown.filter_map(|d| Some(d.place.file.rsplit_once('/')?.0)).collect();
        let entries = ground.change.entries.iter().filter(|entry| {
            open.contains(&entry.namespace.to_ascii_lowercase())
                || unknown.contains(ground.display(&entry.folder()).as_str())
        });
        let (new, other): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.kind.is_new());
        // A status cannot be held back without publishing the older one as if it were true.
        let holdable = other.iter().all(|entry| entry.kind == EntryKind::Proof);
        let keep = |mut d: Diagnostic| {
            let merged = matches!(
                d.code,
                Code::ChangeMixed
                    | Code::NeedsMaintainer
                    | Code::NameLookAlike
                    | Code::NamespaceWaits
            );
            if merged {
                return None; // whoever merged it has decided
            }
            if holdable
                && d.code.as_str().starts_with("ownership-")
                && d.severity == Severity::Error
            {
                d.severity = Severity::Warning;
            }
            Some(d)
        };
        self.report.extend(judged.report.into_iter().filter_map(keep));
        self.namespaces.extend(judged.namespaces);
        self.did.extend(judged.did);
        self.trust = Some(judged.trust);
        new.into_iter().map(|change| Held { change: change.clone(), commit: position }).collect()
    }

    fn finish(
        self,
        git: &Git,
        ground: &Ground<'_>,
        line: &[Oid],
        base: Oid,
        held: &[Held],
    ) -> Result<Judged> {
        let first = held.iter().map(|held| held.commit).min();
        let proven = match first {
            None => line.last().copied().unwrap_or(base),
            Some(first) => git.first_parent(line[first])?.unwrap_or(base),
        };
        let mut folders: Vec<String> = held.iter().map(|held| held.change.folder()).collect();
        folders.sort();
        folders.dedup();
        let judgement = match weigh(&self.report) {
            Judgement::NeedsMaintainer => Judgement::Proven,
            judgement => judgement,
        };
        Ok(Judged {
            judgement,
            did: self.did,
            namespaces: self.namespaces,
            labels: Vec::new(),
            safe: false,
            trust: self.trust.unwrap_or_else(|| trust(&ground.config.ownership, None)),
            held: folders,
            proven_up_to: Some(proven.to_string()),
            report: self.report,
        })
    }
}
