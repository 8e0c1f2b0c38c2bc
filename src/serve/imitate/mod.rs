//! Another host's answers, before anything is deployed there.
//!
//! The files are those that a build for the host gives, held in memory; how they are found and with
//! what they are sent is what the host says of itself (`Capabilities`, `Resolution`, `Manner`) and
//! what its rule files are made of. So whoever asks sees the redirects, types and missing headers that
//! clients will see there, faults included.
//!
//! ```text
//! request ─ asked ─▶ path as the host reads it ─ find ─▶ file, redirect or nothing ─ reply ─▶ answer
//!     └─ program ─▶ a query of the list, where the host has a program for them: `routes`
//! ```
//!
//! Refused is all that no file decides: speed, certificates, limits, compression, logins, and headers
//! that no client looks at. No path of a request reaches the disk.

mod asked;
mod find;
mod pages;
mod program;
mod reply;
mod store;

use std::path::Path;

use crate::error::Result;
use crate::site::{Capabilities, Host, SiteParts};

use find::Pattern;
use store::Store;

/// A host with a site on it.
#[derive(Debug)]
pub(super) struct Imitation {
    can: Capabilities,
    store: Store,
    rewrites: Vec<Pattern>,
    /// Path of the base URL; requests may have it in front, and need not.
    base: String,
    /// Whether a program stands there that answers queries of the list.
    program: bool,
    /// Whether CORS headers are sent that are up to whoever runs the host.
    configured: bool,
}

impl Imitation {
    /// A host with the files of a build for it.
    pub(super) fn of_parts(host: &dyn Host, parts: &SiteParts) -> Self {
        let base = parts.info.base_path.as_deref().unwrap_or_default();
        Self::new(host, Store::of_parts(host, parts), base)
    }

    /// A host with the files of a folder.
    pub(super) fn of_folder(host: &dyn Host, folder: &Path) -> Result<Self> {
        Ok(Self::new(host, Store::of_folder(host, folder)?, ""))
    }

    fn new(host: &dyn Host, store: Store, base: &str) -> Self {
        let rewrites = host.rewrites().iter().map(|(from, to)| Pattern::new(from, to)).collect();
        let program = store.program;
        let base = base.to_owned();
        Self { can: host.capabilities(), store, rewrites, base, program, configured: true }
    }

    /// The host before its operator has set CORS headers.
    pub(super) fn unconfigured(self) -> Self {
        Self { configured: false, ..self }
    }

    /// Number of files.
    pub(super) fn files(&self) -> usize {
        self.store.len()
    }
}

/// Whether a path lies inside the API.
fn is_api(key: &str) -> bool {
    matches!(key.split('/').next(), Some("v0.1" | "v0"))
}

/// Whether rules for what lies below the API match a path, which begins without a slash.
fn is_below_api(key: &str) -> bool {
    key.starts_with("v0.1/") || key.starts_with("v0/")
}
