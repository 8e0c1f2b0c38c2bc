//! Accounts that maintainers, or a proven owner, wrote down.

use crate::config::Account;
use crate::diag::Code;

use super::case::{Case, OWNERS_PROOF, Tried};
use super::forge::{attested, author_of, own_branch, written_accounts};

/// `owners-file`: an account of the namespace's owners file, or of a rule, opened the pull request.
/// An account of another host never matches, even under the same login.
pub(super) fn owners_file(case: &Case<'_>) -> Tried {
    let namespace = &case.claim.namespace;
    if case.claim.owners.is_some() {
        let saw = "being named in an owners file does not allow changing it";
        return Err(case.absent(saw, OWNERS_PROOF));
    }
    let accounts: Vec<&Account> =
        written_accounts(case).iter().chain(case.policy.accounts).collect();
    if accounts.is_empty() {
        let saw = format!("no account is listed for {namespace}");
        let help = format!("add {} in a separate pull request", case.claim.owners_path());
        return Err(case.absent(saw, help));
    }
    let (forge, _, pull) = attested(case)?;
    let author = author_of(case, forge, pull)?;
    let is_author =
        |account: &&Account| account.forge.eq_ignore_ascii_case(forge) && account.id == author.id;
    let who = format!("{} (id {}) of {forge} opened", author.login, author.id);
    if !author.is_person() || !accounts.iter().any(is_author) {
        let saw =
            format!("{who} the pull request and is not one of the accounts listed for {namespace}");
        let help = "let one of them open it, or have the account added";
        return Err(case.refuted(Code::OwnershipWrongAuthor, saw, help));
    }
    own_branch(case, author, pull)?;
    let saw = format!("{who} pull request {} and is written down for {namespace}", pull.number);
    Ok(case.proven(format!("{forge}:{}", author.id), saw))
}
