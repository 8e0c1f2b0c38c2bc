//! Judges a change of a registry: from two commits to one verdict.
//!
//! ```text
//! base, head ─▶ ChangeSet ─▶ structure ─┐
//!                  ├▶ claims ─ proof ───┼▶ Judged
//!                  └▶ risk ─────────────┘
//! ```
//!
//! Only git objects are read: nothing is checked out, nothing of the change is run, and the settings,
//! owners and tombstones that decide about it are those of the base.

mod changeset;
mod count;
mod entries;
mod hold;
mod limits;
mod maintainers;
mod merge;
mod mirror;
mod misplaced;
mod ownership;
mod packages;
mod recheck;
mod repository;
mod risk;
mod signatures;
mod structure;
mod types;
mod verdict;
mod verify;

pub use hold::verify_by_commit;
pub use recheck::{Rechecked, Registry, recheck};
pub use types::{Judged, Judgement, Network, VerifyOptions};
#[cfg(feature = "cli")]
pub use verdict::LABELS;
pub use verify::verify;
