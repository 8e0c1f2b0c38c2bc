//! Mirrored entries compared with the registry that they came from.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::config::Mirror;
use crate::error::{ErrorKind, Result};
use crate::import::{PageStore, Upstream, is_registry};
use crate::model::{Status, compare_packages};
use crate::world::clock::SystemClock;
use crate::world::http::HttpClient;

use super::super::args::Global;
use super::super::net;
use super::super::talk::Talk;
use super::Subject;
use super::rows::{Row, State};

/// From this many entries on, the whole list of a registry is fetched instead of one entry after another.
const MANY: usize = 25;

/// What a registry has of a server: its newest version, or why that is not known.
type Latest = std::result::Result<String, (State, String)>;

/// Returns a row for each mirrored entry.
pub(super) fn rows(
    global: &Global,
    subjects: &[Subject],
    mirrors: &[Mirror],
    token: Option<&str>,
    talk: &Talk,
) -> Result<Vec<Row>> {
    let mut by_registry: BTreeMap<&str, Vec<&Subject>> = BTreeMap::new();
    for subject in subjects {
        if let Some(registry) = subject.entry.mirrored_from() {
            by_registry.entry(registry).or_default().push(subject);
        }
    }
    let (mut rows, token) = (Vec::new(), net::token(token)?);
    for (registry, subjects) in by_registry {
        let mirror = mirrors.iter().find(|mirror| mirror.from == registry);
        let row = |subject: &&Subject, latest: Latest| row(subject, mirror, latest);
        if !is_registry(registry) {
            let skipped =
                || Err((State::Skipped, format!("it was imported from the file {registry}")));
            rows.extend(subjects.iter().map(|subject| row(subject, skipped())));
            continue;
        }
        let observer = talk.observer();
        let http: HttpClient = net::client(global)?;
        let upstream = Upstream {
            http: &http,
            clock: &SystemClock::default(),
            registry: registry.to_owned(),
            token: token.clone(),
            on_progress: &|progress| net::report_progress(talk, observer.as_ref(), progress),
        };
        let latest = latest(&upstream, &subjects);
        observer.done();
        rows.extend(subjects.iter().zip(latest).map(|(subject, latest)| row(subject, latest)));
    }
    Ok(rows)
}

fn row(subject: &Subject, mirror: Option<&Mirror>, latest: Latest) -> Row {
    let current = subject.entry.version.to_string();
    let (newest, state, why) = match latest {
        Err((state, why)) => (None, state, why),
        Ok(newest) => match compare_packages(&newest, &current) {
            Some(Ordering::Greater) => {
                let name = subject.name.as_str();
                let is_selected = mirror.is_some_and(|it| it.selects(name, &newest, true));
                let why = match is_selected {
                    true => "sync it: `mcp-static sync`",
                    false => "import it: `mcp-static add NAME --from REGISTRY`",
                };
                (Some(newest), State::Outdated, why.to_owned())
            }
            _ => (Some(newest), State::Current, String::new()),
        },
    };
    let server = subject.name.to_string();
    let why = why.replace("NAME", &server);
    let why = why.replace("REGISTRY", subject.entry.mirrored_from().unwrap_or_default());
    Row { server, version: current.clone(), package: None, current, newest, state, why }
}

/// Returns what a registry has of each server.
fn latest(upstream: &Upstream<'_>, subjects: &[&Subject]) -> Vec<Latest> {
    if subjects.len() < MANY {
        return subjects.iter().map(|subject| one(upstream, subject)).collect();
    }
    let records = match upstream.records(&PageStore::none()) {
        Ok(batch) => batch.readings,
        Err(e) => {
            let why = format!("{e:#}");
            return subjects.iter().map(|_| Err((State::Unknown, why.clone()))).collect();
        }
    };
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    for record in records.into_iter().flatten() {
        if record.facts.as_ref().is_ok_and(|facts| facts.status == Status::Deleted) {
            continue;
        }
        match newest.get(&record.name) {
            Some(known) if compare_packages(&record.version, known) != Some(Ordering::Greater) => {}
            _ => drop(newest.insert(record.name, record.version)),
        }
    }
    let find = |subject: &&Subject| {
        newest.get(subject.name.as_str()).cloned().ok_or_else(|| gone(&upstream.registry))
    };
    subjects.iter().map(find).collect()
}

fn one(upstream: &Upstream<'_>, subject: &Subject) -> Latest {
    match upstream.entry(&subject.name, None) {
        Ok(Ok(record)) => Ok(record.version),
        Ok(Err(bad)) => Err((State::Unknown, bad.reason.why)),
        Err(e) if e.kind() == ErrorKind::Usage => Err(gone(&upstream.registry)),
        Err(e) => Err((State::Unknown, format!("{e:#}"))),
    }
}

fn gone(registry: &str) -> (State, String) {
    (State::Skipped, format!("{registry} does not list it any more"))
}
