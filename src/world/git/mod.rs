//! Reads git repositories: who changed what when, and the bytes of any commit.
//!
//! This is the only module that uses libgit2. Reading never writes to a repository (what [`Git::overlay`] makes
//! stays in memory), runs a program (no hooks, filters or helpers), uses the network, consults `refs/replace` or
//! grafts (both can rewrite history unseen), or guesses a date where history is missing. For the workflows of a
//! forge, [`Git::annotate`] and its neighbours write objects and references, and [`Remote`] runs the `git` program.
//!
//! *Ownership.* Git refuses folders of other users because their settings could name programs to run; in a
//! container every checkout is such a folder. No program is run here, so the git folder is located by
//! this module and opened as a bare one, which libgit2 permits for any owner.
//!
//! *Hashes.* Like git itself, reading history does not hash every object again. The switch for it belongs to
//! the whole process and is set once, before the first repository is opened. What is judged or published
//! ([`Git::blob`], [`Git::files`], [`Git::commit_time`]) is still compared with its id.

mod cache;
mod compare;
mod files;
mod hidden;
mod history;
mod lineage;
mod objects;
mod overlay;
mod place;
mod pool;
mod read;
mod remote;
mod repository;
#[cfg(test)]
mod tests;
mod write;

pub use compare::{Changed, Side, TreeFault};
pub use history::{PathChange, PathHistory};
pub use lineage::{Ancestry, Gained, ancestors_among};
pub use objects::{FileMode, Oid};
pub use pool::Pool;
pub use remote::Remote;
pub use repository::Git;
