//! The methods to prove a claim, one per file.

mod case;
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

use case::Case;

/// Tries the methods of the policy until one proves the claim.
///
/// # Errors
/// When the repository cannot be read.
pub fn judge(
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> Result<(Vec<Attempt>, Verdict)> {
    let mut tried: Vec<Attempt> = Vec::new();
    for &method in &policy.methods {
        let case = Case { method, claim, policy, scene };
        let result = match method {
            Method::PrAuthor => forge::pr_author(&case),
            Method::HeadOwner => forge::head_owner(&case),
            Method::OwnersFile => owners::owners_file(&case),
            Method::CommitAuthor => commit::author(&case)?,
            Method::ProofFile => file::proof_file(&case),
            Method::CommitSignature => commit::signature(&case)?,
            Method::DnsAccount => dns_account::dns_account(&case),
        };
        tried.push(result.unwrap_or_else(|attempt| attempt));
        if tried.last().is_some_and(Attempt::holds) {
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
    // The methods that most publishers use come first.
    let likely = |attempt: &&Attempt| match attempt.method {
        Method::PrAuthor => 0,
        Method::ProofFile => 1,
        _ => 2,
    };
    let absent = tried.iter().filter(|attempt| matches!(attempt.ending, Ending::Absent { .. }));
    let absent = absent.min_by_key(likely).and_then(|attempt| match &attempt.ending {
        Ending::Absent { help } => Some((attempt.saw.clone(), help.clone())),
        _ => None,
    });
    match (absent, policy.holder.refusal()) {
        (Some((saw, help)), _) => (Code::OwnershipUnproven, saw, help),
        (None, Some(refusal)) => (Code::OwnershipUnclaimable, refusal, Holder::INSTEAD.to_owned()),
        (None, None) => (
            Code::OwnershipUnproven,
            "the settings allow no method to prove this namespace".to_owned(),
            "ask a maintainer for an [[ownership.rule]]".to_owned(),
        ),
    }
}
