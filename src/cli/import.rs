//! `import`: brings the servers of a registry, a list, a catalog or a client's settings into the data folder.

use std::path::{Path, PathBuf};

use crate::check::{DocumentRules, Profile};
use crate::data::{apply, require_folder};
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::import::{
    Batch, Crawler, Filter, Found, ImportPlan, MAX_LINKED, OwnPlan, OwnRules, PageStore, Upstream,
    document_url, fetch_document, is_registry, plan_own, read_file, read_folder, read_found,
    registry_url,
};
use crate::model::ServerName;
use crate::text::count;
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::http::{Reach, Url};

use super::args::{Global, ImportArgs};
use super::changes::{finish, levels, lock, make_plan, next_change, settings, write};
use super::net;
use super::outcome::Outcome;
use super::talk::Talk;

/// Name of the folder of drafts, which is beside the data folder.
const DRAFTS: &str = "drafts";

/// Imports what the source holds: a mirror of a registry's records, own entries of other documents, and drafts of
/// those that lack something.
///
/// A registry is fetched page by page. Fetched pages are kept beside the data folder until the import
/// is complete, so an interrupted import continues where it stopped. Nothing is written when the source
/// cannot be read as a whole; an invalid record is skipped alone.
pub(super) fn run(global: &Global, args: &ImportArgs, talk: &Talk) -> Result<Outcome> {
    require_folder(&global.data)?;
    check_namespace(args)?;
    let _held = lock(global, args.dry_run)?;
    let mut store = PageStore::none();
    let (origin, found) = if let Some(url) = document_url(&args.source) {
        (url.to_string(), document(global, args, &url, talk)?)
    } else if is_registry(&args.source) {
        let registry = registry_url(&args.source)?;
        if !args.dry_run {
            store = PageStore::beside(&global.data, &registry);
        }
        let batch = crawl(global, args, &registry, &store, talk)?;
        (registry, Ok(Found { batch, ..Found::default() }))
    } else {
        if args.token_env.is_some() {
            return Err(
                Error::new(ErrorKind::Usage, "a file needs no token").help("leave out --token-env")
            );
        }
        let path = Path::new(&args.source);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, local(global, path, talk)?)
    };
    let mut report = Report::new();
    let mut found = match found {
        Ok(found) => found,
        Err(broken) => {
            report.push(*broken);
            return finish(global, report, talk, true);
        }
    };
    found.without_copies();
    if args.as_own {
        found.as_own();
    }
    let (plan, own) = complete_plan(global, args, &origin, found)?;
    let outcome = bring_in(global, plan, &own, args, talk)?;
    store.clear()?;
    Ok(outcome)
}

/// What a source holds, or why it is none.
type Read = std::result::Result<Found, Box<Diagnostic>>;

/// Refuses a namespace that no name can have.
fn check_namespace(args: &ImportArgs) -> Result<()> {
    let Some(namespace) = &args.namespace else { return Ok(()) };
    match ServerName::parse(&format!("{namespace}/name")) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorKind::Usage, format!("{namespace:?} is not a namespace"))
            .help("write a domain of yours in reverse, such as com.example, or io.github.LOGIN")),
    }
}

/// Reads a file or a folder, and what the catalogs in it name.
fn local(global: &Global, path: &Path, talk: &Talk) -> Result<Read> {
    if path.is_dir() {
        return read_folder(path).map(Ok);
    }
    let bytes = read_file(path)?;
    let mut found = match read_found(&path.to_string_lossy().replace('\\', "/"), &bytes) {
        Ok(found) => found,
        Err(broken) => return Ok(Err(broken)),
    };
    follow(global, None, None, &mut found, talk)?;
    Ok(Ok(found))
}

/// Fetches a document, and what it names if it is a catalog.
fn document(global: &Global, args: &ImportArgs, url: &Url, talk: &Talk) -> Result<Read> {
    if let Some(why) = url.objection() {
        return Err(Error::new(ErrorKind::Usage, format!("the source cannot be used: {why}")));
    }
    let token = args.token_env.as_deref();
    let (name, bytes) = fetch_document(&net::client(global)?, url, net::token(token)?)?;
    let mut found = match read_found(&name, &bytes) {
        Ok(found) => found,
        Err(broken) => return Ok(Err(broken)),
    };
    follow(global, Some(url), token, &mut found, talk)?;
    Ok(Ok(found))
}

/// Fetches what catalogs name.
fn follow(
    global: &Global,
    root: Option<&Url>,
    token: Option<&str>,
    found: &mut Found,
    talk: &Talk,
) -> Result<()> {
    if found.links.is_empty() {
        return Ok(());
    }
    let observer = talk.observer();
    let exchanger = |private| net::exchanger(global, Reach { private, body: MAX_LINKED });
    observer.stage("fetching documents", 0);
    Crawler {
        inside: &exchanger(true)?,
        outside: &exchanger(false)?,
        root: root.cloned(),
        token: net::token(token)?,
        on_document: &|| observer.step(1),
    }
    .follow(found);
    observer.done();
    Ok(())
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

/// Plans the import; a source from which nothing comes is a finding too.
///
/// When the last page names a next one, the dump is incomplete: its records are imported, and a warning
/// reports the missing rest.
fn complete_plan(
    global: &Global,
    args: &ImportArgs,
    origin: &str,
    found: Found,
) -> Result<(ImportPlan, OwnPlan)> {
    let filter = Filter { include: args.include.clone(), exclude: args.exclude.clone() };
    let (total, next) = (found.len(), found.batch.next.is_some());
    let own = OwnRules {
        namespace: args.namespace.as_deref(),
        filter: &filter,
        rules: &DocumentRules::of(Profile::Strict, &settings(global)),
        levels: &levels(global)?,
        now: SystemClock::default().now(),
    };
    let label = crate::pipeline::label(&global.data);
    let drafts = drafts_folder(global);
    let mut own = plan_own(&global.data, &label, &drafts, found.drafts, &found.refused, &own)?;
    let mut plan = make_plan(global, origin, found.batch, &filter)?;
    plan.findings.splice(0..0, found.notes);
    plan.extend(std::mem::take(&mut own.plan));
    let has_notes = !plan.findings.is_empty();
    let mut report = |code, message: String, help: &str| {
        let place = Place::file(args.source.replace('\\', "/"));
        plan.findings.push(Diagnostic::new(code, place, message).help(help));
    };
    let came = plan.new + plan.updated + plan.unchanged + own.drafted;
    if came == 0 {
        let (message, help) = match total {
            0 if has_notes => (
                "the source has no records to import".to_owned(),
                "run it again with --verbose to see what was left out, or name another source",
            ),
            0 => ("the source has no records to import".to_owned(), "name another source"),
            _ if total == plan.filtered => (
                format!("--include and --exclude leave none of {}", count(total, "record")),
                "name another source, or correct --include and --exclude",
            ),
            _ => (
                format!("nothing was imported of {}", count(total, "record")),
                "do what the other messages say, or name another source",
            ),
        };
        report(Code::RegistryEmpty, message, help);
    }
    if next {
        report(
            Code::ImportRefused,
            "the last page names a next page, which is not part of the dump".to_owned(),
            "import from the registry's URL, or fetch the other pages too",
        );
    }
    Ok((plan, own))
}

/// Returns the folder of drafts.
fn drafts_folder(global: &Global) -> PathBuf {
    match global.data.file_name() {
        Some(_) => global.data.with_file_name(DRAFTS),
        None => global.data.join("..").join(DRAFTS),
    }
}

/// Carries out a plan and reports what was imported and what was skipped.
///
/// Skipped records make the run fail only with `--strict`, so that one invalid server does not stop a
/// mirror of a thousand.
fn bring_in(
    global: &Global,
    plan: ImportPlan,
    own: &OwnPlan,
    args: &ImportArgs,
    talk: &Talk,
) -> Result<Outcome> {
    let drafts = drafts_folder(global);
    let below = drafts.to_string_lossy().replace('\\', "/");
    // Drafts come first: without them the data folder would say nothing of what is missing.
    if !args.dry_run && !own.drafts.is_empty() {
        std::fs::create_dir_all(&drafts).map_err(|e| {
            Error::io("the folder of drafts cannot be created", &drafts, e)
                .help("move away what is there, and run the same command again")
        })?;
        apply(&drafts, &own.drafts, &|_| {})?;
    }
    write(global, &plan.edits, args.dry_run, talk)?;
    if args.dry_run {
        let line = |(path, _): (&str, _)| format!("write {below}/{path}\n");
        talk.data(&own.drafts.iter().map(line).collect::<String>());
    }
    let mut report = Report::new();
    report.extend(plan.findings);
    let outcome = finish(global, report, talk, args.strict && plan.skipped > 0)?;
    let drafted = match own.drafted {
        0 => String::new(),
        n => format!(", {} in {below}/", count(n, "draft")),
    };
    let filtered = match plan.filtered {
        0 => String::new(),
        n => format!(", {n} filtered out"),
    };
    talk.say(&format!(
        "{} {} new, {} updated, {} unchanged, {} skipped{filtered}{drafted}",
        if args.dry_run { "would import" } else { "imported" },
        plan.new,
        plan.updated,
        plan.unchanged,
        plan.skipped
    ));
    if plan.new + plan.updated > 0 && outcome == Outcome::Fine {
        next_change(global, "Import entries", args.dry_run, talk);
    }
    Ok(outcome)
}
