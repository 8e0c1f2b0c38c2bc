//! Lists of servers: the rows, and cutting a long list into pages that are rendered beforehand.
//!
//! The front page shows the servers that changed last. All other lists are sorted by display name, and
//! their rows contain only what a new version seldom changes. Where a page begins depends on the names
//! around it and not on their number, so a page changes only when one of its own servers does. Without a
//! script these pages are the whole search.

use serde::Serialize;

use crate::model::Timestamp;

use super::super::fnv1a;
use super::annotations::EXPIRED;
use super::inputs::{transport_label, type_label};
use super::place::{Href, PagePlace, page_of};
use super::summary::{Summary, is_proven, proof_label};
use super::text::{Moment, shown, tile};

/// Servers on the front page.
pub(super) const FRONT: usize = 40;

/// Fewest and most items on one page of a list; the last page may have fewer.
const FEWEST: usize = 50;
const MOST: usize = 200;

/// From the fewest on, one name in this many begins a page.
const SHARE: u32 = 64;

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
    status: &'a str,
    chips: Vec<String>,
    /// Whether its review has expired.
    is_expired: bool,
    /// How ownership was proved, where somebody proved or reviewed it.
    proof: Option<String>,
    /// What a new version changes; only on the front page.
    news: Option<News<'a>>,
}

/// The version of a row, and when it changed.
#[derive(Debug, Serialize)]
struct News<'a> {
    version: &'a str,
    at: Moment,
}

impl<'a> ServerRow<'a> {
    pub(super) fn new(summary: &'a Summary) -> Self {
        let (letter, hue) = tile(&summary.name, summary.label());
        let annotated = summary.annotated.as_ref();
        Self {
            name: &summary.name,
            title: shown(summary.label()),
            description: shown(&summary.description),
            letter,
            hue,
            icon: summary.icon.as_deref(),
            page: page(summary),
            status: &summary.status,
            chips: chips(summary),
            is_expired: annotated.is_some_and(|it| it.review.as_deref() == Some(EXPIRED)),
            proof: Some(&*summary.proof).filter(|p| is_proven(p)).map(proof_label),
            news: None,
        }
    }

    /// Adds the version and a moment.
    pub(super) fn news(mut self, version: &'a str, at: &str) -> Self {
        self.news = Some(News { version, at: Moment::new(at) });
        self
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
    chips.extend(summary.annotated.as_ref().and_then(|it| it.tier.as_deref()).map(shown));
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

/// Minutes from 1970 to a moment, or 0 for text that is not one.
pub(super) fn minute(rfc3339: &str) -> i64 {
    Timestamp::parse(rfc3339).map_or(0, |time| time.unix().div_euclid(60))
}

/// Live servers, those that changed last first; within one minute as they are in `servers`.
pub(super) fn recent<'a>(
    servers: &[&'a Summary],
    when: impl Fn(&Summary) -> &str,
) -> Vec<&'a Summary> {
    let mut recent = servers.to_vec();
    recent.sort_by_cached_key(|summary| std::cmp::Reverse(minute(when(summary))));
    recent
}

/// One page of a list.
pub(super) struct Leaf<'a, T> {
    /// Its URL.
    pub(super) place: PagePlace,
    /// What is on it.
    pub(super) items: &'a [T],
    /// Links to its neighbours.
    pub(super) pager: Pager,
}

/// Links from a page of a list to its neighbours. There are no numbers, which would change on every page.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Pager {
    /// Whether it is the first page.
    pub(super) first: bool,
    previous: Option<Href>,
    next: Option<Href>,
}

/// Cuts `items` into pages; `first` is the segments of the first, and the others are below it, each
/// under the name of its first item.
pub(super) fn leaves<'a, T>(
    items: &'a [T],
    first: &[&str],
    name: impl Fn(&T) -> &str,
) -> Vec<Leaf<'a, T>> {
    let place = |items: &[T]| {
        let below = items.first().map(&name).into_iter().flat_map(|name| name.split('/'));
        PagePlace::new(&first.iter().copied().chain(below).collect::<Vec<_>>())
    };
    let mut starts = vec![0];
    for (at, item) in items.iter().enumerate() {
        let length = at - starts[starts.len() - 1];
        let wanted = length >= MOST || length >= FEWEST && fnv1a(name(item)).is_multiple_of(SHARE);
        if wanted && place(&items[at..]).is_some() {
            starts.push(at);
        }
    }
    let places: Vec<Option<PagePlace>> = starts
        .iter()
        .map(|at| if *at == 0 { PagePlace::new(first) } else { place(&items[*at..]) })
        .collect();
    let href = |page: Option<usize>| Some(places.get(page?)?.as_ref()?.href.clone());
    let leaf = |page: usize| {
        let end = starts.get(page + 1).copied().unwrap_or(items.len());
        let (previous, next) = (href(page.checked_sub(1)), href(Some(page + 1)));
        let pager = Pager { first: page == 0, previous, next };
        Some(Leaf { place: places[page].clone()?, items: &items[starts[page]..end], pager })
    };
    (0..starts.len()).filter_map(leaf).collect()
}
