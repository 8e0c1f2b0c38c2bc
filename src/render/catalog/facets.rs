//! Facets of the list: package type, transport, namespace, status and ownership proof.
//!
//! Each value has its own page, so that filters are links for readers without a script. A value that
//! cannot be a path has no page and no link.

use std::collections::BTreeMap;

use serde::Serialize;

use super::inputs::{transport_label, type_label};
use super::place::{Href, page_of};
use super::summary::Summary;
use super::text::grouped;

/// Values of a group that the front page shows.
const SHORT: usize = 8;

/// A facet by which the list can be filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FacetKind {
    /// Its word in URLs.
    pub(super) id: &'static str,
    /// Its display name.
    pub(super) label: &'static str,
}

/// All facets, in the order in which pages show them.
pub(super) const KINDS: [FacetKind; 5] = [
    FacetKind { id: "package", label: "Package type" },
    FacetKind { id: "transport", label: "Transport" },
    FacetKind { id: "status", label: "Status" },
    FacetKind { id: "proof", label: "Ownership proof" },
    FacetKind { id: "namespace", label: "Namespace" },
];

/// The servers that have one value.
pub(super) struct Facet<'a> {
    pub(super) kind: FacetKind,
    pub(super) value: String,
    pub(super) servers: Vec<&'a Summary>,
}

/// A group of values as pages show it.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    id: &'static str,
    label: &'static str,
    values: Vec<Value>,
    /// How many values are not among `values`.
    more: usize,
}

#[derive(Debug, Serialize)]
struct Value {
    value: String,
    label: String,
    count: String,
    page: Href,
}

impl Facet<'_> {
    /// Display name of the value.
    pub(super) fn label(&self) -> String {
        label(self.kind, &self.value)
    }

    /// The segments of its page.
    pub(super) fn segments(&self) -> [&str; 3] {
        ["browse", self.kind.id, &self.value]
    }
}

/// Returns the display name of a value.
pub(super) fn label(kind: FacetKind, value: &str) -> String {
    match (kind.id, value) {
        ("package", "none") => "No package".to_owned(),
        ("package", value) => type_label(value),
        ("transport", value) => transport_label(value),
        ("status", "active") => "Active".to_owned(),
        ("status", "deprecated") => "Deprecated".to_owned(),
        ("proof", "upstream") => "By another registry".to_owned(),
        ("proof", "proof-file") => "Signed proof".to_owned(),
        ("proof", "commit-signature") => "Signed commit".to_owned(),
        ("proof", "owners-file") => "Known account".to_owned(),
        ("proof", "reviewed") => "Reviewed".to_owned(),
        ("proof", "unrecorded") => "Not recorded".to_owned(),
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
        _ => vec![summary.proof.as_str()],
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
        let facet = |(value, servers): (&str, _)| Facet { kind, value: value.to_owned(), servers };
        facets.extend(of_kind.into_iter().map(facet));
    }
    facets
}

/// The groups as pages show them: all values, or the first few of each.
pub(super) fn groups(facets: &[Facet<'_>], all: bool) -> Vec<Group> {
    let of_kind = |kind: FacetKind| {
        let values = facets.iter().filter(|facet| facet.kind == kind).filter_map(|facet| {
            Some(Value {
                label: facet.label(),
                count: grouped(facet.servers.len()),
                page: page_of(&facet.segments())?,
                value: facet.value.clone(),
            })
        });
        let mut values: Vec<Value> = values.collect();
        if all && kind.id == "namespace" {
            values.sort_by_key(|value| value.value.to_lowercase());
        }
        let shown = if all { values.len() } else { SHORT.min(values.len()) };
        let more = values.len() - shown;
        values.truncate(shown);
        Group { id: kind.id, label: kind.label, values, more }
    };
    let groups = KINDS.into_iter().map(of_kind);
    groups.filter(|group| group.values.len() > usize::from(!all)).collect()
}
