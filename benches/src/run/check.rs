//! Checking: how much reading, parsing and judging take of what a floor build takes.

use super::report::Verdict;
use super::set::{Set, make_parent};
use super::{Run, pairs, peak, wall};
use crate::Res;
use serde_json::json;
use std::fs;

/// `check -q` against a whole floor build, and against a floor that only reads and parses.
pub(super) fn scenario(run: &mut Run, set: &Set) -> Res<()> {
    let out = run.work.join("check/site");
    let check = run.tool(&set.data()).words(&["check", "-q"]);
    let built = pairs(
        run.runs,
        |_| check.cost(),
        |_| {
            make_parent(&out)?;
            let cost = run.floor(set, &out).cost();
            fs::remove_dir_all(&out)?;
            cost
        },
    )?;
    let reading = run.floor(set, &out).words(&["--no-write"]);
    let read = pairs(run.runs, |_| check.cost(), |_| reading.cost())?;
    let (time, memory, against_read) = (wall(&built), peak(&built), wall(&read));
    run.report.line(
        Verdict::Info,
        &format!("check, {}", set.size),
        &format!("{time:.2} x floor, {against_read:.2} x unwritten; peak {memory:.2} x"),
        "",
        json!({ "ratio": time, "unwrittenRatio": against_read, "peakRatio": memory, "pairs": built }),
    );
    Ok(())
}
