//! The cache between builds: the files of each server, and dates read from the git history.
//!
//! Everything is keyed on content. The cache is in `.mcp-static` beside the output, is never published,
//! and is safe to delete: what cannot be read is computed again.
//!
//! The servers are in the order of the registry, as a build goes through them. So both the old cache and
//! the new one pass by once, and neither is ever in memory. A build in which little changed writes only
//! what changed, into a second file; the next build reads both as one.
//!
//! ```text
//! mcp-static cache 4
//! <digest of what all servers depend on> [<manifest of the first file's site>]
//! <check> TAB <name> TAB <digest> TAB <bytes in the list> TAB <details as JSON>
//! <check> TAB <name>                                           a server that is gone
//! D TAB <check> TAB <digest of the site's manifest> TAB <the list document's file, as JSON>
//! ```
//!
//! A check covers its line and the check before it, so that nothing that follows a changed, lost or moved
//! line is believed. The last line names the manifest of its site, so an older cache is ignored too.

#[cfg(feature = "git")]
mod dates;
mod lines;
mod read;
mod record;
mod write;

#[cfg(feature = "git")]
pub(super) use dates::{load_dates, save_dates};
pub(super) use read::{Cache, Slot};
pub(super) use record::Details;
pub(super) use write::CacheWriter;
