//! Dates from history: one commit for each version, against git's own walk and against the floor.

use super::Run;
use super::api::thrown_away;
use super::pair::{Ratio, pairs};
use super::report::Row;
use super::set::Set;
use crate::Res;
use crate::corpus::History;
use crate::git::QUIET;
use crate::measure::Call;
use serde_json::json;

/// `dates --quiet` against `git log --name-only --format=%ct`, then a build with those dates.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let shape = run.scale.main;
    let set = Set::make(&run.work, shape, History::Linear)?;
    let dates = Call::new(&run.tool).path("--data", &set.data()).words(&["dates", "--quiet"]);
    let log = Call::new("git").path("-C", &set.repository());
    let log = log.words(&["log", "--name-only", "--format=%ct"]);
    let log = QUIET.iter().fold(log, |call, (name, value)| call.var(name, value));
    let both = pairs(run.runs, || dates.cost(), || log.cost())?;
    let ratio = Ratio::of(&both);
    run.report.add(
        Row::new(format!("dates of {} commits", shape.size()))
            .most(ratio.cpu, "× `git log --name-only`", run.scale.log)
            .most(ratio.wall, "× on the clock", None)
            .most(ratio.peak, "× its peak", None)
            .raw("pairs", json!(both)),
    );
    set.prove(run)?;
    let folder = run.work.join("dated");
    let out = folder.join("site");
    let both = pairs(
        run.runs,
        || thrown_away(&run.api(&set.data(), &out), &folder),
        || thrown_away(&run.floor(&set, &out), &folder),
    )?;
    let ratio = Ratio::of(&both);
    run.report.add(
        Row::new(format!("`build --only api` with dates from {} commits", shape.size()))
            .most(ratio.cpu, "× floor", run.scale.dates)
            .most(ratio.wall, "× on the clock", None)
            .most(ratio.mib, "MiB", run.scale.dates_peak)
            .raw("pairs", json!(both)),
    );
    Ok(())
}
