//! Another host's answers, before anything is deployed there.
//!
//! The files are those of a build for the host, held in memory. How they are found and which headers
//! they get follows from the host's `Capabilities`, `Resolution` and `Manner` and from its rule files.
//! So a request gets the redirects, types and missing headers that clients will get there.
//!
//! ```text
//! request ─ asked ─▶ path as the host reads it ─ find ─▶ file, redirect or nothing ─ reply ─▶ answer
//!     └─ program ─▶ a query of the list, where the host has a program for them: `routes`
//! ```
//!
//! Not imitated: speed, certificates, limits, compression, logins, and headers that no client reads. No
//! path of a request reaches the disk.

mod asked;
mod find;
mod imitation;
mod pages;
mod program;
mod reply;
mod rewrite;
mod store;

pub(super) use imitation::Imitation;
