//! Another registry becomes entries for `registry-data`.
//!
//! ```text
//! dump file ─┐
//! base URL ──┴▶ texts ─ read_text ─▶ readings ─ plan (and what is there) ─▶ edits, findings
//! ```
//!
//! A mirror is loss-free: the text of `server` is kept byte for byte, and dates keep their digits.
//! This room refuses to judge documents and to render anything; it leaves out only what could not
//! stand in a data folder at all, and says so.

mod compare;
mod dump;
mod filter;
mod plan;
mod record;
mod retry;
mod split;
mod store;
mod text;
mod upstream;

use std::path::Path;

use rayon::prelude::*;

use crate::data::{
    EntryFile, ServerFolder, Spellings, Tree, VersionFolder, read_json, read_origin, read_status,
};
use crate::error::Result;

pub use dump::read_dump;
pub use filter::Filter;
pub use plan::{Found, Plan, Present, plan};
pub use record::{Facts, Reading, Reason, Record, Unreadable};
pub use store::Store;
pub use text::{Batch, read_text};
pub use upstream::{Heard, OFFICIAL_REGISTRY, Upstream, is_registry, registry_url};

/// Reads what the data folder `root`, called `label`, holds of the entries that `readings` name.
pub fn present(root: &Path, label: &str, readings: &[Reading]) -> Result<Present> {
    let tree = Tree::from_disk(root, label)?;
    let spellings = Spellings::of(&tree);
    let mut wanted: Vec<_> =
        readings.iter().flatten().filter_map(|record| plan::folder_of(&tree, record)).collect();
    wanted.sort_by(|a, b| a.0.cmp(&b.0));
    wanted.dedup_by(|a, b| a.0 == b.0);
    let entries = wanted
        .into_par_iter()
        .map(|(folder, server, version)| Ok((folder, found(&tree, server, version)?)))
        .collect::<Result<_>>()?;
    Ok(Present { label: label.to_owned(), spellings, entries })
}

fn found(tree: &Tree, server: &ServerFolder, version: &VersionFolder) -> Result<Found> {
    let mut found = Found::default();
    if let Some(content) = tree.read_entry(server, version, EntryFile::Server)? {
        found.server = Some(content.bytes);
    }
    if let Some(content) = tree.read_entry(server, version, EntryFile::Origin)? {
        match read_json("", content.bytes).map(|document| read_origin("", &document)) {
            Ok((record, wrong)) if wrong.is_empty() => found.origin = Some(record),
            _ => found.broken = Some("origin.json"),
        }
    }
    if let Some(content) = tree.read_entry(server, version, EntryFile::Status)? {
        match read_json("", content.bytes).map(|document| read_status("", &document)) {
            Ok((record, wrong)) if wrong.is_empty() => found.status = Some(record),
            _ => found.broken = Some("status.json"),
        }
    }
    Ok(found)
}
