//! Recent changes of all servers: the page "What changed" and the feed.
//!
//! No clock is read: the last week of the feed ends with the newest change, so the same data renders to
//! the same bytes on any day.

use serde::Serialize;

use crate::model::Timestamp;

use super::list::page;
use super::place::{Href, page_of, version_segments};
use super::summary::{CHANGES, ServerChange, Summary};
use super::text::{Moment, shown, shown_option};

/// Entries that a feed has at least, when there are that many.
const FEED: usize = 50;

/// Entries that a feed has at most.
const FEED_MAX: usize = 1000;

/// Seconds in a week.
const WEEK: i64 = 7 * 86_400;

/// A change, ready to be shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ChangeView {
    name: String,
    title: String,
    version: String,
    kind: String,
    verb: &'static str,
    message: Option<String>,
    description: String,
    pub(super) at: Moment,
    time: String,
    page: Option<Href>,
}

/// The changes of one day.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    day: Moment,
    changes: Vec<ChangeView>,
}

/// A change with its moment and the server that it happened to.
pub(super) type Dated<'a> = (Timestamp, &'a Summary, &'a ServerChange);

/// Every change that is remembered, newest first; at one moment in the order of names.
pub(super) fn all<'a>(summaries: &[&'a Summary]) -> Vec<Dated<'a>> {
    let mut all: Vec<Dated<'_>> = Vec::new();
    for summary in summaries {
        let dated = summary.changes.iter();
        all.extend(dated.filter_map(|c| Some((Timestamp::parse(&c.at)?, *summary, c))));
    }
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    all
}

/// The last hundred changes, by day.
///
/// A day is one of UTC, as the dates in the documents are.
pub(super) fn days(all: &[Dated<'_>]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (_, summary, change) in all.iter().take(CHANGES) {
        let day = change.at.get(..10).unwrap_or(&change.at);
        let view = ChangeView::new(summary, change);
        match days.last_mut().filter(|last| last.day.iso == day) {
            Some(last) => last.changes.push(view),
            None => days.push(Day { day: Moment::new(day), changes: vec![view] }),
        }
    }
    days
}

/// What the feed holds: at least [`FEED`] entries and everything of the last week.
pub(super) fn feed(all: &[Dated<'_>]) -> Vec<ChangeView> {
    let since = all.first().map_or(0, |newest| newest.0.unix() - WEEK);
    let entries = all.iter().take(FEED_MAX).enumerate();
    let entries = entries.take_while(|(i, (at, ..))| *i < FEED || at.unix() >= since);
    entries.map(|(_, (_, summary, change))| ChangeView::new(summary, change)).collect()
}

impl ChangeView {
    fn new(summary: &Summary, change: &ServerChange) -> Self {
        let (namespace, part) = summary.halves();
        let gone = change.withdrawn || !summary.is_live();
        let own_page = version_segments(namespace, part, &change.version)
            .filter(|_| !gone && change.version != summary.version)
            .and_then(|segments| page_of(&segments));
        Self {
            name: summary.name.clone(),
            title: shown(title(summary)),
            version: change.version.clone(),
            kind: change.kind.clone(),
            verb: verb(&change.kind),
            message: shown_option(change.message.as_deref()),
            description: shown(&summary.description),
            at: Moment::new(&change.at),
            time: change.at.get(11..16).unwrap_or_default().to_owned(),
            page: own_page.or_else(|| page(summary)),
        }
    }
}

/// The display name; the whole name where its second half is too general.
fn title(summary: &Summary) -> &str {
    let plain = matches!(summary.label(), "mcp" | "server" | "mcp-server");
    if plain { &summary.name } else { summary.label() }
}

/// The verb for a kind of change.
fn verb(kind: &str) -> &'static str {
    match kind {
        "published" => "published",
        "deprecated" => "deprecated",
        "deleted" => "withdrawn",
        _ => "active again",
    }
}
