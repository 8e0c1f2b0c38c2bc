//! What the forge reports about who opened a pull request and whose repository it comes from.
//!
//! Both must be the same account, by numeric id, since anyone with push access to a branch could add commits
//! after its owner opened the pull request. Only github.com is trusted for `io.github.<login>`.

use crate::config::{Method, PinIds};
use crate::diag::Code;
use crate::error::Result;
use crate::model::Holder;
use crate::proof::change::EntryKind;
use crate::proof::claim::{Claim, Identity, Scene};
use crate::proof::event::{Account, PullRequest};
use crate::proof::owners::parse_owners;
use crate::proof::policy::Policy;
use crate::proof::verdict::Attempt;

/// What github.com says, if it is the forge and says anything.
pub(super) fn attested<'a>(
    method: Method,
    scene: &'a Scene<'_>,
) -> std::result::Result<(&'a str, bool, &'a PullRequest), Attempt> {
    let proof = "add a proof file: `mcp-static sign entry NAME@VERSION`";
    match scene.identity {
        Identity::Attested { forge, is_github, pull } => Ok((forge, *is_github, pull)),
        Identity::Queue => {
            let saw = "the queue holds pull requests whose authors were judged before they entered";
            Err(Attempt::proven(method, "queue", saw))
        }
        Identity::Nobody(why) => Err(Attempt::absent(method, why.clone(), proof)),
        Identity::Unknown(why) => Err(Attempt::unknown(method, why.clone())),
    }
}

/// Whether the branch is the author's own: from a repository of the same account, or from this one
/// where the settings trust that.
pub(super) fn own_branch(
    method: Method,
    scene: &Scene<'_>,
    author: &Account,
    pull: &PullRequest,
) -> std::result::Result<(), Attempt> {
    let refuse = |saw: String, help: &str| {
        Err(Attempt::refuted(method, Code::OwnershipHeadOwner, saw, help))
    };
    match &pull.head_owner {
        Some(owner) if owner.id == author.id => Ok(()),
        _ if pull.is_own_branch() && scene.settings.same_repo => Ok(()),
        Some(owner) => refuse(
            format!(
                "{} opened the pull request, but its branch lives in a repository of {}",
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

/// `pr-author`: the account opened the pull request from its own repository.
pub(super) fn pr_author(claim: &Claim, policy: &Policy<'_>, scene: &Scene<'_>) -> Result<Attempt> {
    Ok(author_of(claim, policy, scene).unwrap_or_else(|attempt| attempt))
}

fn author_of(
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> std::result::Result<Attempt, Attempt> {
    const METHOD: Method = Method::PrAuthor;
    let login = login(METHOD, policy)?;
    let (forge, is_github, pull) = attested(METHOD, scene)?;
    only_github(METHOD, forge, is_github)?;
    let Some(author) = &pull.author else {
        let saw = format!("{forge} does not say who opened the pull request");
        return Err(Attempt::refuted(METHOD, Code::OwnershipNotAttested, saw, PROOF));
    };
    let wrong = |saw: String| {
        let help = format!(
            "let {login} open the pull request, or add a proof file made for {login}.github.io"
        );
        Err(Attempt::refuted(METHOD, Code::OwnershipWrongAuthor, saw, help))
    };
    if !author.is_person() {
        return wrong(format!("{} opened the pull request, which is not a person", author.login));
    }
    let pin = pin(claim, scene, login, author, pull)?;
    if !author.login.eq_ignore_ascii_case(login) {
        return wrong(format!(
            "{} opened the pull request, but the namespace belongs to {login}",
            author.login
        ));
    }
    own_branch(METHOD, scene, author, pull)?;
    states_own_id(METHOD, claim, scene, author)?;
    let saw = format!(
        "github.com says that {} (id {}) opened pull request {} from their own repository{pin}",
        author.login, author.id, pull.number
    );
    Ok(Attempt::proven(METHOD, format!("github.com:{}", author.id), saw))
}

const PROOF: &str = "add a proof file: `mcp-static sign entry NAME@VERSION`";

fn login<'a>(method: Method, policy: &'a Policy<'_>) -> std::result::Result<&'a str, Attempt> {
    match &policy.holder {
        Holder::GitHub(login) => Ok(login),
        _ => {
            let saw = "the namespace is not of the form io.github.<login>";
            Err(Attempt::absent(method, saw, PROOF))
        }
    }
}

fn only_github(method: Method, forge: &str, is_github: bool) -> std::result::Result<(), Attempt> {
    if is_github {
        return Ok(());
    }
    let saw = format!("{forge} runs this, and only github.com speaks for its accounts");
    Err(Attempt::refuted(method, Code::OwnershipNotAttested, saw, PROOF))
}

/// Requires a new owners file to pin the account that brings it.
fn states_own_id(
    method: Method,
    claim: &Claim,
    scene: &Scene<'_>,
    account: &Account,
) -> std::result::Result<(), Attempt> {
    let text = claim.owners.as_ref().and_then(|owners| owners.text.as_deref());
    let (Some(text), false) = (text, scene.settings.pin_ids == PinIds::Off) else { return Ok(()) };
    let namespace = claim.namespace.to_ascii_lowercase();
    // What cannot be read is said where documents are judged.
    let read = parse_owners("", &namespace, &String::from_utf8_lossy(text));
    let pins: Vec<u64> = read.map_or(Vec::new(), |owners| github_ids(&owners.accounts));
    if pins.contains(&account.id) || (pins.is_empty() && scene.settings.pin_ids == PinIds::Use) {
        return Ok(());
    }
    let saw = format!(
        "owners/{namespace}.toml does not name the id of {} ({})",
        account.login, account.id
    );
    let help = format!("write [[account]] id = {}, or ask a maintainer", account.id);
    Err(Attempt::refuted(method, Code::OwnershipIdChanged, saw, help))
}

/// The ids of accounts of github.com.
fn github_ids(accounts: &[crate::config::Account]) -> Vec<u64> {
    accounts.iter().filter(|a| a.forge == "github.com").map(|a| a.id).collect()
}

/// Compares with the pinned ids; what is said about the pin when all is well.
fn pin(
    claim: &Claim,
    scene: &Scene<'_>,
    login: &str,
    author: &Account,
    pull: &PullRequest,
) -> std::result::Result<String, Attempt> {
    let same = author.login.eq_ignore_ascii_case(login);
    let accounts = scene.owners_of(&claim.namespace).map_or(&[][..], |owners| &owners.accounts);
    let pins = github_ids(accounts);
    let refuse =
        |code, saw: String, help: String| Err(Attempt::refuted(Method::PrAuthor, code, saw, help));
    match (scene.settings.pin_ids, pins.contains(&author.id)) {
        (PinIds::Off, _) => Ok(String::new()),
        (_, true) if same => Ok(", as pinned".to_owned()),
        (_, true)
            if claim.entries.iter().all(|e| e.change.kind == EntryKind::Status)
                && claim.owners.is_none() =>
        {
            // The account was renamed; its old name is frozen but for the status of what it published.
            own_branch(Method::PrAuthor, scene, author, pull)?;
            let saw =
                format!("the pinned account (id {}) is called {} now", author.id, author.login);
            Err(Attempt::proven(Method::PrAuthor, format!("github.com:{}", author.id), saw))
        }
        (_, true) => refuse(
            Code::OwnershipIdChanged,
            format!("the pinned account (id {}) is called {} now", author.id, author.login),
            format!(
                "publish as io.github.{}; the old name takes status changes only",
                author.login
            ),
        ),
        (_, false) if !pins.is_empty() && same => refuse(
            Code::OwnershipIdChanged,
            format!(
                "{} has id {}, but another account of that name is pinned",
                author.login, author.id
            ),
            "the login changed hands; ask a maintainer if the account is the rightful one"
                .to_owned(),
        ),
        (PinIds::Require, false) if pins.is_empty() && claim.owners.is_none() && same => refuse(
            Code::OwnershipPinMissing,
            format!("no account id is pinned for {}", claim.namespace),
            format!(
                "add owners/{}.toml with namespace = {:?} and [[account]] id = {}, login = {:?}",
                claim.namespace.to_ascii_lowercase(),
                claim.namespace,
                author.id,
                author.login
            ),
        ),
        (_, false) if pins.is_empty() => Ok(format!(
            "; its id is not pinned yet (owners/{}.toml)",
            claim.namespace.to_ascii_lowercase()
        )),
        (_, false) => Ok(String::new()),
    }
}

/// `head-owner`: the branch is in a repository of the organisation, so its author has push access there.
pub(super) fn head_owner(claim: &Claim, policy: &Policy<'_>, scene: &Scene<'_>) -> Result<Attempt> {
    Ok(owner_of(claim, policy, scene).unwrap_or_else(|attempt| attempt))
}

fn owner_of(
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> std::result::Result<Attempt, Attempt> {
    const METHOD: Method = Method::HeadOwner;
    let login = login(METHOD, policy)?;
    let (forge, is_github, pull) = attested(METHOD, scene)?;
    only_github(METHOD, forge, is_github)?;
    let refuse = |saw: String| {
        let help = format!("open the pull request from a fork that {login} owns");
        Err(Attempt::refuted(METHOD, Code::OwnershipHeadOwner, saw, help))
    };
    let Some(owner) = &pull.head_owner else {
        return refuse("the repository of the branch is gone".to_owned());
    };
    if owner.kind != "Organization" || !owner.login.eq_ignore_ascii_case(login) {
        return refuse(format!("the branch lives in a repository of {}", owner.login));
    }
    let written = scene.owners_of(&claim.namespace);
    let pins = written.map_or(Vec::new(), |owners| github_ids(&owners.accounts));
    let pinned = pins.is_empty() || pins.contains(&owner.id);
    if !pinned && scene.settings.pin_ids != PinIds::Off {
        let saw = format!("{} has id {}, but another id is pinned", owner.login, owner.id);
        let help = "ask a maintainer if the organisation is the rightful one";
        return Err(Attempt::refuted(METHOD, Code::OwnershipIdChanged, saw, help));
    }
    states_own_id(METHOD, claim, scene, owner)?;
    let opened = pull.author.as_ref().map_or("somebody", |author| author.login.as_str());
    let saw = format!(
        "github.com says that {opened} opened pull request {} from a repository of {} (id {})",
        pull.number, owner.login, owner.id
    );
    Ok(Attempt::proven(METHOD, format!("github.com:{}", owner.id), saw))
}
