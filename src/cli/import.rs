//! `import`: another registry becomes entries.

use std::path::Path;

use crate::data::{Edit, Edits, apply};
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::Result;
use crate::import::{Batch, Filter, Plan, plan, present, read_dump};

use super::Outcome;
use super::args::{Global, ImportArgs};
use super::talk::Talk;

/// Mirrors a dump file or a live registry into the data folder.
pub(super) fn run(global: &Global, args: &ImportArgs, talk: &Talk) -> Result<Outcome> {
    let path = Path::new(&args.source);
    let origin =
        path.file_name().map_or(args.source.clone(), |name| name.to_string_lossy().into_owned());
    let mut report = Report::new();
    let batch = match read_dump(path)? {
        Ok(batch) => batch,
        Err(broken) => {
            report.push(*broken);
            return finish(global, report, talk, false);
        }
    };
    let plan = make_plan(global, args, &origin, batch)?;
    bring_in(global, args, plan, talk)
}

fn make_plan(global: &Global, args: &ImportArgs, origin: &str, batch: Batch) -> Result<Plan> {
    let filter = Filter { include: args.include.clone(), exclude: args.exclude.clone() };
    let label = crate::pipeline::label(&global.data);
    let present = present(&global.data, &label, &batch.readings)?;
    let total = batch.readings.len();
    let mut plan = plan(origin, batch.readings, &present, &filter);
    let place = || Place::file(args.source.replace('\\', "/"));
    if total == plan.filtered {
        let message = match total {
            0 => "there is no record to import".to_owned(),
            _ => format!("none of {total} records has a name that is wanted"),
        };
        let help = "name another source, or correct --include and --exclude";
        plan.findings.push(Diagnostic::new(Code::RegistryEmpty, place(), message).help(help));
    }
    if batch.next.is_some() {
        let message = "the last page names a next page, which is not part of the dump";
        let help = "import from the registry's URL, or fetch the other pages too";
        plan.findings.push(Diagnostic::new(Code::ImportRefused, place(), message).help(help));
    }
    Ok(plan)
}

fn bring_in(global: &Global, args: &ImportArgs, plan: Plan, talk: &Talk) -> Result<Outcome> {
    if args.dry_run {
        talk.data(&list(&plan.edits));
    } else {
        let observer = talk.observer();
        observer.stage("writing", plan.edits.len() as u64);
        let applied = apply(&global.data, &plan.edits, &|steps| observer.step(steps));
        observer.done();
        applied?;
    }
    let verb = if args.dry_run { "would import" } else { "imported" };
    let mut report = Report::new();
    report.extend(plan.findings);
    let outcome = finish(global, report, talk, args.strict && plan.skipped > 0)?;
    let filtered = match plan.filtered {
        0 => String::new(),
        n => format!(", {n} not wanted"),
    };
    talk.say(&format!(
        "{verb} {} new, {} updated, {} unchanged, {} skipped{filtered}",
        plan.new, plan.updated, plan.unchanged, plan.skipped
    ));
    Ok(outcome)
}

fn finish(global: &Global, report: Report, talk: &Talk, refused: bool) -> Result<Outcome> {
    let report = report.finish(&global.levels()?);
    talk.report(&report);
    Ok(Outcome::refused_if(refused || report.has_errors()))
}

/// What would be done to which file, a line each.
pub(super) fn list(edits: &Edits) -> String {
    let line = |(path, edit): (&str, &Edit)| match edit {
        Edit::Write(_) => format!("write {path}\n"),
        Edit::Remove => format!("remove {path}\n"),
    };
    edits.iter().map(line).collect()
}
