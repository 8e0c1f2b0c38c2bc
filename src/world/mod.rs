//! The doors to everything this program does not own: git, other hosts, resolvers, files that a caller
//! names, the clock.
//!
//! Each door exists so that one foreign tool stays in one room and the rest of the house can be
//! tested without it. The room refuses to know what a registry is: it speaks of commits, paths
//! and bytes, and leaves their meaning to the floors above.

pub mod clock;
pub mod dns;
#[doc(hidden)]
pub mod fake;
pub mod file;
#[cfg(feature = "git")]
pub mod git;
pub mod http;
pub mod wellknown;
