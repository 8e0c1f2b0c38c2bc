//! `probe`: tests a deployed registry as real clients would use it.
//!
//! The result goes to stdout in every form; with `--write` it is also written as files for the site.
//! Nothing is written when the host does not answer.

use std::path::Path;

use crate::config::{Config, ProbeSettings};
use crate::data::read_settings;
use crate::diag::format::Format;
use crate::diag::{Diagnostic, suggest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::model::probe::ProbeResult;
use crate::pipeline::label;
use crate::probe::{self, CLIENTS, Client, Options, Unreachable, probe};
use crate::world::clock::{Clock as _, SystemClock};
use crate::world::file;
use crate::world::http::Reach;

use super::args::{Global, ProbeArgs};
use super::net;
use super::outcome::Outcome;
use super::talk::Talk;

/// Probes a registry, prints the result, and refuses when a required client would fail.
pub(super) fn run(global: &Global, args: &ProbeArgs, talk: &Talk) -> Result<Outcome> {
    if !matches!(global.format, Format::Human | Format::Json | Format::Markdown) {
        return Err(Error::new(ErrorKind::Usage, "a probe cannot be printed in this form")
            .help("use --format human, json or markdown"));
    }
    let clients = args.client.iter().map(|id| known(id)).collect::<Result<Vec<_>>>()?;
    let required = required(global, &args.require, &clients)?;
    let stands_for = args.stands_for.clone();
    let options = Options { server: args.server.clone(), clients, required, stands_for };
    let mut result = ask(global, &args.url, &options, args.allow_private, talk)?;
    talk.data(&match global.format {
        Format::Json => probe::to_json(&result),
        Format::Markdown => probe::markdown(&result),
        _ => probe::human(&result, talk.look()),
    });
    if let Some(folder) = &args.write {
        write(folder, &mut result, global)?;
    }
    let failing = failing(&result);
    if failing.is_empty() {
        talk.say(&match options.required.as_slice() {
            [] => "no client was required".to_owned(),
            required => format!("the registry works for {}", required.join(", ")),
        });
        talk.next(&match &args.write {
            Some(folder) => {
                let file = folder.join("probe.json");
                format!("`mcp-static build --probe {}` shows this on the site", file.display())
            }
            None => format!("give clients the base URL {}", result.base_url),
        });
    } else {
        talk.say(&format!("the registry does not work for {}", failing.join(", ")));
        talk.next("correct the causes above; `mcp-static explain WORD` explains one of them");
    }
    Ok(Outcome::refused_if(!failing.is_empty()))
}

/// Sends what clients send to the registry at `url`.
///
/// # Errors
/// [`ErrorKind::Indeterminate`] when nothing answers, [`ErrorKind::Usage`] when the URL must not be asked.
pub(super) fn ask(
    global: &Global,
    url: &str,
    options: &Options,
    private: bool,
    talk: &Talk,
) -> Result<ProbeResult> {
    let exchanger = net::exchanger(global, Reach { private, ..Reach::default() })?;
    let observer = talk.observer();
    let count = if options.clients.is_empty() { CLIENTS.len() } else { options.clients.len() };
    observer.stage("asking as each client", count as u64);
    let found = probe(url, options, &exchanger, &|_| observer.step(1));
    observer.done();
    found.map_err(|e| unreachable(&e, private))
}

/// Returns the ids of the clients that the registry has to work for and does not.
pub(super) fn failing(result: &ProbeResult) -> Vec<&str> {
    let failing = result.clients.iter().filter(|client| client.required && !client.works());
    failing.map(|client| client.id.as_str()).collect()
}

/// Returns the required clients that are named, else those of the settings, among those imitated.
pub(super) fn required(
    global: &Global,
    named: &[String],
    imitated: &[&'static Client],
) -> Result<Vec<String>> {
    let mut required = named.to_vec();
    if required.is_empty() {
        required = settings(&global.data)?.require;
    }
    for id in &required {
        known(id)?;
    }
    required.retain(|id| imitated.is_empty() || imitated.iter().any(|client| client.id == *id));
    Ok(required)
}

/// Reads `[probe]` of the registry in `data`; the defaults when there is none.
fn settings(data: &Path) -> Result<ProbeSettings> {
    let Some(text) = read_settings(data)? else { return Ok(ProbeSettings::default()) };
    let path = format!("{}/registry.toml", label(data));
    match Config::parse_with_clients(&path, &text) {
        (config, wrong) if wrong.is_empty() => Ok(config.probe),
        (_, wrong) => Err(not_valid(&path, &wrong)),
    }
}

/// Returns an error about settings, with the first of what is wrong.
fn not_valid(path: &str, wrong: &[Diagnostic]) -> Error {
    let (place, why) = wrong.first().map_or((path.to_owned(), ""), |first| {
        (format!("{path}:{}:{}", first.place.line, first.place.column), first.message.as_str())
    });
    Error::new(ErrorKind::Usage, format!("the settings are not valid: {why}"))
        .at(place)
        .help("run `mcp-static check` to see everything, or name clients with --require")
}

/// Returns the client called `id`.
fn known(id: &str) -> Result<&'static Client> {
    Client::parse(id).ok_or_else(|| {
        let ids: Vec<&str> = CLIENTS.iter().map(|client| client.id).collect();
        Error::new(ErrorKind::Usage, format!("unknown client {id:?}")).help(suggest(id, &ids))
    })
}

/// Turns the reason for a missing result into an error.
fn unreachable(why: &Unreachable, private: bool) -> Error {
    match why {
        Unreachable::Refused(why) if private => Error::new(ErrorKind::Usage, why)
            .help("give the base URL of a registry, such as https://registry.example.com"),
        Unreachable::Refused(why) => Error::new(ErrorKind::Usage, why).help(
            "give an https URL; --allow-private allows private networks and plain http there",
        ),
        Unreachable::Silent(why) => Error::new(ErrorKind::Indeterminate, why)
            .help("check that the host is up and that HTTPS_PROXY is right for this network"),
    }
}

/// Writes `probe.json` and `badge.svg` into a folder. A preview's result has no date: the site that it
/// becomes a part of must be reproducible.
pub(super) fn write(folder: &Path, result: &mut ProbeResult, global: &Global) -> Result<()> {
    let clock = SystemClock { pinned: global.load_options()?.epoch };
    let at = Timestamp::from_unix(clock.now());
    result.checked_at = (!result.preview).then(|| at.as_str().to_owned());
    let fail = |e| Error::io("could not write the result", folder, e);
    std::fs::create_dir_all(folder).map_err(fail)?;
    file::write(&folder.join("probe.json"), probe::to_json(result).as_bytes()).map_err(fail)?;
    file::write(&folder.join("badge.svg"), probe::badge(result).as_bytes()).map_err(fail)
}
