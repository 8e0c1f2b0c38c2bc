//! Imports entries of another registry into `registry-data`.
//!
//! ```text
//! dump file ─┐
//! base URL ──┴▶ texts ─ read_text ─▶ readings ─ plan (and what is there) ─▶ edits, findings
//!
//! other file ─┐
//! folder ─────┼▶ shape ─▶ drafts ─ plan_own (check, and what is there) ─▶ edits, drafts, findings
//! catalog URL ┘    └─ links ─ crawl ─┘
//! ```
//!
//! A mirror is loss-free: the text of `server` is kept byte for byte, and dates keep their digits. Only
//! records that a data folder cannot hold, or that a build would refuse, are skipped, each with a warning.

mod candidate;
mod compare;
mod crawl;
mod dump;
mod filter;
mod folder;
mod found;
mod own;
mod plan;
mod record;
mod retry;
mod shape;
mod source;
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

pub use candidate::Existing;
pub use crawl::{Crawler, MAX_LINKED, fetch_document};
pub use dump::{read_dump, read_file};
pub use filter::Filter;
pub use folder::read_folder;
pub use found::{Found, read_found};
pub use own::{OwnPlan, OwnRules, plan_own};
pub use plan::{ImportPlan, Present, plan};
pub use record::Reading;
pub use source::{document_url, is_registry, registry_url};
pub use store::PageStore;
pub use text::{Batch, read_text};
pub use upstream::{Progress, Upstream};

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
        .map(|(folder, server, version)| Ok((folder, existing(&tree, server, version)?)))
        .collect::<Result<_>>()?;
    Ok(Present { label: label.to_owned(), spellings, entries })
}

/// Reads the files of one existing entry.
fn existing(tree: &Tree, server: &ServerFolder, version: &VersionFolder) -> Result<Existing> {
    let mut entry = Existing::default();
    if let Some(content) = tree.read_entry(server, version, EntryFile::Server)? {
        entry.server = Some(content.bytes);
    }
    if let Some(content) = tree.read_entry(server, version, EntryFile::Origin)? {
        match read_json("", content.bytes).map(|document| read_origin("", &document)) {
            Ok((record, wrong)) if wrong.is_empty() => entry.origin = Some(record),
            _ => entry.broken = Some("origin.json"),
        }
    }
    if let Some(content) = tree.read_entry(server, version, EntryFile::Status)? {
        match read_json("", content.bytes).map(|document| read_status("", &document)) {
            Ok((record, wrong)) if wrong.is_empty() => entry.status = Some(record),
            _ => entry.broken = Some("status.json"),
        }
    }
    Ok(entry)
}
