//! Turns a git repository of `server.json` files into a complete MCP registry: the whole v0.1 read API
//! and a catalog as static files, published by pull request. No database, no server, no secrets.
//!
//! # Five verbs
//!
//! A guest crate needs no terminal: read a tree, check it, render the registry, lower it for a host,
//! write it; or keep the [`site::Site`] and serve it from its own router.
//!
//! ```no_run
//! use mcp_static::pipeline::{BuildOptions, BuildTarget, LoadOptions, Silent, build, check, load};
//! use mcp_static::site::host_named;
//!
//! # fn main() -> Result<(), mcp_static::error::Error> {
//! let mut options = LoadOptions::default();
//! options.data = "registry-data".into();
//! let loaded = load(&options)?;
//!
//! // In memory: every listing, and everything that is wrong.
//! let (registry, report) = check(&loaded, &Silent)?;
//! println!("{} servers, {:?}", registry.listings().len(), report.counts());
//!
//! // On disk: nothing is written when the report has errors.
//! let host = host_named("plain").expect("a host of the table");
//! let target = BuildTarget { host, out: "_site".as_ref() };
//! let built = build(&loaded, &[target], &BuildOptions::default(), &Silent)?;
//! assert!(!built.report.has_errors());
//! # Ok(())
//! # }
//! ```
//!
//! # The house
//!
//! A generator has one staircase: **read → judge → render → lower → write**. Every room is on a floor,
//! every door opens downward: a room uses only rooms of lower floors, and each tool from outside is
//! allowed into one room. `tests/it/architecture.rs` enforces both tables.
//!
//! | floor | rooms |
//! |---|---|
//! | 8 front door | `cli` (arguments, progress, colour, exit status) |
//! | 7 live | `serve` (the registry as a live v0.1 server) |
//! | 6 corridor | [`pipeline`] (the journeys, spelled out) |
//! | 5 verdict | `judge` (a change, its commits and proofs → one verdict) |
//! | 4 making | [`render`] (registry → site), `import` (another registry → entries), [`probe`] (a deployed registry → what clients would see) |
//! | 3 judging | [`check`] (is the data right?), [`proof`] (may this change be made by this person?) |
//! | 2 reading | [`data`] (the layout of `registry-data`, both ways) |
//! | 1 settings | [`config`] (`registry.toml`), [`world`] (the doors to git, HTTP and the clock) |
//! | 0 values | [`model`] (what a registry is), [`diag`] (how a problem is said), [`site`] (the built thing) |
//! | doormat | [`error`] (why *we* could not do our work), `text` (which characters cannot be seen) |
//!
//! ```text
//! registry-data ─┐
//!   (disk)       ├─ data::Tree ─ check ─▶ Listing ─ render ─▶ Artifact ─ host.lower ─▶ files ─ Output ─▶ _site/
//!   (commit) ────┘                 └─▶ Report                     └─▶ Site ─▶ serve
//! ```
//!
//! The seam that carries the most: **render speaks URLs, hosts speak files.** A URL path keeps decoded
//! segments, so the slash in a server name is data and never a literal `%2F` folder; and a version
//! document, whose `isLatest` and status can still change, is never immutable.
//!
//! The flow is a stream, not a heap: a server is read, judged, rendered and written before the next
//! one takes its place; only what spans servers is gathered, as text.
//!
//! # Invariants, as absences
//!
//! 1. `model`, `diag` and `render` never touch disk, network, environment or clock.
//! 2. `render` does not know which host will serve it; no host knows what an MCP server is.
//! 3. `check` does not know who is asking.
//! 4. No rule computes a column; no printer decides a severity.
//! 5. No room but `cli` prints; no room but `world` connects; no room but `site` creates output.
//! 6. Nothing written depends on time, thread count, machine path or hash order.
//! 7. What an author committed is never typed anew on its way to clients.
//! 8. Nothing is deleted that our manifest does not name.
//! 9. A check with nothing to check has failed.

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod data;
pub mod diag;
pub mod error;
#[cfg(feature = "import")]
pub mod import;
#[cfg(all(feature = "git", feature = "proof"))]
pub mod judge;
pub mod model;
pub mod pipeline;
#[cfg(feature = "probe")]
pub mod probe;
pub mod proof;
pub mod render;
#[cfg(feature = "serve")]
pub mod serve;
pub mod site;
mod text;
pub mod world;
