//! `add`: one document, or one entry of another registry.

use std::path::Path;

use crate::data::require_folder;
use crate::diag::Report;
use crate::error::{Error, ErrorKind, Result};
use crate::import::{Batch, Filter, ImportPlan, Upstream, registry_url};
use crate::model::{ServerName, Version};
use crate::pipeline::{Added, add};
use crate::world::clock::SystemClock;
use crate::world::file as files;

use super::args::{AddArgs, Global};
use super::changes::{MAX_DOCUMENT, addresses, finish, lock, make_plan, next_change, write};
use super::net;
use super::outcome::Outcome;
use super::talk::Talk;

/// Adds a document to the registry: a file, or with `--from` an entry of another registry.
pub(super) fn run(global: &Global, args: &AddArgs, talk: &Talk) -> Result<Outcome> {
    match &args.from {
        Some(from) => fetch(global, args, from, talk),
        None => file(global, args, talk),
    }
}

/// Adds a file, after checking it as an entry of the registry.
///
/// With errors nothing is written. A document that is already there with the same bytes is a success,
/// so the command may be run twice.
fn file(global: &Global, args: &AddArgs, talk: &Talk) -> Result<Outcome> {
    let mut options = global.load_options()?;
    options.revision = None;
    require_folder(&global.data)?;
    let (name, bytes) = read(&args.what)?;
    let _held = lock(global, args.dry_run)?;
    match add(&options, &name, bytes)? {
        Added::Refused { report } => {
            talk.report(&report);
            talk.say("nothing was written");
            Ok(Outcome::Refused)
        }
        Added::AlreadyThere { path, report } => {
            talk.report(&report);
            talk.say(&format!("{path} is already there with the same content"));
            Ok(Outcome::Fine)
        }
        Added::New { edits, path, label, report } => {
            talk.report(&report);
            write(global, &edits, args.dry_run, talk)?;
            if !args.dry_run {
                talk.say(&format!("added {label} as {path}"));
                if let Some((name, version)) = label.split_once('@')
                    && let Ok(name) = ServerName::parse(name)
                {
                    addresses(global, &name, version, talk);
                }
                talk.next(&format!(
                    "git add {path} && git commit -m \"Add {label}\", then push a branch and open a pull request"
                ));
            } else {
                next_change(global, "", true, talk);
            }
            Ok(Outcome::Fine)
        }
    }
}

/// Reads a file or standard input; returns its name for messages, and its bytes.
///
/// When the file is missing and its name is a valid server name, the error says how to fetch the server.
fn read(what: &str) -> Result<(String, Vec<u8>)> {
    let fail = |e: std::io::Error| {
        let missing = e.kind() == std::io::ErrorKind::NotFound;
        let error = Error::io("the file cannot be read", what, e);
        match what.split('@').next().map(ServerName::parse) {
            Some(Ok(_)) if missing && !what.ends_with(".json") => error.help(format!(
                "to fetch it from another registry, run `mcp-static add {what} --from official`"
            )),
            _ => error.help("name a server.json, or - for standard input"),
        }
    };
    if what == "-" {
        let bytes = files::read_from(std::io::stdin().lock(), MAX_DOCUMENT).map_err(fail)?;
        return Ok(("<stdin>".to_owned(), bytes));
    }
    let bytes = files::read(Path::new(what), MAX_DOCUMENT).map_err(fail)?;
    Ok((what.replace('\\', "/"), bytes))
}

/// Imports one entry of another registry.
///
/// The entry keeps upstream's dates and gets an `origin.json`, so it counts as mirrored afterwards.
fn fetch(global: &Global, args: &AddArgs, from: &str, talk: &Talk) -> Result<Outcome> {
    require_folder(&global.data)?;
    let (name, version) = wanted(&args.what)?;
    let registry = registry_url(from)?;
    let observer = talk.observer();
    let upstream = Upstream {
        http: &net::client(global)?,
        clock: &SystemClock::default(),
        registry: registry.clone(),
        token: net::token(args.token_env.as_deref())?,
        on_progress: &|progress| net::report_progress(talk, observer.as_ref(), progress),
    };
    let reading = upstream.entry(&name, version.as_ref())?;
    let label = reading.as_ref().map_or(args.what.clone(), |r| format!("{}@{}", r.name, r.version));
    let batch = Batch { readings: vec![reading], ..Batch::default() };
    let _held = lock(global, args.dry_run)?;
    let plan = make_plan(global, &registry, batch, &Filter::default())?;
    let ImportPlan { edits, findings, skipped, unchanged, .. } = plan;
    write(global, &edits, args.dry_run, talk)?;
    let mut report = Report::new();
    report.extend(findings);
    let outcome = finish(global, report, talk, skipped > 0)?;
    if skipped == 0 && unchanged > 0 {
        talk.say(&format!("{label} is already there"));
    } else if skipped == 0 {
        if !args.dry_run {
            talk.say(&format!("{label} was imported from {registry}"));
            addresses(global, &name, label.rsplit('@').next().unwrap_or_default(), talk);
        }
        next_change(global, &format!("Add {label}"), args.dry_run, talk);
    }
    Ok(outcome)
}

/// Reads `NAME[@VERSION]`.
///
/// `@latest` is the same as no version; a range is refused by the grammar of versions.
fn wanted(what: &str) -> Result<(ServerName, Option<Version>)> {
    let wrong = |text: &str, fault: crate::model::InvalidName| {
        Error::new(ErrorKind::Usage, format!("{text:?} {fault}"))
            .help("name an entry such as com.example/weather or com.example/weather@1.0.0")
    };
    let (name, version) = match what.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (what, None),
    };
    let version = version.filter(|version| *version != "latest");
    let version =
        version.map(|text| Version::parse(text).map_err(|fault| wrong(text, fault))).transpose()?;
    Ok((ServerName::parse(name).map_err(|fault| wrong(name, fault))?, version))
}
