//! A host with a site on it.

use std::path::Path;

use crate::error::Result;
use crate::site::{Capabilities, Host, SiteParts};

use super::rewrite::Rewrite;
use super::store::Store;

/// A host with a site on it.
#[derive(Debug)]
pub struct Imitation {
    pub(super) can: Capabilities,
    pub(super) store: Store,
    pub(super) rewrites: Vec<Rewrite>,
    /// Path of the base URL, which requests may begin with.
    pub(super) base: String,
    /// Whether a program of the host answers queries of the list.
    pub(super) program: bool,
    /// Whether the CORS headers that the operator sets are sent.
    pub(super) configured: bool,
}

impl Imitation {
    /// Returns a host with the files of a build for it.
    pub fn of_parts(host: &dyn Host, parts: &SiteParts) -> Self {
        let base = parts.info.base_path.as_deref().unwrap_or_default();
        Self::new(host, Store::of_parts(host, parts), base)
    }

    /// Returns a host with the files of a folder.
    pub fn of_folder(host: &dyn Host, folder: &Path) -> Result<Self> {
        Ok(Self::new(host, Store::of_folder(host, folder)?, ""))
    }

    fn new(host: &dyn Host, store: Store, base: &str) -> Self {
        let rewrites = host.rewrites().iter().map(|(from, to)| Rewrite::new(from, to)).collect();
        let program = store.program;
        let base = base.to_owned();
        Self { can: host.capabilities(), store, rewrites, base, program, configured: true }
    }

    /// Returns the host before its operator has set CORS headers.
    pub fn unconfigured(self) -> Self {
        Self { configured: false, ..self }
    }

    /// Returns the number of files.
    pub fn files(&self) -> usize {
        self.store.len()
    }
}
