//! The gate before a deployment: judges every commit of the published branch by the settings that were
//! accepted before it. What is refused is held back, path by path; the rest is published.
//!
//! A pull request may have been merged without passing `verify`, or with a workflow that it changed
//! itself, so nothing of that run is trusted except what the forge still reports. What is held counts as
//! not merged: later commits are judged on top of the accepted state, and a later one can also correct it.

mod gate;
mod keys;
mod refusal;
mod run;
mod settle;
mod steps;

pub use run::verify_by_commit;
