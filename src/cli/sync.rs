//! `sync`: one run of every `[[mirror]]` of the settings.

use std::collections::BTreeMap;

use crate::config::{Config, Mirror};
use crate::data::{
    Edits, MIRRORS, MirrorStates, apply, mirrors_json, read_mirrors, read_settings, require_folder,
};
use crate::diag::format::Format;
use crate::diag::{Code, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::import::{MirrorPlan, MirrorRun, PageStore, Step, Upstream, registry_url, steps};
use crate::world::clock::SystemClock;
use crate::world::file;
use crate::world::http::shown;

use super::args::{Global, SyncArgs};
use super::changes::{MAX_DOCUMENT, finish, lock, next_change};
use super::net;
use super::outcome::Outcome;
use super::talk::Talk;

/// What a run has changed.
struct Synced {
    /// The change, below the data folder.
    edits: Edits,
    /// What is said about it.
    report: Report,
    /// Why a mirror could not be run; the others were.
    error: Option<Error>,
}

/// Runs every mirror, and prints what changed.
pub(super) fn run(global: &Global, args: &SyncArgs, talk: &Talk) -> Result<Outcome> {
    require_folder(&global.data)?;
    if global.rev.is_some() {
        return Err(
            Error::new(ErrorKind::Usage, "a revision cannot be written to").help("leave out --rev")
        );
    }
    let _held = lock(global, args.dry_run)?;
    let synced = sync(global, args, talk)?;
    if global.format == Format::Human {
        let line = |step: &Step| format!("{step}\n");
        talk.data(&steps(&synced.edits).iter().map(line).collect::<String>());
    }
    let outcome = finish(global, synced.report, talk, false)?;
    if let Some(error) = synced.error {
        return Err(error);
    }
    if !synced.edits.is_empty() && outcome == Outcome::Fine {
        next_change(global, "Sync mirrored entries", args.dry_run, talk);
    }
    Ok(outcome)
}

/// Runs every mirror and writes what it changes, unless it is a dry run. A mirror that cannot be run does not keep the
/// next one from running.
fn sync(global: &Global, args: &SyncArgs, talk: &Talk) -> Result<Synced> {
    let mut synced = Synced { edits: Edits::new(), report: Report::new(), error: None };
    let Some(config) = read_config(global, &mut synced.report)? else { return Ok(synced) };
    if config.mirrors.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "registry.toml has no [[mirror]]").help(
            "add one: [[mirror]], from = \"official\", servers = [\"com.example/*@latest\"]",
        ));
    }
    let before = read_states(global, &mut synced.report)?;
    let mut after = MirrorStates::new();
    for mirror in &config.mirrors {
        let state = before.get(&mirror.from);
        match one(global, args, mirror, &before, talk) {
            Ok(MirrorPlan { plan, state }) => {
                after.extend(state.map(|state| (mirror.from.clone(), state)));
                synced.report.extend(plan.findings);
                if !args.dry_run {
                    write(global, &plan.edits, talk)?;
                    store(global, mirror).clear()?;
                }
                synced.edits.extend(plan.edits);
            }
            Err(error) => {
                after.extend(state.map(|state| (mirror.from.clone(), state.clone())));
                if let Some(earlier) = synced.error.replace(error) {
                    talk.error(&earlier);
                }
            }
        }
    }
    if after != before {
        let mut states = Edits::new();
        match after.is_empty() {
            true => states.remove(MIRRORS),
            false => states.write(MIRRORS, mirrors_json(&after)),
        }
        if !args.dry_run {
            write(global, &states, talk)?;
        }
        synced.edits.extend(states);
    }
    Ok(synced)
}

/// Runs one mirror.
fn one(
    global: &Global,
    args: &SyncArgs,
    mirror: &Mirror,
    states: &MirrorStates,
    talk: &Talk,
) -> Result<MirrorPlan> {
    let registry = registry_url(&mirror.from)?;
    if registry != mirror.from {
        let what = format!("{} is not the base URL of a registry", shown(&mirror.from));
        return Err(Error::new(ErrorKind::Usage, what)
            .help(format!("write from = \"{registry}\" in registry.toml")));
    }
    let label = crate::pipeline::label(&global.data);
    let (root, state) = (global.data.as_path(), states.get(&mirror.from));
    let run = MirrorRun { root, label: &label, mirror, state, full: args.full };
    let observer = talk.observer();
    observer.stage("fetching pages", 0);
    let upstream = Upstream {
        http: &net::client(global)?,
        clock: &SystemClock::default(),
        registry,
        token: net::token(mirror.token_env.as_deref())?,
        on_progress: &|progress| net::report_progress(talk, observer.as_ref(), progress),
    };
    let pages = if args.dry_run { PageStore::none() } else { store(global, mirror) };
    let planned = run.plan(&upstream, &pages);
    observer.done();
    let planned = planned?;
    let plan = &planned.plan;
    talk.say(&format!(
        "{}: {} new, {} updated, {} unchanged, {} skipped",
        shown(&mirror.from),
        plan.new,
        plan.updated,
        plan.unchanged,
        plan.skipped
    ));
    Ok(planned)
}

/// Returns where the pages of a mirror are kept until it is done.
fn store(global: &Global, mirror: &Mirror) -> PageStore {
    PageStore::of_mirror(&global.data, &mirror.from)
}

/// Reads the settings; `None` with findings when they are wrong.
fn read_config(global: &Global, report: &mut Report) -> Result<Option<Config>> {
    let text = read_settings(&global.data)?.unwrap_or_default();
    let (config, wrong) = Config::parse("registry.toml", &text);
    let refused = wrong.iter().any(|it| it.code == Code::SettingsInvalid);
    report.extend(wrong);
    Ok((!refused).then_some(config))
}

fn read_states(global: &Global, report: &mut Report) -> Result<MirrorStates> {
    let path = global.data.join(MIRRORS);
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let bytes = file::read(&path, MAX_DOCUMENT)
        .map_err(|e| Error::io("the state of the mirrors cannot be read", &path, e))?;
    let name = format!("{}/{MIRRORS}", crate::pipeline::label(&global.data));
    let (states, wrong) = read_mirrors(&name, bytes);
    report.extend(wrong);
    Ok(states)
}

fn write(global: &Global, edits: &Edits, talk: &Talk) -> Result<()> {
    let observer = talk.observer();
    observer.stage("writing", edits.len() as u64);
    let applied = apply(&global.data, edits, &|steps| observer.step(steps));
    observer.done();
    applied.map(|_| ())
}
