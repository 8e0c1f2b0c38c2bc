//! Dates from history: one commit for each version, against git's own walk over the same commits.

use super::report::Verdict;
use super::{Run, VERSIONS, bars, pairs, peak, wall};
use crate::Res;
use crate::corpus::{Corpus, History};
use crate::git::QUIET;
use crate::measure::Call;
use serde_json::json;
use std::fs;

/// `dates --quiet` against `git log --name-only --format=%ct`.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let size = run.main();
    let repository = run.work.join("linear");
    let servers = size / VERSIONS;
    Corpus { servers, versions: VERSIONS, history: History::Linear, pins: false }
        .write(&repository)?;
    let data = repository.join("registry-data");
    let dates = Call::new(&run.tool).path("--data", &data).words(&["dates", "--quiet"]);
    let log =
        Call::new("git").path("-C", &repository).words(&["log", "--name-only", "--format=%ct"]);
    let log = QUIET.iter().fold(log, |call, (name, value)| call.var(name, value));
    let both = pairs(run.runs, |_| dates.cost(), |_| log.cost())?;
    let (time, memory) = (wall(&both), peak(&both));
    run.report.line(
        Verdict::of(time <= bars::DATES),
        &format!("dates from history, {size} commits"),
        &format!("{time:.2} x git log, peak {memory:.2} x"),
        &format!("<= {} x git log", bars::DATES),
        json!({ "ratio": time, "peakRatio": memory, "pairs": both }),
    );
    Ok(fs::remove_dir_all(repository)?)
}
