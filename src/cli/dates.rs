//! `dates`, hidden: reads the history of the data and nothing else, for benchmarks.

use crate::error::Result;
use crate::pipeline::load;

use super::args::Global;
use super::outcome::Outcome;
use super::talk::Talk;

/// Reads all dates and prints how many entries have one.
pub(super) fn run(global: &Global, talk: &Talk) -> Result<Outcome> {
    let loaded = load(&global.load_options()?)?;
    talk.data(&format!("{} dates\n", loaded.dates.table()?.len()));
    Ok(Outcome::Fine)
}
