//! Turns a git repository of `server.json` files into a complete MCP registry: the whole v0.1 read API
//! and a catalog as static files, published by pull request. No database, no server, no secrets.
//!
//! # Five functions
//!
//! A program that embeds the crate needs no terminal: [`load()`] reads a data folder, [`check()`] validates
//! it, [`render()`] makes the API and the catalog, [`lower()`] turns them into the files of one host, and
//! [`write()`] puts those on disk. [`SiteParts::into_site`] keeps the site in memory instead, for your own
//! router. The programs in `examples/` show each way.
//!
//! ```no_run
//! use mcp_static::{LoadOptions, check, host_named, load, lower, render, write};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let loaded = load(&LoadOptions::new("registry-data"))?;
//! let (registry, report) = check(&loaded)?;
//! if report.has_errors() {
//!     return Err(report.to_string().into());
//! }
//! let host = host_named("nginx").ok_or("unknown host")?;
//! let files = lower(host, &render(&registry, &loaded));
//! write(&files, "_site".as_ref())?;
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
//! | 6 corridor | `pipeline` (the journeys, spelled out) |
//! | 5 verdict | `judge` (a change, its commits and proofs → one verdict) |
//! | 4 making | `render` (registry → site), `import` (another registry → entries), `probe` (a deployed registry → what clients would see) |
//! | 3 judging | `check` (is the data right?), `proof` (may this change be made by this person?), `package` (does a package name its server, and is it the newest?) |
//! | 2 reading | `data` (the layout of `registry-data`, both ways) |
//! | 1 settings | `config` (`registry.toml`), `world` (the doors to git, HTTP and the clock) |
//! | 0 values | `model` (what a registry is), `diag` (how a problem is said), `site` (the built thing) |
//! | ground | `error` (why *we* could not do our work), `text` (encodings, plurals, which characters cannot be seen) |
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
//! `pub` inside a room means that other rooms may use it; what the crate exports is listed below and pinned
//! by `tests/api.txt`. Modules form no circles, at any depth (`tests/it/circles.rs`).
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

// Without the program, what only it uses is dead code.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

mod check;
#[cfg(feature = "cli")]
mod cli;
mod config;
mod data;
mod diag;
mod error;
#[cfg(feature = "import")]
mod import;
#[cfg(all(
    feature = "git",
    feature = "import",
    feature = "probe",
    feature = "proof",
    feature = "serve"
))]
#[doc(hidden)]
pub mod internals;
#[cfg(all(feature = "git", feature = "proof"))]
mod judge;
mod model;
mod package;
mod pipeline;
#[cfg(feature = "probe")]
mod probe;
mod proof;
mod render;
#[cfg(feature = "serve")]
mod serve;
mod site;
mod text;
mod world;

pub use check::Profile;
pub use config::BaseUrl;
pub use diag::{Code, Diagnostic, Levels, Place, Report, Severity};
pub use error::{Error, ErrorKind, Result};
pub use model::{
    Entry, Evidence, LeftOut, Listing, PackageCheck, PackageOutcome, Registry, Server, ServerName,
    Status, Timestamp, Version,
};
pub use pipeline::{LoadOptions, Loaded, load};
pub use site::{
    Artifact, Body, Files, Freshness, HOSTS, Host, Media, Shape, Shortfall, Site, SiteParts,
    UrlPath, WriteCounts, host_named, lower, write,
};

/// Checks a whole registry in memory. Returns every listing and all findings.
///
/// The registry contains all entries that can be read, even when the report has errors. Look at
/// [`Report::has_errors`] before you publish it.
///
/// # Errors
/// When a file cannot be read, or git history is needed and cannot be read. Invalid data is not an error
/// but a finding.
pub fn check(loaded: &Loaded) -> Result<(Registry, Report)> {
    pipeline::check(loaded, &pipeline::Silent)
}

/// Checks one `server.json` that is in no registry. `path` is its name in the findings.
pub fn check_document(path: &str, text: impl Into<Vec<u8>>, profile: Profile) -> Vec<Diagnostic> {
    check::check_document(path, text.into(), &check::DocumentRules::new(profile))
}

/// Renders a registry in memory: the API, and the catalog unless [`LoadOptions::catalog`] is off.
///
/// The same registry gives the same bytes on every machine.
pub fn render(registry: &Registry, loaded: &Loaded) -> SiteParts {
    loaded.renderer().render(registry)
}
