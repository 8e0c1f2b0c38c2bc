//! The section of the summary that lists which documents of the API a change would add, change and remove.
//!
//! Base and head are built from their git objects. This informs and never judges, so it never fails a job either.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use crate::error::Result;
use crate::pipeline::LoadOptions;
use crate::site::{FileDigest, Manifest};
use crate::text::markdown_span;

use super::super::args::Global;
use super::super::build::write_api;
use super::change::Fetched;
use super::job::{Job, repository};

/// Longest time for both builds.
const LONGEST: Duration = Duration::from_secs(300);

/// Most documents that are listed.
const MAX_ROWS: usize = 100;

/// Folder of the documents that are about servers; others differ in each commit.
const SERVERS: &str = "v0.1/servers/";

/// Returns the section, in Markdown.
pub(super) fn section(global: &Global, fetched: &Fetched, job: &Job) -> String {
    let text = match prepare(global, fetched) {
        Ok((options, sides)) => {
            let (send, receive) = mpsc::channel();
            let folder = job.at("preview");
            // A thread that takes too long ends with the program.
            std::thread::spawn(move || send.send(compare(&options, sides, &folder)));
            let text = receive.recv_timeout(LONGEST);
            text.unwrap_or_else(|_| "It takes too long to build both sides.".to_owned())
        }
        Err(_) => "The commits could not be compared.".to_owned(),
    };
    format!("### Difference of the API\n\n{text}")
}

/// The two sides with their commits.
type Sides = [(&'static str, String); 2];

/// Returns what both builds have in common, and the sides: the change, and where it left the branch.
fn prepare(global: &Global, fetched: &Fetched) -> Result<(LoadOptions, Sides)> {
    let git = repository(&global.data)?;
    let head = git.resolve(&fetched.head)?;
    let base = git.resolve(fetched.base.as_deref().unwrap_or_default())?;
    let left_at = git.gain(&git.ancestry(base)?, head)?.bases.first().copied().unwrap_or(base);
    let options = LoadOptions { catalog: false, ..global.load_options()? };
    Ok((options, [("base", left_at.to_string()), ("head", fetched.head.clone())]))
}

/// Builds both sides and returns the table of their documents.
fn compare(options: &LoadOptions, sides: Sides, folder: &Path) -> String {
    let mut tables = Vec::new();
    for (side, commit) in sides {
        let options = LoadOptions { revision: Some(commit), ..options.clone() };
        let out = folder.join(side);
        let manifest = match write_api(&options, &out) {
            Ok(true) => Manifest::load(&out).ok().flatten(),
            _ => None,
        };
        match manifest {
            Some(manifest) => tables.push(documents(manifest)),
            None => return format!("The {side} does not build, so there is nothing to compare."),
        }
    }
    match tables.as_slice() {
        [base, head] => table(base, head),
        _ => "The manifests could not be compared.".to_owned(),
    }
}

/// Documents by path.
type Documents = BTreeMap<Arc<str>, FileDigest>;

fn documents(manifest: Manifest) -> Documents {
    let rows = manifest.files.into_iter().filter(|row| row.path.starts_with(SERVERS));
    rows.map(|row| (row.path, row.sha256)).collect()
}

fn table(base: &Documents, head: &Documents) -> String {
    let missing = |from: &Documents, path: &Arc<str>| !from.contains_key(path);
    let added = head.keys().filter(|path| missing(base, path)).map(|path| ("added", path));
    let changed = head
        .iter()
        .filter(|(path, digest)| base.get(*path).is_some_and(|before| before != *digest));
    let changed = changed.map(|(path, _)| ("changed", path));
    let removed = base.keys().filter(|path| missing(head, path)).map(|path| ("removed", path));
    let rows: Vec<(&str, &Arc<str>)> = added.chain(changed).chain(removed).collect();
    if rows.is_empty() {
        return "None.".to_owned();
    }
    let mut text = "|  | document |\n|---|---|\n".to_owned();
    for (mark, path) in rows.iter().take(MAX_ROWS) {
        let path = format!("/{}", path.strip_suffix("/index.json").unwrap_or(path));
        text.push_str(&format!("| {mark} | {} |\n", markdown_span(&path)));
    }
    if rows.len() > MAX_ROWS {
        text.push_str(&format!("| … | {} more |\n", rows.len() - MAX_ROWS));
    }
    text
}
