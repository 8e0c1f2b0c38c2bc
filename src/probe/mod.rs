//! Checks a deployed registry by sending what real clients send.
//!
//! Clients differ in their requests, in how they follow redirects and in how they read bodies. A probe
//! sends what each client of the table [`CLIENTS`] sends and applies its rules to the answers. The result is a [`ProbeResult`]. Any v0.1 registry can be probed.
//!
//! ```text
//! base URL ─ list ─▶ subjects ─┐
//! CLIENTS ─────────────────────┴─ assess ─▶ ProbeResult ─▶ human, Markdown, JSON, badge
//!                                    └─ diagnose (only after a failure: why?)
//! ```
//!
//! It never renders, writes files, changes anything on the host, or sends the same request twice.

mod assess;
mod base;
mod body;
mod clients;
mod diagnose;
mod notes;
mod print;
mod readers;
mod record;
mod session;
mod subjects;
mod visit;

use std::rc::Rc;

use serde_json::Value;

use crate::config::BaseUrl;
use crate::model::probe::{LookedUp, ProbeResult};
use crate::world::http::{Ask, Exchange, HttpError};

pub use clients::{CLIENTS, Client};
pub use print::{Look, badge, human, markdown, sentence};
pub use record::{from_json, to_json};

use assess::Assessor;
use base::Base;
use session::{Response, Session};
use visit::Visit;

/// What a probe is limited to.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The server to look up; by default, a few of the list.
    pub server: Option<String>,
    /// The clients to imitate; all when empty.
    pub clients: Vec<&'static Client>,
    /// Ids of the clients that the registry has to work for.
    pub required: Vec<String>,
    /// The URL that the registry will have, when only a preview of it is asked. The result then names
    /// this URL, and the address of the preview does not occur in it.
    pub stands_for: Option<BaseUrl>,
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreachable {
    /// The URL must not be asked; the text is the reason.
    Refused(String),
    /// There was no answer; the text says what happened.
    Silent(String),
}

/// Probes the registry at `base`; `on_client` is called before each client is imitated.
///
/// # Errors
/// When not a single answer came. One answer, of any status, is enough for a result.
pub fn probe(
    base: &str,
    options: &Options,
    exchange: &dyn Exchange,
    on_client: &dyn Fn(&Client),
) -> Result<ProbeResult, Unreachable> {
    let base =
        Base::read(base).map_err(|why| Unreachable::Refused(format!("the base URL {why}")))?;
    let session = Session::new(base, exchange);
    check_reachable(&session)?;
    let list = find_list(&session);
    let empty = Vec::new();
    let servers = list.as_ref().and_then(|list| list.body.servers()).unwrap_or(&empty);
    let subjects = subjects::pick(&session, servers, options.server.as_deref());
    let assessor = Assessor::new(&session, &subjects);
    let all: Vec<&'static Client> = CLIENTS.iter().collect();
    let clients = if options.clients.is_empty() { &all } else { &options.clients };
    let clients = clients.iter().map(|client| {
        on_client(client);
        let mut row = assessor.row(client);
        row.required = options.required.contains(&row.id);
        row
    });
    let clients = clients.collect();
    let notes = notes::notes(&session, options.stands_for.is_some());
    let looked_up =
        |s: &subjects::Subject| LookedUp { name: s.name.clone(), version: s.version.clone() };
    let mut result = ProbeResult {
        tool: concat!("mcp-static ", env!("CARGO_PKG_VERSION")).to_owned(),
        base_url: session.base.given.clone(),
        preview: false,
        checked_at: None,
        servers: count_names(servers),
        looked_up: subjects.iter().map(looked_up).collect(),
        requests: session.requests(),
        clients,
        notes,
    };
    if let Some(url) = &options.stands_for {
        rename(&mut result, &session.base.trimmed, url.as_str());
    }
    Ok(result)
}

/// Turns the result of the preview at `address` into that of the registry that will be at `url`.
///
/// The address is replaced wherever an answer quoted it, so that the result depends on the answers
/// alone and not on the port that happened to be free.
fn rename(result: &mut ProbeResult, address: &str, url: &str) {
    let cells = result.clients.iter_mut().flat_map(|client| client.capabilities.values_mut());
    let problems = cells.flat_map(|cell| &mut cell.problems);
    let texts = problems.flat_map(|problem| [&mut problem.request, &mut problem.detail]);
    for text in texts.chain(&mut result.notes) {
        *text = text.replace(address, url);
    }
    result.base_url = url.to_owned();
    result.preview = true;
}

/// Checks that the host answers at all.
fn check_reachable(session: &Session<'_>) -> Result<(), Unreachable> {
    let ask = Ask { url: format!("{}/v0.1/servers", session.base.trimmed), ..Default::default() };
    match session.send(ask) {
        Ok(_) => Ok(()),
        Err(e @ HttpError::Refused { .. }) => Err(Unreachable::Refused(e.to_string())),
        Err(e) => Err(Unreachable::Silent(e.to_string())),
    }
}

/// Looks for the list in every place where builds put it, to get names to ask for.
fn find_list(session: &Session<'_>) -> Option<Rc<Response>> {
    let is_list = |response: &Rc<Response>| response.body.servers().is_some();
    let asked = CLIENTS.first().and_then(|client| Visit::new(session, client, client.list).end);
    if let Some(list) = asked.filter(is_list) {
        return Some(list);
    }
    let others =
        ["/v0.1/servers/", "/v0.1/servers/index.json", "/v0.1/servers.json", "/v0/servers"];
    let url = |path: &&str| session.peek(format!("{}{path}", session.base.trimmed));
    others.iter().filter_map(url).find(is_list)
}

/// Counts the names in the list.
fn count_names(servers: &[Value]) -> u64 {
    let rows = subjects::rows(servers);
    let names: std::collections::BTreeSet<&str> = rows.iter().map(|(name, ..)| *name).collect();
    names.len() as u64
}
