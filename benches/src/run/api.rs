//! The API: cold, with nothing changed, with one server changed, and how time grows with size.

use super::Run;
use super::bars::Shape;
use super::pair::{Ratio, pairs};
use super::report::Row;
use super::rounds::Rounds;
use crate::Res;
use crate::measure::{Call, Cost};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Runs `call`, which writes below `folder`; the folder is removed afterwards, unmeasured.
pub(super) fn thrown_away(call: &Call, folder: &Path) -> Res<Cost> {
    fs::create_dir_all(folder)?;
    let cost = call.cost();
    fs::remove_dir_all(folder)?;
    cost
}

/// Cold builds of two sizes against the floor, and what a little change costs at the main one.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let scale = run.scale;
    let main = cold(run, scale.main)?;
    let large = cold(run, scale.large)?;
    let what = format!("`build --only api`, × floor of {} over {}", scale.large, scale.main);
    run.report.add(Row::new(what).most(large / main, "×", scale.growth));
    little(run)
}

/// A cold build against the floor; gives back the ratio.
fn cold(run: &mut Run, shape: Shape) -> Res<f64> {
    let set = run.set(shape)?;
    set.prove(run)?;
    let folder = run.work.join("cold");
    let out = folder.join("site");
    let both = pairs(
        run.runs,
        || thrown_away(&run.api(&set.data(), &out), &folder),
        || thrown_away(&run.floor(&set, &out), &folder),
    )?;
    let ratio = Ratio::of(&both);
    // The bars are about one size; the other one is held by how it grows.
    let barred = shape == run.scale.main;
    let (time, peak) = (barred.then_some(run.scale.cold), barred.then_some(run.scale.cold_peak));
    run.report.add(
        Row::new(format!("`build --only api`, cold, {shape}"))
            .most(ratio.cpu, "× floor", time)
            .most(ratio.wall, "× on the clock", None)
            .most(ratio.peak, "× its peak", peak)
            .most(ratio.mib, "MiB", None)
            .raw("pairs", json!(both)),
    );
    Ok(ratio.cpu)
}

/// Nothing changed and one server changed, each against a cold build a moment before.
fn little(run: &mut Run) -> Res<()> {
    let (scale, set) = (run.scale, run.set(run.scale.main)?);
    let rounds = Rounds::run(run, &set, run.runs, |out| run.api(&set.data(), out))?;
    let (again, one) = (Ratio::of(&rounds.again()), Ratio::of(&rounds.one()));
    run.report.add(
        Row::new(format!("`build --only api`, nothing changed but file times, {}", scale.main))
            .most(again.cpu, "× cold", scale.again)
            .most(again.wall, "× on the clock", None)
            .most(rounds.needless(), "files written", 0.0),
    );
    // The new version counts as one of its versions.
    let most = scale.main.versions + 1 + scale.one_files;
    run.report.add(
        Row::new(format!("`build --only api`, one server changed, {}", scale.main))
            .most(one.cpu, "× cold", scale.one)
            .most(one.wall, "× on the clock", None)
            .most(rounds.needed(), "files written", most as f64),
    );
    Ok(())
}
