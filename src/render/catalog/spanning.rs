//! The pages that span servers: front page, facets, changes, and those that explain.
//!
//! They are rendered at every build, from summaries alone: no document is opened for them. This file
//! decides which pages there are and what each is called; their content is decided by their views.

use rayon::prelude::*;
use serde::Serialize;

use crate::site::{Artifact, Media};

use super::super::export::allowlist::documents;
use super::super::{Facts, Probed};
use super::Catalog;
use super::changes::{self, ChangeView, Dated, Day};
use super::facets::{Facet, Group, facets, groups};
use super::list::{self, Leaf, Pager, ServerRow, leaves};
use super::machine::Machine;
use super::page::{PageHead, Site};
use super::place::{Href, PagePlace};
use super::search;
use super::summary::Summary;
use super::text::counted;
use super::works;

/// Body of the front page and of the other pages of the full list.
#[derive(Serialize)]
struct Home<'a> {
    count: String,
    rows: Vec<ServerRow<'a>>,
    pager: Pager,
    groups: &'a [Group],
    newest: &'a [ChangeView],
    structured: &'a serde_json::Value,
    /// Text of the badge, when there is one.
    works: Option<&'a str>,
}

/// Body of a facet's page.
#[derive(Serialize)]
struct List<'a> {
    kind: &'static str,
    kind_label: &'static str,
    value: &'a str,
    label: String,
    count: String,
    rows: Vec<ServerRow<'a>>,
    pager: Pager,
}

/// Body of the page that lists every facet.
#[derive(Serialize)]
struct Browse {
    groups: Vec<Group>,
    count: String,
}

/// Body of the page "What changed".
#[derive(Serialize)]
struct Changes {
    days: Vec<Day>,
    count: usize,
}

/// What the feed is made of; it has no frame.
#[derive(Serialize)]
struct Feed<'a> {
    site: &'a Site,
    base: &'a str,
    updated: Option<String>,
    entries: Vec<ChangeView>,
}

/// Address of the list document.
const LIST: &str = "v0.1/servers";

/// Renders everything that spans servers.
///
/// Pages of lists are rendered on several threads, and their order does not depend on which is ready
/// first.
pub(super) fn artifacts(catalog: &Catalog, facts: &Facts, summaries: &[&Summary]) -> Vec<Artifact> {
    let site = Site::new(catalog, facts);
    let servers = list::ordered(summaries.iter().copied());
    let changes = changes::all(summaries);
    let facets = facets(&servers);
    let probed = facts.probed.as_deref();
    let span = Span { catalog, site: &site, servers: &servers, facets: &facets, probed };
    let lists = || {
        let mut artifacts = span.home(&changes::newest(&changes, 5));
        artifacts.extend(span.facets());
        artifacts
    };
    let others = || {
        let mut artifacts = span.explaining(&changes);
        artifacts.extend(probed.and_then(|probed| works::page(catalog, &site, probed)));
        artifacts.extend(catalog.not_found(&site, facts));
        artifacts.extend(span.feed(changes::feed(&changes), facts));
        artifacts.extend(documents(summaries.iter().map(|summary| &summary.allow)));
        artifacts.extend(search::artifacts(&servers));
        artifacts.extend(catalog.assets.artifacts());
        let pages = span.pages();
        let machine = Machine { catalog, site: &site, servers: &servers, pages: &pages };
        artifacts.extend(machine.artifacts());
        artifacts
    };
    let (mut artifacts, others) = rayon::join(lists, others);
    artifacts.extend(others);
    artifacts
}

/// Descriptions of the pages, for search engines and previews.
const BROWSE: &str =
    "Every way to cut the list of servers: package type, transport, namespace, status.";
const CHANGES: &str = "The last hundred publications and changes of status.";
const CONNECT: &str = "How to point Copilot, VS Code and other clients at this registry.";
const ALLOWLIST: &str = "When to use the registry, when an allowlist, and where to get one.";

/// What all these pages are made of.
struct Span<'a> {
    catalog: &'a Catalog,
    site: &'a Site,
    servers: &'a [&'a Summary],
    facets: &'a [Facet<'a>],
    probed: Option<&'a Probed>,
}

impl Span<'_> {
    /// The full list: the front page and as many other pages as needed.
    ///
    /// Only the first page shows groups and news; the others are for those who have no script and read on.
    fn home(&self, newest: &[ChangeView]) -> Vec<Artifact> {
        let groups = groups(self.facets, false);
        let structured = self.structured();
        let page = |leaf: Leaf<'_>| {
            let first = leaf.pager.page == 1;
            let title = if first {
                String::new()
            } else {
                format!("All servers, page {}", leaf.pager.page)
            };
            let head =
                PageHead::new("servers", &title, &self.site.tagline).json(Some(&LIST.to_owned()));
            let body = Home {
                count: counted(self.servers.len(), "server"),
                rows: rows(&leaf),
                groups: if first { &groups } else { &[] },
                newest: if first { newest } else { &[] },
                pager: leaf.pager,
                structured: &structured,
                works: self.probed.filter(|_| first).map(|probed| probed.sentence.as_str()),
            };
            self.catalog.page(self.site, leaf.place, "home.html", head, body)
        };
        let leaves = leaves(self.servers, &[], &["browse", "page"]);
        leaves.into_par_iter().filter_map(page).collect()
    }

    /// A list for every value of every facet.
    fn facets(&self) -> Vec<Artifact> {
        let pages = self.facets.par_iter().flat_map_iter(|facet| {
            let segments = facet.segments();
            let count = counted(facet.servers.len(), "server");
            let label = facet.label();
            leaves(&facet.servers, &segments, &segments).into_iter().filter_map(move |leaf| {
                let title = format!("{}: {label}", facet.kind.label);
                let about = format!("{count} of {}.", self.site.name);
                let body = List {
                    kind: facet.kind.id,
                    kind_label: facet.kind.label,
                    value: &facet.value,
                    label: label.clone(),
                    count: count.clone(),
                    rows: rows(&leaf),
                    pager: leaf.pager,
                };
                let head = PageHead::new("browse", &title, &about);
                self.catalog.page(self.site, leaf.place, "list.html", head, body)
            })
        });
        pages.collect()
    }

    /// What changed, and the pages that explain: how to browse, to connect, to allow.
    fn explaining(&self, changes: &[Dated<'_>]) -> Vec<Artifact> {
        let count = changes.len().min(super::summary::CHANGES);
        let days = Changes { days: changes::days(changes), count };
        let pages = [
            self.plain("browse", "browse.html", "Browse", BROWSE, self.browse()),
            self.plain("changes", "changes.html", "What changed", CHANGES, days),
            self.plain("connect", "connect.html", "Connect a client", CONNECT, ()),
            self.plain("allowlist", "allowlist.html", "Allowlist", ALLOWLIST, ()),
        ];
        pages.into_iter().flatten().collect()
    }

    /// Every facet with every value.
    fn browse(&self) -> Browse {
        let groups = groups(self.facets, true);
        Browse { groups, count: counted(self.servers.len(), "server") }
    }

    /// A page directly below the root.
    fn plain(
        &self,
        section: &'static str,
        template: &str,
        title: &str,
        about: &str,
        it: impl Serialize,
    ) -> Option<Artifact> {
        let head = PageHead::new(section, title, about);
        self.catalog.page(self.site, PagePlace::new(&[section])?, template, head, it)
    }

    /// Pages that a sitemap names besides those of servers.
    ///
    /// A facet with a single server adds nothing to the server's page.
    fn pages(&self) -> Vec<Href> {
        let mut pages: Vec<Href> =
            ["", "browse/", "changes/", "connect/"].into_iter().map(Href::from).collect();
        pages.extend(self.probed.map(|_| Href::from("probe/")));
        let facets = self.facets.iter().filter(|facet| facet.servers.len() > 1);
        pages.extend(facets.filter_map(|facet| super::place::page_of(&facet.segments())));
        pages
    }

    /// The feed, which needs absolute addresses.
    ///
    /// Without a base URL there is none: its entries could not be distinguished from those of another registry.
    fn feed(&self, entries: Vec<ChangeView>, facts: &Facts) -> Option<Artifact> {
        let base = self.site.base_url.as_deref()?;
        let commit = facts.commit.as_ref().map(|(_, time)| time.as_str().to_owned());
        let updated = entries.first().map(|entry| entry.at().to_owned()).or(commit);
        let feed = Feed { site: self.site, base, updated, entries };
        Artifact::file(["feed.xml"], Media::Atom, self.catalog.render("feed.xml", feed)?)
    }

    /// The registry as linked data.
    fn structured(&self) -> serde_json::Value {
        serde_json::json!({
            "@context": "https://schema.org",
            "@type": "DataCatalog",
            "name": self.site.name,
            "description": self.site.tagline,
            "url": self.site.base_url,
            "dataset": {
                "@type": "Dataset",
                "name": format!("MCP servers of {}", self.site.name),
                "description": "The latest version of every server, in one JSON document.",
                "distribution": {
                    "@type": "DataDownload",
                    "encodingFormat": "application/json",
                    "contentUrl": self.site.base_url.as_ref().map(|base| format!("{base}/{LIST}")),
                },
            },
        })
    }
}

/// The rows of one page.
fn rows<'a>(leaf: &Leaf<'a>) -> Vec<ServerRow<'a>> {
    leaf.servers.iter().map(|summary| ServerRow::new(summary)).collect()
}
