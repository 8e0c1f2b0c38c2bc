//! The steps `request draft` and `request open`: an issue that asks for a server becomes a pull request.
//!
//! `draft` reads the issue without any token, and passes on what it made of it. `open` has the token, and reads nothing
//! of the issue but what `draft` passed on. A maintainer starts both by setting a label.

mod draft;
mod entry;
mod form;
mod open;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::proof::event::MAX_EVENT;
use crate::text::shorten;
use crate::world::file;
use crate::world::forge::ForgeKind;

use super::super::args::Global;
use super::super::args::ci::RequestArgs;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::job::{Job, required};

/// The label that a maintainer sets to have a request turned into a pull request.
const LABEL: &str = "add-server";

/// Name of the result of `draft`.
const PASSED: &str = "request";

/// What `draft` made of an issue.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Draft {
    /// Number of the issue.
    issue: u64,
    /// Title of the pull request.
    title: String,
    /// Path of the new file in the repository.
    path: String,
    /// Content of the new file.
    text: String,
    /// Why there is no pull request to open; the other texts may then be empty.
    problems: Vec<String>,
    /// Why the server should be in the registry, in the author's words.
    why: String,
    /// Who is responsible for the server, in the author's words.
    owner: String,
}

/// The parts of the event that are read.
#[derive(Debug, Deserialize)]
struct Labeled {
    action: String,
    /// The label that was set; Forgejo does not name it.
    label: Option<Label>,
    issue: Issue,
    repository: Repository,
}

#[derive(Debug, Deserialize)]
struct Label {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Issue {
    number: u64,
    body: Option<String>,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize)]
struct Repository {
    default_branch: String,
}

/// Runs one part.
pub(super) fn run(global: &Global, args: &RequestArgs, job: &Job, talk: &Talk) -> Result<Outcome> {
    if args.part == "open" {
        let event = Labeled::read(job)?;
        return open::run(global, job, talk, &event);
    }
    job.refuse_tokens()?;
    draft::run(global, job, talk, &Labeled::read(job)?)
}

impl Labeled {
    /// Reads the event of the job.
    ///
    /// # Errors
    /// When it is not the label of a request.
    fn read(job: &Job) -> Result<Self> {
        let other = || {
            Error::new(
                ErrorKind::Usage,
                format!("this event is not the label `{LABEL}` on an issue"),
            )
            .help("run `ci request` in a workflow for the event `issues` of the type `labeled`")
        };
        if job.forge == ForgeKind::GitLab {
            return Err(Error::new(ErrorKind::Usage, "GitLab runs no pipeline for an issue")
                .help("add the server with a merge request"));
        }
        let path = required("GITHUB_EVENT_PATH")?;
        let limit = u64::try_from(MAX_EVENT).unwrap_or(u64::MAX);
        let payload = file::read(path.as_ref(), limit)
            .map_err(|e| Error::io("the event of the forge cannot be read", &path, e))?;
        let event: Self = serde_json::from_slice(&payload)
            .map_err(|e| other().because(shorten(&e.to_string()).into_owned()))?;
        let is_ours = |label: &Label| label.name == LABEL;
        let is_request = match event.action.as_str() {
            "labeled" => event.label.as_ref().is_some_and(is_ours),
            "label_updated" if job.forge == ForgeKind::Forgejo => {
                event.issue.labels.iter().any(is_ours)
            }
            _ => false,
        };
        if is_request && event.issue.number > 0 { Ok(event) } else { Err(other()) }
    }
}
