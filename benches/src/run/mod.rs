//! `bench run`: the scenarios, each a ratio against the floor or against the tool's own cold build.
//!
//! Tool and floor alternate (A B, B A, A B …) and every figure is the median over the pairs, so that
//! a noisy neighbour hits both alike. Children are the only thing measured; making corpora, drawing
//! tables, comparing trees and cleaning up happen between them.

mod against;
mod api;
mod bars;
mod check;
mod disk;
mod history;
mod hugo;
mod pair;
mod report;
mod rounds;
mod serve;
mod server;
mod set;
mod whole;

use crate::Res;
use crate::args::Args;
use crate::corpus::History;
use crate::measure::Call;
use bars::{FULL, SMALL, Scale, Shape};
use report::Report;
use set::Set;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

/// Something to measure, by the name that `--only` knows.
type Scenario = (&'static str, fn(&mut Run) -> Res<()>);

/// Everything that can be measured, in order.
const SCENARIOS: [Scenario; 8] = [
    ("api", api::scenario),
    ("disk", disk::scenario),
    ("history", history::scenario),
    ("whole", whole::scenario),
    ("hugo", hugo::scenario),
    ("check", check::scenario),
    ("serve", serve::scenario),
    ("against", against::scenario),
];

/// Everything that scenarios share.
struct Run {
    tool: PathBuf,
    against: Option<PathBuf>,
    floor: PathBuf,
    nginx: PathBuf,
    hugo: PathBuf,
    work: PathBuf,
    disk: PathBuf,
    scale: &'static Scale,
    runs: usize,
    history: History,
    sets: Vec<Rc<Set>>,
    report: Report,
}

/// `bench run …`: status 1 if a bar is missed.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let valued =
        ["tool", "against", "floor", "work", "disk", "runs", "only", "dates", "nginx", "hugo"];
    let args = Args::parse(rest, &valued, &["json", "small"])?;
    let base = args.get("work").map_or_else(memory, PathBuf::from);
    let work = scratch(&base)?;
    let slow = scratch(&args.get("disk").map_or_else(std::env::temp_dir, PathBuf::from))?;
    let program = |name: &str| {
        let found = args.get(name).map(fs::canonicalize).transpose();
        found.map_err(|e| format!("--{name}: {e}"))
    };
    let only: Option<Vec<&str>> = args.get("only").map(|list| list.split(',').collect());
    for name in only.iter().flatten() {
        if SCENARIOS.iter().all(|(known, _)| known != name) {
            return Err(format!("--only: there is no `{name}`").into());
        }
    }
    let mut run = Run {
        tool: program("tool")?.ok_or("--tool is needed")?,
        against: program("against")?,
        floor: floor(args.get("floor"))?,
        nginx: args.get("nginx").unwrap_or("nginx").into(),
        hugo: args.get("hugo").unwrap_or("hugo").into(),
        work: work.path().into(),
        disk: slow.path().into(),
        scale: if args.has("small") { &SMALL } else { &FULL },
        runs: args.parsed("runs")?.unwrap_or(5).max(1),
        history: dates(args.get("dates"))?,
        sets: Vec::new(),
        report: Report::new(args.has("json")),
    };
    for (name, scenario) in SCENARIOS {
        if only.as_ref().is_none_or(|list| list.contains(&name)) {
            run.step(name, scenario);
        }
    }
    Ok(run.report.end())
}

impl Run {
    /// Runs one scenario; a failure is a missed bar and does not keep the others from running.
    fn step(&mut self, what: &str, scenario: fn(&mut Self) -> Res<()>) {
        if let Err(e) = scenario(self) {
            eprintln!("bench: {what}: {e}");
            self.report.failed(what, &e.to_string());
        }
    }

    /// The registry of a shape, made at its first use.
    fn set(&mut self, shape: Shape) -> Res<Rc<Set>> {
        if let Some(set) = self.sets.iter().find(|set| set.shape == shape) {
            return Ok(set.clone());
        }
        let set = Rc::new(Set::make(&self.work, shape, self.history)?);
        self.sets.push(set.clone());
        Ok(set)
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

    /// `build` into a folder: API and catalog.
    fn whole(&self, data: &Path, out: &Path) -> Call {
        let words = ["--base-url", "https://registry.example.com", "--no-progress", "-q"];
        self.tool(data).words(&["build"]).path("--out", out).words(&words)
    }

    /// `build --only api` into a folder.
    fn api(&self, data: &Path, out: &Path) -> Call {
        self.whole(data, out).words(&["--only", "api"])
    }

    /// `check`, without a word about what is fine.
    fn check(&self, data: &Path) -> Call {
        self.tool(data).words(&["check", "-q"])
    }

    /// The floor on the same data.
    fn floor(&self, set: &Set, out: &Path) -> Call {
        let call = Call::new(&self.floor).words(&["floor"]);
        call.path("--data", &set.data()).path("--out", out).path("--like", &set.table())
    }
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
