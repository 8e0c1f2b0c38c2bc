//! The page "Works with": what each client would get from this registry.
//!
//! It exists when the result of a probe is given. Only this page and the front page use it, so a new
//! result does not change the pages of servers.

use serde::Serialize;

use crate::model::Timestamp;
use crate::model::probe::{Capability, ClientResult, Grade};
use crate::site::Artifact;

use super::super::probed::Probed;
use super::Catalog;
use super::page::{PageHead, SiteView};
use super::place::PagePlace;
use super::text::{Moment, counted, shown};

/// Body of the page.
#[derive(Serialize)]
struct Works {
    /// Clients that work in full, and all that were tried.
    working: usize,
    tried: String,
    preview: bool,
    checked: Option<Moment>,
    columns: [(&'static str, &'static str); Capability::ALL.len()],
    rows: Vec<ClientRow>,
    causes: Vec<Cause>,
    notes: Vec<String>,
}

/// Names of clients on the front page.
const NAMED: usize = 3;

/// The verdict in a few words, for the front page.
#[derive(Serialize)]
pub(super) struct Strip {
    /// Some clients that work, first those that have to.
    names: Vec<String>,
    /// How many others work.
    more: usize,
    preview: bool,
}

impl Strip {
    pub(super) fn new(probed: &Probed) -> Self {
        let clients = &probed.result.clients;
        let (first, then): (Vec<_>, Vec<_>) = works(clients).partition(|client| client.required);
        let mut names: Vec<_> = first.into_iter().chain(then).map(|c| shown(&c.name)).collect();
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        Self { names, more, preview: probed.result.preview }
    }
}

/// The clients that work in full.
fn works(clients: &[ClientResult]) -> impl Iterator<Item = &ClientResult> {
    clients.iter().filter(|client| client.verdict == Grade::Works)
}

/// A client and its marks.
#[derive(Serialize)]
struct ClientRow {
    name: String,
    required: bool,
    marks: [&'static str; Capability::ALL.len()],
}

/// Something that does not work in full.
#[derive(Serialize)]
struct Cause {
    mark: Grade,
    title: String,
    fix: String,
    request: String,
    detail: String,
    clients: String,
    columns: Vec<&'static str>,
}

/// Description of the page, for search engines and previews.
const ABOUT: &str = "What each client of the MCP registry API gets from this registry.";

/// Renders the page at `/probe/`.
pub(super) fn page(catalog: &Catalog, site: &SiteView, probed: &Probed) -> Option<Artifact> {
    let result = &probed.result;
    let rows = result.clients.iter().map(|client| ClientRow {
        name: shown(&client.name),
        required: client.required,
        marks: Capability::ALL.map(|at| client.grade(at).map_or("untried", Grade::as_str)),
    });
    let causes = result.causes().into_iter().map(|cause| Cause {
        mark: cause.example.grade,
        title: shown(&cause.example.title),
        fix: shown(&cause.example.fix),
        request: shown(&cause.example.request),
        detail: shown(&cause.example.detail),
        clients: shown(&cause.clients.join(", ")),
        columns: cause.capabilities.into_iter().map(Capability::as_str).collect(),
    });
    let checked = result.checked_at.as_deref().and_then(Timestamp::parse);
    let body = Works {
        working: works(&result.clients).count(),
        tried: counted(result.clients.len(), "client"),
        preview: result.preview,
        checked: checked.map(|at| Moment::new(at.as_str())),
        columns: Capability::ALL.map(|column| (column.as_str(), column.meaning())),
        rows: rows.collect(),
        causes: causes.collect(),
        notes: result.notes.iter().map(|note| shown(note)).collect(),
    };
    let head =
        PageHead::new("works", "Works with", ABOUT).json(Some(&"probe/probe.json".to_owned()));
    catalog.page(site, PagePlace::new(&["probe"])?, "probe.html", head, body)
}
