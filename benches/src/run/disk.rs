//! Rebuilding everything over an output that is right already, on a real disk.
//!
//! Replacing equal files is the most expensive thing a generator can do there, and memory does not
//! show it. Deleting is nearly as bad: a tree that was just deleted slows the next creation down for
//! minutes. So every fresh build gets a folder of its own and nothing is deleted before the end.

use super::Run;
use super::pair::median;
use super::report::Row;
use super::rounds::CACHE;
use super::set::{Set, make_parent};
use crate::Res;
use crate::measure::Cost;
use crate::tree::Snapshot;
use std::fs;
use std::path::Path;
use std::process::Command;

/// One fresh build, then a full one over its output: costs, files written, whether a cache was there.
struct Round {
    over: Cost,
    fresh: Cost,
    written: usize,
    cache: bool,
}

/// Full rebuild over equal output against a fresh build.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    let set = run.set(run.scale.main)?;
    let rounds: Vec<Round> = (0..run.runs).map(|i| round(run, &set, i)).collect::<Res<_>>()?;
    let ratio = median(rounds.iter().map(|r| r.over.wall / r.fresh.wall));
    let written = rounds.iter().map(|r| r.written).max().unwrap_or_default();
    let mut place = file_system(&run.disk);
    if rounds.iter().any(|r| !r.cache) {
        place.push_str(", no cache folder found");
    }
    run.report.add(
        Row::new(format!("`build --only api`, full rebuild over equal output, {}", set.shape))
            .most(ratio, "× fresh on the clock", run.scale.over)
            .most(written as f64, "files written", 0.0)
            .note(place),
    );
    Ok(())
}

/// One fresh build in a folder of its own, then one over it.
fn round(run: &Run, set: &Set, i: usize) -> Res<Round> {
    let folder = run.disk.join(format!("over-{i}"));
    let out = folder.join("site");
    make_parent(&out)?;
    let call = run.api(&set.data(), &out);
    settle(&run.disk);
    let fresh = call.cost()?;
    let cache = folder.join(CACHE);
    let had = cache.is_dir();
    if had {
        fs::remove_dir_all(cache)?;
    }
    settle(&run.disk);
    let before = Snapshot::take(&out)?;
    let over = call.cost()?;
    let changes = before.until(&Snapshot::take(&out)?);
    Ok(Round { over, fresh, written: changes.count(), cache: had })
}

/// Lets the disk finish what earlier runs left to it.
fn settle(folder: &Path) {
    let _ = Command::new("sync").arg("-f").arg(folder).status();
}

/// The kind of file system that `folder` lies on, as far as the system tells.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let line = |line: &str| {
        let mut cells = line.split(' ').skip(1);
        let (at, kind) = (cells.next()?.to_string(), cells.next()?.to_string());
        folder.starts_with(&at).then_some((at.len(), kind))
    };
    match mounts.lines().filter_map(line).max_by_key(|(length, _)| *length) {
        Some((_, kind)) if kind == "tmpfs" => "tmpfs: says little, use --disk".into(),
        Some((_, kind)) => kind,
        None => "unknown file system".into(),
    }
}
