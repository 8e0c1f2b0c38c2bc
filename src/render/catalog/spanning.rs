//! The pages that span servers: front page, facets, changes, and those that explain.
//!
//! They are rendered at every build, from summaries alone. This file decides which pages there are and
//! their titles; the views decide their content.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::site::{Artifact, Media};

use super::super::{Emit, Facts, LIST, Probed};
use super::Catalog;
use super::changes::{self, ChangeView, Dated};
use super::enforce::Enforcement;
use super::engine;
use super::facets::{Facet, Group, facets, groups};
use super::list::{self, Leaf, Pager, ServerRow, leaves};
use super::machine::Machine;
use super::page::{PageHead, SiteView};
use super::place::{Href, PagePlace, page_of};
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

/// What the feed is made of; it has no frame.
#[derive(Serialize)]
struct Feed<'a> {
    site: &'a SiteView,
    base: &'a str,
    updated: Option<String>,
    entries: Vec<ChangeView>,
}

impl Catalog {
    /// Renders everything that spans servers and gives it to `emit`; `summaries` in the byte order of names.
    ///
    /// Pages of lists are rendered on several threads, in any order.
    pub(in crate::render) fn spanning<E: Send>(
        &self,
        facts: &Facts,
        summaries: &[&Summary],
        emit: &Emit<'_, E>,
    ) -> Result<Enforcement, E> {
        let catalog = self;
        let site = SiteView::new(catalog, facts);
        let servers = list::ordered(summaries.iter().copied());
        let changes = changes::all(summaries);
        let facets = facets(&servers);
        let probed = facts.probed.as_deref();
        let mut enforcement = Enforcement::new(self, summaries);
        enforcement.take_artifacts().try_for_each(emit)?;
        let enforced = &enforcement;
        let span =
            Span { catalog, site: &site, servers: &servers, facets: &facets, probed, enforced };
        let lists = || {
            span.home(&changes::newest(&changes, 5), emit)?;
            span.facets(emit)
        };
        let others = || {
            span.explaining(&changes).into_iter().try_for_each(emit)?;
            let works = probed.and_then(|probed| works::page(catalog, &site, probed));
            let feed = span.feed(changes::feed(&changes), facts);
            let pages = [works, catalog.not_found(&site, facts), feed];
            pages.into_iter().flatten().try_for_each(emit)?;
            search::artifacts(&servers, emit)?;
            catalog.assets.artifacts.iter().cloned().try_for_each(emit)?;
            let pages = span.pages();
            let machine = Machine { catalog, site: &site, servers: &servers, pages: &pages };
            machine.artifacts(emit)
        };
        let (lists, others) = rayon::join(lists, others);
        lists.and(others)?;
        Ok(enforcement)
    }
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
    site: &'a SiteView,
    servers: &'a [&'a Summary],
    facets: &'a [Facet<'a>],
    probed: Option<&'a Probed>,
    enforced: &'a Enforcement,
}

impl Span<'_> {
    /// The full list: the front page and as many other pages as needed.
    ///
    /// Only the first page shows groups and news; the others are for readers without a script.
    fn home<E: Send>(&self, newest: &[ChangeView], emit: &Emit<'_, E>) -> Result<(), E> {
        let groups = groups(self.facets, false);
        let structured = self.structured();
        let page = |leaf: Leaf<'_>| {
            let first = leaf.pager.page == 1;
            let title = match leaf.pager.page {
                1 => String::new(),
                page => format!("All servers, page {page}"),
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
        leaves.into_par_iter().filter_map(page).try_for_each(emit)
    }

    /// A list for every value of every facet.
    fn facets<E: Send>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
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
        pages.try_for_each(emit)
    }

    /// What changed, and the pages that explain: how to browse, to connect, to allow.
    fn explaining(&self, changes: &[Dated<'_>]) -> Vec<Artifact> {
        let count = changes.len().min(super::summary::CHANGES);
        let days = BTreeMap::from([
            ("days", engine::value(changes::days(changes))),
            ("count", engine::value(count)),
        ]);
        let facets = BTreeMap::from([
            ("groups", engine::value(groups(self.facets, true))),
            ("count", engine::value(counted(self.servers.len(), "server"))),
        ]);
        let pages = [
            self.plain("browse", "browse.html", "Browse", BROWSE, facets),
            self.plain("changes", "changes.html", "What changed", CHANGES, days),
            self.plain("connect", "connect.html", "Connect a client", CONNECT, ()),
            self.plain("allowlist", "allowlist.html", "Allowlist", ALLOWLIST, self.enforced.view()),
        ];
        pages.into_iter().flatten().collect()
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
        let fixed = ["", "browse/", "changes/", "connect/"].into_iter();
        let fixed = fixed.chain(self.probed.map(|_| "probe/")).map(Href::from);
        let facets = self.facets.iter().filter(|facet| facet.servers.len() > 1);
        fixed.chain(facets.filter_map(|facet| page_of(&facet.segments()))).collect()
    }

    /// The feed, which needs absolute addresses.
    ///
    /// Without a base URL there is no feed: readers could not distinguish its entries from those of another
    /// registry.
    fn feed(&self, entries: Vec<ChangeView>, facts: &Facts) -> Option<Artifact> {
        let base = self.site.base_url.as_deref()?;
        let commit = facts.commit.as_ref().map(|(_, time)| time.as_str().to_owned());
        let updated = entries.first().map(|entry| entry.at.iso.clone()).or(commit);
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
