//! Claims of a change, judged one namespace at a time, and said so that a publisher can act on it.

use std::collections::BTreeMap;

use crate::config::{Config, Trust};
use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::Result;
use crate::proof::change::EntryKind;
use crate::proof::event::Event;
use crate::proof::{
    Attempt, Claim, Ending, Identity, Lookup, Policy, Scene, Touched, Verdict, judge, policy,
    reason,
};

use super::ground::Ground;
use super::mirror::{Mirrored, derive, origin_of, registry_of};
use super::{Doors, NamespaceVerdict};

/// A change, divided by who answers for its parts.
#[derive(Default)]
pub(super) struct Parts {
    /// What has to be proven, by namespace in lower case.
    pub(super) claims: BTreeMap<String, Claim>,
    /// Entries that come from another registry, and from which.
    pub(super) mirrored: Vec<(Touched, String)>,
    /// Entries whose dates are pinned by the change.
    pub(super) pinned: Vec<Touched>,
}

impl Parts {
    /// Divides the change.
    pub(super) fn of(ground: &Ground<'_>) -> Result<Self> {
        let mut parts = Self::default();
        for change in &ground.change.entries {
            if change.kind == EntryKind::Removed {
                continue; // whoever published it has no say in that: maintainers decide
            }
            let touched = ground.touched(change)?;
            let origin = change.touches(EntryFile::Origin);
            if let Some(registry) = origin_of(&touched).filter(|_| origin || change.kind.is_new()) {
                // No registry gives proofs; one that comes along is shown like any other.
                if change.touches(EntryFile::Proof) || change.touches(EntryFile::StatusProof) {
                    parts.claim(&change.namespace).entries.push(touched.clone());
                }
                parts.mirrored.push((touched, registry));
                continue;
            }
            if origin {
                parts.pinned.push(touched.clone());
            }
            if change.kind == EntryKind::Origin {
                continue;
            }
            let claim = parts.claim(&change.namespace);
            claim.entries.push(touched);
        }
        for namespace in ground.change.owners.keys() {
            let owners = ground.touched_owners(namespace)?;
            parts.claim(namespace).owners = owners;
        }
        Ok(parts)
    }

    fn claim(&mut self, namespace: &str) -> &mut Claim {
        let fresh = || Claim { namespace: namespace.to_owned(), ..Claim::default() };
        self.claims.entry(namespace.to_ascii_lowercase()).or_insert_with(fresh)
    }
}

/// Whoever judges the parts.
pub(super) struct Judge<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) event: Option<&'a Event>,
    pub(super) identity: &'a Identity,
    pub(super) doors: &'a dyn Doors,
    pub(super) trust: Trust,
}

impl Judge<'_> {
    /// Judges every part; what is not proven is reported.
    pub(super) fn run(&self, parts: &Parts, report: &mut Report) -> Result<Vec<NamespaceVerdict>> {
        self.mirrors(parts, report)?;
        let mut verdicts = Vec::new();
        let settings = &self.ground.config.ownership;
        let (dns, well_known) = match self.trust {
            Trust::Proof => (self.doors.dns(settings)?, self.doors.well_known(settings)?),
            Trust::Review => (None, None),
        };
        let lookup = Lookup::new(settings, dns.as_deref(), well_known.as_deref());
        let audiences = audiences(&self.ground.config);
        let scene = Scene {
            settings,
            audiences: &audiences,
            owners: &self.ground.owners,
            identity: self.identity,
            lookup: &lookup,
            commits: self.ground,
            now: self.doors.clock().now(),
        };
        for (namespace, claim) in &parts.claims {
            if let Some(wrong) = self.ground.broken_owners.get(namespace) {
                self.broken(claim, wrong, report);
            }
            let policy = policy(settings, namespace);
            let (tried, verdict) = match self.without_proof(claim, report) {
                Some(verdict) => (Vec::new(), verdict),
                None => judge(claim, &policy, &scene)?,
            };
            self.say(claim, &policy, &tried, &verdict, report);
            verdicts.push(NamespaceVerdict { namespace: claim.namespace.clone(), verdict, tried });
        }
        Ok(verdicts)
    }

    /// The verdict where nothing has to be proven: people review, or there is nothing yet.
    fn without_proof(&self, claim: &Claim, report: &mut Report) -> Option<Verdict> {
        if self.ground.base.is_none() {
            let subject = "whoever publishes first".to_owned();
            return Some(Verdict::Proven { by: "first-publication", subject });
        }
        if self.trust == Trust::Proof {
            return None;
        }
        let pull = self.event.and_then(Event::pull_request);
        if pull.is_some_and(|pull| !pull.is_own_branch()) {
            report.push(
                Diagnostic::new(
                    Code::NeedsMaintainer,
                    self.place(&claim.path()),
                    "the branch lives in another repository, so nobody who may push here proposes it",
                )
                .help("somebody who may push here looks at it and merges, or pushes the branch"),
            );
        }
        let subject = pull
            .and_then(|pull| pull.author.as_ref())
            .map_or_else(|| "whoever may push here".to_owned(), |author| author.login.clone());
        Some(Verdict::Proven { by: "reviewed", subject })
    }

    /// Says that the base's owners file cannot be read: nobody knows whom it pins. A change that only
    /// puts it right is a maintainer's matter.
    fn broken(&self, claim: &Claim, wrong: &[Diagnostic], report: &mut Report) {
        if !claim.entries.is_empty() || claim.owners.is_none() {
            report.extend(wrong.iter().cloned());
            return;
        }
        report.push(
            Diagnostic::new(
                Code::NeedsMaintainer,
                self.place(&claim.path()),
                "the owners file that stands there cannot be read, so nobody knows whom it names",
            )
            .help("a maintainer compares the two and merges"),
        );
    }

    fn place(&self, path: &str) -> Place {
        Place::file(self.ground.display(path))
    }

    fn say(
        &self,
        claim: &Claim,
        policy: &Policy<'_>,
        tried: &[Attempt],
        verdict: &Verdict,
        report: &mut Report,
    ) {
        let (code, saw, help) = match verdict {
            Verdict::Proven { .. } => return,
            Verdict::Unknown => (
                Code::OwnershipUnknown,
                unknown(tried),
                "nothing is wrong with the entry as far as is known; run the check again"
                    .to_owned(),
            ),
            Verdict::Refuted => reason(policy, tried),
        };
        let owners_only = claim.entries.is_empty() && *verdict == Verdict::Refuted;
        let code = if owners_only { Code::NeedsMaintainer } else { code };
        let blamed = tried.iter().find_map(|attempt| match &attempt.ending {
            Ending::Refuted { code: c, place, .. } if *c == code => place.clone(),
            _ => None,
        });
        let path = blamed.map_or_else(|| claim.path(), |place| place.file);
        let what = match verdict {
            Verdict::Unknown => "it is not known who may publish for",
            _ => "nobody has shown that they may publish for",
        };
        let message = format!("{what} {}: {saw}", claim.namespace);
        let mut diagnostic = Diagnostic::new(code, self.place(&path), message).help(help);
        for attempt in tried.iter().filter(|attempt| attempt.saw != saw) {
            let also = format!("{}: {}", attempt.method.as_str(), attempt.saw);
            diagnostic = diagnostic.label(Place::default(), also);
        }
        report.push(diagnostic);
    }

    /// Whether the base holds the entry as a copy from the same registry.
    fn was_mirrored(&self, touched: &Touched, registry: &str) -> Result<bool> {
        let Some(base) = self.ground.base else { return Ok(false) };
        let path = format!("{}/{}", touched.change.folder(), EntryFile::Origin.file_name());
        let before = self.ground.file(base, &path)?;
        Ok(before.and_then(registry_of).is_some_and(|before| before == registry))
    }

    fn mirrors(&self, parts: &Parts, report: &mut Report) -> Result<()> {
        if self.ground.base.is_none() {
            return Ok(());
        }
        let http = self.doors.http().filter(|_| self.trust == Trust::Proof);
        let outside = http.map(|http| (http, self.doors.clock()));
        for (touched, registry) in &parts.mirrored {
            if touched.change.kind == EntryKind::Edited {
                continue; // refused already
            }
            let path = format!("{}/{}", touched.change.folder(), EntryFile::Origin.file_name());
            let what = format!("{} {}", touched.change.server(), touched.change.version);
            match derive(self.ground, touched, registry, outside)? {
                // Its owner published it here, and would lose its dates and evidence.
                Mirrored::Equal
                    if !touched.change.kind.is_new()
                        && !self.was_mirrored(touched, registry)? =>
                {
                    let message =
                        format!("{what}: an entry of this registry becomes a copy from {registry}");
                    report.push(
                        Diagnostic::new(Code::NeedsMaintainer, self.place(&path), message)
                            .help("a maintainer asks its owner and merges"),
                    );
                }
                Mirrored::Equal => {}
                Mirrored::Differs(diagnostic) => report.push(diagnostic),
                Mirrored::Maintainer(why) => report.push(
                    Diagnostic::new(
                        Code::NeedsMaintainer,
                        self.place(&path),
                        format!("{what}: {why}"),
                    )
                    .help("a maintainer compares it and merges"),
                ),
                Mirrored::Unknown(why) => report.push(
                    Diagnostic::new(
                        Code::OwnershipUnknown,
                        self.place(&path),
                        format!("{what}: {why}"),
                    )
                    .help("run the check again"),
                ),
            }
        }
        Ok(())
    }
}

/// Names under which a registry takes proofs: its id, its address and former ones.
pub(super) fn audiences(config: &Config) -> Vec<String> {
    let base = config.base_url.as_ref().map(|url| url.as_str().to_owned());
    let own = config.id.iter().cloned().chain(base);
    own.chain(config.previous_base_urls.iter().cloned()).collect()
}

fn unknown(tried: &[Attempt]) -> String {
    let open = tried.iter().filter(|attempt| attempt.ending == Ending::Unknown);
    let said: Vec<String> =
        open.map(|attempt| format!("{} ({})", attempt.saw, attempt.method.as_str())).collect();
    said.join("; ")
}
