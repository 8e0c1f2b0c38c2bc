//! `bench run`: the scenarios, each a ratio against the floor or against the tool's own cold build.
//!
//! Tool and floor alternate (A B, B A, A B …) and every figure is the median over the pairs, so that
//! a noisy neighbour hits both alike. Children are the only thing measured; making corpora, drawing
//! tables, comparing trees and cleaning up happen between them.

mod bars;
mod build;
mod check;
mod disk;
mod history;
mod report;
mod serve;
mod set;

use crate::Res;
use crate::args::Args;
use crate::corpus::History;
use crate::measure::{Call, Cost};
use report::Report;
use set::Set;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The size that most bars are about, in versions.
const MAIN: usize = 10_000;

/// Versions of each server.
const VERSIONS: usize = 5;

/// Everything that scenarios share.
struct Run {
    tool: PathBuf,
    floor: PathBuf,
    nginx: PathBuf,
    work: PathBuf,
    disk: PathBuf,
    sizes: Vec<usize>,
    runs: usize,
    history: History,
    report: Report,
}

/// `bench run …`: status 1 if a bar is missed.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let valued = ["tool", "floor", "sizes", "work", "disk", "runs", "only", "dates", "nginx"];
    let args = Args::parse(rest, &valued, &["json"])?;
    let base = args.get("work").map_or_else(memory, PathBuf::from);
    let work = scratch(&base)?;
    let slow = scratch(&args.get("disk").map_or_else(std::env::temp_dir, PathBuf::from))?;
    let mut run = Run {
        tool: fs::canonicalize(args.path("tool")?).map_err(|e| format!("--tool: {e}"))?,
        floor: floor(args.get("floor"))?,
        nginx: args.get("nginx").unwrap_or("nginx").into(),
        work: work.path().into(),
        disk: slow.path().into(),
        sizes: sizes(args.get("sizes").unwrap_or("1000,10000,80000"))?,
        runs: args.parsed("runs")?.unwrap_or(5).max(1),
        history: dates(args.get("dates"))?,
        report: Report::new(args.has("json")),
    };
    let only: Option<Vec<&str>> = args.get("only").map(|list| list.split(',').collect());
    for name in only.as_ref().into_iter().flatten() {
        if !["build", "check", "history", "serve"].contains(name) {
            return Err(format!("--only: there is no `{name}`").into());
        }
    }
    let wanted = |name: &str| only.as_ref().is_none_or(|list| list.contains(&name));
    run.all(wanted);
    Ok(run.report.end())
}

impl Run {
    /// The scenarios that are wanted, in order.
    fn all(&mut self, wanted: impl Fn(&str) -> bool) {
        let mut ready = None;
        if wanted("build") {
            ready = self.step("cold build", build::scenario).flatten();
        }
        if ready.is_none() && ["build", "check", "serve"].iter().any(|name| wanted(name)) {
            ready = self.step("corpus", |run| Set::make(run, run.main()));
        }
        if let Some(set) = &ready {
            if wanted("build") {
                self.step("build again", |run| build::little(run, set));
                self.step("full rebuild over equal output", |run| disk::scenario(run, set));
            }
            if wanted("check") {
                self.step("check", |run| check::scenario(run, set));
            }
            if wanted("serve") {
                self.step("serve", |run| serve::scenario(run, set));
            }
        }
        if wanted("history") {
            self.step("dates from history", history::scenario);
        }
    }

    /// Runs one scenario; a failure is a missed bar and does not keep the others from running.
    fn step<T>(&mut self, what: &str, scenario: impl FnOnce(&mut Self) -> Res<T>) -> Option<T> {
        match scenario(self) {
            Ok(done) => Some(done),
            Err(e) => {
                eprintln!("bench: {what}: {e}");
                self.report.failed(what, &e.to_string());
                None
            }
        }
    }

    /// The size of all scenarios that have one size: 10,000, or the first that was given.
    fn main(&self) -> usize {
        if self.sizes.contains(&MAIN) { MAIN } else { self.sizes[0] }
    }

    /// A call of the tool on a data folder.
    fn tool(&self, data: &Path) -> Call {
        let call = Call::new(&self.tool).path("--data", data);
        // Without a repository there is no commit to take a date from.
        if self.history == History::None {
            call.var("SOURCE_DATE_EPOCH", "1767225600")
        } else {
            call
        }
    }

    /// `build --only api` into a folder.
    fn build(&self, data: &Path, out: &Path) -> Call {
        let words = ["--base-url", "https://registry.example.com", "--no-progress", "-q"];
        self.tool(data).words(&["build", "--only", "api"]).path("--out", out).words(&words)
    }

    /// The floor on the same data.
    fn floor(&self, set: &Set, out: &Path) -> Call {
        let call = Call::new(&self.floor).words(&["floor"]);
        call.path("--data", &set.data()).path("--out", out).path("--like", &set.table())
    }
}

/// `N` pairs of two measured things; the order flips from pair to pair.
fn pairs(
    runs: usize,
    mut a: impl FnMut(usize) -> Res<Cost>,
    mut b: impl FnMut(usize) -> Res<Cost>,
) -> Res<Vec<(Cost, Cost)>> {
    let mut pair = |i: usize| -> Res<(Cost, Cost)> {
        if i.is_multiple_of(2) {
            let first = a(i)?;
            Ok((first, b(i)?))
        } else {
            let second = b(i)?;
            Ok((a(i)?, second))
        }
    };
    (0..runs).map(&mut pair).collect()
}

/// The middle of some figures.
fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = figures.into_iter().collect();
    all.sort_unstable_by(f64::total_cmp);
    match all.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => all[n / 2],
        n => f64::midpoint(all[n / 2 - 1], all[n / 2]),
    }
}

/// Median of the ratios of each pair in wall time.
fn wall(pairs: &[(Cost, Cost)]) -> f64 {
    median(pairs.iter().map(|(a, b)| a.wall / b.wall))
}

/// Median of the ratios of each pair in peak memory.
fn peak(pairs: &[(Cost, Cost)]) -> f64 {
    median(pairs.iter().map(|(a, b)| a.peak as f64 / b.peak as f64))
}

/// A folder in memory, where there is one.
fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

/// A folder of our own below `base`, removed at the end.
fn scratch(base: &Path) -> Res<tempfile::TempDir> {
    fs::create_dir_all(base)?;
    let base = fs::canonicalize(base)?;
    Ok(tempfile::Builder::new().prefix("bench-run-").tempdir_in(base)?)
}

/// The program that is the floor: this one, unless another is named.
fn floor(named: Option<&str>) -> Res<PathBuf> {
    match named {
        None | Some("self") => Ok(std::env::current_exe()?),
        Some(path) => Ok(fs::canonicalize(path).map_err(|e| format!("--floor: {e}"))?),
    }
}

/// Where dates come from: a repository with few commits, or pins without one.
fn dates(named: Option<&str>) -> Res<History> {
    match named {
        None | Some("bulk") => Ok(History::Bulk),
        Some("pins") => Ok(History::None),
        Some(other) => Err(format!("--dates: bulk or pins, not `{other}`").into()),
    }
}

/// Sizes in versions, each at least one server.
fn sizes(list: &str) -> Res<Vec<usize>> {
    let size = |word: &str| match word.trim().parse::<usize>() {
        Ok(n) if n >= VERSIONS => Ok(n),
        _ => Err(format!("--sizes: `{word}` is not a number of at least {VERSIONS}").into()),
    };
    let mut all: Vec<usize> = list.split(',').map(size).collect::<Res<_>>()?;
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
