//! Two scales, each with its registries and its bars, in one place.
//!
//! `FULL` is the promise, for an idle machine. `SMALL` is for every change: figures that do not depend on
//! the machine are held tightly, ratios of times loosely, and bare times not at all.

use std::fmt;

/// A registry: so many servers with so many versions each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shape {
    pub(super) servers: usize,
    pub(super) versions: usize,
}

impl Shape {
    /// Versions of all servers.
    pub(super) fn size(self) -> usize {
        self.servers * self.versions
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.servers, self.versions)
    }
}

/// What is built, and what must hold of it. A bar of none means that the figure is for information.
pub(super) struct Scale {
    /// Most lines are about this one.
    pub(super) main: Shape,
    /// One version for each server, so mostly pages.
    pub(super) pages: Shape,
    /// As large as the official registry.
    pub(super) large: Shape,
    /// A quarter of the large one, to see how memory grows.
    pub(super) quarter: Shape,

    /// Cold API against the floor: processor time, peak memory.
    pub(super) cold: f64,
    pub(super) cold_peak: f64,
    /// The ratio to the floor at the large size, over the one at the main size.
    pub(super) growth: Option<f64>,
    /// Nothing changed, against the own cold build.
    pub(super) again: f64,
    /// One server changed, against the own cold build.
    pub(super) one: f64,
    /// Files of the API written beyond the versions of the one server that changed.
    pub(super) one_files: usize,
    /// Full rebuild over equal output on a disk against a fresh one there, wall time.
    pub(super) over: Option<f64>,
    /// Cold API with dates from one commit for each version: against the floor, MiB.
    pub(super) dates: f64,
    pub(super) dates_peak: f64,
    /// Dates alone, against `git log --name-only`.
    pub(super) log: Option<f64>,

    /// Peak memory of the whole site at the large size, MiB: cold, nothing changed, one changed.
    pub(super) whole_peak: [f64; 3],
    /// The same cold, over the one at a quarter of the size.
    pub(super) whole_growth: Option<f64>,
    /// MB written by one changed server there, besides documents that list every server.
    pub(super) rewritten: f64,
    /// MB of the whole site with one version a server.
    pub(super) bytes: f64,
    /// KB of a server's page in the mean, and of the home page.
    pub(super) page: f64,
    pub(super) home: f64,
    /// The whole site against Hugo's pages.
    pub(super) hugo: f64,

    /// Peak of `check` at the large size, MiB.
    pub(super) check_peak: f64,
    /// `serve` at the large size: seconds to the first answer, MiB after load, milliseconds of a list with
    /// a search that 99 of 100 stay under.
    pub(super) first: Option<f64>,
    pub(super) serve_peak: f64,
    pub(super) search: Option<f64>,
    /// `serve` at the main size: half of the answers on one connection in milliseconds, requests a second
    /// on 32 connections, and those against nginx.
    pub(super) half: Option<f64>,
    pub(super) rate: Option<f64>,
    pub(super) nginx: Option<f64>,
}

/// Another build of the tool must not be so much cheaper in processor time or memory.
pub(super) const AGAINST: f64 = 1.1;

/// Documents that hold something of every server, or of every file, by what they are.
pub(super) const SPANNING: [&str; 4] =
    ["v0/servers/index.json", "v0.1/servers/index.json", "manifest.json", "exports/"];

/// What is promised.
pub(super) const FULL: Scale = Scale {
    main: Shape { servers: 2_000, versions: 5 },
    pages: Shape { servers: 10_000, versions: 1 },
    large: Shape { servers: 26_700, versions: 3 },
    quarter: Shape { servers: 6_675, versions: 3 },
    cold: 1.3,
    cold_peak: 2.5,
    growth: Some(1.2),
    again: 0.2,
    one: 0.4,
    one_files: 6,
    over: Some(1.3),
    dates: 1.6,
    dates_peak: 60.0,
    log: Some(3.0),
    whole_peak: [300.0; 3],
    whole_growth: None,
    rewritten: 1.0,
    bytes: 300.0,
    page: 15.0,
    home: 60.0,
    hugo: 1.0,
    check_peak: 120.0,
    first: Some(3.0),
    serve_peak: 600.0,
    search: Some(30.0),
    half: Some(1.0),
    rate: Some(20_000.0),
    nginx: Some(0.3),
};

/// What is held at every change. All registries are above the size up to which `v0` is written as files too,
/// as the full ones are. Bytes and memory are what they are today and some room: lower them with
/// every gain.
pub(super) const SMALL: Scale = Scale {
    main: Shape { servers: 400, versions: 5 },
    pages: Shape { servers: 1_200, versions: 1 },
    large: Shape { servers: 1_336, versions: 3 },
    quarter: Shape { servers: 334, versions: 3 },
    cold: 3.0,
    cold_peak: 6.0,
    growth: None,
    again: 0.5,
    one: 0.55,
    one_files: 6,
    over: None,
    dates: 3.5,
    dates_peak: 45.0,
    log: None,
    whole_peak: [60.0, 55.0, 60.0],
    whole_growth: Some(2.2),
    rewritten: 0.7,
    bytes: 38.0,
    page: 13.0,
    home: 30.0,
    hugo: 1.5,
    check_peak: 40.0,
    first: None,
    serve_peak: 100.0,
    search: None,
    half: None,
    rate: None,
    nginx: None,
};
