//! The step `request draft`: makes the entry that an issue asks for, and checks it. Nothing is written to the
//! repository, and no token can be seen.

use crate::diag::{Diagnostic, Report, Severity};
use crate::error::Result;
use crate::pipeline::{Added, add};
use crate::text::shorten;

use super::super::super::args::Global;
use super::super::super::outcome::Outcome;
use super::super::super::talk::Talk;
use super::super::job::Job;
use super::super::output::Output;
use super::entry::{Entry, document};
use super::form::{DESCRIPTION, Form, NAME, OWNER, REPOSITORY, SOURCE, VERSION, WHY};
use super::{Draft, Labeled, PASSED};

/// Most problems that are passed on.
const MAX_PROBLEMS: usize = 20;

/// Makes a draft of the event's issue, and passes it on.
pub(super) fn run(global: &Global, job: &Job, talk: &Talk, event: &Labeled) -> Result<Outcome> {
    let out = Output { job, talk };
    let form = Form::read(event.issue.body.as_deref().unwrap_or_default());
    let mut draft = Draft { issue: event.issue.number, ..Draft::default() };
    let mut problems = form.problems();
    if problems.is_empty() {
        (draft.why, draft.owner) = (form.get(&WHY).to_owned(), form.get(&OWNER).to_owned());
        match document(&form) {
            Ok(text) => problems = check(global, &mut draft, text)?,
            Err(problem) => problems.push(problem),
        }
    }
    problems.truncate(MAX_PROBLEMS);
    draft.problems = problems;
    job.clear(&[])?;
    out.pass(PASSED, &draft)?;
    for problem in &draft.problems {
        out.error(problem);
    }
    if draft.problems.is_empty() {
        talk.say(&format!("{} is valid: {}", draft.path, draft.title));
    }
    Ok(Outcome::refused_if(!draft.problems.is_empty()))
}

/// Checks the document as an entry of this registry, and completes the draft; returns what is wrong.
fn check(global: &Global, draft: &mut Draft, text: String) -> Result<Vec<String>> {
    let mut options = global.load_options()?;
    options.revision = None;
    let entry = Entry::of(&text, &global.data)?;
    let report = match add(&options, "the request", text.clone().into_bytes())? {
        Added::Refused { report } => return Ok(problems(&report)),
        Added::AlreadyThere { report, .. } | Added::New { report, .. } => report,
    };
    let Some(entry) = entry else { return Ok(problems(&report)) };
    if std::path::Path::new(&entry.server).exists() {
        return Ok(vec![taken()]);
    }
    draft.title = format!("Add {}", entry.label);
    draft.path = entry.path;
    draft.text = text;
    Ok(Vec::new())
}

/// Returns the problem of a name that the registry has already.
pub(super) fn taken() -> String {
    format!(
        "{}: this server is in the registry already; its owners add new versions by pull request",
        NAME.label
    )
}

/// Returns the errors of a report, in the words of the form.
fn problems(report: &Report) -> Vec<String> {
    let errors = report.items().iter().filter(|d| d.severity == Severity::Error);
    errors.map(problem).collect()
}

fn problem(found: &Diagnostic) -> String {
    let pointer = found.place.pointer.to_string();
    let label = match pointer.split('/').nth(1).unwrap_or_default() {
        "name" => NAME.label,
        "version" => VERSION.label,
        "description" => DESCRIPTION.label,
        "repository" => REPOSITORY.label,
        "packages" | "remotes" => SOURCE.label,
        _ => "The request",
    };
    let help = found.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{label}: {}{help}", shorten(&found.message))
}
