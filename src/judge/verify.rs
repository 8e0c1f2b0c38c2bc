//! Judges a proposed change: from two commits to one verdict.

use crate::error::{Error, ErrorKind, Result};
use crate::proof::Identity;
use crate::proof::event::{Event, Happening};

use super::changeset::{ChangeSet, short};
use super::repository::{Opened, open, uncommitted};
use super::types::{Judged, Network, VerifyOptions};
use super::verdict::judge;

/// Judges one change.
///
/// # Errors
/// When the repository cannot be read, hides what is needed, or the event is about another commit.
pub fn verify(options: &VerifyOptions, network: &dyn Network) -> Result<Judged> {
    let Opened { git, prefix, base, head } = open(options)?;
    let pull = options.event.as_ref().and_then(Event::pull_request);
    if let Some(pull) = pull.filter(|pull| pull.head != head.to_string()) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("the event is about commit {}, but {head} is judged", short(&pull.head)),
        )
        .help("judge the head that the event names; a newer push starts its own run"));
    }
    let set = ChangeSet::read(&git, &prefix, base, head)?;
    let event = options.event.as_ref();
    let mut judged = judge(&set, event, &identity(event), network, &options.levels)?;
    judged.report.extend(uncommitted(&git, &prefix, head)?);
    Ok(judged)
}

/// Returns who is behind the change, by the event.
fn identity(event: Option<&Event>) -> Identity {
    match event {
        None => Identity::Nobody("no event of a forge is known".to_owned()),
        Some(event) => match &event.what {
            Happening::PullRequest(pull) if pull.author.is_some() => Identity::Attested {
                forge: event.forge.clone(),
                is_github: event.is_github,
                pull: pull.clone(),
            },
            Happening::PullRequest(_) => Identity::Nobody(format!(
                "{} does not say who opened the pull request",
                event.forge
            )),
            Happening::MergeGroup(_) => Identity::Queue,
            Happening::Push | Happening::Other => {
                Identity::Nobody("the event is not about a pull request".to_owned())
            }
        },
    }
}
