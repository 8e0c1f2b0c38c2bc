//! Commits: signed with a key of the domain, or written by a named author.

use crate::config::Method;
use crate::diag::Code;
use crate::error::Result;
use crate::model::Holder;
use crate::model::pattern::matches;
use crate::proof::claim::{Claim, Scene};
use crate::proof::lookup::Known;
use crate::proof::policy::Policy;
use crate::proof::verdict::Attempt;

use super::file;

/// `commit-signature`: a commit of the change holds the namespace exactly as it is left, builds on the
/// last change of it, was made for this registry, and is signed with a key that the domain lists.
pub(super) fn signature(claim: &Claim, policy: &Policy<'_>, scene: &Scene<'_>) -> Result<Attempt> {
    const METHOD: Method = Method::CommitSignature;
    const HELP: &str = "sign the last commit with the domain's key (`git commit -S`, see `mcp-static sign key show`), or add a proof file";
    let Holder::Domain(domain) = &policy.holder else {
        return Ok(Attempt::absent(METHOD, "the namespace is not a domain's", HELP));
    };
    if claim.owners.is_some() {
        // The owners file lies outside the namespace's folder, so no tree id speaks for it.
        let saw = "a commit's signature does not speak for an owners file";
        return Ok(Attempt::absent(METHOD, saw, "add a proof: `mcp-static sign owners NAMESPACE`"));
    }
    let mut refused = None;
    for signed in scene.commits.signed(&claim.namespace)? {
        let short: String = signed.commit.chars().take(12).collect();
        let refuse = |code, saw: String| Some(Attempt::refuted(METHOD, code, saw, HELP));
        let key = match signed.signer {
            Ok(key) => key,
            Err(why) => {
                let saw = format!("the signature of commit {short} does not count: {why}");
                refused = refused.or(refuse(Code::OwnershipBadSignature, saw));
                continue;
            }
        };
        if !signed.same_content {
            let saw =
                format!("commit {short} is signed, but other commits changed {}", claim.namespace);
            refused = refused.or(refuse(Code::OwnershipStaleCommit, saw));
        } else if !signed.current {
            let saw = format!(
                "signed commit {short} does not build on the last change of {}; rebase it and sign again",
                claim.namespace
            );
            refused = refused.or(refuse(Code::OwnershipStaleCommit, saw));
        } else if !signed.for_this_registry {
            let saw = format!("signed commit {short} does not name this registry");
            let help = for_this_registry(scene.audiences);
            let attempt = Attempt::refuted(METHOD, Code::OwnershipAudience, saw, help);
            refused = refused.or(Some(attempt));
        } else if let Some(attempt) = file::key_objection(METHOD, claim, scene, &key) {
            refused = refused.or(Some(attempt));
        } else {
            match file::standing(scene, domain, &key) {
                Known::Yes(saw) => {
                    let saw = format!("commit {short} is signed with {}; {saw}", key.fingerprint());
                    let subject = format!("domain:{}", domain.as_str());
                    return Ok(Attempt::proven(METHOD, subject, saw));
                }
                Known::Open(saw) => return Ok(Attempt::unknown(METHOD, saw)),
                Known::No(saw) => {
                    let saw = format!(
                        "commit {short} is signed with {}, which the domain does not list: {saw}",
                        key.fingerprint()
                    );
                    refused = refused.or(refuse(Code::OwnershipKeyNotListed, saw));
                }
            }
        }
    }
    Ok(refused.unwrap_or_else(|| {
        Attempt::absent(METHOD, "no commit of the change is signed with SSH", HELP)
    }))
}

/// How a commit is made for this registry.
fn for_this_registry(audiences: &[String]) -> String {
    match audiences.first() {
        Some(own) => format!(
            "rebase it onto the published branch, whose registry.toml names the registry, or sign it with the line \"MCP-Registry: {own}\" (`git commit -S --trailer \"MCP-Registry: {own}\"`)"
        ),
        None => "set [registry] id in registry.toml first, so that a commit can be made for this registry".to_owned(),
    }
}

/// `commit-author`: every commit of the change claims an author whom a rule names. It proves nothing,
/// since anybody can write any author; a private registry may say that it is enough.
pub(super) fn author(claim: &Claim, policy: &Policy<'_>, scene: &Scene<'_>) -> Result<Attempt> {
    const METHOD: Method = Method::CommitAuthor;
    let authors = scene.commits.authors()?;
    let named = |author: &&String| {
        let author = author.to_lowercase();
        let (name, address) = author.rsplit_once(" <").unwrap_or((&author, ""));
        let address = address.trim_end_matches('>');
        policy.authors.iter().any(|pattern| {
            let pattern = pattern.to_lowercase();
            matches(&pattern, name) || matches(&pattern, address)
        })
    };
    match authors.iter().find(|author| !named(author)) {
        _ if authors.is_empty() => {
            Ok(Attempt::absent(METHOD, "the change has no commits", "commit it"))
        }
        None => {
            let saw = format!(
                "every commit claims an author whom the rule for {} names; anyone can write that",
                claim.namespace
            );
            Ok(Attempt::proven(METHOD, format!("author:{}", authors[0]), saw))
        }
        Some(other) => Ok(Attempt::refuted(
            METHOD,
            Code::OwnershipWrongAuthor,
            format!("a commit claims the author {other}, whom no rule names"),
            "let a named author commit it, or add a proof file",
        )),
    }
}
