//! Pages that an interrupted import has fetched already.
//!
//! They lie in `.mcp-static/import/` beside the data folder, never in it, one folder a registry, and
//! are gone when the import is complete. Pages older than a day are forgotten: the registry has moved
//! on. Whatever cannot be read is fetched again, so the folder is safe to delete.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::digest;
use crate::error::{Error, Result};

/// How long pages are kept, in seconds.
const KEEP: i64 = 24 * 60 * 60;

/// Where the pages of one registry are kept, if they are kept.
#[derive(Debug, Clone, Default)]
pub struct Store {
    folder: Option<PathBuf>,
}

/// What the pages are pages of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// The registry's base URL.
    pub(super) registry: String,
    /// Whether deleted records were asked for.
    pub(super) include_deleted: bool,
    /// When the first page was fetched.
    pub(super) started_at: i64,
}

impl Store {
    /// A store that keeps nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// The store of `registry` beside the data folder `data`.
    pub fn beside(data: &Path, registry: &str) -> Self {
        let full = std::path::absolute(data).unwrap_or_else(|_| data.to_path_buf());
        let name = &digest(registry.as_bytes())[..16];
        let folder = full.parent().map(|p| p.join(".mcp-static").join("import").join(name));
        Self { folder }
    }

    /// Forgets every page.
    pub fn clear(&self) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        match fs::remove_dir_all(folder) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("the kept pages cannot be removed", folder, e))
            }
            _ => Ok(()),
        }
    }

    /// What is kept, when it is of this registry and not older than a day.
    pub(super) fn state(&self, registry: &str, now: i64) -> Option<State> {
        let text = fs::read(self.folder.as_ref()?.join("state.json")).ok()?;
        let state: State = serde_json::from_slice(&text).ok()?;
        let age = now.checked_sub(state.started_at)?;
        (state.registry == registry && (0..=KEEP).contains(&age)).then_some(state)
    }

    /// Begins anew with `state`.
    pub(super) fn begin(&self, state: &State) -> Result<()> {
        self.clear()?;
        let text = serde_json::to_vec(state).unwrap_or_default();
        self.put("state.json", &text)
    }

    /// The page of this number, if it is kept.
    pub(super) fn page(&self, number: usize) -> Option<Vec<u8>> {
        fs::read(self.folder.as_ref()?.join(page_name(number))).ok()
    }

    /// Keeps a page.
    pub(super) fn keep(&self, number: usize, body: &[u8]) -> Result<()> {
        self.put(&page_name(number), body)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let path = folder.join(name);
        let beside = folder.join(format!("{name}.tmp"));
        let done = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&beside, bytes))
            .and_then(|()| fs::rename(&beside, &path));
        done.map_err(|e| {
            Error::io("the fetched page cannot be kept", &path, e)
                .help("make the folder writable; pages are kept there until the import is complete")
        })
    }
}

fn page_name(number: usize) -> String {
    format!("{number:06}.json")
}
