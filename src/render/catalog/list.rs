//! Lists of servers: the rows, and cutting a long list into pages that are rendered beforehand.
//!
//! Rows are sorted by display name, so that a page changes only where a server changed. Without a script
//! these pages are the whole search.

use serde::Serialize;

use super::inputs::{transport_label, type_label};
use super::place::{Href, PagePlace, page_of};
use super::server::Moment;
use super::summary::Summary;
use super::text::{shown, tile};

/// Most servers on one page.
pub(super) const PAGE: usize = 200;

/// A server in a list.
#[derive(Debug, Serialize)]
pub(super) struct ServerRow<'a> {
    name: &'a str,
    title: String,
    description: String,
    letter: String,
    hue: u8,
    icon: Option<&'a str>,
    page: Option<Href>,
    version: &'a str,
    status: &'a str,
    published: Moment,
    chips: Vec<String>,
}

impl<'a> ServerRow<'a> {
    pub(super) fn new(summary: &'a Summary) -> Self {
        let (letter, hue) = tile(&summary.name, summary.label());
        Self {
            name: &summary.name,
            title: shown(summary.label()),
            description: shown(&summary.description),
            letter,
            hue,
            icon: summary.icon.as_deref(),
            page: page(summary),
            version: &summary.version,
            status: &summary.status,
            published: Moment::new(&summary.published),
            chips: chips(summary),
        }
    }
}

/// A server's page.
pub(super) fn page(summary: &Summary) -> Option<Href> {
    let (namespace, part) = summary.halves();
    page_of(&["servers", namespace, part]).filter(|_| summary.is_live())
}

/// How it runs, in a word or two each.
fn chips(summary: &Summary) -> Vec<String> {
    let mut chips: Vec<String> = Vec::new();
    for label in summary.packages.iter().map(|(kind, _)| type_label(kind)) {
        if !chips.contains(&label) {
            chips.push(label);
        }
    }
    if summary.remote {
        chips.push("Remote".to_owned());
    } else if chips.is_empty() {
        chips.extend(summary.transports.first().map(|kind| transport_label(kind)));
    }
    chips
}

/// Live servers, sorted by display name.
pub(super) fn ordered<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> Vec<&'a Summary> {
    let mut live: Vec<_> = summaries.into_iter().filter(|summary| summary.is_live()).collect();
    live.sort_by_cached_key(|summary| {
        // Case and leading punctuation do not count.
        let label = summary.label().trim_start_matches(|c: char| !c.is_alphanumeric());
        (label.to_lowercase(), &summary.name)
    });
    live
}

/// One page of a list.
pub(super) struct Leaf<'a> {
    /// Its URL.
    pub(super) place: PagePlace,
    /// What is on it.
    pub(super) servers: &'a [&'a Summary],
    /// Links to the others.
    pub(super) pager: Pager,
}

/// Links between the pages of a list.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Pager {
    /// This page, counted from 1.
    pub(super) page: usize,
    /// How many there are.
    pub(super) pages: usize,
    previous: Option<Href>,
    next: Option<Href>,
    links: Vec<PagerLink>,
}

#[derive(Debug, Clone, Serialize)]
struct PagerLink {
    page: usize,
    href: Href,
    /// The first name on it.
    from: String,
}

/// Cuts `servers` into pages; `first` is the segments of the first, `rest` those before the numbers of
/// the others.
pub(super) fn leaves<'a>(
    servers: &'a [&'a Summary],
    first: &[&str],
    rest: &[&str],
) -> Vec<Leaf<'a>> {
    let pages = servers.len().div_ceil(PAGE).max(1);
    let place = |page: usize| match page {
        1 => PagePlace::new(first),
        _ => PagePlace::new(&[rest, &[page.to_string().as_str()]].concat()),
    };
    let chunk = |page: usize| {
        let start = (page - 1) * PAGE;
        &servers[start.min(servers.len())..(start + PAGE).min(servers.len())]
    };
    let href = |page: usize| place(page).map(|place| place.href);
    let links: Vec<PagerLink> = (1..=pages)
        .filter_map(|page| {
            let from = chunk(page).first().map(|summary| shown(summary.label()))?;
            Some(PagerLink { page, href: href(page)?, from })
        })
        .collect();
    let leaf = |page: usize| {
        let pager = Pager {
            page,
            pages,
            previous: (page > 1).then(|| href(page - 1)).flatten(),
            next: (page < pages).then(|| href(page + 1)).flatten(),
            links: links.clone(),
        };
        Some(Leaf { place: place(page)?, servers: chunk(page), pager })
    };
    (1..=pages).filter_map(leaf).collect()
}
