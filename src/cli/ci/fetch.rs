//! The step `fetch`: the commits of a change, as git objects in a bare repository.
//!
//! Base and head come from the forge's event only, and nothing is checked out. The change may be a stranger's, so
//! this step reads no file of it: with the token it only runs `git fetch`.

use crate::error::{Error, ErrorKind, Result};
use crate::proof::event::{Event, Happening};
use crate::text::{is_lower_hex, shorten};
use crate::world::git::{Git, Oid};

use super::super::args::ci::BranchArgs;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::super::verify::event;
use super::change::{Fetched, Verdict};
use super::job::{Job, required};
use super::output::Output;

/// The bare repository in the work folder.
pub(super) const REPOSITORY: &str = "registry.git";

/// The reference of the change's last commit in it.
const HEAD: &str = "refs/mcp-static/head";

/// A change as the event describes it.
struct Change {
    /// Number of the pull request.
    number: Option<u64>,
    /// Id of its last commit.
    head: String,
    /// Reference at which the forge has that commit.
    head_ref: String,
    /// Id of the commit that it is to be merged onto, where the event names one.
    base: Option<String>,
    /// Branch that it is to be merged into.
    onto: String,
}

/// Fetches base and head of the event's change.
pub(super) fn run(args: &BranchArgs, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    job.clear(&[REPOSITORY, "fetched.json", "report.json", "preview"])?;
    let event = event(None)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "GITHUB_EVENT_PATH is not set")
            .help("the forge sets it to the file with the event of the job")
    })?;
    let change = change(job, &event)?;
    let branch = args.branch.clone().or_else(|| event.default_branch.clone());
    let branch = branch.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "the event does not name the default branch")
            .help("name the publishing branch with --branch")
    })?;
    let mut fetched =
        Fetched { number: change.number, head: change.head.clone(), base: None, verdict: None };
    let base = if change.onto == branch {
        fetch(job, &change, &branch, talk)?
    } else {
        Err(Verdict::OtherBranch)
    };
    match base {
        Ok(base) => fetched.base = Some(base.to_string()),
        Err(verdict) => fetched.verdict = Some(verdict),
    }
    fetched.write(out)?;
    let Some(verdict) = fetched.verdict else {
        talk.say(&format!("fetched commit {} for branch {branch}", fetched.head));
        return Ok(Outcome::Fine);
    };
    out.summary(verdict.sentence())?;
    out.error(verdict.sentence());
    fetched.end(out, verdict)
}

/// Reads the change from the event.
fn change(job: &Job, event: &Event) -> Result<Change> {
    let name = match job.is_like_github() {
        true => required("GITHUB_EVENT_NAME")?,
        false => "pull_request".to_owned(), // GitLab has no other event with a merge request
    };
    let wrong = |why: &str| Error::new(ErrorKind::Usage, why.to_owned());
    let change = match (name.as_str(), &event.what) {
        ("pull_request" | "pull_request_target", Happening::PullRequest(pull)) => {
            let head_ref = match job.is_like_github() {
                true => format!("refs/pull/{}/head", pull.number),
                false => format!("refs/merge-requests/{}/head", pull.number),
            };
            let (number, head, onto) = (Some(pull.number), pull.head.clone(), &pull.base_branch);
            Change { number, head, head_ref, base: None, onto: onto.clone() }
        }
        ("merge_group", Happening::MergeGroup(group)) => {
            let onto = group.base_ref.strip_prefix("refs/heads/").unwrap_or_default();
            Change {
                number: None,
                head: group.head.clone(),
                head_ref: group.head_ref.clone(),
                base: Some(group.base.clone()),
                onto: onto.to_owned(),
            }
        }
        _ => {
            return Err(wrong("the event is not a pull request or merge group").help(
                "run this step only for the events pull_request, pull_request_target and merge_group; on GitLab in merge request pipelines",
            ));
        }
    };
    if !is_lower_hex(&change.head, 40) {
        return Err(wrong("the event does not name a head commit"));
    }
    if change.base.as_ref().is_some_and(|base| !is_lower_hex(base, 40)) {
        return Err(wrong("the event does not name a base commit"));
    }
    Ok(change)
}

/// Fetches the publishing branch and the change; returns the commit that it is to be merged into.
fn fetch(job: &Job, change: &Change, branch: &str, talk: &Talk) -> Result<Result<Oid, Verdict>> {
    let folder = job.at(REPOSITORY);
    let base_ref = reference(&format!("refs/heads/{branch}"))?;
    let head_ref = reference(&change.head_ref)?;
    let remote = job.remote(false)?;
    let git = Git::init_bare(&folder)?;
    let specs = [format!("+{base_ref}:{base_ref}"), format!("+{head_ref}:{HEAD}")];
    if let Err(error) = remote.fetch(&folder, &specs.each_ref().map(String::as_str)) {
        if error.kind() != ErrorKind::Indeterminate {
            return Err(error);
        }
        talk.error(&error);
        return Ok(Err(Verdict::NotFetched));
    }
    if git.resolve(HEAD)?.to_string() != change.head {
        return Ok(Err(Verdict::Outdated));
    }
    git.resolve(change.base.as_deref().unwrap_or(&base_ref)).map(Ok)
}

/// Checks a reference before it becomes a part of git's arguments.
fn reference(name: &str) -> Result<String> {
    let is_plain = |b: u8| b.is_ascii_graphic() && !b":*?[\\^~".contains(&b);
    let mut parts = name.strip_prefix("refs/").unwrap_or_default().split('/');
    let is_part =
        |part: &str| !part.is_empty() && !part.starts_with(['-', '.']) && !part.ends_with('.');
    if name.bytes().all(is_plain) && !name.contains("..") && parts.all(is_part) {
        return Ok(name.to_owned());
    }
    let what = format!("{:?} is not a reference that can be fetched", shorten(name));
    Err(Error::new(ErrorKind::Usage, what)
        .help("branch names are ASCII here, and no part begins with a dot or a hyphen"))
}
