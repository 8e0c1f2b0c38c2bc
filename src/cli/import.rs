//! temp
use super::Outcome;
use super::args::{Global, ImportArgs};
use super::talk::Talk;
use crate::error::Result;
pub(super) fn run(_: &Global, _: &ImportArgs, _: &Talk) -> Result<Outcome> {
    Ok(Outcome::Failed)
}
