//! A DNS record with which a domain's owner names an account of a forge: no key, no signing.

use crate::config::Method;
use crate::diag::Code;
use crate::error::Result;
use crate::model::Holder;
use crate::proof::claim::{Claim, Scene};
use crate::proof::lookup::Known;
use crate::proof::policy::Policy;
use crate::proof::verdict::Attempt;

use super::file::speakers;
use super::forge::{attested, own_branch};

const METHOD: Method = Method::DnsAccount;

/// `dns-account`: the domain, or one above it where the settings let keys reach down, names the
/// account that opened the pull request.
pub(super) fn dns_account(_: &Claim, policy: &Policy<'_>, scene: &Scene<'_>) -> Result<Attempt> {
    Ok(named(policy, scene).unwrap_or_else(|attempt| attempt))
}

fn named(policy: &Policy<'_>, scene: &Scene<'_>) -> std::result::Result<Attempt, Attempt> {
    let Holder::Domain(domain) = &policy.holder else {
        let saw = "the namespace is not a domain's";
        return Err(Attempt::absent(METHOD, saw, "add a proof file"));
    };
    let (forge, _, pull) = attested(METHOD, scene)?;
    let Some(author) = pull.author.as_ref().filter(|author| author.is_person()) else {
        let saw = format!("{forge} names no person who opened the pull request");
        return Err(Attempt::refuted(METHOD, Code::OwnershipNotAttested, saw, "add a proof file"));
    };
    own_branch(METHOD, scene, author, pull)?;
    let mut seen = Vec::new();
    for domain in speakers(scene, domain) {
        match scene.lookup.names_account(&domain, forge, author.id) {
            Known::Yes(saw) => {
                let saw = format!("{saw} names {} (id {}) of {forge}", author.login, author.id);
                return Ok(Attempt::proven(METHOD, format!("{forge}:{}", author.id), saw));
            }
            Known::Open(saw) => return Err(Attempt::unknown(METHOD, saw)),
            Known::No(saw) => seen.push(saw),
        }
    }
    let help = format!(
        "add a TXT record at _mcp-publisher.{}: v=MCPPUB1; forge={forge}; id={}",
        domain.as_str(),
        author.id
    );
    Err(Attempt::absent(METHOD, seen.join("; "), help))
}
