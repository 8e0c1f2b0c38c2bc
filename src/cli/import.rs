//! `import`: mirrors another registry into the data folder.

use std::path::Path;

use crate::data::require_folder;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::import::{
    Batch, Filter, ImportPlan, PageStore, Upstream, is_registry, read_dump, registry_url,
};
use crate::text::count;
use crate::world::clock::SystemClock;

use super::args::{Global, ImportArgs};
use super::changes::{finish, lock, make_plan, next_change, write};
use super::net;
use super::outcome::Outcome;
use super::talk::Talk;

/// Mirrors a dump file or a live registry into the data folder.
///
/// A registry is fetched page by page. Fetched pages are kept beside the data folder until the import
/// is complete, so an interrupted import continues where it stopped. Nothing is written when the source
/// cannot be read as a whole; an invalid record is skipped alone.
pub(super) fn run(global: &Global, args: &ImportArgs, talk: &Talk) -> Result<Outcome> {
    require_folder(&global.data)?;
    let _held = lock(global, args.dry_run)?;
    let mut store = PageStore::none();
    let (origin, batch) = if is_registry(&args.source) {
        let registry = registry_url(&args.source)?;
        if !args.dry_run {
            store = PageStore::beside(&global.data, &registry);
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

/// Fetches every record of a live registry.
///
/// With `--restart` the pages of an earlier attempt are dropped first.
fn crawl(
    global: &Global,
    args: &ImportArgs,
    registry: &str,
    store: &PageStore,
    talk: &Talk,
) -> Result<Batch> {
    if args.restart {
        PageStore::beside(&global.data, registry).clear()?;
    }
    let observer = talk.observer();
    let upstream = Upstream {
        http: &net::client(global)?,
        clock: &SystemClock::default(),
        registry: registry.to_owned(),
        token: net::token(args.token_env.as_deref())?,
        on_progress: &|progress| net::report_progress(talk, observer.as_ref(), progress),
    };
    observer.stage("fetching pages", 0);
    let batch = upstream.records(store);
    observer.done();
    batch
}

/// Plans the import; a source without any record is a finding too.
///
/// When the last page names a next one, the dump is incomplete: its records are imported, and a warning
/// reports the missing rest.
fn complete_plan(
    global: &Global,
    args: &ImportArgs,
    origin: &str,
    batch: Batch,
) -> Result<ImportPlan> {
    let filter = Filter { include: args.include.clone(), exclude: args.exclude.clone() };
    let (total, next) = (batch.readings.len(), batch.next.is_some());
    let mut plan = make_plan(global, origin, batch, &filter)?;
    let mut report = |code, message: String, help: &str| {
        let place = Place::file(args.source.replace('\\', "/"));
        plan.findings.push(Diagnostic::new(code, place, message).help(help));
    };
    if total == plan.filtered {
        let message = match total {
            0 => "the source has no records to import".to_owned(),
            _ => format!("--include and --exclude leave none of {}", count(total, "record")),
        };
        let help = "name another source, or correct --include and --exclude";
        report(Code::RegistryEmpty, message, help);
    }
    if next {
        report(
            Code::ImportRefused,
            "the last page names a next page, which is not part of the dump".to_owned(),
            "import from the registry's URL, or fetch the other pages too",
        );
    }
    Ok(plan)
}

/// Carries out a plan and reports what was imported and what was skipped.
///
/// Skipped records make the run fail only with `--strict`, so that one invalid server does not stop a
/// mirror of a thousand.
fn bring_in(
    global: &Global,
    plan: ImportPlan,
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
        n => format!(", {n} filtered out"),
    };
    talk.say(&format!(
        "{} {} new, {} updated, {} unchanged, {} skipped{filtered}",
        if dry_run { "would import" } else { "imported" },
        plan.new,
        plan.updated,
        plan.unchanged,
        plan.skipped
    ));
    if plan.new + plan.updated > 0 && outcome == Outcome::Fine {
        next_change(global, "Import entries", dry_run, talk);
    }
    Ok(outcome)
}
