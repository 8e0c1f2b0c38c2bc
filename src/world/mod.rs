//! Access to everything outside of this program: git, other hosts, resolvers, files that a caller names, the
//! clock.
//!
//! Each submodule wraps one outside tool, and [`fake`] replaces them in tests.

pub mod clock;
pub mod dns;
#[doc(hidden)]
pub mod fake;
pub mod file;
#[cfg(feature = "git")]
pub mod git;
pub mod http;
pub mod wellknown;
