//! Access to everything outside of this program: git, other hosts, resolvers, files that a caller names, the
//! clock.
//!
//! Each submodule wraps one outside tool, behind an interface that tests replace.

pub mod clock;
pub mod dns;
#[doc(hidden)]
pub mod file;
#[cfg(feature = "http")]
pub mod forge;
#[cfg(feature = "git")]
pub mod git;
pub mod http;
pub mod wellknown;
