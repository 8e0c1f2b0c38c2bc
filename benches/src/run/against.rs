//! This build of the tool against another one, in alternating pairs on the same data.

use super::Run;
use super::api::thrown_away;
use super::bars::{AGAINST, Shape};
use super::pair::{Ratio, pairs};
use super::report::Row;
use crate::Res;
use crate::measure::{Call, Cost};
use serde_json::json;
use std::path::Path;

/// The API, the whole site and `check`, with a cost that has not grown.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let Some(other) = run.against.clone() else {
        run.report.skip("against another build", "name one with --against");
        return Ok(());
    };
    let (main, pages) = (run.scale.main, run.scale.pages);
    row(run, &other, "`build --only api`, cold", main, |run, data, out| run.api(data, out))?;
    row(run, &other, "whole site, cold", pages, |run, data, out| run.whole(data, out))?;
    row(run, &other, "`check`", main, |run, data, _| run.check(data))
}

/// One row: `make` gives the call of the tool from data and output.
fn row(
    run: &mut Run,
    other: &Path,
    what: &str,
    shape: Shape,
    make: impl Fn(&Run, &Path, &Path) -> Call,
) -> Res<()> {
    let set = run.set(shape)?;
    let folder = run.work.join("against");
    let this = make(run, &set.data(), &folder.join("site"));
    let that = this.clone().program(other);
    let cost = |call: &Call| -> Res<Cost> { thrown_away(call, &folder) };
    let both = pairs(run.runs, || cost(&this), || cost(&that))?;
    let ratio = Ratio::of(&both);
    run.report.add(
        Row::new(format!("{what}, against the other build, {shape}"))
            .most(ratio.cpu, "× CPU", AGAINST)
            .most(ratio.wall, "× on the clock", None)
            .most(ratio.peak, "× its peak", AGAINST)
            .raw("pairs", json!(both)),
    );
    Ok(())
}
