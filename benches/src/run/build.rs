//! Building: cold, with nothing changed, with one server changed, and how time grows with size.

use super::report::Verdict;
use super::set::{Set, make_parent};
use super::{MAIN, Run, VERSIONS, bars, median, pairs, peak, wall};
use crate::corpus::{History, pin, pretty};
use crate::measure::{Call, Cost};
use crate::tree::Snapshot;
use crate::{Res, git, tree};
use serde_json::json;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Runs `call`, which writes below `folder`; the folder is removed afterwards, unmeasured.
fn thrown_away(call: &Call, folder: &Path) -> Res<Cost> {
    fs::create_dir_all(folder)?;
    let cost = call.cost();
    fs::remove_dir_all(folder)?;
    cost
}

/// Cold builds of every size against the floor, and time for each version over size; hands on the
/// set of the main size.
pub(super) fn scenario(run: &mut Run) -> Res<Option<Set>> {
    let mut main = None;
    let mut each: Vec<(usize, f64)> = Vec::new();
    for size in run.sizes.clone() {
        let set = Set::make(run, size)?;
        let folder = run.work.join("cold");
        let out = folder.join("site");
        let both = pairs(
            run.runs,
            |_| thrown_away(&run.build(&set.data(), &out), &folder),
            |_| thrown_away(&run.floor(&set, &out), &folder),
        )?;
        let (time, memory) = (wall(&both), peak(&both));
        let kept = time <= bars::COLD && memory <= bars::COLD_PEAK;
        let barred = size == run.main();
        run.report.line(
            if barred { Verdict::of(kept) } else { Verdict::Info },
            &format!("cold build --only api, {size}"),
            &format!("{time:.2} x floor, peak {memory:.2} x"),
            &if barred {
                format!("<= {} x, peak <= {} x", bars::COLD, bars::COLD_PEAK)
            } else {
                String::new()
            },
            json!({ "ratio": time, "peakRatio": memory, "pairs": both }),
        );
        each.push((size, median(both.iter().map(|(tool, _)| tool.wall)) / size as f64));
        main = if barred { Some(set) } else { main };
    }
    growth(run, &each);
    Ok(main)
}

/// Time for each version in the largest registry over the main size.
fn growth(run: &mut Run, each: &[(usize, f64)]) {
    let what = "time per version, largest over main size";
    let base = each.iter().find(|(size, _)| *size == run.main());
    match (base, each.last()) {
        (Some(&(small, slow)), Some(&(large, fast))) if large > small => {
            let ratio = fast / slow;
            let barred = small == MAIN && large == 8 * MAIN;
            run.report.line(
                if barred { Verdict::of(ratio <= bars::GROWTH) } else { Verdict::Info },
                what,
                &format!("{ratio:.2} ({large} over {small})"),
                &format!("<= {}", bars::GROWTH),
                json!({ "ratio": ratio }),
            );
        }
        _ => run.report.skip(what, "needs a size above the main one"),
    }
}

/// The figures of one round of cold, unchanged and one changed.
struct Round {
    cold: Cost,
    again: Cost,
    one: Cost,
    again_written: usize,
    one_written: usize,
}

/// Nothing changed and one server changed, each against a cold build a moment before.
pub(super) fn little(run: &mut Run, set: &Set) -> Res<()> {
    let names = set.names();
    let round = |i: usize| round(run, set, &names[i * 7 % names.len()], i);
    let rounds: Vec<Round> = (0..run.runs).map(round).collect::<Res<_>>()?;
    let ratio = median(rounds.iter().map(|r| r.again.wall / r.cold.wall));
    let written = rounds.iter().map(|r| r.again_written).max().unwrap_or_default();
    run.report.line(
        Verdict::of(ratio <= bars::AGAIN && written == 0),
        &format!("nothing changed, new file times, {}", set.size),
        &format!("{ratio:.2} x own cold build, {written} files written"),
        &format!("<= {} x, 0 files", bars::AGAIN),
        json!({ "ratio": ratio, "written": written }),
    );
    let ratio = median(rounds.iter().map(|r| r.one.wall / r.cold.wall));
    let written = rounds.iter().map(|r| r.one_written).max().unwrap_or_default();
    // The new version counts as one of its versions.
    let most = VERSIONS + 1 + bars::ONE_FILES;
    run.report.line(
        Verdict::of(ratio <= bars::ONE && written <= most),
        &format!("one server changed, {}", set.size),
        &format!("{ratio:.2} x own cold build, {written} files written"),
        &format!("<= {} x, {most} files", bars::ONE),
        json!({ "ratio": ratio, "written": written }),
    );
    Ok(())
}

/// One cold build, one over it with new input times, one after a publication.
fn round(run: &Run, set: &Set, name: &str, i: usize) -> Res<Round> {
    let folder = run.work.join("little");
    let out = folder.join("site");
    make_parent(&out)?;
    let call = run.build(&set.data(), &out);
    let cold = call.cost()?;
    refresh_times(run, set)?;
    let before = Snapshot::take(&out)?;
    let again = call.cost()?;
    let between = Snapshot::take(&out)?;
    publish(run, set, name, i)?;
    let one = call.cost()?;
    let after = Snapshot::take(&out)?;
    fs::remove_dir_all(&folder)?;
    let (unchanged, changed) = (before.until(&between), between.until(&after));
    Ok(Round {
        cold,
        again,
        one,
        again_written: unchanged.written + unchanged.removed,
        one_written: changed.written + changed.removed,
    })
}

/// Gives every input a new time, as a fresh checkout does: content is all that has not changed.
fn refresh_times(run: &Run, set: &Set) -> Res<()> {
    // In the past, so that git's index is not doubtful about files as young as itself.
    let then = SystemTime::now() - Duration::from_secs(3_600);
    for path in tree::files(&set.data())? {
        File::options().write(true).open(set.data().join(path))?.set_modified(then)?;
    }
    if run.history == History::None {
        return Ok(());
    }
    git::run(&set.repository(), &["update-index", "-q", "--refresh"])
}

/// Publishes one more version of `name`, and commits it where there is a repository.
fn publish(run: &Run, set: &Set, name: &str, i: usize) -> Res<()> {
    let folder = set.data().join("servers").join(name);
    let versions = tree::names(&folder);
    let old = versions.first().ok_or("a server without versions")?;
    let new = format!("{}.0.0", 90 + i);
    let text = fs::read_to_string(folder.join(old).join("server.json"))?.replace(old, &new);
    fs::create_dir_all(folder.join(&new))?;
    fs::write(folder.join(&new).join("server.json"), text)?;
    if run.history == History::None {
        let date = format!("2026-01-01T00:{:02}:00Z", i % 60);
        return Ok(fs::write(folder.join(&new).join("origin.json"), pretty(&pin(&date))?)?);
    }
    git::commit_all(
        &set.repository(),
        &format!("publish {name} {new}"),
        1_767_225_600 + 60 * i as u64,
    )
}
