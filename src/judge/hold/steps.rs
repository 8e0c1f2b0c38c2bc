//! The commits of the published branch, and who is behind each.

use std::collections::HashSet;

use crate::config::Trust;
use crate::error::{Error, ErrorKind, Result};
use crate::proof::Identity;
use crate::proof::event::{Event, PullRequest};
use crate::world::git::{Git, Oid};

use crate::judge::changeset::{ChangeSet, read_settings, short};
use crate::judge::types::Network;
use crate::judge::verdict::trust;

/// Returns the commit that founded the registry: the first of the line that has the data folder and settings
/// that can be read.
pub(super) fn founding(git: &Git, prefix: &str, head: Oid) -> Result<Oid> {
    for commit in git.first_parents(head)?.into_iter().rev() {
        if git.entry(commit, prefix)?.is_some() && read_settings(git, prefix, commit).is_ok() {
            return Ok(commit);
        }
    }
    Ok(head)
}

/// Returns the steps from `base` to `head`, oldest first: what was there before each, and its commit.
pub(super) fn steps(git: &Git, base: Oid, head: Oid) -> Result<Vec<(Oid, Oid)>> {
    if base == head {
        return Ok(Vec::new());
    }
    let mut holding: HashSet<Oid> = HashSet::from([base]);
    for commit in git.ancestry(base)?.add(git, head)? {
        if commit.parents.iter().any(|parent| holding.contains(parent)) {
            holding.insert(commit.id);
        }
    }
    if !holding.contains(&head) {
        let doing = format!("commit {base}, which is deployed, is not in the history of {head}");
        return Err(Error::new(ErrorKind::Usage, doing)
            .help("use a base that is; if history was rewritten on purpose, delete the ref refs/mcp-static/deployed"));
    }
    let line = git.first_parents(head)?;
    let line: Vec<Oid> =
        line.into_iter().take_while(|c| *c != base && holding.contains(c)).collect();
    // A merge whose first parent does not have the base is compared with the base itself.
    let before = |at: usize| line.get(at + 1).copied().unwrap_or(base);
    Ok((0..line.len()).rev().map(|at| (before(at), line[at])).collect())
}

/// Returns who is behind a commit of the published branch, as far as the forge still reports it.
pub(super) fn identity(
    set: &ChangeSet<'_>,
    event: Option<&Event>,
    commit: Oid,
    network: &dyn Network,
) -> Identity {
    let settings = &set.config.ownership;
    if set.change.entries.is_empty() && set.change.owners.is_empty() {
        return Identity::Nobody("nothing has to be proven".to_owned());
    }
    let Some(event) = event.filter(|_| trust(settings, event) == Trust::Proof) else {
        return Identity::Nobody("no event of a forge is known".to_owned());
    };
    let commit = commit.to_string();
    let published = settings.branch.as_ref().or(event.default_branch.as_ref());
    match network.pulls_of(&commit) {
        Err(why) => Identity::Unknown(why),
        Ok(pulls) => {
            let is_merged = |pull: &PullRequest| {
                pull.merged_as.as_deref() == Some(commit.as_str())
                    && published.is_none_or(|branch| *branch == pull.base_branch)
            };
            let (forge, is_github) = (event.forge.clone(), event.is_github);
            match pulls.into_iter().find(is_merged) {
                Some(pull) => Identity::Attested { forge, is_github, pull: Box::new(pull) },
                None => Identity::Nobody(format!(
                    "{forge} knows no pull request that was merged as commit {}",
                    short(&commit)
                )),
            }
        }
    }
}
