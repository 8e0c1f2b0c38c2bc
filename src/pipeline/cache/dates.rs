//! Dates read from the git history, kept between builds.

use std::path::Path;

use crate::data::{DateTable, EntryDates, Fallback};
use crate::model::Status;
use crate::site::{Sealing, read_sealed};
use crate::world::git::Oid;

const DATES: &str = "mcp-static dates 3";

/// Loads the dates as of an earlier commit. An older file is fine: git provides what came after it.
pub(in crate::pipeline) fn load_dates(folder: &Path, prefix: &str) -> Option<(Oid, DateTable)> {
    let text = read_sealed(folder, "dates")?;
    let mut lines = text.lines();
    if lines.next()? != DATES || lines.next()? != prefix {
        return None;
    }
    let commit: Oid = lines.next()?.parse().ok()?;
    let entries = lines.map(|line| {
        let mut parts = line.split('\t');
        let key = parts.next()?.into();
        let mut number = || parts.next()?.parse::<i64>().ok();
        let (published, updated, status_changed) = (number()?, number()?, number()?);
        let status = Status::parse(parts.next()?)?;
        Some((key, EntryDates { published, updated, status_changed, status }))
    });
    let entries: Vec<_> = entries.collect::<Option<_>>()?;
    Some((commit, DateTable::restore(entries, Fallback::None)))
}

/// Saves the dates of the history up to `commit`. A failed write only makes the next build slower.
pub(in crate::pipeline) fn save_dates(folder: &Path, prefix: &str, commit: Oid, table: &DateTable) {
    let Some(mut file) = Sealing::begin(folder, "dates") else { return };
    let mut write = || {
        file.line(&format!("{DATES}\n{prefix}\n{commit}"))?;
        for (key, dates) in table.entries() {
            let EntryDates { published, updated, status_changed, status } = dates;
            file.line(&format!("{key}\t{published}\t{updated}\t{status_changed}\t{status}"))?;
        }
        std::io::Result::Ok(())
    };
    if write().is_ok() {
        let _ = file.finish();
    }
}
