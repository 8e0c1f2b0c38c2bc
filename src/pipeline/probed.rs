//! From the result of a probe to a part of the site.
//!
//! The corridor knows both rooms: what a probe writes, and what a page shows. A result is put into the
//! site that it is about and into no other; its bytes are published as they are.

use std::sync::Arc;

use crate::config::BaseUrl;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::probe::{Capability, ClientRecord, Grade, ProblemRecord, Record, Trouble};
use crate::render::{Mark, Probed, ProbedCause, ProbedClient};

use super::Loaded;

/// Size that no result of a probe comes near, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

impl Loaded {
    /// Puts the result of a probe (`probe.json`) into the site that will be built.
    ///
    /// # Errors
    /// When `bytes` are no such result, and when it is about another base URL than this registry's.
    pub fn show_probe(&mut self, bytes: Vec<u8>) -> Result<()> {
        let wrong = |why: String, help: &str| Err(Error::new(ErrorKind::Usage, why).help(help));
        let again = "give the probe.json that `mcp-static probe URL --write DIR` made";
        if bytes.len() > LARGEST {
            return wrong("this is no result of a probe: it is too large".to_owned(), again);
        }
        let record = match Record::read(&bytes) {
            Ok(record) => record,
            Err(why) => return wrong(format!("this is no result of a probe: {why}"), again),
        };
        match self.facts.base_url.as_ref().map(BaseUrl::as_str) {
            Some(ours) if ours == record.base_url => {}
            Some(ours) => {
                let theirs = &record.base_url;
                let why = format!("the result is about {theirs}, and this registry is at {ours}");
                return wrong(why, "probe this registry, a preview of it with --stands-for");
            }
            None => {
                let why = format!(
                    "the result is about {}, and no base URL of this registry is known",
                    record.base_url
                );
                return wrong(why, "give --base-url, or set base_url in registry.toml");
            }
        }
        self.facts.probed = Some(Arc::new(probed(&record, bytes)));
        Ok(())
    }
}

/// What the site shows of a record.
fn probed(record: &Record, bytes: Vec<u8>) -> Probed {
    Probed {
        json: bytes.into(),
        badge: record.badge(),
        sentence: record.sentence(),
        preview: record.preview,
        checked_at: record.checked_at.as_deref().and_then(Timestamp::parse),
        columns: Capability::ALL.map(|column| (column.as_str(), column.meaning())).to_vec(),
        rows: record.clients.iter().map(row).collect(),
        causes: causes(record),
        notes: record.notes.clone(),
    }
}

/// A client's row. Capabilities that this version does not know have no column.
fn row(client: &ClientRecord) -> ProbedClient {
    let mark = |column: Capability| {
        let cell = client.capabilities.get(column.as_str());
        cell.and_then(|cell| cell.grade).map_or(Mark::Untried, mark)
    };
    ProbedClient {
        name: client.name().to_owned(),
        required: client.required,
        marks: Capability::ALL.map(mark).to_vec(),
    }
}

fn mark(grade: Grade) -> Mark {
    match grade {
        Grade::Works => Mark::Works,
        Grade::Partly => Mark::Partly,
        Grade::Fails => Mark::Fails,
    }
}

/// Every cause with the first place where it was seen and everything that it hurts equally: worst
/// first, then in the order of reports, causes of other versions last.
fn causes(record: &Record) -> Vec<ProbedCause> {
    let mut causes: Vec<(&ProblemRecord, ProbedCause)> = Vec::new();
    for client in &record.clients {
        for column in Capability::ALL {
            let cell = client.capabilities.get(column.as_str());
            for problem in cell.iter().flat_map(|cell| &cell.problems) {
                let same = |(known, _): &&mut (&ProblemRecord, ProbedCause)| {
                    (&known.id, known.grade) == (&problem.id, problem.grade)
                };
                match causes.iter_mut().find(same) {
                    Some((_, cause)) => hurts(cause, client, column),
                    None => {
                        let mut cause = cause(problem);
                        hurts(&mut cause, client, column);
                        causes.push((problem, cause));
                    }
                }
            }
        }
    }
    let order = |trouble: Option<Trouble>| (trouble.is_none(), trouble);
    causes.sort_by_key(|(p, _)| (std::cmp::Reverse(p.grade), order(p.trouble())));
    causes.into_iter().map(|(_, cause)| cause).collect()
}

fn cause(problem: &ProblemRecord) -> ProbedCause {
    ProbedCause {
        mark: mark(problem.grade),
        title: problem.title().to_owned(),
        fix: problem.fix().to_owned(),
        request: problem.request.clone(),
        detail: problem.detail.clone(),
        clients: Vec::new(),
        columns: Vec::new(),
    }
}

/// Notes that a cause hurts a client at something.
fn hurts(cause: &mut ProbedCause, client: &ClientRecord, column: Capability) {
    if !cause.clients.iter().any(|known| known == client.name()) {
        cause.clients.push(client.name().to_owned());
    }
    if !cause.columns.contains(&column.as_str()) {
        cause.columns.push(column.as_str());
    }
}
