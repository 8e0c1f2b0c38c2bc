//! The steps `fetch` and `judge`.

use super::super::args::Global;
use super::super::args::ci::BranchArgs;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::job::Job;
use crate::error::Result;

pub(super) fn fetch(_: &Global, _: &BranchArgs, _: &Job, _: &Talk) -> Result<Outcome> {
    Ok(Outcome::Failed)
}

pub(super) fn run(_: &Global, _: &BranchArgs, _: &Job, _: &Talk) -> Result<Outcome> {
    Ok(Outcome::Failed)
}
