//! Judges the claims of a change, one namespace at a time, and reports what is not proven.

use std::collections::BTreeMap;

use crate::config::Trust;
use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::Result;
use crate::proof::change::EntryKind;
use crate::proof::event::Event;
use crate::proof::{
    Attempt, Claim, Ending, Identity, Lookup, Policy, Scene, Touched, Verdict, judge, policy,
    reason,
};

use super::changeset::ChangeSet;
use super::mirror::{Mirrored, derive, origin_of, registry_of};
use super::signatures::audiences;
use super::types::{NamespaceVerdict, Network};

/// The entries of a change by who answers for them.
#[derive(Default)]
pub(super) struct Claims {
    /// What has to be proven, by namespace in lower case.
    pub(super) claims: BTreeMap<String, Claim>,
    /// Entries that come from another registry, and from which.
    pub(super) mirrored: Vec<(Touched, String)>,
    /// Entries whose dates are pinned by the change.
    pub(super) pinned: Vec<Touched>,
}

impl Claims {
    /// Reads the touched entries and owners files of a change.
    pub(super) fn of(set: &ChangeSet<'_>) -> Result<Self> {
        let mut claims = Self::default();
        for change in &set.change.entries {
            if change.kind == EntryKind::Removed {
                continue; // only maintainers decide about removals
            }
            let touched = set.touched(change)?;
            let origin = change.touches(EntryFile::Origin);
            if let Some(registry) = origin_of(&touched).filter(|_| origin || change.kind.is_new()) {
                // A registry serves no proofs, so one beside a copy is judged like any other.
                if change.touches_proof() {
                    claims.claim(&change.namespace).entries.push(touched.clone());
                }
                claims.mirrored.push((touched, registry));
                continue;
            }
            if origin {
                claims.pinned.push(touched.clone());
            }
            // What package registries answer is no claim of a namespace.
            if matches!(change.kind, EntryKind::Origin | EntryKind::Packages) {
                continue;
            }
            claims.claim(&change.namespace).entries.push(touched);
        }
        for namespace in set.change.owners.keys() {
            claims.claim(namespace).owners = Some(set.touched_owners(namespace)?);
        }
        Ok(claims)
    }

    fn claim(&mut self, namespace: &str) -> &mut Claim {
        let fresh = || Claim { namespace: namespace.to_owned(), ..Claim::default() };
        self.claims.entry(namespace.to_ascii_lowercase()).or_insert_with(fresh)
    }
}

/// Judges claims against a change set, an event and the network.
pub(super) struct ClaimJudge<'a> {
    pub(super) set: &'a ChangeSet<'a>,
    pub(super) event: Option<&'a Event>,
    pub(super) identity: &'a Identity,
    pub(super) network: &'a dyn Network,
    pub(super) trust: Trust,
}

impl ClaimJudge<'_> {
    /// Judges every claim and reports what is not proven.
    pub(super) fn judge_all(
        &self,
        claims: &Claims,
        report: &mut Report,
    ) -> Result<Vec<NamespaceVerdict>> {
        self.judge_mirrored(claims, report)?;
        let mut verdicts = Vec::new();
        let settings = &self.set.config.ownership;
        let (dns, well_known) = match self.trust {
            Trust::Proof => (self.network.dns(settings)?, self.network.well_known(settings)?),
            Trust::Review => (None, None),
        };
        let lookup = Lookup::new(settings, dns.as_deref(), well_known.as_deref());
        let audiences = audiences(&self.set.config);
        let scene = Scene {
            settings,
            audiences: &audiences,
            owners: &self.set.owners,
            identity: self.identity,
            lookup: &lookup,
            commits: self.set,
            now: self.network.clock().now(),
        };
        for (namespace, claim) in &claims.claims {
            if let Some(wrong) = self.set.broken_owners.get(namespace) {
                self.report_broken_owners(claim, wrong, report);
            }
            let policy = policy(settings, namespace);
            let (tried, verdict) = match self.without_proof(claim, report) {
                Some(verdict) => (Vec::new(), verdict),
                None => judge(claim, &policy, &scene)?,
            };
            self.report_verdict(claim, &policy, &tried, &verdict, report);
            verdicts.push(NamespaceVerdict { namespace: claim.namespace.clone(), verdict, tried });
        }
        Ok(verdicts)
    }

    /// Returns the verdict where no proof is needed: for a first publication and where people review.
    fn without_proof(&self, claim: &Claim, report: &mut Report) -> Option<Verdict> {
        if self.set.base.is_none() {
            let subject = "the first publisher".to_owned();
            return Some(Verdict::Proven { by: "first-publication", subject });
        }
        if self.trust == Trust::Proof {
            return None;
        }
        let pull = self.event.and_then(Event::pull_request);
        if pull.is_some_and(|pull| !pull.is_own_branch()) {
            report.push(self.set.diagnose(
                Code::NeedsMaintainer,
                &claim.path(),
                "the branch is in another repository, so its author may not be allowed to push here",
                "someone with push access reviews and merges it, or pushes the branch",
            ));
        }
        let subject = pull
            .and_then(|pull| pull.author.as_ref())
            .map_or_else(|| "anyone with push access".to_owned(), |author| author.login.clone());
        Some(Verdict::Proven { by: "reviewed", subject })
    }

    /// Reports that the owners file of the base cannot be read, so its pins are unknown. A change that
    /// only repairs it is left to a maintainer.
    fn report_broken_owners(&self, claim: &Claim, wrong: &[Diagnostic], report: &mut Report) {
        if !claim.entries.is_empty() || claim.owners.is_none() {
            report.extend(wrong.iter().cloned());
            return;
        }
        report.push(self.set.diagnose(
            Code::NeedsMaintainer,
            &claim.path(),
            "the published owners file cannot be read, so its accounts and keys are unknown",
            "a maintainer compares both versions and merges",
        ));
    }

    fn report_verdict(
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
                unanswered(tried),
                "run the check again; nothing is known to be wrong with the entry".to_owned(),
            ),
            Verdict::Refuted => reason(policy, tried),
        };
        let owners_only = claim.entries.is_empty() && *verdict == Verdict::Refuted;
        let code = if owners_only { Code::NeedsMaintainer } else { code };
        let blamed = tried.iter().find(|attempt| attempt.saw == saw && !owners_only);
        let path = blamed.and_then(|attempt| attempt.file.clone());
        let path = path.unwrap_or_else(|| claim.path());
        let what = match verdict {
            Verdict::Unknown => "could not find out who may publish for",
            _ => "nobody has proven that they may publish for",
        };
        let message = format!("{what} {}: {saw}", claim.namespace);
        let mut diagnostic = self.set.diagnose(code, &path, message, help);
        for attempt in tried.iter().filter(|attempt| attempt.saw != saw) {
            let also = format!("{}: {}", attempt.method.as_str(), attempt.saw);
            diagnostic = diagnostic.label(Place::default(), also);
        }
        report.push(diagnostic);
    }

    /// Whether the entry in the base is already a copy from the same registry.
    fn was_mirrored(&self, touched: &Touched, registry: &str) -> Result<bool> {
        let Some(base) = self.set.base else { return Ok(false) };
        let path = touched.change.path(EntryFile::Origin);
        let before = self.set.file(base, &path)?;
        Ok(before.and_then(registry_of).is_some_and(|before| before == registry))
    }

    fn judge_mirrored(&self, claims: &Claims, report: &mut Report) -> Result<()> {
        if self.set.base.is_none() {
            return Ok(());
        }
        let http = self.network.http().filter(|_| self.trust == Trust::Proof);
        let outside = http.map(|http| (http, self.network.clock()));
        for (touched, registry) in &claims.mirrored {
            if touched.change.kind == EntryKind::Edited {
                continue; // refused already
            }
            let becomes_copy = || -> Result<bool> {
                Ok(!touched.change.kind.is_new() && !self.was_mirrored(touched, registry)?)
            };
            let (code, why, help) = match derive(self.set, touched, registry, outside) {
                Mirrored::Equal if !becomes_copy()? => continue,
                // The owner published it here; a copy would lose its dates and evidence.
                Mirrored::Equal => (
                    Code::NeedsMaintainer,
                    format!("an entry of this registry becomes a copy from {registry}"),
                    "a maintainer asks the owner and merges",
                ),
                Mirrored::Differs(diagnostic) => {
                    report.push(diagnostic);
                    continue;
                }
                Mirrored::Maintainer(why) => {
                    (Code::NeedsMaintainer, why, "a maintainer compares it and merges")
                }
                Mirrored::Unknown(why) => (Code::OwnershipUnknown, why, "run the check again"),
            };
            let what = format!("{} {}: {why}", touched.change.server(), touched.change.version);
            let path = touched.change.path(EntryFile::Origin);
            report.push(self.set.diagnose(code, &path, what, help));
        }
        Ok(())
    }
}

fn unanswered(tried: &[Attempt]) -> String {
    let open = tried.iter().filter(|attempt| attempt.ending == Ending::Unknown);
    let texts = open.map(|attempt| format!("{} ({})", attempt.saw, attempt.method.as_str()));
    texts.collect::<Vec<_>>().join("; ")
}
