//! What the verbs that change the data folder share: the lock, the plan, the edits, the report.

use crate::config::{BaseUrl, Config};
use crate::data::{Edit, Edits, apply, hold, read_settings};
use crate::diag::{Levels, Report};
use crate::error::Result;
use crate::import::{Batch, Filter, ImportPlan, plan, present};
use crate::model::ServerName;
use crate::text::percent_encode;
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::file::Held;

use super::args::Global;
use super::outcome::Outcome;
use super::talk::Talk;

/// Maximum size of a document that is read, in bytes; far larger than any that is accepted.
pub(super) const MAX_DOCUMENT: u64 = 16 * 1024 * 1024;

/// Compares records with the data folder and returns what an import would change.
pub(super) fn make_plan(
    global: &Global,
    origin: &str,
    batch: Batch,
    filter: &Filter,
) -> Result<ImportPlan> {
    let label = crate::pipeline::label(&global.data);
    let present = present(&global.data, &label, &batch.readings)?;
    Ok(plan(origin, batch.readings, &present, filter, SystemClock::default().now()))
}

/// Applies the configured severities to a report and prints it.
pub(super) fn finish(
    global: &Global,
    report: Report,
    talk: &Talk,
    refused: bool,
) -> Result<Outcome> {
    let report = report.finish(&levels(global)?);
    talk.report(&report);
    Ok(Outcome::refused_if(refused || report.has_errors()))
}

/// Returns the severities of the registry's settings, overridden by those of the command line.
///
/// An invalid `registry.toml` is ignored here: `check` reports it, and it must not block an import.
pub(super) fn levels(global: &Global) -> Result<Levels> {
    let mut levels = settings(global).levels;
    levels.extend(&global.levels()?);
    Ok(levels)
}

/// Returns the registry's settings; defaults where they cannot be read.
pub(super) fn settings(global: &Global) -> Config {
    match read_settings(&global.data) {
        Ok(Some(text)) => Config::parse("registry.toml", &text).0,
        _ => Config::default(),
    }
}

/// Prints where an entry will be once it is published.
pub(super) fn addresses(global: &Global, name: &ServerName, version: &str, talk: &Talk) {
    let base = settings(global).base_url;
    let base = base.as_ref().map_or("<base URL>", BaseUrl::as_str);
    let (one, version) = (percent_encode(name.as_str()), percent_encode(version));
    talk.say("once it is merged and published:");
    talk.say(&format!("  API   {base}/v0.1/servers/{one}/versions/{version}"));
    talk.say(&format!("  page  {base}/servers/{name}/"));
}

/// Locks the data folder for this run, unless nothing is written.
pub(super) fn lock(global: &Global, dry_run: bool) -> Result<Option<Held>> {
    (!dry_run).then(|| hold(&global.data)).transpose()
}

/// Applies edits to the data folder, or lists them.
///
/// With `dry_run` the list goes to standard output, since it is the result.
pub(super) fn write(global: &Global, edits: &Edits, dry_run: bool, talk: &Talk) -> Result<()> {
    if dry_run {
        let line = |(path, edit): (&str, &Edit)| match edit {
            Edit::Write(_) => format!("write {path}\n"),
            Edit::Remove => format!("remove {path}\n"),
        };
        talk.data(&edits.iter().map(line).collect::<String>());
        return Ok(());
    }
    let observer = talk.observer();
    observer.stage("writing", edits.len() as u64);
    let applied = apply(&global.data, edits, &|steps| observer.step(steps));
    observer.done();
    applied.map(|_| ())
}

/// Prints how to publish a change of the data folder, or how to make it after a `dry_run`.
pub(super) fn next_change(global: &Global, message: &str, dry_run: bool, talk: &Talk) {
    talk.next(&match dry_run {
        true => "run it again without --dry-run".to_owned(),
        false => format!(
            "git add -A {} && git commit -m \"{message}\", then push a branch and open a pull request",
            crate::pipeline::label(&global.data)
        ),
    });
}
