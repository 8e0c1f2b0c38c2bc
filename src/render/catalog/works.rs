//! The page "Works with": what each client would get from this registry.
//!
//! It exists when the result of a probe is given. Only this page and the front page use it, so a new
//! result does not change the pages of servers.

use serde::Serialize;

use crate::model::Timestamp;
use crate::model::probe::{Capability, Grade};
use crate::site::Artifact;

use super::super::probed::Probed;
use super::Catalog;
use super::page::{PageHead, SiteView};
use super::place::PagePlace;
use super::server::Moment;
use super::text::shown;

/// Body of the page.
#[derive(Serialize)]
struct Works<'a> {
    sentence: &'a str,
    preview: bool,
    checked: Option<Moment>,
    columns: [(&'static str, &'static str); Capability::ALL.len()],
    rows: Vec<ClientRow>,
    causes: Vec<Cause>,
    notes: Vec<String>,
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
        sentence: &probed.sentence,
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
