//! The front page and the pages of lists: of all servers, of each value of a facet, of namespaces.

use rayon::prelude::*;
use serde::Serialize;

use crate::site::Artifact;

use super::super::super::{Emit, LIST};
use super::super::facets::{self, ALL, Group, NAMESPACES, groups};
use super::super::list::{self, FRONT, Leaf, Pager, ServerRow, leaves};
use super::super::page::PageHead;
use super::super::place::PagePlace;
use super::super::text::counted;
use super::super::{Summary, works};
use super::{NAMES, Span};

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
    values: &'a [facets::Namespace],
    pager: Pager,
}

impl Span<'_> {
    /// The front page and the pages of lists.
    pub(super) fn lists<E: Send>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
        self.home().into_iter().try_for_each(emit)?;
        self.all(emit)?;
        self.namespaces(emit)?;
        self.facets(emit)
    }

    /// The front page: the servers that changed last, and the ways to all others.
    fn home(&self) -> Option<Artifact> {
        let place = PagePlace::new(&[]).filter(|place| self.site.wants(&place.path))?;
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
        self.catalog.page(self.site, place, "home.html", head, body)
    }

    /// The list of all servers by name.
    fn all<E>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
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
        self.list(self.servers, &ALL, &body, emit)
    }

    /// A list for every value of a facet that needs one.
    fn facets<E: Send>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
        let total = self.servers.len();
        let listed = self.facets.par_iter().filter(|facet| facet.has_page(total));
        listed.try_for_each(|facet| {
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
            self.list(&facet.servers, &facet.segments(), &body, emit)
        })
    }

    /// The pages of one list; `body` is what they have in common. One page is in memory at a time.
    fn list<E>(
        &self,
        servers: &[&Summary],
        first: &[&str],
        body: &List<'_>,
        emit: &Emit<'_, E>,
    ) -> Result<(), E> {
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
        let leaves = leaves(servers, first, |server| &server.name).into_iter();
        leaves.filter(|leaf| self.site.wants(&leaf.place.path)).filter_map(page).try_for_each(emit)
    }

    /// The index of namespaces, which can be thousands.
    fn namespaces<E>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
        let values = facets::namespaces(self.facets, self.servers.len());
        let page = |leaf: Leaf<'_, facets::Namespace>| {
            let count = counted(values.len(), "namespace");
            let body = Namespaces { count, values: leaf.items, pager: leaf.pager };
            let head = PageHead::new("browse", "Namespaces", NAMES);
            self.catalog.page(self.site, leaf.place, "namespaces.html", head, body)
        };
        let leaves = leaves(&values, &NAMESPACES, facets::Namespace::value).into_iter();
        leaves.filter(|leaf| self.site.wants(&leaf.place.path)).filter_map(page).try_for_each(emit)
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
