//! A DNS record with which a domain's owner names an account of a forge: no key, no signing.

use crate::diag::Code;
use crate::model::Holder;
use crate::proof::lookup::Known;

use super::case::{Case, Tried};
use super::file::domains_above;
use super::forge::{attested, own_branch};

/// `dns-account`: the domain, or a parent domain where the settings let keys reach down, names the
/// account that opened the pull request.
pub(super) fn dns_account(case: &Case<'_>) -> Tried {
    const HELP: &str = "add a proof file";
    let Holder::Domain(domain) = &case.policy.holder else {
        return Err(case.absent("the namespace is not a domain's", HELP));
    };
    let (forge, _, pull) = attested(case)?;
    let Some(author) = pull.author.as_ref().filter(|author| author.is_person()) else {
        let saw = format!("{forge} does not name the person who opened the pull request");
        return Err(case.refuted(Code::OwnershipNotAttested, saw, HELP));
    };
    own_branch(case, author, pull)?;
    let mut seen = Vec::new();
    for domain in domains_above(case.scene, domain) {
        match case.scene.lookup.names_account(&domain, forge, author.id) {
            Known::Yes(saw) => {
                let saw = format!("{saw} names {} (id {}) of {forge}", author.login, author.id);
                return Ok(case.proven(format!("{forge}:{}", author.id), saw));
            }
            Known::Open(saw) => return Err(case.unknown(saw)),
            Known::No(saw) => seen.push(saw),
        }
    }
    let help = format!(
        "add a TXT record at _mcp-publisher.{}: v=MCPPUB1; forge={forge}; id={}",
        domain.as_str(),
        author.id
    );
    Err(case.absent(seen.join("; "), help))
}
