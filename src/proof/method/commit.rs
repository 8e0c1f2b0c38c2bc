//! Commits: signed with a key of the domain, or written by a named author.

use crate::diag::Code;
use crate::error::Result;
use crate::model::pattern::matches;
use crate::model::{Domain, Holder};
use crate::proof::claim::Signed;
use crate::proof::lookup::Known;
use crate::proof::verdict::Ending;

use super::case::{Case, OWNERS_PROOF, Tried};
use super::file;

const HELP: &str = "sign the last commit with the domain's key (`git commit -S`, see `mcp-static sign key show`), or add a proof file";

/// `commit-signature`: a commit of the change holds the namespace exactly as the change leaves it, builds on
/// its last change, was made for this registry, and is signed with a key that the domain lists.
pub(super) fn signature(case: &Case<'_>) -> Result<Tried> {
    let Holder::Domain(domain) = &case.policy.holder else {
        return Ok(Err(case.absent("the namespace is not a domain's", HELP)));
    };
    if case.claim.owners.is_some() {
        // The owners file is outside the namespace's folder, so the folder's tree id does not cover it.
        let saw = "a commit's signature does not cover an owners file";
        return Ok(Err(case.absent(saw, OWNERS_PROOF)));
    }
    let mut refused = None;
    for signed in case.scene.commits.signed(&case.claim.namespace)? {
        match signed_commit(case, domain, signed) {
            Err(attempt) if matches!(attempt.ending, Ending::Refuted { .. }) => {
                refused.get_or_insert(attempt);
            }
            decided => return Ok(decided),
        }
    }
    let saw = "no commit of the change is signed with SSH";
    Ok(Err(refused.unwrap_or_else(|| case.absent(saw, HELP))))
}

fn signed_commit(case: &Case<'_>, domain: &Domain, signed: Signed) -> Tried {
    let namespace = &case.claim.namespace;
    let short: String = signed.commit.chars().take(12).collect();
    let refuse = |code, saw: String| Err(case.refuted(code, saw, HELP));
    let key = match signed.signer {
        Ok(key) => key,
        Err(why) => {
            let saw = format!("the signature of commit {short} does not count: {why}");
            return refuse(Code::OwnershipBadSignature, saw);
        }
    };
    if !signed.same_content {
        let saw = format!("commit {short} is signed, but other commits changed {namespace}");
        return refuse(Code::OwnershipStaleCommit, saw);
    }
    if !signed.current {
        let saw = format!(
            "signed commit {short} does not build on the last change of {namespace}; rebase it and sign again"
        );
        return refuse(Code::OwnershipStaleCommit, saw);
    }
    if !signed.for_this_registry {
        let saw = format!("signed commit {short} does not name this registry");
        let help = match case.scene.audiences.first() {
            Some(own) => format!(
                "rebase it onto the published branch, whose registry.toml names the registry, or sign it with the line \"MCP-Registry: {own}\" (`git commit -S --trailer \"MCP-Registry: {own}\"`)"
            ),
            None => "set [registry] id in registry.toml first, so that a commit can be made for this registry".to_owned(),
        };
        return Err(case.refuted(Code::OwnershipAudience, saw, help));
    }
    file::check_key(case, &key)?;
    let print = key.fingerprint();
    match file::listed(case.scene, domain, &key) {
        Known::Yes(saw) => {
            let saw = format!("commit {short} is signed with {print}; {saw}");
            Ok(case.proven(format!("domain:{}", domain.as_str()), saw))
        }
        Known::Open(saw) => Err(case.unknown(saw)),
        Known::No(saw) => refuse(
            Code::OwnershipKeyNotListed,
            format!("commit {short} is signed with {print}, which the domain does not list: {saw}"),
        ),
    }
}

/// `commit-author`: every commit of the change claims an author whom a rule names. It proves nothing,
/// since anyone can write any author; a private registry may accept it.
pub(super) fn author(case: &Case<'_>) -> Result<Tried> {
    let authors = case.scene.commits.authors()?;
    let Some(first) = authors.first() else {
        return Ok(Err(case.absent("the change has no commits", "commit it")));
    };
    let is_named = |author: &&String| {
        let author = author.to_lowercase();
        let (name, address) = author.rsplit_once(" <").unwrap_or((&author, ""));
        let address = address.trim_end_matches('>');
        case.policy.authors.iter().any(|pattern| {
            let pattern = pattern.to_lowercase();
            matches(&pattern, name) || matches(&pattern, address)
        })
    };
    Ok(match authors.iter().find(|author| !is_named(author)) {
        None => {
            let saw = format!(
                "every commit claims an author whom the rule for {} names; anyone can write that",
                case.claim.namespace
            );
            Ok(case.proven(format!("author:{first}"), saw))
        }
        Some(other) => Err(case.refuted(
            Code::OwnershipWrongAuthor,
            format!("a commit claims the author {other}, whom no rule names"),
            "let a named author commit it, or add a proof file",
        )),
    })
}
