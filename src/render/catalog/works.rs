//! The page "Works with": what each client would get from this registry.
//!
//! It exists when the result of a probe is given. Only this page and the front page know of it, so a
//! new result changes no server's page.

use serde::Serialize;

use crate::site::Artifact;

use super::super::probed::{Mark, Probed};
use super::Catalog;
use super::page::{Head, Site};
use super::place::Place;
use super::server::Moment;
use super::text::shown;

/// Body of the page.
#[derive(Serialize)]
struct Works<'a> {
    sentence: &'a str,
    preview: bool,
    checked: Option<Moment>,
    columns: &'a [(&'static str, &'static str)],
    rows: Vec<Row<'a>>,
    causes: Vec<Cause<'a>>,
    notes: Vec<String>,
}

/// A client and its marks.
#[derive(Serialize)]
struct Row<'a> {
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
    let rows = probed.rows.iter().map(|row| Row {
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
    let head = Head::new("works", "Works with", ABOUT).json(Some(&"probe/probe.json".to_owned()));
    catalog.page(site, Place::new(&["probe"])?, "probe.html", head, body)
}
