//! What the data folder holds of what is imported.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::data::{
    EntryFile, ServerFolder, Spellings, Tree, VersionFolder, read_json, read_origin, read_status,
};
use crate::error::Result;

use super::candidate::Existing;
use super::plan::{Present, folder_of};
use super::record::Reading;

/// Of each server the versions, and the registry that each was mirrored from.
pub(super) type HeldServers = BTreeMap<String, BTreeMap<String, Option<String>>>;

/// Reads which registry each entry of the data folder was mirrored from. A folder that holds no document, such as one
/// with an `override.json` for a version that is still to come, is not an entry.
pub(super) fn held(root: &Path, label: &str) -> Result<HeldServers> {
    let tree = Tree::from_disk(root, label)?;
    let server = |server: &ServerFolder| {
        let versions = server
            .versions
            .iter()
            .filter(|version| version.files().any(|file| file == EntryFile::Server))
            .map(|version| Ok((version.version.to_string(), tree.mirrored_from(server, version)?)));
        let name = format!("{}/{}", server.namespace, server.name);
        Ok((name, versions.collect::<Result<_>>()?))
    };
    tree.servers().par_iter().map(server).collect()
}

/// Reads what the data folder `root`, called `label`, holds of the entries that `readings` name.
pub fn present(root: &Path, label: &str, readings: &[Reading]) -> Result<Present> {
    let tree = Tree::from_disk(root, label)?;
    let spellings = Spellings::of(&tree);
    let mut wanted: Vec<_> =
        readings.iter().flatten().filter_map(|record| folder_of(&tree, record)).collect();
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
