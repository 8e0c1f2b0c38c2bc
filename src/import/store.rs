//! Pages that an interrupted import has fetched.
//!
//! They are stored in `.mcp-static/import/` beside the data folder, never in it, one folder for each
//! registry, and are gone when the import is complete. Pages older than a day are forgotten: the registry has
//! moved on. Each page is stored with the cursor that it was fetched with and its digest; whatever does
//! not match is fetched again, so the folder is safe to delete. No link is followed on the way.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::{digest, open_folder, work_folder};
use crate::error::{Error, Result};
use crate::site::WORK;
use crate::world::file;

use super::source::registry_url;

/// How long pages are kept, in seconds.
const KEEP: i64 = 24 * 60 * 60;

/// Largest state and largest first line of a page, in bytes.
const MAX_STATE: u64 = 64 * 1024;

/// Where the pages of one registry are kept, if they are kept.
#[derive(Debug, Clone, Default)]
pub struct PageStore {
    /// The folder beside which the pages are, and the registry's folder below it.
    place: Option<(PathBuf, String)>,
}

/// What the pages are pages of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImportState {
    /// The registry's base URL.
    pub(super) registry: String,
    /// The date after which changes were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<String>,
    /// Whether deleted records were asked for.
    pub(super) include_deleted: bool,
    /// When the first page was fetched.
    pub(super) started_at: i64,
}

/// The first line of a stored page.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PageHeader {
    /// The cursor that it was fetched with.
    cursor: Option<String>,
    /// SHA-256 of what follows the line.
    sha256: String,
}

impl PageHeader {
    fn of(cursor: Option<&str>, body: &[u8]) -> Self {
        Self { cursor: cursor.map(str::to_owned), sha256: digest(body) }
    }
}

impl PageStore {
    /// Returns a store that keeps nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the store of `registry` beside the data folder `data`.
    pub fn beside(data: &Path, registry: &str) -> Self {
        let place = work_folder(data).map(|work| (work, format!("import/{}", name_of(registry))));
        Self { place }
    }

    /// Returns the store of the mirror of `registry` beside the data folder `data`.
    pub fn of_mirror(data: &Path, registry: &str) -> Self {
        let place = work_folder(data).map(|work| (work, format!("sync/{}", name_of(registry))));
        Self { place }
    }

    /// Registries whose import beside `data` was interrupted, in order.
    pub fn unfinished(data: &Path) -> Vec<String> {
        let folder = work_folder(data).map(|work| work.join("import"));
        let folders = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten();
        let registry = |entry: fs::DirEntry| {
            let state = read_state(&entry.path())?;
            // Without a page there is nothing to continue.
            fs::read_dir(entry.path()).ok()?.nth(1)?.ok()?;
            let own = entry.file_name().to_str() == Some(name_of(&state.registry).as_str());
            (own && registry_url(&state.registry).ok()? == state.registry).then_some(state.registry)
        };
        let mut found: Vec<String> = folders.flatten().filter_map(registry).collect();
        found.sort();
        found
    }

    /// Forgets every page.
    pub fn clear(&self) -> Result<()> {
        let Some(folder) = self.open()? else { return Ok(()) };
        fs::remove_dir_all(&folder)
            .map_err(|e| Error::io("the kept pages cannot be removed", folder, e))
    }

    /// Returns what is kept, when it is of what is `asked` for now and not older than a day.
    pub(super) fn state(&self, asked: &ImportState) -> Option<ImportState> {
        let state = read_state(&self.open().ok()??)?;
        let age = asked.started_at.checked_sub(state.started_at)?;
        let same = state.registry == asked.registry && state.since == asked.since;
        (same && (0..=KEEP).contains(&age)).then_some(state)
    }

    /// Begins anew with `state`.
    pub(super) fn begin(&self, state: &ImportState) -> Result<()> {
        self.clear()?;
        let text = serde_json::to_vec(state).unwrap_or_default();
        self.put("state.json", &[&text])
    }

    /// Returns a kept page if it was fetched with this cursor, has at most `limit` bytes and is unchanged.
    pub(super) fn page(&self, number: usize, cursor: Option<&str>, limit: u64) -> Option<Vec<u8>> {
        let path = self.open().ok()??.join(page_name(number));
        let mut bytes = file::read(&path, limit.saturating_add(MAX_STATE)).ok()?;
        let end = bytes.iter().position(|b| *b == b'\n')?;
        let head: PageHeader = serde_json::from_slice(&bytes[..end]).ok()?;
        bytes.drain(..=end);
        (head == PageHeader::of(cursor, &bytes)).then_some(bytes)
    }

    /// Keeps a page that was fetched with `cursor`.
    pub(super) fn keep(&self, number: usize, cursor: Option<&str>, body: &[u8]) -> Result<()> {
        let head = serde_json::to_vec(&PageHeader::of(cursor, body)).unwrap_or_default();
        self.put(&page_name(number), &[&head, b"\n", body])
    }

    /// Returns the folder of the registry, when it is there.
    fn open(&self) -> Result<Option<PathBuf>> {
        let Some((work, name)) = &self.place else { return Ok(None) };
        if fs::symlink_metadata(work.join(name)).is_err() {
            return Ok(None);
        }
        open_folder(work, name).map(Some)
    }

    fn put(&self, name: &str, parts: &[&[u8]]) -> Result<()> {
        let Some((work, below)) = &self.place else { return Ok(()) };
        let parent = work.parent().unwrap_or(work);
        let work = open_folder(parent, WORK)?;
        let folder = open_folder(&work, below)?;
        let (path, beside) = (folder.join(name), folder.join(format!("{name}.tmp")));
        let _ = fs::remove_file(&beside); // left by a run that was killed
        let written = file::create(&beside, file::SHARED)
            .and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)))
            .and_then(|()| fs::rename(&beside, &path));
        written.map_err(|e| {
            Error::io("the fetched page cannot be kept", &path, e)
                .help("make the folder writable; pages are kept there until the import is complete")
        })
    }
}

fn read_state(folder: &Path) -> Option<ImportState> {
    serde_json::from_slice(&file::read(&folder.join("state.json"), MAX_STATE).ok()?).ok()
}

fn name_of(registry: &str) -> String {
    digest(registry.as_bytes())[..16].to_owned()
}

fn page_name(number: usize) -> String {
    format!("{number:06}.json")
}
