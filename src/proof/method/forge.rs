//! What the forge reports about who opened a pull request and whose repository it comes from.
//!
//! Both must be the same account, by numeric id, since anyone with push access to a branch could add commits
//! after its owner opened the pull request. Only github.com is trusted for `io.github.<login>`.

use crate::config::{self, PinIds, SameRepo};
use crate::diag::Code;
use crate::model::Holder;
use crate::proof::change::EntryKind;
use crate::proof::claim::Identity;
use crate::proof::event::{Account, PullRequest};
use crate::proof::owners::parse_owners;

use super::case::{Case, PROOF, Tried};

/// Returns the forge, whether it is github.com, and the pull request, if the forge reports one.
pub(super) fn attested<'a>(case: &Case<'a>) -> Tried<(&'a str, bool, &'a PullRequest)> {
    match case.scene.identity {
        Identity::Attested { forge, is_github, pull } => Ok((forge, *is_github, pull)),
        Identity::Queue => {
            let saw = "the queue holds pull requests whose authors were judged before they entered";
            Err(case.proven("queue", saw))
        }
        Identity::Nobody(why) => Err(case.absent(why, PROOF)),
        Identity::Unknown(why) => Err(case.unknown(why)),
    }
}

/// Returns who opened the pull request.
pub(super) fn author_of<'a>(
    case: &Case<'_>,
    forge: &str,
    pull: &'a PullRequest,
) -> Tried<&'a Account> {
    pull.author.as_ref().ok_or_else(|| {
        let saw = format!("{forge} does not say who opened the pull request");
        case.refuted(Code::OwnershipNotAttested, saw, PROOF)
    })
}

/// Requires the branch to be the author's own: from a repository of the same account, or from this one
/// where the settings trust that.
pub(super) fn own_branch(case: &Case<'_>, author: &Account, pull: &PullRequest) -> Tried<()> {
    let refuse = |saw: String, help: &str| Err(case.refuted(Code::OwnershipHeadOwner, saw, help));
    match &pull.head_owner {
        Some(owner) if owner.id == author.id => Ok(()),
        _ if pull.is_own_branch() && case.scene.settings.github.same_repo == SameRepo::Trust => {
            Ok(())
        }
        Some(owner) => refuse(
            format!(
                "{} opened the pull request, but its branch is in a repository of {}",
                author.login, owner.login
            ),
            "open it from a fork in your own account, or add a proof file",
        ),
        None => refuse(
            "the repository of the branch is gone".to_owned(),
            "open a new pull request from a fork in your own account",
        ),
    }
}

/// Returns the login of the namespace, the forge and the pull request; the forge must be github.com.
fn on_github<'a>(case: &Case<'a>) -> Tried<(&'a str, &'a str, &'a PullRequest)> {
    let Holder::GitHub(login) = &case.policy.holder else {
        return Err(case.absent("the namespace is not of the form io.github.<login>", PROOF));
    };
    match attested(case)? {
        (forge, true, pull) => Ok((login, forge, pull)),
        (forge, false, _) => {
            let saw = format!("{forge} runs this, and only github.com can confirm its accounts");
            Err(case.refuted(Code::OwnershipNotAttested, saw, PROOF))
        }
    }
}

/// `pr-author`: the account opened the pull request from its own repository.
pub(super) fn pr_author(case: &Case<'_>) -> Tried {
    let (login, forge, pull) = on_github(case)?;
    let author = author_of(case, forge, pull)?;
    let wrong = |saw: String| {
        let help = format!(
            "let {login} open the pull request, or add a proof file made for {login}.github.io"
        );
        Err(case.refuted(Code::OwnershipWrongAuthor, saw, help))
    };
    if !author.is_person() {
        return wrong(format!("{} opened the pull request, which is not a person", author.login));
    }
    let pin = check_pin(case, login, author, pull)?;
    if !author.login.eq_ignore_ascii_case(login) {
        return wrong(format!(
            "{} opened the pull request, but the namespace belongs to {login}",
            author.login
        ));
    }
    own_branch(case, author, pull)?;
    require_own_id(case, author)?;
    let saw = format!(
        "github.com says that {} (id {}) opened pull request {} from their own repository{pin}",
        author.login, author.id, pull.number
    );
    Ok(case.proven(format!("github.com:{}", author.id), saw))
}

/// `head-owner`: the branch is in a repository of the organisation, so its author has push access there.
pub(super) fn head_owner(case: &Case<'_>) -> Tried {
    let (login, _, pull) = on_github(case)?;
    let refuse = |saw: String| {
        let help = format!("open the pull request from a fork that {login} owns");
        Err(case.refuted(Code::OwnershipHeadOwner, saw, help))
    };
    let Some(owner) = &pull.head_owner else {
        return refuse("the repository of the branch is gone".to_owned());
    };
    if owner.kind != "Organization" || !owner.login.eq_ignore_ascii_case(login) {
        return refuse(format!("the branch is in a repository of {}", owner.login));
    }
    let pins = github_ids(written_accounts(case));
    let is_pinned = pins.is_empty() || pins.contains(&owner.id);
    if !is_pinned && case.scene.settings.github.pin_ids != PinIds::Off {
        let saw = format!("{} has id {}, but another id is pinned", owner.login, owner.id);
        let help = "ask a maintainer if the organisation is the rightful one";
        return Err(case.refuted(Code::OwnershipIdChanged, saw, help));
    }
    require_own_id(case, owner)?;
    let opened = pull.author.as_ref().map_or("somebody", |author| author.login.as_str());
    let saw = format!(
        "github.com says that {opened} opened pull request {} from a repository of {} (id {})",
        pull.number, owner.login, owner.id
    );
    Ok(case.proven(format!("github.com:{}", owner.id), saw))
}

/// Returns the accounts in the namespace's owners file.
pub(super) fn written_accounts<'a>(case: &Case<'a>) -> &'a [config::Account] {
    let owners = case.scene.owners_of(&case.claim.namespace);
    owners.map_or(&[], |owners| &owners.accounts)
}

fn github_ids(accounts: &[config::Account]) -> Vec<u64> {
    accounts.iter().filter(|a| a.forge == "github.com").map(|a| a.id).collect()
}

/// Requires a new owners file to pin the account that brings it.
fn require_own_id(case: &Case<'_>, account: &Account) -> Tried<()> {
    let policy = case.scene.settings.github.pin_ids;
    let text = case.claim.owners.as_ref().and_then(|owners| owners.text.as_deref());
    let Some(text) = text.filter(|_| policy != PinIds::Off) else { return Ok(()) };
    // A file that cannot be read is reported with the documents.
    let namespace = case.claim.namespace.to_ascii_lowercase();
    let read = parse_owners("", &namespace, &String::from_utf8_lossy(text));
    let pins = read.map_or(Vec::new(), |owners| github_ids(&owners.accounts));
    if pins.contains(&account.id) || (pins.is_empty() && policy == PinIds::Use) {
        return Ok(());
    }
    let path = case.claim.owners_path();
    let saw = format!("{path} does not name the id of {} ({})", account.login, account.id);
    let help = format!("write [[account]] id = {}, or ask a maintainer", account.id);
    Err(case.refuted(Code::OwnershipIdChanged, saw, help))
}

/// Compares with the pinned ids. Returns what the report adds about the pin when nothing is wrong.
fn check_pin(case: &Case<'_>, login: &str, author: &Account, pull: &PullRequest) -> Tried<String> {
    let (claim, policy) = (case.claim, case.scene.settings.github.pin_ids);
    let is_same = author.login.eq_ignore_ascii_case(login);
    let pins = github_ids(written_accounts(case));
    if policy == PinIds::Off {
        return Ok(String::new());
    }
    if pins.contains(&author.id) {
        if is_same {
            return Ok(", as pinned".to_owned());
        }
        let saw = format!("the pinned account (id {}) is called {} now", author.id, author.login);
        // The account was renamed; its old name is frozen but for the status of what it published.
        let is_status = claim.entries.iter().all(|e| e.change.kind == EntryKind::Status);
        if is_status && claim.owners.is_none() {
            own_branch(case, author, pull)?;
            return Err(case.proven(format!("github.com:{}", author.id), saw));
        }
        let help = format!(
            "publish as io.github.{}; the old name takes status changes only",
            author.login
        );
        return Err(case.refuted(Code::OwnershipIdChanged, saw, help));
    }
    let path = claim.owners_path();
    match pins.is_empty() {
        false if is_same => Err(case.refuted(
            Code::OwnershipIdChanged,
            format!(
                "{} has id {}, but another account of that name is pinned",
                author.login, author.id
            ),
            "the login changed hands; ask a maintainer if the account is the rightful one",
        )),
        false => Ok(String::new()),
        true if is_same && policy == PinIds::Require && claim.owners.is_none() => {
            let saw = format!("no account id is pinned for {}", claim.namespace);
            let help = format!(
                "add {path} with namespace = {:?} and [[account]] id = {}, login = {:?}",
                claim.namespace, author.id, author.login
            );
            Err(case.refuted(Code::OwnershipPinMissing, saw, help))
        }
        true => Ok(format!("; its id is not pinned yet ({path})")),
    }
}
