//! The pages that span servers: front page, facets, changes, and those that explain.
//!
//! They are rendered at every build, from summaries alone. This file decides which pages there are and
//! their titles; the views decide their content.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::site::{Artifact, Media};

use super::super::{Facts, LIST, Probed};
use super::Catalog;
use super::changes::{self, ChangeView, Dated};
use super::enforce::Enforcement;
use super::engine;
use super::facets::{self, ALL, Facet, Group, NAMESPACES, facets, groups};
use super::list::{self, FRONT, Leaf, Pager, ServerRow, leaves};
use super::machine::Machine;
use super::numbers::Numbers;
use super::page::{PageHead, SiteView};
use super::place::{Href, PagePlace, page_of};
use super::search;
use super::summary::Summary;
use super::text::counted;
use super::works;

/// Body of the front page.
#[derive(Serialize)]
struct Home<'a> {
    count: String,
    /// How many servers are in the list of all and not here.
    more: usize,
    rows: Vec<ServerRow<'a>>,
    groups: Vec<Group>,
    newest: Vec<ServerRow<'a>>,
    /// How many servers were proven in each way.
    proofs: Vec<facets::Value>,
    structured: serde_json::Value,
    works: Option<works::Strip>,
}

/// Body of a page of a list: of all servers when there is no kind.
#[derive(Serialize)]
struct List<'a> {
    kind: Option<&'static str>,
    kind_label: &'static str,
    value: &'a str,
    label: &'a str,
    count: &'a str,
    rows: Vec<ServerRow<'a>>,
    pager: Pager,
}

/// Body of a page of the index of namespaces.
#[derive(Serialize)]
struct Namespaces<'a> {
    count: String,
    values: &'a [facets::Value],
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
    /// Renders everything that spans servers; `summaries` in the byte order of names.
    ///
    /// Pages of lists are rendered on several threads; their order is always the same.
    pub(in crate::render) fn spanning(
        &self,
        facts: &Facts,
        summaries: &[&Summary],
    ) -> Vec<Artifact> {
        let catalog = self;
        let site = SiteView::new(catalog, facts);
        let servers = list::ordered(summaries.iter().copied());
        let changes = changes::all(summaries);
        let facets = facets(&servers);
        let probed = facts.probed.as_deref();
        let enforcement = Enforcement::new(self, summaries);
        let enforced = &enforcement;
        let (site, servers, facets) = (&site, &servers[..], &facets[..]);
        let span = Span { catalog, facts, site, servers, facets, probed, enforced };
        let lists = || {
            let mut artifacts = span.facets();
            artifacts.extend(span.home());
            artifacts.extend(span.all());
            artifacts.extend(span.namespaces());
            artifacts
        };
        let others = || {
            let mut artifacts = span.explaining(&changes);
            artifacts.extend(probed.and_then(|probed| works::page(catalog, site, probed)));
            artifacts.extend(catalog.not_found(site, facts));
            artifacts.extend(span.feed(changes::feed(&changes), facts));
            artifacts.extend(enforced.artifacts());
            artifacts.extend(search::artifacts(servers));
            artifacts.extend(catalog.assets.artifacts.iter().cloned());
            let pages = span.pages();
            let machine = Machine { catalog, site, servers, pages: &pages };
            artifacts.extend(machine.artifacts());
            artifacts
        };
        let (mut artifacts, others) = rayon::join(lists, others);
        artifacts.extend(others);
        artifacts
    }
}

/// Descriptions of the pages, for search engines and previews.
const BROWSE: &str =
    "Every way to cut the list of servers: package type, transport, namespace, status.";
const NAMES: &str = "Every namespace and its servers.";
const NUMBERS: &str = "How the registry grows, and what is in it.";
const CHANGES: &str = "The last hundred publications and changes of status.";
const CONNECT: &str = "How to point Copilot, VS Code and other clients at this registry.";
const ALLOWLIST: &str = "When to use the registry, when an allowlist, and where to get one.";

/// What all these pages are made of.
struct Span<'a> {
    catalog: &'a Catalog,
    facts: &'a Facts,
    site: &'a SiteView,
    servers: &'a [&'a Summary],
    facets: &'a [Facet<'a>],
    probed: Option<&'a Probed>,
    enforced: &'a Enforcement,
}

impl Span<'_> {
    /// The front page: the servers that changed last, and the ways to all others.
    fn home(&self) -> Option<Artifact> {
        let recent = list::recent(self.servers, |server| &server.updated);
        let new = list::recent(self.servers, |server| &server.created);
        let new = new.into_iter().filter(|server| server.status == "active").take(5);
        let total = self.servers.len();
        let proofs = self.facets.iter().filter(|facet| facet.kind.id == "proof");
        let body = Home {
            count: counted(total, "server"),
            more: total.saturating_sub(FRONT),
            rows: recent
                .into_iter()
                .take(FRONT)
                .map(|s| ServerRow::new(s).news(&s.version, &s.updated))
                .collect(),
            groups: groups(self.facets, total, false),
            newest: new.map(|s| ServerRow::new(s).news(&s.version, &s.created)).collect(),
            proofs: proofs.filter_map(|facet| facet.view(total)).collect(),
            structured: self.structured(),
            works: self.probed.map(works::Strip::new),
        };
        let head = PageHead::new("servers", "", &self.site.tagline)
            .json(Some(&LIST.to_owned()))
            .built(self.facts);
        self.catalog.page(self.site, PagePlace::new(&[])?, "home.html", head, body)
    }

    /// The list of all servers by name.
    fn all(&self) -> Vec<Artifact> {
        let count = counted(self.servers.len(), "server");
        let body = List {
            kind: None,
            kind_label: "",
            value: "",
            label: "All servers",
            count: &count,
            rows: Vec::new(),
            pager: Pager::default(),
        };
        self.list(self.servers, &ALL, &body)
    }

    /// A list for every value of a facet that needs one.
    fn facets(&self) -> Vec<Artifact> {
        let total = self.servers.len();
        let listed = self.facets.par_iter().filter(|facet| facet.has_page(total));
        let pages = listed.flat_map_iter(|facet| {
            let (label, count) = (facet.label(), counted(facet.servers.len(), "server"));
            let body = List {
                kind: Some(facet.kind.id),
                kind_label: facet.kind.label,
                value: &facet.value,
                label: &label,
                count: &count,
                rows: Vec::new(),
                pager: Pager::default(),
            };
            self.list(&facet.servers, &facet.segments(), &body)
        });
        pages.collect()
    }

    /// The pages of one list; `body` is what they have in common.
    fn list(&self, servers: &[&Summary], first: &[&str], body: &List<'_>) -> Vec<Artifact> {
        let title = match body.kind {
            Some(_) => format!("{}: {}", body.kind_label, body.label),
            None => body.label.to_owned(),
        };
        let page = |leaf: Leaf<'_, &Summary>| {
            let rows = leaf.items.iter().map(|summary| ServerRow::new(summary)).collect();
            // The number of servers is on the first page only, so that it renews no other.
            let about = if leaf.pager.first { body.count } else { "Servers" };
            let about = format!("{about} of {}.", self.site.name);
            let head = PageHead::new("browse", &title, &about);
            let body = List { rows, pager: leaf.pager, ..*body };
            self.catalog.page(self.site, leaf.place, "list.html", head, body)
        };
        leaves(servers, first, |server| &server.name).into_iter().filter_map(page).collect()
    }

    /// The index of namespaces, which can be thousands.
    fn namespaces(&self) -> Vec<Artifact> {
        let values = facets::namespaces(self.facets, self.servers.len());
        let page = |leaf: Leaf<'_, facets::Value>| {
            let count = counted(values.len(), "namespace");
            let body = Namespaces { count, values: leaf.items, pager: leaf.pager };
            let head = PageHead::new("browse", "Namespaces", NAMES);
            self.catalog.page(self.site, leaf.place, "namespaces.html", head, body)
        };
        leaves(&values, &NAMESPACES, facets::Value::value).into_iter().filter_map(page).collect()
    }

    /// What changed, and the pages that explain: how to browse, to connect, to allow.
    fn explaining(&self, changes: &[Dated<'_>]) -> Vec<Artifact> {
        let count = changes.len().min(super::summary::CHANGES);
        let days = BTreeMap::from([
            ("days", engine::value(changes::days(changes))),
            ("count", engine::value(count)),
        ]);
        let facets = BTreeMap::from([
            ("groups", engine::value(groups(self.facets, self.servers.len(), true))),
            ("count", engine::value(counted(self.servers.len(), "server"))),
        ]);
        let numbers = Numbers::new(self.servers, self.facets);
        let pages = [
            self.plain("browse", "browse.html", "Browse", BROWSE, facets),
            self.plain("changes", "changes.html", "What changed", CHANGES, days),
            self.plain("numbers", "numbers.html", "Numbers", NUMBERS, numbers),
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
        let mut head = PageHead::new(section, title, about);
        if section == "changes" {
            head = head.built(self.facts);
        }
        self.catalog.page(self.site, PagePlace::new(&[section])?, template, head, it)
    }

    /// Pages that a sitemap names besides those of servers.
    fn pages(&self) -> Vec<Href> {
        let fixed = ["", "browse/", "browse/all/", "changes/", "connect/", "numbers/"].into_iter();
        let fixed = fixed.chain(self.probed.map(|_| "probe/")).map(Href::from);
        let total = self.servers.len();
        let facets = self.facets.iter().filter(|facet| facet.has_page(total));
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
