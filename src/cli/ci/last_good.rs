//! The step `last-good`: the run whose site was proven last.
//!
//! `refs/mcp-static/good` is an annotated tag that the step `remember` wrote: its object is the commit, and its message
//! names the run, which keeps the site as an artifact, and the SHA-256 of that site's manifest.

use crate::error::{ErrorKind, Result};
use crate::site::FileDigest;

use super::super::args::Global;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::job::{Job, repository};
use super::output::Output;

/// The reference of the last good run.
pub(super) const GOOD: &str = "refs/mcp-static/good";

/// Most digits of the number of a run.
const MAX_DIGITS: usize = 20;

/// Sets the outputs `run`, `commit` and `manifest`; all are empty when there is no such run.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    let git = repository(&global.data)?;
    let found = match job.remote(false)?.fetch(git.root(), &[&format!("+{GOOD}:{GOOD}")]) {
        Ok(()) => git.annotation(GOOD)?,
        // Without a reference of that name git fails in the same way as without an answer.
        Err(error) if error.kind() == ErrorKind::Indeterminate => None,
        Err(error) => return Err(error),
    };
    let (run, commit, manifest) = match &found {
        None => Default::default(),
        Some((commit, message)) => {
            let value = |key: &str| {
                let mut lines = message.lines();
                lines
                    .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
                    .unwrap_or_default()
            };
            let run = Some(value("run")).filter(|run| is_run(run)).unwrap_or_default();
            let manifest = FileDigest::parse(value("manifest"));
            (run, commit.to_string(), manifest.map(|m| m.to_string()).unwrap_or_default())
        }
    };
    out.set("run", run)?;
    out.set("commit", &commit)?;
    out.set("manifest", &manifest)?;
    talk.say(&format!("last good run: {}", if run.is_empty() { "none" } else { run }));
    Ok(Outcome::Fine)
}

/// Whether it is the number of a run.
pub(super) fn is_run(text: &str) -> bool {
    (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
