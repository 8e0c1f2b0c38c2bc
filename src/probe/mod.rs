//! A deployed registry, asked as real clients ask it.
//!
//! A registry works when clients can use it, and each client asks, follows and reads in its own way.
//! So the room has a table of clients ([`CLIENTS`]), sends what each of them sends, follows redirects
//! as it does, applies its rules to the bodies, and says which of its needs are met ([`Findings`]).
//! It works on any v0.1 registry, whoever built it.
//!
//! ```text
//! base URL ─ discover ─▶ subjects ─┐
//! CLIENTS ─────────────────────────┴─ judge ─▶ Row … ─▶ Findings ─▶ human, Markdown
//!                                       │                   └─▶ Record ─▶ JSON ─▶ Record, badge
//!                                       └─ diagnose (only after a failure: why?)
//! ```
//!
//! It refuses to render, to touch a disk, to change anything on the host, and to send the same
//! request twice.

mod base;
mod body;
mod clients;
mod diagnose;
mod findings;
mod judge;
mod notes;
mod print;
mod readers;
mod record;
mod session;
mod subjects;
mod trouble;
mod visit;

use std::rc::Rc;

use serde_json::Value;

use crate::config::BaseUrl;
use crate::world::http::{Exchange, HttpError};

pub use clients::{CLIENTS, Client, Hello, Lookups, Paging, Search, Spelling, Unknown};
pub use findings::{Capability, Cause, Cell, Findings, Grade, Problem, Row};
pub use print::Look;
pub use readers::Reader;
pub use record::{CellRecord, ClientRecord, ProblemRecord, Record, SubjectRecord};
pub use trouble::Trouble;

use base::Base;
use judge::Judge;
use session::{Answer, Session};
use visit::Visit;

/// What a probe is limited to.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The server that is looked up, instead of some of the list.
    pub server: Option<String>,
    /// The clients that are imitated; all when empty.
    pub clients: Vec<&'static Client>,
    /// Where the registry will be, when what is asked is only a preview of it. The findings then name
    /// this URL and say so, and the address of the preview is nowhere in them.
    pub stands_for: Option<BaseUrl>,
}

/// Why there are no findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreachable {
    /// The URL is not asked; the text says why.
    Refused(String),
    /// Nobody answered; the text says what happened.
    Silent(String),
}

/// Probes the registry at `base`; `hear` is told of every client before it is imitated.
///
/// # Errors
/// When not a single answer came. One answer, of whatever status, makes findings.
pub fn probe(
    base: &str,
    options: &Options,
    exchange: &dyn Exchange,
    hear: &dyn Fn(&Client),
) -> Result<Findings, Unreachable> {
    let base =
        Base::read(base).map_err(|why| Unreachable::Refused(format!("the base URL {why}")))?;
    let session = Session::new(base, exchange);
    knock(&session)?;
    let list = discover(&session);
    let empty = Vec::new();
    let servers = list.as_ref().and_then(|list| list.body.servers()).unwrap_or(&empty);
    let subjects = subjects::pick(&session, servers, options.server.as_deref());
    let judge = Judge::new(&session, &subjects);
    let all: Vec<&'static Client> = CLIENTS.iter().collect();
    let clients = if options.clients.is_empty() { &all } else { &options.clients };
    let rows = clients.iter().map(|client| {
        hear(client);
        judge.row(client)
    });
    let rows = rows.collect();
    let notes = notes::notes(&session, options.stands_for.is_some());
    let findings = Findings {
        base: session.base.given.clone(),
        preview: false,
        servers: names(servers),
        subjects: subjects.iter().map(|s| (s.name.clone(), s.version.clone())).collect(),
        rows,
        notes,
        requests: session.requests(),
    };
    Ok(match &options.stands_for {
        Some(url) => findings.standing_for(url.as_str(), &session.base.trimmed),
        None => findings,
    })
}

/// Sees whether anybody is there.
fn knock(session: &Session<'_>) -> Result<(), Unreachable> {
    let ask = crate::world::http::Ask {
        url: format!("{}/v0.1/servers", session.base.trimmed),
        ..Default::default()
    };
    match session.send(ask) {
        Ok(_) => Ok(()),
        Err(e @ HttpError::Refused { .. }) => Err(Unreachable::Refused(e.to_string())),
        Err(e) => Err(Unreachable::Silent(e.to_string())),
    }
}

/// The list, wherever it is, to know names that can be asked for.
fn discover(session: &Session<'_>) -> Option<Rc<Answer>> {
    let is_list = |answer: &Rc<Answer>| answer.body.servers().is_some();
    let asked = CLIENTS.first().and_then(|client| Visit::new(session, client, client.list).end);
    if let Some(list) = asked.filter(is_list) {
        return Some(list);
    }
    let others =
        ["/v0.1/servers/", "/v0.1/servers/index.json", "/v0.1/servers.json", "/v0/servers"];
    let url = |path: &&str| session.peek(format!("{}{path}", session.base.trimmed));
    others.iter().filter_map(url).find(is_list)
}

/// How many names the list holds.
fn names(servers: &[Value]) -> usize {
    let rows = subjects::rows(servers);
    let names: std::collections::BTreeSet<&str> = rows.iter().map(|(name, ..)| *name).collect();
    names.len()
}
