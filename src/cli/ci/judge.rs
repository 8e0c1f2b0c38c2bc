//! The step `judge`: the verdict on the change that `fetch` brought.
//!
//! It reads what strangers wrote, so it refuses to run where a token can be seen. The change is read as git objects
//! of a bare repository; nothing of it is checked out or run.

use std::path::Component;

use crate::error::{Error, ErrorKind, Result};

use super::super::args::Global;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::super::verify::{self, Change, MARKER};
use super::change::Fetched;
use super::difference;
use super::fetch::REPOSITORY;
use super::job::Job;
use super::output::Output;

/// Judges the change, and passes on the report.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    job.refuse_tokens()?;
    let fetched = Fetched::read(job)?;
    if let Some(verdict) = fetched.verdict {
        return fetched.end(out, verdict); // `fetch` has said why
    }
    let data = &global.data;
    if !data.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(Error::new(ErrorKind::Usage, "the data folder is not in the repository")
            .at(data)
            .help("give --data as a path from the top of the repository, such as registry-data"));
    }
    let global = &Global { data: job.at(REPOSITORY).join(data), ..global.clone() };
    let change = Change {
        base: fetched.base.clone(),
        head: Some(fetched.head.clone()),
        published: None,
        event: verify::event(None)?,
        by_commit: false,
    };
    let judged = match verify::judge(global, &change, &job.annotator(global)) {
        Ok(judged) => judged,
        Err(error) => {
            // Without a new report the comment and the labels of an older commit would stay.
            let text = format!(
                "{MARKER}\nThis change could not be judged; the log of the job says why.\n"
            );
            fetched.report(out, &text, &[])?;
            explain(out, Outcome::of(&error));
            return Err(error);
        }
    };
    let comment = verify::comment(global, &change, &judged, talk);
    out.summary(&comment)?;
    fetched.report(out, &comment, &judged.labels)?;
    out.summary(&difference::section(global, &fetched, job))?;
    Ok(explain(out, verify::outcome(&judged)))
}

/// Prints what a verdict means for the job, and returns how the job ends.
///
/// Where a maintainer decides, the job is green on a forge like GitHub: the label says so, and code owners hold the
/// lock. GitLab lets a job end with a warning instead (`allow_failure: exit_codes`).
fn explain(out: Output<'_>, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Fine => {}
        Outcome::NeedsMaintainer => {
            out.notice("A maintainer has to decide; the report says what.");
            if out.job.is_like_github() {
                return Outcome::Fine;
            }
        }
        Outcome::Indeterminate => out.error(
            "Another host did not answer. Nothing is known to be wrong: run this job again.",
        ),
        Outcome::Refused => {
            out.error("The change is refused; the report says why and what to do.");
        }
        Outcome::Failed => out.error("The change could not be judged; the log says why."),
    }
    outcome
}
