//! temp
use super::Outcome;
use super::args::{Global, ServeArgs};
use super::talk::Talk;
use crate::error::Result;
pub(super) fn run(_: &Global, _: &ServeArgs, _: &Talk) -> Result<Outcome> {
    Ok(Outcome::Failed)
}
