//! Who may publish under a name: keys, records, proofs and what a change proves with them.
//!
//! Everything here is pure: whatever stands outside (git, resolvers, hosts) is asked through the
//! doors of `world`. This room refuses to judge whether data is well formed; `check` does that.

pub mod domain;
