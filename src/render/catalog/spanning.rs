//! The pages that span servers: front page, facets, changes, and those that explain.
//!
//! They are rendered at every build, from summaries alone. This file decides which pages there are and
//! their titles; the views decide their content.

mod lists;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::site::{Artifact, Media};

use super::super::export::is_export;
use super::super::{Emit, Facts, Probed};
use super::Catalog;
use super::changes::{self, ChangeView, Dated};
use super::enforce::Enforcement;
use super::engine;
use super::facets::{Facet, facets, groups};
use super::list;
use super::machine::Machine;
use super::numbers::Numbers;
use super::page::{PageHead, SiteView, Wanted};
use super::place::{Href, PagePlace, page_of};
use super::search;
use super::summary::Summary;
use super::systems::Systems;
use super::text::counted;
use super::works;

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
        mut summaries: Vec<Summary>,
        emit: &Emit<'_, E>,
    ) -> Result<Enforcement, E> {
        let all: Vec<&Summary> = summaries.iter().collect();
        // Made of no lists.
        let span = Span {
            catalog: self,
            facts,
            site: &SiteView::new(self, facts),
            summaries: &all,
            servers: &[],
            facets: &[],
            probed: None,
        };
        let enforcement = span.exports(emit)?;
        // They are the largest part of all summaries, and no page is made of them.
        summaries.iter_mut().for_each(|summary| summary.exports.clear());
        let all: Vec<&Summary> = summaries.iter().collect();
        self.with_span(facts, &all, Wanted::ALL, |span| {
            let (lists, others) = rayon::join(
                || span.part(Part::Lists, emit),
                || [Part::Others, Part::Search].iter().try_for_each(|it| span.part(*it, emit)),
            );
            lists.and(others)
        })?;
        Ok(enforcement)
    }

    /// Renders one part of what spans servers, of its pages those that are `wanted`.
    pub(in crate::render) fn part<E: Send>(
        &self,
        part: Part,
        facts: &Facts,
        (summaries, wanted): (&[&Summary], Wanted),
        emit: &Emit<'_, E>,
    ) -> Result<(), E> {
        self.with_span(facts, summaries, wanted, |span| span.part(part, emit))
    }

    fn with_span<T>(
        &self,
        facts: &Facts,
        summaries: &[&Summary],
        wanted: Wanted,
        make: impl FnOnce(&Span<'_>) -> T,
    ) -> T {
        let servers = list::ordered(summaries.iter().copied());
        make(&Span {
            catalog: self,
            facts,
            site: &SiteView::new(self, facts).only(wanted),
            summaries,
            facets: &facets(&servers),
            servers: &servers,
            probed: facts.probed.as_deref(),
        })
    }
}

/// A part of what spans servers. The whole is too much to make for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The front page and the pages of lists.
    Lists,
    /// Single pages, assets and documents for machines.
    Others,
    /// The files for clients that enforce what is approved, and their page.
    Exports,
    /// The index of the search.
    Search,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Lists, Self::Others, Self::Exports, Self::Search];

    /// Returns the part that the document at `path` belongs to.
    pub fn of(path: &str) -> Self {
        match path.split_once('/').unwrap_or((path, "")) {
            ("", _) => Self::Lists,
            ("browse", rest) if !rest.is_empty() => Self::Lists,
            ("allowlist", "") => Self::Exports,
            ("exports", _) if is_export(path) => Self::Exports,
            ("assets", rest) if rest.starts_with("search/") => Self::Search,
            _ => Self::Others,
        }
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
    /// In the byte order of names, withdrawn ones included.
    summaries: &'a [&'a Summary],
    servers: &'a [&'a Summary],
    facets: &'a [Facet<'a>],
    probed: Option<&'a Probed>,
}

impl Span<'_> {
    fn part<E: Send>(&self, part: Part, emit: &Emit<'_, E>) -> Result<(), E> {
        match part {
            Part::Lists => self.lists(emit),
            Part::Others => self.others(emit),
            Part::Exports => self.exports(emit).map(drop),
            Part::Search => search::artifacts(self.servers, emit),
        }
    }

    /// Single pages, assets and documents for machines.
    fn others<E: Send>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
        let (catalog, site, servers) = (self.catalog, self.site, self.servers);
        let changes = changes::all(self.summaries);
        self.explaining(&changes).into_iter().try_for_each(emit)?;
        let works = self.probed.and_then(|probed| works::page(catalog, site, probed));
        let feed = self.feed(changes::feed(&changes));
        let pages = [works, catalog.not_found(site, self.facts), feed];
        pages.into_iter().flatten().try_for_each(emit)?;
        catalog.assets.artifacts.iter().cloned().try_for_each(emit)?;
        let pages = &self.pages();
        Machine { catalog, site, servers, pages }.artifacts(emit)
    }

    /// The files for clients that enforce what is approved, and their page.
    fn exports<E: Send>(&self, emit: &Emit<'_, E>) -> Result<Enforcement, E> {
        let enforced = Enforcement::new(self.catalog, self.summaries, emit)?;
        let view = enforced.view();
        let page = self.plain("allowlist", "allowlist.html", "Allowlist", ALLOWLIST, view);
        page.into_iter().try_for_each(emit)?;
        Ok(enforced)
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
        let systems = Systems::new(&self.catalog.exports, self.site.agents, &self.catalog.clients);
        let pages = [
            self.plain("browse", "browse.html", "Browse", BROWSE, facets),
            self.plain("changes", "changes.html", "What changed", CHANGES, days),
            self.plain("numbers", "numbers.html", "Numbers", NUMBERS, numbers),
            self.plain("connect", "connect.html", "Connect a client", CONNECT, systems),
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
    fn feed(&self, entries: Vec<ChangeView>) -> Option<Artifact> {
        let base = self.site.base_url.as_deref()?;
        let commit = self.facts.commit.as_ref().map(|(_, time)| time.as_str().to_owned());
        let updated = entries.first().map(|entry| entry.at.iso.clone()).or(commit);
        let feed = Feed { site: self.site, base, updated, entries };
        Artifact::file(["feed.xml"], Media::Atom, self.catalog.render("feed.xml", feed)?)
    }
}
