//! The step `request open`: a branch with the new entry, its pull request, and one comment in the issue.

use crate::error::{Error, ErrorKind, Result};
use crate::text::{escape_markdown as escape, markdown_span as span};
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::forge::{Forge, ForgeKind, NewChange, Subject};
use crate::world::git::Git;

use super::super::super::args::Global;
use super::super::super::outcome::Outcome;
use super::super::super::talk::Talk;
use super::super::forge::{failed, open, unopened};
use super::super::job::Job;
use super::super::output::passed;
use super::super::report::comment;
use super::draft::taken;
use super::entry::Entry;
use super::{Draft, LABEL, Labeled, PASSED};

/// The line by which our comment in the issue is found again.
const MARKER: &str = "<!-- mcp-static request -->";

/// The bare repository in the work folder.
const REPOSITORY: &str = "request.git";

/// The default branch in it.
const BASE: &str = "refs/mcp-static/base";

/// Most lines of the author's reasons that the pull request shows.
const MAX_LINES: usize = 40;

/// Opens the pull request, or says in the issue why not.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk, event: &Labeled) -> Result<Outcome> {
    let draft: Draft = passed(job, PASSED, "request draft")?;
    let wrong = || {
        Error::new(ErrorKind::Usage, "this is not the draft of the event's issue")
            .help("pass on what `mcp-static ci request draft` wrote as it is")
    };
    if draft.issue != event.issue.number {
        return Err(wrong());
    }
    let forge = open(global, job)?.ok_or_else(wrong)?;
    let mut problems = draft.problems.clone();
    let mut text = None;
    if problems.is_empty() {
        let entry = Entry::of(&draft.text, &global.data)?;
        let entry = entry.filter(|entry| entry.path == draft.path).ok_or_else(wrong)?;
        match push(job, &draft, &entry, event)? {
            None => problems.push(taken()),
            Some(branch) => {
                let url = pull(forge.as_ref(), job, &draft, &entry, event, branch)?;
                talk.say(&format!("the pull request is {url}"));
                text = Some(format!("{MARKER}\nThe pull request for this request: {url}\n"));
            }
        }
    }
    let text = text.unwrap_or_else(|| refusal(&problems));
    comment(forge.as_ref(), Subject::Issue(draft.issue), MARKER, &text)
        .map_err(|e| failed("could not comment in the issue", e).help(PERMISSIONS))?;
    if !problems.is_empty() {
        talk.say("the issue says why there is no pull request");
    }
    Ok(Outcome::Fine)
}

/// What the job needs.
const PERMISSIONS: &str =
    "give the job the permissions contents: write, pull-requests: write and issues: write";

/// Pushes a branch with the entry on top of the default branch, and returns its name; `None` when that branch has the
/// server already.
fn push(job: &Job, draft: &Draft, entry: &Entry, event: &Labeled) -> Result<Option<String>> {
    job.clear(&[REPOSITORY])?;
    let folder = job.at(REPOSITORY);
    let git = Git::init_bare(&folder)?;
    let remote = job.remote(true)?;
    let default = &event.repository.default_branch;
    remote.fetch(&folder, &[&format!("+refs/heads/{default}:{BASE}")])?;
    let parent = git.resolve(BASE)?;
    if git.entry(parent, &entry.server)?.is_some() {
        return Ok(None);
    }
    let message = format!("Add {}\n\nRequested in #{}.", entry.label, draft.issue);
    let now = SystemClock::default().now();
    let files = [(entry.path.clone(), Some(draft.text.clone().into_bytes()))];
    let commit = git.commit_files(parent, &files, &message, now)?;
    let branch = format!("mcp-static/request-{}", draft.issue);
    remote
        .push(&folder, &[&format!("+{commit}:refs/heads/{branch}")])
        .map_err(|e| e.help(PERMISSIONS))?;
    Ok(Some(branch))
}

/// Opens the pull request, and returns its address; that of the open one when there is one.
fn pull(
    forge: &dyn Forge,
    job: &Job,
    draft: &Draft,
    entry: &Entry,
    event: &Labeled,
    branch: String,
) -> Result<String> {
    let change = NewChange {
        branch,
        base: event.repository.default_branch.clone(),
        title: format!("Add {}", entry.label),
        body: body(draft, entry, job.forge),
    };
    forge.open_change(&change).map_err(|e| unopened(e, job, PERMISSIONS))
}

/// Returns the description of the pull request. The author's words are quoted and mean nothing in Markdown.
fn body(draft: &Draft, entry: &Entry, forge: ForgeKind) -> String {
    let why: Vec<String> =
        draft.why.lines().take(MAX_LINES).map(|line| format!("> {}", escape(line))).collect();
    let start = match forge {
        ForgeKind::GitHub => {
            "\nA pull request that a workflow opens starts no workflow: close it and reopen it to have it checked.\n"
        }
        _ => "",
    };
    format!(
        "Adds {}, as requested in #{issue}. The file was made from the issue's form.\n\nOwner: {}\n\n{}\n{start}\nCloses #{issue}\n",
        span(&entry.label),
        escape(&draft.owner),
        why.join("\n"),
        issue = draft.issue,
    )
}

/// Returns the comment that says why there is no pull request.
fn refusal(problems: &[String]) -> String {
    let list: String = problems.iter().map(|p| format!("- {}\n", escape(p))).collect();
    format!(
        "{MARKER}\nThis request cannot become an entry yet:\n\n{list}\nEdit the issue. Then a maintainer removes the label `{LABEL}` and sets it again.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_s_words_mean_nothing_in_markdown() {
        let entry = Entry {
            label: "com.example/a 1.0.0".to_owned(),
            server: String::new(),
            path: String::new(),
        };
        let hostile = "@all [x](https://evil) <img src=x>\n::error::x\n# T\nCloses #1\n```";
        let draft = Draft {
            issue: 7,
            why: hostile.to_owned(),
            owner: "@root".to_owned(),
            ..Draft::default()
        };
        let text = body(&draft, &entry, ForgeKind::GitHub) + &refusal(&[hostile.to_owned()]);
        for part in ["@all", "@root", "](", "<img", "https://", "\n::error", "#1", "```", "\n# "] {
            assert!(!text.contains(part), "{part} in {text}");
        }
        assert!(text.contains("Closes #7\n") && text.contains("close it and reopen it"));
        assert!(!body(&draft, &entry, ForgeKind::Forgejo).contains("reopen"));
    }
}
