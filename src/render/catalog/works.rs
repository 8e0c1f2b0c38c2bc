//! The page "Works with": what each client would get from this registry.
//!
//! It exists when the result of a probe is given. Only this page and the front page use it, so a new
//! result does not change the pages of servers.

use serde::Serialize;

use crate::site::Artifact;

use super::super::probed::{Mark, Probed};
use super::Catalog;
use super::page::{PageHead, Site};
use super::place::PagePlace;
use super::server::Moment;
use super::text::shown;

/// Body of the page.
#[derive(Serialize)]
struct Works<'a> {
    sentence: &'a str,
    preview: bool,
    checked: Option<Moment>,
    columns: &'a [(&'static str, &'static str)],
    rows: Vec<ClientRow<'a>>,
    causes: Vec<Cause<'a>>,
    notes: Vec<String>,
}

/// A client and its marks.
#[derive(Serialize)]
struct ClientRow<'a> {
    name: String,
    required: bool,
    marks: &'a [Mark],
}

/// Something that does not work in full.
#[derive(Serialize)]
struct Cause<'a> {
    mark: Mark,
    title: String,
    fix: String,
    request: String,
    detail: String,
    clients: String,
    columns: &'a [&'static str],
}

/// Description of the page, for search engines and previews.
const ABOUT: &str = "What each client of the MCP registry API gets from this registry.";

/// The page at `/probe/`.
pub(super) fn page(catalog: &Catalog, site: &Site, probed: &Probed) -> Option<Artifact> {
    let rows = probed.rows.iter().map(|row| ClientRow {
        name: shown(&row.name),
        required: row.required,
        marks: &row.marks,
    });
    let causes = probed.causes.iter().map(|cause| Cause {
        mark: cause.mark,
        title: shown(&cause.title),
        fix: shown(&cause.fix),
        request: shown(&cause.request),
        detail: shown(&cause.detail),
        clients: shown(&cause.clients.join(", ")),
        columns: &cause.columns,
    });
    let body = Works {
        sentence: &probed.sentence,
        preview: probed.preview,
        checked: probed.checked_at.as_ref().map(|at| Moment::new(at.as_str())),
        columns: &probed.columns,
        rows: rows.collect(),
        causes: causes.collect(),
        notes: probed.notes.iter().map(|note| shown(note)).collect(),
    };
    let head =
        PageHead::new("works", "Works with", ABOUT).json(Some(&"probe/probe.json".to_owned()));
    catalog.page(site, PagePlace::new(&["probe"])?, "probe.html", head, body)
}
