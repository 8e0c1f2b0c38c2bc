//! Folders: a tree of an API's files, folders of `server.json`, and what other generators keep.
//!
//! A file counts when its name ends in `.json`, `.yaml` or `.yml`, or has no ending and begins like JSON. Links are
//! not followed, and neither hidden folders nor those of package managers are looked at.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use walkdir::{DirEntry, WalkDir};

use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::text::count;
use crate::world::file;

use super::found::{Found, read_found};
use super::shape::{Draft, dated_version};

/// Deepest folder that is looked at.
const MAX_DEPTH: usize = 16;

/// Most files of one import.
const MAX_FILES: usize = 100_000;

/// Largest file, in bytes.
const MAX_FILE: u64 = 32 << 20;

/// Most bytes of all files together.
const MAX_TOTAL: u64 = 256 << 20;

/// Reads every document below a folder.
///
/// # Errors
/// When the folder cannot be read, or holds more than the limits.
pub fn read_folder(root: &Path) -> Result<Found> {
    let Listed { files, special, deep } = list(root)?;
    let names: BTreeSet<&str> = files.iter().map(String::as_str).collect();
    // Some keep what all versions share in one file, and each version beside it.
    let base_of = |name: &str| {
        let base = match name.rsplit_once("/versions/") {
            Some((folder, _)) => format!("{folder}/server.json"),
            None => name.strip_prefix("versions/").map(|_| "server.json".to_owned())?,
        };
        names.contains(base.as_str()).then_some(base)
    };
    let bases: BTreeSet<String> = files.iter().filter_map(|name| base_of(name)).collect();
    let (mut found, mut total, mut others) = (Found::default(), 0_u64, 0_usize);
    for name in &files {
        if bases.contains(name) {
            continue;
        }
        let path = root.join(name);
        let shown = path.to_string_lossy().replace('\\', "/");
        let bytes = match file::read(&path, MAX_FILE) {
            Ok(bytes) => bytes,
            Err(e) => {
                let message = format!("the file was not read: {e}");
                let finding = Diagnostic::new(Code::ImportRefused, Place::file(shown), message);
                found.notes.push(finding.help("leave it out of the folder, or make it readable"));
                continue;
            }
        };
        // What versions share is a part of each of them.
        let base = base_of(name).and_then(|base| file::read(&root.join(base), MAX_FILE).ok());
        total += (bytes.len() + base.as_ref().map_or(0, Vec::len)) as u64;
        if total > MAX_TOTAL {
            let what =
                format!("the documents of the folder have more than {} MiB", MAX_TOTAL >> 20);
            let help = "import its parts one after another";
            return Err(Error::new(ErrorKind::Usage, what).at(root).help(help));
        }
        let begins = bytes.trim_ascii_start();
        if !has_ending(&path) && !begins.starts_with(b"{") && !begins.starts_with(b"[") {
            others += 1;
            continue;
        }
        if let Some(draft) = base.and_then(|base| of_version(&base, &shown, &bytes)) {
            found.drafts.push(draft);
            continue;
        }
        match read_found(&shown, &bytes) {
            Ok(more) if more.is_about_servers() => found.merge(more),
            Ok(_) => others += 1,
            Err(wrong) if wrong.code == Code::DocumentKind => others += 1,
            Err(wrong) => {
                let message = format!("the file was not imported: {}", wrong.message);
                let finding = Diagnostic::new(Code::ImportRefused, wrong.place, message);
                found.notes.push(finding.help("correct it, or leave it out of the folder"));
            }
        }
    }
    left_out(root, &mut found, others, special, deep);
    Ok(found)
}

/// Reports what a folder has and was not read.
fn left_out(root: &Path, found: &mut Found, others: usize, special: usize, deep: Option<String>) {
    let place = || Place::file(root.to_string_lossy().replace('\\', "/"));
    if others > 0 {
        let message = format!("left out what is about no server: {}", count(others, "file"));
        found.notes.push(Diagnostic::new(Code::ImportRepaired, place(), message));
    }
    if special > 0 {
        let message = format!("left out links, pipes and the like: {}", count(special, "file"));
        found.notes.push(Diagnostic::new(Code::ImportRepaired, place(), message));
    }
    if let Some(deep) = deep {
        let message =
            format!("folders more than {MAX_DEPTH} levels deep were not read, such as this one");
        let finding = Diagnostic::new(Code::ImportRefused, Place::file(deep), message);
        found.notes.push(finding.help("import it alone"));
    }
    // A folder is imported without a network.
    let links = std::mem::take(&mut found.links);
    if let Some(first) = links.first() {
        let message = format!(
            "{} of catalogs {} not fetched, because the source is a folder",
            count(links.len(), "entry"),
            if links.len() == 1 { "was" } else { "were" }
        );
        let help = format!("to fetch them, import the catalog itself: {}", first.place.file);
        let finding = Diagnostic::new(Code::ImportRefused, first.place.clone(), message);
        found.notes.push(finding.help(help));
    }
}

/// Returns the document of one version, which lies beside what all versions share.
fn of_version(base: &[u8], shown: &str, bytes: &[u8]) -> Option<Draft> {
    let version: Value = serde_json::from_slice(bytes).ok()?;
    let base: Value = serde_json::from_slice(base).ok()?;
    dated_version(Place::file(shown), &base, &version)
}

/// Whether the name of a file says that it is a document.
fn has_ending(path: &Path) -> bool {
    path.extension().is_some_and(|end| ["json", "yaml", "yml"].iter().any(|known| end == *known))
}

/// What is below a folder.
#[derive(Default)]
struct Listed {
    /// The files that may be documents, in the order of their paths.
    files: Vec<String>,
    /// How many are links, pipes and the like.
    special: usize,
    /// The first folder that was not looked into, because it is too deep.
    deep: Option<String>,
}

fn list(root: &Path) -> Result<Listed> {
    let wanted = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let is_hidden = name.starts_with('.') && name != ".well-known";
        let is_left_out = is_hidden || name == "node_modules";
        entry.depth() == 0 || !entry.file_type().is_dir() || !is_left_out
    };
    let walk = WalkDir::new(root).max_depth(MAX_DEPTH).sort_by_file_name();
    let Listed { mut files, mut special, mut deep } = Listed::default();
    for entry in walk.into_iter().filter_entry(wanted) {
        let entry = entry.map_err(|e| {
            Error::new(ErrorKind::Usage, "the folder cannot be read").at(root).because(e)
        })?;
        let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
        // The name of a version without an ending seems to have its last part as one.
        let is_version = |end: &str| end.starts_with(|c: char| c.is_ascii_digit());
        let may_be = has_ending(path)
            || path.extension().is_none_or(|end| is_version(&end.to_string_lossy()));
        let kind = entry.file_type();
        if !kind.is_file() || !may_be {
            special += usize::from(!kind.is_file() && !kind.is_dir() && has_ending(path));
            if kind.is_dir() && entry.depth() == MAX_DEPTH {
                deep.get_or_insert_with(|| entry.path().to_string_lossy().replace('\\', "/"));
            }
            continue;
        }
        if files.len() == MAX_FILES {
            let what = format!("the folder holds more than {MAX_FILES} files");
            let help = "import its parts one after another";
            return Err(Error::new(ErrorKind::Usage, what).at(root).help(help));
        }
        files.push(path.to_string_lossy().replace('\\', "/"));
    }
    Ok(Listed { files, special, deep })
}
