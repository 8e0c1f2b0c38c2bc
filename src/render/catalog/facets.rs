//! Facets of the list: package type, transport, namespace, status and ownership proof, and what the registry says.
//!
//! A value has its own page, so that filters are links for readers without a script. Three kinds of values
//! need none: the link to a value with one server leads to that server, the link to a value that nearly all
//! servers have leads to the list of all, and the servers of small namespaces are in the index of namespaces:
//! a large registry has thousands of those. A value that cannot be a path has no link.

use std::collections::BTreeMap;

use serde::Serialize;

use super::annotations::EXPIRED;
use super::inputs::{transport_label, type_label};
use super::list;
use super::place::{Href, page_of};
use super::summary::{Summary, proof_label};
use super::text::{grouped, shown};

/// Values of a group that the front page shows, and the page "Browse".
const SHORT: usize = 8;
const LONG: usize = 60;

/// Most servers of a namespace that the index of namespaces lists, unless it is among the [`LONG`] largest.
const FEW: usize = 5;

/// Segments of the list of all servers, and of the index of namespaces.
pub(super) const ALL: [&str; 2] = ["browse", "all"];
pub(super) const NAMESPACES: [&str; 2] = ["browse", "namespaces"];

/// A facet by which the list can be filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FacetKind {
    /// Its word in URLs.
    pub(super) id: &'static str,
    /// Its display name.
    pub(super) label: &'static str,
}

impl FacetKind {
    /// Whether only annotations have its values.
    pub(super) fn is_annotated(self) -> bool {
        matches!(self.id, "tier" | "risk" | "review" | "owner" | "tag")
    }
}

/// All facets, in the order in which pages show them.
pub(super) const KINDS: [FacetKind; 10] = [
    FacetKind { id: "package", label: "Package type" },
    FacetKind { id: "transport", label: "Transport" },
    FacetKind { id: "status", label: "Status" },
    FacetKind { id: "proof", label: "Ownership proof" },
    FacetKind { id: "tier", label: "Tier" },
    FacetKind { id: "risk", label: "Risk" },
    FacetKind { id: "review", label: "Review" },
    FacetKind { id: "owner", label: "Responsible" },
    FacetKind { id: "tag", label: "Tag" },
    FacetKind { id: "namespace", label: "Namespace" },
];

/// The servers that have one value.
pub(super) struct Facet<'a> {
    pub(super) kind: FacetKind,
    pub(super) value: String,
    pub(super) servers: Vec<&'a Summary>,
    /// Whether the index of namespaces lists its servers.
    in_index: bool,
}

/// A namespace in the index.
#[derive(Debug, Serialize)]
pub(super) struct Namespace {
    value: String,
    /// Where its servers are, and how many, unless they are here.
    link: Option<Value>,
    servers: Vec<Named>,
}

/// A server of a small namespace.
#[derive(Debug, Serialize)]
struct Named {
    title: String,
    page: Href,
}

/// A group of values as pages show it.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    id: &'static str,
    label: &'static str,
    values: Vec<Value>,
    /// How many values are not among `values`.
    more: usize,
    /// How many there are.
    total: usize,
}

/// A value, and where its servers are.
#[derive(Debug, Serialize)]
pub(super) struct Value {
    value: String,
    label: String,
    count: String,
    #[serde(skip)]
    servers: usize,
    page: Href,
}

impl Facet<'_> {
    /// Whether it has its own page, in a registry of `total` servers.
    pub(super) fn has_page(&self, total: usize) -> bool {
        self.servers.len() > 1 && !self.is_nearly_all(total) && !self.in_index
    }

    /// Whether a list of its servers would repeat the list of all.
    fn is_nearly_all(&self, total: usize) -> bool {
        self.servers.len() > 1 && self.servers.len() * 10 >= total * 9
    }

    /// The value as pages show it.
    pub(super) fn view(&self, total: usize) -> Option<Value> {
        let page = match self.servers.as_slice() {
            [server] => list::page(server),
            _ if self.is_nearly_all(total) => page_of(&ALL),
            _ => page_of(&self.segments()),
        };
        Some(Value {
            label: self.label(),
            count: grouped(self.servers.len()),
            servers: self.servers.len(),
            page: page?,
            value: self.value.clone(),
        })
    }

    /// The namespace as its index shows it.
    fn row(&self, total: usize) -> Option<Namespace> {
        let value = self.value.clone();
        if !self.in_index {
            return Some(Namespace { value, link: Some(self.view(total)?), servers: Vec::new() });
        }
        let named = |server: &&Summary| {
            Some(Named { title: shown(server.label()), page: list::page(server)? })
        };
        let servers = self.servers.iter().filter_map(named).collect();
        Some(Namespace { value, link: None, servers })
    }

    /// Display name of the value.
    pub(super) fn label(&self) -> String {
        label(self.kind, &self.value, &self.servers)
    }

    /// The segments of its page.
    pub(super) fn segments(&self) -> [&str; 3] {
        ["browse", self.kind.id, &self.value]
    }
}

/// Returns the display name of a value of `servers`.
pub(super) fn label(kind: FacetKind, value: &str, servers: &[&Summary]) -> String {
    match (kind.id, value) {
        ("package", "none") => "No package".to_owned(),
        ("package", value) => type_label(value),
        ("transport", value) => transport_label(value),
        ("status", "active") => "Active".to_owned(),
        ("status", "deprecated") => "Deprecated".to_owned(),
        ("proof", value) => proof_label(value),
        ("risk", "low") => "Low".to_owned(),
        ("risk", "medium") => "Medium".to_owned(),
        ("risk", "high") => "High".to_owned(),
        ("risk", "critical") => "Critical".to_owned(),
        ("review", EXPIRED) => "Expired".to_owned(),
        ("review", _) => "Valid".to_owned(),
        ("owner", word) => {
            let mut owners = servers.iter().filter_map(|it| it.annotated.as_ref()?.owner.as_ref());
            let named = owners.find(|(known, _)| known == word);
            named.map_or_else(|| word.to_owned(), |(_, name)| shown(name))
        }
        (_, value) => value.to_owned(),
    }
}

/// Returns the values of `summary` for one facet, without duplicates.
pub(super) fn values(kind: FacetKind, summary: &Summary) -> Vec<&str> {
    let mut values: Vec<&str> = match kind.id {
        "package" => summary.packages.iter().map(|(kind, _)| kind.as_str()).collect(),
        "transport" => summary.transports.iter().map(String::as_str).collect(),
        "namespace" => vec![summary.halves().0],
        "status" => vec![summary.status.as_str()],
        "proof" => vec![summary.proof.as_str()],
        other => summary.annotated.iter().flat_map(|it| it.values(other)).collect(),
    };
    values.retain(|value| is_word(value));
    values.sort_unstable();
    values.dedup();
    values
}

/// Whether a value can be a segment of a path on every host, beside the index.
fn is_word(value: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    value.len() <= 200
        && value.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && value.bytes().all(inner)
        && !value.contains("..")
        && !value.ends_with('.')
        && !value.eq_ignore_ascii_case("index.html")
}

/// Every facet of `servers`: kinds in their order, values by the number of servers, then by name.
pub(super) fn facets<'a>(servers: &[&'a Summary]) -> Vec<Facet<'a>> {
    let mut facets = Vec::new();
    for kind in KINDS {
        let mut by_value: BTreeMap<&str, Vec<&'a Summary>> = BTreeMap::new();
        for server in servers {
            for value in values(kind, server) {
                by_value.entry(value).or_default().push(server);
            }
        }
        let mut of_kind: Vec<_> = by_value.into_iter().collect();
        of_kind.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
        let facet = |(rank, (value, servers)): (usize, (&str, Vec<_>))| {
            let is_small = rank >= LONG && (2..=FEW).contains(&servers.len());
            let in_index = kind.id == "namespace" && is_small;
            Facet { kind, value: value.to_owned(), servers, in_index }
        };
        facets.extend(of_kind.into_iter().enumerate().map(facet));
    }
    facets
}

/// The groups as pages show them, of a registry with `total` servers: the first few values of each for
/// the front page, or more of them.
pub(super) fn groups(facets: &[Facet<'_>], total: usize, long: bool) -> Vec<Group> {
    let of_kind = |kind: FacetKind| {
        let of_kind = || facets.iter().filter(|facet| facet.kind == kind);
        let limit = if long { LONG } else { SHORT };
        let values: Vec<Value> = of_kind().take(limit).filter_map(|f| f.view(total)).collect();
        let count = of_kind().count();
        let more = count - values.len();
        Group { id: kind.id, label: kind.label, values, more, total: count }
    };
    let groups = KINDS.into_iter().map(of_kind);
    groups.filter(|group| group.total > usize::from(!long)).collect()
}

/// Every namespace in order, for their index.
pub(super) fn namespaces(facets: &[Facet<'_>], total: usize) -> Vec<Namespace> {
    let all = facets.iter().filter(|facet| facet.kind.id == "namespace");
    let mut values: Vec<Namespace> = all.filter_map(|facet| facet.row(total)).collect();
    values.sort_by_cached_key(|value| value.value.to_lowercase());
    values
}

impl Group {
    /// Its kind and its display name.
    pub(super) fn names(&self) -> (&'static str, &'static str) {
        (self.id, self.label)
    }

    /// Label, page and number of servers of each value.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&str, &Href, usize)> {
        self.values.iter().map(|value| (&*value.label, &value.page, value.servers))
    }
}

impl Namespace {
    /// Its name.
    pub(super) fn value(&self) -> &str {
        &self.value
    }
}
