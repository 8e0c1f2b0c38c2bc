//! Checking: how much reading, parsing and judging take of what a floor build takes, and of memory.

use super::Run;
use super::api::thrown_away;
use super::pair::{Ratio, median, pairs};
use super::report::Row;
use crate::Res;
use crate::measure::Cost;

/// `check -q` against a whole floor build, and its memory at the large size.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let set = run.set(run.scale.main)?;
    if !set.table().exists() {
        set.prove(run)?;
    }
    let folder = run.work.join("check");
    let (check, floor) = (run.check(&set.data()), run.floor(&set, &folder.join("site")));
    let both = pairs(run.runs, || check.cost(), || thrown_away(&floor, &folder))?;
    let ratio = Ratio::of(&both);
    run.report.add(
        Row::new(format!("`check`, {}", run.scale.main))
            .most(ratio.cpu, "× floor", None)
            .most(ratio.wall, "× on the clock", None)
            .most(ratio.mib, "MiB", None),
    );
    let set = run.set(run.scale.large)?;
    let check = run.check(&set.data());
    let costs: Vec<Cost> = (0..run.runs).map(|_| check.cost()).collect::<Res<_>>()?;
    run.report.add(
        Row::new(format!("`check`, {}", run.scale.large))
            .most(median(costs.iter().map(Cost::mib)), "MiB", run.scale.check_peak)
            .most(median(costs.iter().map(|c| c.cpu)), "s CPU", None),
    );
    Ok(())
}
