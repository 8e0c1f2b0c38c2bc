//! `ci`: the steps of the workflows that `init` writes.
//!
//! A step takes what it needs from the forge's environment ([`job`]), does what other commands do (`verify`,
//! `build`, `check --site`, `probe`), and leaves its results where the forge's next step finds them. Tokens are
//! read by the steps `fetch`, `report`, `gate`, `last-good`, `remember`, `sync` and `request open`; the steps that read
//! what strangers wrote (`judge`, `request draft`) refuse to run where a token can be seen.

mod candidate;
mod change;
mod deployment;
mod difference;
mod fetch;
mod forge;
mod gate;
mod guard;
mod job;
mod judge;
mod last_good;
mod live;
mod output;
mod preview;
mod prove;
mod remember;
mod report;
mod request;
mod roll_back;
mod sync;

use super::args::Global;
use super::args::ci::{CiArgs, Step};
use super::outcome::Outcome;
use super::talk::Talk;
use crate::error::Result;
use job::Job;

pub(super) use job::{GITLAB_TOKENS, TOKENS};

/// Runs one step of a workflow.
pub(super) fn run(global: &Global, args: &CiArgs, talk: &Talk) -> Result<Outcome> {
    let job = Job::of_environment(args)?;
    match &args.step {
        Step::Fetch(args) => fetch::run(args, &job, talk),
        Step::Judge => judge::run(global, &job, talk),
        Step::Report => report::run(global, &job, talk),
        Step::Gate(args) => gate::run(global, args, &job, talk),
        Step::Prove(args) => prove::run(global, args, &job, talk),
        Step::LastGood => last_good::run(global, &job, talk),
        Step::RollBack(args) => roll_back::run(global, args, &job, talk),
        Step::Remember => remember::run(global, &job, talk),
        Step::Sync => sync::run(global, &job, talk),
        Step::Request(args) => request::run(global, args, &job, talk),
    }
}
