//! The step `request`.

use super::super::args::Global;
use super::super::args::ci::RequestArgs;
use super::super::outcome::Outcome;
use super::super::talk::Talk;
use super::job::Job;
use crate::error::Result;

pub(super) fn run(_: &Global, _: &RequestArgs, _: &Job, _: &Talk) -> Result<Outcome> {
    Ok(Outcome::Failed)
}
