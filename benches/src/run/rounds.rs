//! A cold build, one over it with nothing changed, one after a publication: what they cost and write.

use super::Run;
use super::pair::Pairs;
use super::set::{Set, make_parent};
use crate::corpus::{History, pin, pretty};
use crate::measure::{Call, Cost};
use crate::tree::{Changes, Snapshot};
use crate::{Res, git, tree};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What the tool keeps beside a site.
pub(super) const CACHE: &str = ".mcp-static";

/// The figures of one round.
pub(super) struct Round {
    cold: Cost,
    again: Cost,
    one: Cost,
    unchanged: Changes,
    /// What one publication wrote into the site.
    pub(super) changed: Changes,
    /// Bytes that it wrote into the cache beside the site.
    pub(super) remembered: u64,
}

/// All rounds of one kind.
pub(super) struct Rounds(pub(super) Vec<Round>);

impl Rounds {
    /// So many rounds; `build` makes the call from the output folder.
    pub(super) fn run(
        run: &Run,
        set: &Set,
        rounds: usize,
        build: impl Fn(&Path) -> Call,
    ) -> Res<Self> {
        let names = set.names();
        let round = |_| {
            let i = set.next();
            round(run, set, &names[i * 7 % names.len()], i, &build)
        };
        (0..rounds).map(round).collect::<Res<_>>().map(Self)
    }

    /// Nothing changed, with the cold build a moment before.
    pub(super) fn again(&self) -> Pairs {
        self.0.iter().map(|r| (r.again, r.cold)).collect()
    }

    /// One server changed, with the cold build a moment before.
    pub(super) fn one(&self) -> Pairs {
        self.0.iter().map(|r| (r.one, r.cold)).collect()
    }

    /// Most files of the site that were touched though nothing had changed.
    pub(super) fn needless(&self) -> f64 {
        self.0.iter().map(|r| r.unchanged.count()).max().unwrap_or_default() as f64
    }

    /// Most files of the site that one change touched.
    pub(super) fn needed(&self) -> f64 {
        self.0.iter().map(|r| r.changed.count()).max().unwrap_or_default() as f64
    }
}

/// One cold build, one over it with new input times, one after a publication.
fn round(run: &Run, set: &Set, name: &str, i: usize, build: impl Fn(&Path) -> Call) -> Res<Round> {
    let folder = run.work.join("round");
    let out = folder.join("site");
    make_parent(&out)?;
    let call = build(&out);
    let cold = call.cost()?;
    refresh_times(run, set)?;
    let first = Snapshot::take(&out)?;
    let again = call.cost()?;
    let second = Snapshot::take(&out)?;
    let cache = folder.join(CACHE);
    let before = Snapshot::take(&cache)?;
    publish(run, set, name, i)?;
    let one = call.cost()?;
    let third = Snapshot::take(&out)?;
    let remembered = before.until(&Snapshot::take(&cache)?).bytes();
    fs::remove_dir_all(&folder)?;
    let (unchanged, changed) = (first.until(&second), second.until(&third));
    Ok(Round { cold, again, one, unchanged, changed, remembered })
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
