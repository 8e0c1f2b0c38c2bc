//! The page "Numbers": how the registry grows, and what is in it.
//!
//! Charts are SVG in the page, drawn with whole numbers. Each has its figures as text too. No clock is
//! read: the last month and the age of a server are counted from the newest change.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facets::{Facet, Group, groups};
use super::list::minute;
use super::summary::Summary;
use super::text::{Moment, counted, grouped};

/// Fewest and most months in a chart.
const FEWEST: usize = 8;
const MONTHS: usize = 24;

/// Size of a chart.
const WIDTH: usize = 720;
const HEIGHT: usize = 200;

/// Space between two columns.
const GAP: usize = 6;

/// Body of the page.
#[derive(Serialize)]
pub(super) struct Numbers {
    servers: String,
    versions: String,
    namespaces: String,
    /// The newest change, from which ages are counted.
    until: Option<Moment>,
    charts: Vec<Chart>,
    groups: Vec<Bars>,
}

/// Columns by month.
#[derive(Serialize)]
struct Chart {
    id: &'static str,
    title: &'static str,
    /// What it shows, in a sentence.
    about: String,
    width: usize,
    height: usize,
    columns: Vec<Column>,
}

#[derive(Serialize)]
struct Column {
    month: String,
    count: String,
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// Horizontal bars, one for each value.
#[derive(Serialize)]
struct Bars {
    id: &'static str,
    label: &'static str,
    rows: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    label: String,
    page: Option<String>,
    count: String,
    /// Tenths of a per cent of all servers.
    share: usize,
    percent: String,
}

impl Numbers {
    /// Counts live servers.
    pub(super) fn new(servers: &[&Summary], facets: &[Facet<'_>]) -> Self {
        let newest = servers.iter().max_by_key(|server| minute(&server.updated));
        let created = servers.iter().map(|server| &*server.created);
        let published = servers.iter().flat_map(|server| {
            let published = server.changes.iter().filter(|change| change.kind == "published");
            published.map(|change| &*change.at)
        });
        let mut charts = Vec::new();
        if let Some(last) = newest.and_then(|newest| month(&newest.updated)) {
            let (mut sum, new) = by_month(created, last);
            let mut growth = new;
            for count in &mut growth {
                sum += *count;
                *count = sum;
            }
            let versions = by_month(published, last).1;
            charts.push(Chart::new("growth", "Servers", last, &growth));
            charts.push(Chart::new("versions", "Published versions", last, &versions));
        }
        let total = servers.len();
        let mut bars: Vec<Bars> =
            groups(facets, total, true).iter().map(|g| Bars::of(g, total)).collect();
        bars.retain(|bars| bars.id != "namespace");
        bars.extend(newest.map(|newest| Bars::ages(servers, &newest.updated)));
        Self {
            servers: counted(total, "server"),
            versions: counted(servers.iter().map(|server| server.versions).sum(), "version"),
            namespaces: counted(
                facets.iter().filter(|facet| facet.kind.id == "namespace").count(),
                "namespace",
            ),
            until: newest.map(|newest| Moment::new(&newest.updated)),
            charts,
            groups: bars,
        }
    }
}

/// Months from the year 0 to a date.
fn month(rfc3339: &str) -> Option<usize> {
    let year: usize = rfc3339.get(..4)?.parse().ok()?;
    let month: usize = rfc3339.get(5..7)?.parse().ok()?;
    (1..=12).contains(&month).then(|| year * 12 + month - 1)
}

/// Counts dates by month, up to the month `last`: how many are before the chart, and those of each month.
fn by_month<'a>(dates: impl Iterator<Item = &'a str>, last: usize) -> (usize, Vec<usize>) {
    let mut by_month: BTreeMap<usize, usize> = BTreeMap::new();
    for month in dates.filter_map(month) {
        *by_month.entry(month).or_default() += 1;
    }
    let months = by_month.keys().next().map_or(0, |first| (last + 1).saturating_sub(*first));
    let first = (last + 1).saturating_sub(months.clamp(FEWEST, MONTHS));
    let before = by_month.range(..first).map(|(_, count)| count).sum();
    (before, (first..=last).map(|at| by_month.get(&at).copied().unwrap_or(0)).collect())
}

impl Chart {
    /// Draws `counts`, of which the last is that of the month `last`.
    fn new(id: &'static str, title: &'static str, last: usize, counts: &[usize]) -> Self {
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let first = last + 1 - counts.len();
        let column = |(i, count): (usize, &usize)| {
            let at = first + i;
            // A month with anything has at least a line.
            let height = (count * HEIGHT).div_ceil(most);
            Column {
                month: month_name(at),
                count: grouped(*count),
                x: i * WIDTH / counts.len() + GAP / 2,
                y: HEIGHT - height,
                width: WIDTH / counts.len() - GAP,
                height,
            }
        };
        let columns: Vec<Column> = counts.iter().enumerate().map(column).collect();
        let ends = columns.first().zip(columns.last());
        let about = ends.map(|(from, to)| {
            format!("{} in {}, {} in {}", from.count, from.month, to.count, to.month)
        });
        let about = about.unwrap_or_default();
        Self { id, title, about, width: WIDTH, height: HEIGHT, columns }
    }
}

/// Formats a month: `Oct 2026`.
fn month_name(at: usize) -> String {
    let day = super::text::day(&format!("{:04}-{:02}-01", at / 12, at % 12 + 1));
    day.trim_start_matches("1 ").to_owned()
}

impl Bars {
    /// The bars of a facet.
    fn of(group: &Group, total: usize) -> Self {
        let rows = group
            .counts()
            .map(|(label, page, count)| Bar::new(label.to_owned(), count, total).page(page));
        let (id, label) = group.names();
        Self { id, label, rows: rows.collect() }
    }

    /// How long ago servers changed, counted from `newest`.
    fn ages(servers: &[&Summary], newest: &str) -> Self {
        const AGES: [(&str, i64); 5] = [
            ("30 days or less", 30),
            ("31 to 90 days", 90),
            ("91 to 180 days", 180),
            ("181 to 365 days", 365),
            ("More than a year", i64::MAX),
        ];
        let mut counts = [0; AGES.len()];
        for server in servers {
            let days = (minute(newest) - minute(&server.updated)) / (24 * 60);
            if let Some(at) = AGES.iter().position(|(_, most)| days <= *most) {
                counts[at] += 1;
            }
        }
        let rows = AGES.iter().zip(counts);
        let rows = rows.map(|((label, _), n)| Bar::new((*label).to_owned(), n, servers.len()));
        Self { id: "age", label: "Last change", rows: rows.collect() }
    }
}

impl Bar {
    fn new(label: String, count: usize, total: usize) -> Self {
        let share = (count * 1000 + total / 2) / total.max(1);
        let percent = match share {
            0 if count > 0 => "<0.1%".to_owned(),
            share => format!("{}.{}%", share / 10, share % 10),
        };
        Self { label, page: None, count: grouped(count), share, percent }
    }

    fn page(mut self, page: &str) -> Self {
        self.page = Some(page.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_up_to_the_last() {
        let last = month("2026-03-31T00:00:00Z").unwrap();
        let dates = ["2020-01-01", "2026-02-28", "2026-02-01", "2026-03-01", "never"];
        let (before, counts) = by_month(dates.into_iter(), last);
        assert_eq!((before, &counts[22..], counts.len()), (1, &[2, 1][..], MONTHS));
        assert_eq!(month_name(last), "Mar 2026");
    }

    #[test]
    fn columns_fit_and_a_small_count_can_be_seen() {
        let chart = Chart::new("c", "C", 24_000, &[0, 1, 1_000_000]);
        let heights: Vec<usize> = chart.columns.iter().map(|column| column.height).collect();
        assert_eq!(heights, [0, 1, HEIGHT]);
    }

    #[test]
    fn shares_have_one_digit() {
        let bar = |count, total| Bar::new(String::new(), count, total).percent;
        assert_eq!(
            (bar(1, 3), bar(0, 0), bar(1, 100_000)),
            ("33.3%".into(), "0.0%".into(), "<0.1%".into())
        );
    }
}
