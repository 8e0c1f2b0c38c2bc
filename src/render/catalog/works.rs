//! The page "Works with": what each client would get from this registry.
//!
//! It exists when the result of a probe is given. Only this page and the front page use it, so a new
//! result does not change the pages of servers.

use crate::site::Artifact;

use super::super::probed::{Probed, ProbedCause, ProbedClient};
use super::Catalog;
use super::page::{PageHead, SiteView};
use super::place::PagePlace;
use super::server::Moment;
use super::text::shown;

/// Description of the page, for search engines and previews.
const ABOUT: &str = "What each client of the MCP registry API gets from this registry.";

/// Body of the page.
#[derive(serde::Serialize)]
struct Works<'a> {
    sentence: &'a str,
    preview: bool,
    checked: Option<Moment>,
    columns: &'a [(&'static str, &'static str)],
    rows: Vec<ProbedClient>,
    causes: Vec<ProbedCause>,
    notes: Vec<String>,
}

/// Renders the page at `/probe/`.
pub(super) fn page(catalog: &Catalog, site: &SiteView, probed: &Probed) -> Option<Artifact> {
    let rows = probed.rows.iter();
    let rows = rows.map(|row| ProbedClient { name: shown(&row.name), ..row.clone() });
    let causes = probed.causes.iter().map(|cause| ProbedCause {
        title: shown(&cause.title),
        fix: shown(&cause.fix),
        request: shown(&cause.request),
        detail: shown(&cause.detail),
        clients: cause.clients.iter().map(|client| shown(client)).collect(),
        ..cause.clone()
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
