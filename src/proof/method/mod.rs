//! The methods to prove a claim, one per file, and the table of them.

mod commit;
mod dns_account;
mod file;
mod forge;
mod owners;

use crate::config::Method;
use crate::diag::Code;
use crate::error::Result;
use crate::model::Holder;

use super::claim::{Claim, Scene};
use super::policy::Policy;
use super::verdict::{Attempt, Ending, Verdict, conclude};

/// Tries one method on a claim.
type MethodFn = fn(&Claim, &Policy<'_>, &Scene<'_>) -> Result<Attempt>;

/// Every method by its name in the settings.
const METHODS: [(Method, MethodFn); 7] = [
    (Method::PrAuthor, forge::pr_author),
    (Method::HeadOwner, forge::head_owner),
    (Method::OwnersFile, owners::owners_file),
    (Method::CommitAuthor, commit::author),
    (Method::ProofFile, file::proof_file),
    (Method::CommitSignature, commit::signature),
    (Method::DnsAccount, dns_account::dns_account),
];

/// Tries the methods of the policy until one holds.
///
/// # Errors
/// When the repository cannot be read.
pub fn judge(
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> Result<(Vec<Attempt>, Verdict)> {
    let mut tried = Vec::new();
    for method in &policy.methods {
        let Some((_, way)) = METHODS.iter().find(|(known, _)| known == method) else { continue };
        let attempt = way(claim, policy, scene)?;
        let holds = attempt.holds();
        tried.push(attempt);
        if holds {
            break;
        }
    }
    let verdict = conclude(&tried);
    Ok((tried, verdict))
}

/// Returns code, observation and help for a verdict that is not proven, from the most relevant attempt.
pub fn reason(policy: &Policy<'_>, tried: &[Attempt]) -> (Code, String, String) {
    let refuted = tried.iter().find_map(|attempt| match &attempt.ending {
        Ending::Refuted { code, help, .. } => Some((*code, attempt.saw.clone(), help.clone())),
        _ => None,
    });
    if let Some(reason) = refuted {
        return reason;
    }
    // The ways that most publishers have come first.
    let likely = |attempt: &&Attempt| match attempt.method {
        Method::PrAuthor => 0,
        Method::ProofFile => 1,
        _ => 2,
    };
    let mut open: Vec<&Attempt> = tried.iter().collect();
    open.sort_by_key(likely);
    let absent = open.into_iter().find_map(|attempt| match &attempt.ending {
        Ending::Absent { help } => Some((attempt.saw.clone(), help.clone())),
        _ => None,
    });
    match (absent, policy.holder.refusal()) {
        (Some((saw, help)), _) => (Code::OwnershipUnproven, saw, help),
        (None, Some(refusal)) => (Code::OwnershipUnclaimable, refusal, Holder::INSTEAD.to_owned()),
        (None, None) => (
            Code::OwnershipUnproven,
            "the settings open no way to prove this namespace".to_owned(),
            "ask a maintainer for an [[ownership.rule]]".to_owned(),
        ),
    }
}
