//! `import`: another registry becomes entries.

use std::path::Path;

use crate::config::Config;
use crate::data::{Edit, Edits, apply, hold, read_settings, require_folder};
use crate::diag::{Code, Diagnostic, Levels, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::import::{
    Batch, Filter, Plan, Store, Upstream, is_registry, plan, present, read_dump, registry_url,
};
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::file::Held;

use super::Outcome;
use super::args::{Global, ImportArgs};
use super::net;
use super::talk::Talk;

/// Mirrors a dump file or a live registry into the data folder.
///
/// A registry is crawled page by page, and what came is kept beside the data folder until all of it
/// is in, so that a crawl that was cut off goes on where it stopped. A dump has no such store: reading
/// it again costs nothing. Nothing is written when the source cannot be read as a whole; what one
/// record lacks keeps only that record out.
pub(super) fn run(global: &Global, args: &ImportArgs, talk: &Talk) -> Result<Outcome> {
    require_folder(&global.data)?;
    let _held = lock(global, args.dry_run)?;
    let mut store = Store::none();
    let (origin, batch) = if is_registry(&args.source) {
        let registry = registry_url(&args.source)?;
        if !args.dry_run {
            store = Store::beside(&global.data, &registry);
        }
        let batch = crawl(global, args, &registry, &store, talk)?;
        (registry, Ok(batch))
    } else {
        if args.token_env.is_some() {
            return Err(
                Error::new(ErrorKind::Usage, "a file needs no token").help("leave out --token-env")
            );
        }
        let path = Path::new(&args.source);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, read_dump(path)?)
    };
    let mut report = Report::new();
    let batch = match batch {
        Ok(batch) => batch,
        Err(broken) => {
            report.push(*broken);
            return finish(global, report, talk, false);
        }
    };
    let plan = complete_plan(global, args, &origin, batch)?;
    let outcome = bring_in(global, plan, args.dry_run, args.strict, talk)?;
    store.clear()?;
    Ok(outcome)
}

/// Asks a live registry for everything it has.
///
/// With `--restart` the pages of an earlier attempt are dropped first. The pages that come now are
/// stored as they come.
fn crawl(
    global: &Global,
    args: &ImportArgs,
    registry: &str,
    store: &Store,
    talk: &Talk,
) -> Result<Batch> {
    if args.restart {
        Store::beside(&global.data, registry).clear()?;
    }
    let observer = talk.observer();
    let upstream = Upstream {
        http: &net::client(global)?,
        clock: &SystemClock::default(),
        registry: registry.to_owned(),
        token: net::token(args.token_env.as_deref())?,
        hear: &|heard| net::hear(talk, observer.as_ref(), heard),
    };
    observer.stage("fetching pages", 0);
    let batch = upstream.records(store);
    observer.done();
    batch
}

/// Compares the records with the data folder; a source that holds nothing is a finding too.
///
/// A last page that names a next one means that the dump is a part; its records are taken, and the
/// missing rest is said.
fn complete_plan(global: &Global, args: &ImportArgs, origin: &str, batch: Batch) -> Result<Plan> {
    let filter = Filter { include: args.include.clone(), exclude: args.exclude.clone() };
    let (total, next) = (batch.readings.len(), batch.next.is_some());
    let mut plan = make_plan(global, origin, batch, &filter)?;
    let mut say = |code, message: String, help: &str| {
        let place = Place::file(args.source.replace('\\', "/"));
        plan.findings.push(Diagnostic::new(code, place, message).help(help));
    };
    if total == plan.filtered {
        let message = match total {
            0 => "there is no record to import".to_owned(),
            _ => format!("none of {total} records has a name that is wanted"),
        };
        let help = "name another source, or correct --include and --exclude";
        say(Code::RegistryEmpty, message, help);
    }
    if next {
        say(
            Code::ImportRefused,
            "the last page names a next page, which is not part of the dump".to_owned(),
            "import from the registry's URL, or fetch the other pages too",
        );
    }
    Ok(plan)
}

/// Compares records with the data folder.
pub(super) fn make_plan(
    global: &Global,
    origin: &str,
    batch: Batch,
    filter: &Filter,
) -> Result<Plan> {
    let label = crate::pipeline::label(&global.data);
    let present = present(&global.data, &label, &batch.readings)?;
    Ok(plan(origin, batch.readings, &present, filter, SystemClock::default().now()))
}

/// Carries a plan out, reports what stays out and says what was done.
///
/// Records that stay out refuse the run only with `--strict`: a mirror of a thousand servers should not
/// stand still because of one.
fn bring_in(
    global: &Global,
    plan: Plan,
    dry_run: bool,
    strict: bool,
    talk: &Talk,
) -> Result<Outcome> {
    write(global, &plan.edits, dry_run, talk)?;
    let mut report = Report::new();
    report.extend(plan.findings);
    let outcome = finish(global, report, talk, strict && plan.skipped > 0)?;
    let filtered = match plan.filtered {
        0 => String::new(),
        n => format!(", {n} not wanted"),
    };
    talk.say(&format!(
        "{} {} new, {} updated, {} unchanged, {} skipped{filtered}",
        if dry_run { "would import" } else { "imported" },
        plan.new,
        plan.updated,
        plan.unchanged,
        plan.skipped
    ));
    Ok(outcome)
}

/// Prints a report that the caller's levels have passed over.
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

/// Severities of the registry's settings, then of the command line.
///
/// The settings are read leniently here: a broken `registry.toml` is `check`'s business and must not
/// keep anybody from importing.
fn levels(global: &Global) -> Result<Levels> {
    let mut levels = match read_settings(&global.data) {
        Ok(Some(text)) => Config::parse("registry.toml", &text).0.levels,
        _ => Levels::default(),
    };
    levels.extend(&global.levels()?);
    Ok(levels)
}

/// Holds the data folder for this run, unless nothing is written.
pub(super) fn lock(global: &Global, dry_run: bool) -> Result<Option<Held>> {
    (!dry_run).then(|| hold(&global.data)).transpose()
}

/// Brings edits to the data folder, or lists them.
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
