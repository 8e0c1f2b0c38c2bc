//! The step `report`: writes the verdict on a change as one comment and labels.
//!
//! The judge's report is data: its comment is passed on as it is, of a bounded size, and of its labels only the known
//! ones count. It is for the pull request of the event and for no other. The comment of an earlier run is found again
//! by its first line and its author, so a stranger's copy of the line changes nothing.

use crate::error::{Error, ErrorKind, Result};
use crate::judge::LABELS;
use crate::proof::event::Happening;
use crate::text::is_hex;
use crate::world::forge::{Forge, Subject};
use crate::world::http::HttpError;

use super::super::args::Global;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::super::verify::{self, MARKER};
use super::change::{ChangeReport, MAX_COMMENT};
use super::forge::{self, is_refused};
use super::job::Job;
use super::output::{Output, passed};

/// Writes the report of `ci judge`.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk) -> Result<Outcome> {
    let out = Output { job, talk };
    let report: ChangeReport = passed(job, "report", "judge")?;
    let Some(number) = report.number else {
        talk.say("this is not a pull request, so there is nothing to report to");
        return Ok(Outcome::Fine);
    };
    validate(&report, number, job)?;
    let Some(forge) = forge::open(global, job)? else {
        talk.say(
            "the report is in the log of the job that judged; to get it as a comment, set MCP_STATIC_TOKEN to a project access token with the scope api",
        );
        return Ok(Outcome::Fine);
    };
    match write(forge.as_ref(), number, &report) {
        Ok(true) => talk.say(&format!("the report is written to change {number}")),
        Ok(false) => talk.say("the change has newer commits; their own run reports on them"),
        Err(e) if is_refused(&e) => {
            let (change, place) = match job.is_like_github() {
                true => ("pull request", "summary of this run"),
                false => ("merge request", "log of the job that judged"),
            };
            talk.say(&e.to_string());
            out.notice(&format!("The report could not be written to the {change}, because the token may only read. It is in the {place}."));
        }
        Err(e) => return Err(forge::failed("could not write the report", e)),
    }
    Ok(Outcome::Fine)
}

/// Checks that this is a report of `ci judge` on the pull request of the event.
fn validate(report: &ChangeReport, number: u64, job: &Job) -> Result<()> {
    let wrong = |what: &str| {
        Error::new(ErrorKind::Usage, format!("the report {what}"))
            .help("pass on what `mcp-static ci judge` wrote as it is")
    };
    if number == 0 || !is_hex(&report.head, 40) {
        return Err(wrong("does not name a pull request and its newest commit"));
    }
    if report.comment.lines().next() != Some(MARKER) {
        return Err(wrong("does not begin with its marker"));
    }
    if report.comment.len() > MAX_COMMENT {
        return Err(wrong("is too long for a comment"));
    }
    let event = if job.is_like_github() { verify::event(None)? } else { None };
    match event.map(|event| event.what) {
        Some(Happening::PullRequest(pull))
            if pull.number != number || !pull.head.eq_ignore_ascii_case(&report.head) =>
        {
            Err(wrong("is about another change than the event of this job"))
        }
        _ => Ok(()),
    }
}

/// Writes the comment and the labels; false when the change has newer commits, whose own run reports on them.
fn write(forge: &dyn Forge, number: u64, report: &ChangeReport) -> Result<bool, HttpError> {
    if !forge.head(number)?.eq_ignore_ascii_case(&report.head) {
        return Ok(false);
    }
    let change = Subject::Change(number);
    comment(forge, change, MARKER, &report.comment)?;
    let present = forge.labels(change)?;
    let is_present = |label: &&str| present.iter().any(|l| l == label);
    let is_wanted = |label: &&str| report.labels.iter().any(|l| l == label);
    let add: Vec<&str> = LABELS.into_iter().filter(|l| is_wanted(l) && !is_present(l)).collect();
    let remove: Vec<&str> = LABELS.into_iter().filter(|l| !is_wanted(l) && is_present(l)).collect();
    if !add.is_empty() || !remove.is_empty() {
        forge.change_labels(change, &add, &remove)?;
    }
    Ok(true)
}

/// Replaces the text of our comment, which begins with the line `marker`, or adds it.
pub(super) fn comment(
    forge: &dyn Forge,
    subject: Subject,
    marker: &str,
    text: &str,
) -> Result<(), HttpError> {
    let comments = forge.comments(subject)?;
    let is_ours =
        comments.iter().find(|comment| comment.own && comment.body.lines().next() == Some(marker));
    match is_ours {
        Some(ours) => forge.edit_comment(subject, ours.id, text),
        None => forge.add_comment(subject, text),
    }
}
