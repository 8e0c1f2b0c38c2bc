//! The step `sync`: what the command `sync` changed in the checkout becomes one pull request.
//!
//! The command reads what other registries wrote, and runs before without a token for this repository. This step has the
//! token, and takes nothing from the checkout but files that the command writes. Its commit is made on top of the branch
//! that the job runs on, and depends on nothing but that branch and these files, so a run that finds the same again
//! pushes nothing new. The branch of an open pull request is replaced.

use std::collections::BTreeMap;

use crate::data::{DataPath, Edit, Edits, EntryFile, join};
use crate::error::{Error, ErrorKind, Result};
use crate::import::{Step, steps};
use crate::text::{count, markdown_span as span};
use crate::world::file;
use crate::world::forge::{Forge, ForgeKind, NewChange};
use crate::world::git::Git;

use super::super::args::Global;
use super::super::changes::MAX_DOCUMENT;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::forge::{open, unopened};
use super::job::{Job, repository, required};

/// The branch of the pull request.
const BRANCH: &str = "mcp-static/sync";

/// The bare repository in the work folder.
const REPOSITORY: &str = "sync.git";

/// The branch that the job runs on, in it.
const BASE: &str = "refs/mcp-static/base";

/// Most entries that the description lists.
const MAX_LISTED: usize = 200;

/// What the job needs.
const PERMISSIONS: &str = "give the job the permissions contents: write and pull-requests: write";

/// Opens or renews the pull request, if anything changed.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk) -> Result<Outcome> {
    let (prefix, edits) = changes(global)?;
    if steps(&edits).is_empty() {
        return Ok(unchanged(talk));
    }
    let forge = open(global, job)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "there is no token that may open a merge request")
            .help("set MCP_STATIC_TOKEN to a project access token with the scope api")
    })?;
    let base = base_branch(job)?;
    let steps = push(job, &prefix, &edits, &base)?;
    if steps.is_empty() {
        return Ok(unchanged(talk));
    }
    let title = title(&steps);
    let body = body(&steps, job.forge);
    let change = NewChange { branch: BRANCH.to_owned(), base, title, body };
    talk.say(&format!("the pull request is {}", pull(forge.as_ref(), &change, job)?));
    Ok(Outcome::Fine)
}

fn unchanged(talk: &Talk) -> Outcome {
    talk.say("no entry changed, so there is no pull request to open");
    Outcome::Fine
}

/// Returns the path of the data folder in the repository, and what `sync` changed in it. What the command never does,
/// such as removing a document, and what is behind a symbolic link is left out.
fn changes(global: &Global) -> Result<(String, Edits)> {
    let git = repository(&global.data)?;
    let prefix = git.relative(&global.data)?.ok_or_else(|| {
        Error::new(ErrorKind::Git, "the data is not in this repository").at(&global.data)
    })?;
    let root = global.data.canonicalize();
    let root = root.map_err(|e| Error::io("the data folder cannot be read", &global.data, e))?;
    let mut edits = Edits::new();
    for path in git.changed(&prefix)? {
        let can_go = match DataPath::of(&path) {
            DataPath::Entry { file: EntryFile::Server | EntryFile::Origin, .. } => false,
            DataPath::Entry { file: EntryFile::Status, .. } | DataPath::Mirrors => true,
            _ => continue,
        };
        let full = root.join(&path);
        match full.canonicalize() {
            Ok(at) if at == full && at.is_file() => {
                let bytes = file::read(&full, MAX_DOCUMENT)
                    .map_err(|e| Error::io("a changed file cannot be read", &full, e))?;
                edits.write(path, bytes);
            }
            Err(_) if can_go && std::fs::symlink_metadata(&full).is_err() => {
                edits.remove(path);
            }
            _ => {}
        }
    }
    Ok((prefix, edits))
}

/// Returns the branch that the job runs on.
fn base_branch(job: &Job) -> Result<String> {
    required(match job.forge {
        ForgeKind::GitLab => "CI_COMMIT_BRANCH",
        _ => "GITHUB_REF_NAME",
    })
}

/// Pushes the branch with what of the change `base` does not have yet on top of it, and returns what that means. Nothing
/// is pushed when `base` has everything.
fn push(job: &Job, prefix: &str, edits: &Edits, base: &str) -> Result<Vec<Step>> {
    job.clear(&[REPOSITORY])?;
    let folder = job.at(REPOSITORY);
    let git = Git::init_bare(&folder)?;
    let remote = job.remote(true)?;
    remote.fetch(&folder, &[&format!("+refs/heads/{base}:{BASE}")])?;
    let parent = git.resolve(BASE)?;
    let (mut left, mut files) = (Edits::new(), Vec::new());
    for (path, edit) in edits.iter() {
        let full = join(prefix, path);
        let there = git.entry(parent, &full)?.map(|side| side.oid);
        match edit {
            Edit::Write(bytes) if there != Some(Git::blob_id(bytes)) => {
                left.write(path, bytes.clone());
                files.push((full, Some(bytes.clone())));
            }
            Edit::Remove if there.is_some() => {
                left.remove(path);
                files.push((full, None));
            }
            _ => {}
        }
    }
    let steps = steps(&left);
    if steps.is_empty() {
        return Ok(steps);
    }
    let message = format!("{}\n\n{}", title(&steps), plain(&steps));
    let commit = git.commit_files(parent, &files, &message, git.commit_time(parent)?)?;
    remote
        .push(&folder, &[&format!("+{commit}:refs/heads/{BRANCH}")])
        .map_err(|e| e.help(PERMISSIONS))?;
    Ok(steps)
}

fn title(steps: &[Step]) -> String {
    format!("Sync mirrored entries: {}", summary(steps))
}

/// Opens the pull request or renews the open one, and returns its address.
fn pull(forge: &dyn Forge, change: &NewChange, job: &Job) -> Result<String> {
    forge.open_change(change).map_err(|e| unopened(e, job, PERMISSIONS))
}

/// Returns the description of the pull request.
fn body(steps: &[Step], forge: ForgeKind) -> String {
    let line = |step: &Step| {
        let note = step.note.as_deref().map(|note| format!(": {}", span(note)));
        format!("- {} {}{}\n", step.what, span(&step.entry), note.unwrap_or_default())
    };
    let listed: String = steps.iter().take(MAX_LISTED).map(line).collect();
    let rest = steps.len().saturating_sub(MAX_LISTED);
    let more = match rest {
        0 => String::new(),
        rest => format!("- and {} more\n", count(rest, "entry")),
    };
    let start = match forge {
        ForgeKind::GitHub => {
            "\nA pull request that a workflow opens starts no workflow: close it and reopen it to have it checked.\n"
        }
        _ => "",
    };
    format!(
        "What the registries of `[[mirror]]` changed: {}.\n\n{listed}{more}\nThe next run replaces this branch, so do not add commits to it.\n{start}",
        summary(steps)
    )
}

/// Returns how many entries change in which way, such as "3 entries: 1 deleted, 2 new".
fn summary(steps: &[Step]) -> String {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for step in steps {
        *numbers.entry(step.what).or_default() += 1;
    }
    let all: Vec<String> = numbers.iter().map(|(what, n)| format!("{n} {what}")).collect();
    format!("{}: {}", count(steps.len(), "entry"), all.join(", "))
}

/// Returns the list for the commit's message, without what the registries say: in a message it could skip the check of
/// the pull request, or close an issue.
fn plain(steps: &[Step]) -> String {
    let line = |step: &Step| format!("{:<10} {}\n", step.what, step.entry);
    steps.iter().take(MAX_LISTED).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registry_says_means_nothing_in_markdown() {
        let step = |note: &str| Step {
            entry: "com.example/a@1.0.0".to_owned(),
            what: "deleted",
            note: Some(note.to_owned()),
        };
        let text =
            body(&[step("@all [x](https://evil) `` ` ``\n\n# T\nCloses #1")], ForgeKind::GitHub);
        assert!(!text.contains("\n# T") && !text.contains("\nCloses"), "{text}");
        assert!(
            text.contains("1 entry: 1 deleted") && text.contains("close it and reopen"),
            "{text}"
        );
        let message = plain(&[step("[skip ci] Closes #1")]);
        assert_eq!(message, "deleted    com.example/a@1.0.0\n");
        let many = vec![step(""); MAX_LISTED + 2];
        let text = body(&many, ForgeKind::GitLab);
        assert!(text.contains("- and 2 entries more") && !text.contains("reopen"), "{text}");
    }
}
