//! Accounts that maintainers, or a proven owner, wrote down.

use crate::config::{Account, Method};
use crate::diag::Code;
use crate::error::Result;
use crate::proof::claim::{Claim, Scene};
use crate::proof::policy::Policy;
use crate::proof::verdict::Attempt;

use super::forge::{attested, own_branch};

/// `owners-file`: an account of the namespace's owners file, or of a rule, opened the pull request.
/// Accounts of another host never match, whatever they are called.
pub(super) fn owners_file(
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> Result<Attempt> {
    Ok(known(claim, policy, scene).unwrap_or_else(|attempt| attempt))
}

fn known(
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> std::result::Result<Attempt, Attempt> {
    const METHOD: Method = Method::OwnersFile;
    if claim.owners.is_some() {
        let saw = "being named in an owners file does not allow changing it";
        return Err(Attempt::absent(
            METHOD,
            saw,
            "add a proof: `mcp-static sign owners NAMESPACE`",
        ));
    }
    let written = scene.owners_of(&claim.namespace).map_or(&[][..], |owners| &owners.accounts);
    let mut accounts = written.iter().chain(policy.accounts).peekable();
    if accounts.peek().is_none() {
        let saw = format!("no account is written down for {}", claim.namespace);
        let help = format!(
            "add owners/{}.toml in a separate pull request",
            claim.namespace.to_ascii_lowercase()
        );
        return Err(Attempt::absent(METHOD, saw, help));
    }
    let (forge, _, pull) = attested(METHOD, scene)?;
    let Some(author) = &pull.author else {
        let saw = format!("{forge} does not say who opened the pull request");
        let help = "add a proof file: `mcp-static sign entry NAME@VERSION`";
        return Err(Attempt::refuted(METHOD, Code::OwnershipNotAttested, saw, help));
    };
    let is_author =
        |account: &&Account| account.forge.eq_ignore_ascii_case(forge) && account.id == author.id;
    if !author.is_person() || !accounts.any(|account| is_author(&account)) {
        let saw = format!(
            "{} (id {}) of {forge} opened the pull request and is none of the accounts written down for {}",
            author.login, author.id, claim.namespace
        );
        let help = "let one of them open it, or have the account added";
        return Err(Attempt::refuted(METHOD, Code::OwnershipWrongAuthor, saw, help));
    }
    own_branch(METHOD, scene, author, pull)?;
    let saw = format!(
        "{} (id {}) of {forge} opened pull request {} and is written down for {}",
        author.login, author.id, pull.number, claim.namespace
    );
    Ok(Attempt::proven(METHOD, format!("{forge}:{}", author.id), saw))
}
