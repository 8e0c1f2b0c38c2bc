//! The whole site, API and catalog: memory at the largest size, what one change writes, how many bytes it is.

use super::Run;
use super::api::thrown_away;
use super::bars::SPANNING;
use super::pair::{Ratio, median};
use super::report::Row;
use super::rounds::Rounds;
use crate::Res;
use crate::tree::{Changes, Snapshot};
use std::path::Path;

/// How many documents are named.
const NAMED: usize = 8;

/// Memory and changes at the large size, bytes and pages with one version for each server.
pub(super) fn scenario(run: &mut Run) -> Res<()> {
    large(run)?;
    pages(run)
}

/// Cold, unchanged, one changed: peaks, and what the last one wrote.
fn large(run: &mut Run) -> Res<()> {
    let (scale, set) = (run.scale, run.set(run.scale.large)?);
    let rounds = Rounds::run(run, &set, run.runs, |out| run.whole(&set.data(), out))?;
    let (again, one) = (rounds.again(), rounds.one());
    let cold = median(again.iter().map(|(_, cold)| cold.mib()));
    let [most_cold, most_again, most_one] = scale.whole_peak;
    let row = |what: &str| Row::new(format!("whole site, {what}, {}", scale.large));
    let seconds = median(again.iter().map(|(_, cold)| cold.cpu));
    run.report.add(row("cold").most(cold, "MiB", most_cold).most(seconds, "s CPU", None));
    let ratio = Ratio::of(&again);
    run.report.add(
        row("nothing changed but file times")
            .most(ratio.mib, "MiB", most_again)
            .most(ratio.cpu, "× cold", None)
            .most(rounds.needless(), "files written", 0.0),
    );
    let ratio = Ratio::of(&one);
    let last = rounds.0.last().ok_or("no round")?;
    let (written, cache) = (Written::of(&last.changed), mega(last.remembered));
    run.report.add(
        row("one server changed")
            .most(ratio.mib, "MiB", most_one)
            .most(ratio.cpu, "× cold", None)
            .most(rounds.needed(), "files written", None),
    );
    run.report.add(
        row("bytes written by one changed server")
            .most(written.all, "MB", None)
            .most(written.rest, "MB besides what lists every server", scale.rewritten)
            .most(cache, "MB of cache", None)
            .note(written.names),
    );
    let set = run.set(scale.quarter)?;
    let folder = run.work.join("quarter");
    let small = thrown_away(&run.whole(&set.data(), &folder.join("site")), &folder)?;
    let what = format!("whole site, cold, peak of {} over {}", scale.large, scale.quarter);
    run.report.add(Row::new(what).most(cold / small.mib(), "×", scale.whole_growth));
    Ok(())
}

/// What one change wrote, in MB.
struct Written {
    all: f64,
    /// Without the documents that must change whatever the change is.
    rest: f64,
    /// The largest documents by name.
    names: String,
}

impl Written {
    /// Sums up.
    fn of(changes: &Changes) -> Self {
        let mut files: Vec<(String, u64)> = changes
            .written
            .iter()
            .map(|(path, bytes)| (path.to_string_lossy().into_owned(), *bytes))
            .collect();
        files.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        let spans = |path: &str| SPANNING.iter().any(|start| path.starts_with(start));
        let sum = |wanted: &dyn Fn(&str) -> bool| {
            mega(files.iter().filter(|(path, _)| wanted(path)).map(|(_, bytes)| *bytes).sum())
        };
        let named = files.iter().take(NAMED);
        let names = named.map(|(path, bytes)| format!("`{path}` {:.2}", mega(*bytes)));
        Self {
            all: sum(&|_| true),
            rest: sum(&|path| !spans(path)),
            names: names.collect::<Vec<_>>().join(", "),
        }
    }
}

/// Bytes in MB.
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// One version for each server: bytes of the site and of its pages.
fn pages(run: &mut Run) -> Res<()> {
    let (scale, set) = (run.scale, run.set(run.scale.pages)?);
    let folder = run.work.join("pages");
    let out = folder.join("site");
    std::fs::create_dir_all(&folder)?;
    run.whole(&set.data(), &out).cost()?;
    let site = Snapshot::take(&out)?;
    std::fs::remove_dir_all(&folder)?;
    let all = site.lengths(|_| true);
    let home = site.lengths(|path| path == Path::new("index.html"));
    // servers/NAMESPACE/NAME/index.html
    let pages = site.lengths(|path| {
        path.starts_with("servers")
            && path.ends_with("index.html")
            && path.components().count() == 4
    });
    let mean = pages.iter().sum::<u64>() as f64 / pages.len() as f64;
    run.report.add(
        Row::new(format!("whole site, bytes, {}", scale.pages))
            .most(mega(all.iter().sum()), "MB", scale.bytes)
            .most(all.len() as f64, "files", None),
    );
    run.report.add(
        Row::new(format!("weight of pages, {}", scale.pages))
            .most(mean / 1e3, "KB a server", scale.page)
            .most(home.iter().sum::<u64>() as f64 / 1e3, "KB home", scale.home),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_list_every_server_count_apart() {
        let file = |path: &str, bytes| (path.into(), bytes);
        let written = vec![
            file("index.html", 200_000),
            file("manifest.json", 3_000_000),
            file("servers/ns/name/index.html", 20_000),
            file("v0.1/servers/index.json", 4_000_000),
            file("v0.1/servers/ns/name/versions/index.json", 5_000),
        ];
        let written = Written::of(&Changes { written, removed: 0 });
        assert_eq!((written.all, written.rest), (7.225, 0.225));
        let first = "`v0.1/servers/index.json` 4.00, `manifest.json` 3.00, `index.html` 0.20";
        assert!(written.names.starts_with(first), "{}", written.names);
    }
}
