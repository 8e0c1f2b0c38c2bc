//! Lowering: turns a rendered site into every file that one host needs.
//!
//! [`lower`] works in memory. A builder that streams gives a [`Lowering`] one artifact at a time and
//! finishes it when all are there. Both decide in the same place which files a host gets.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use super::host::{Host, HostFile, Queries, Shortfall, ShortfallKind, Totals, Whole};
use super::manifest::{MANIFEST, Manifest, ManifestRow};
use super::{Artifact, Body, Site};

/// Facts about a site that rule files and the manifest contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteInfo {
    /// Path of the base URL: empty, or beginning with a slash. `None` when no base URL is known.
    pub base_path: Option<String>,
    /// Name and version of the tool that renders.
    pub tool: String,
    /// Commit that the data comes from.
    pub commit: Option<String>,
}

/// A whole site in memory, for any host.
#[derive(Debug, Clone, Default)]
pub struct SiteParts {
    /// Artifacts that belong to one server each.
    pub servers: Vec<Artifact>,
    /// Artifacts that span servers. Only these can be [immutable](super::Freshness::Immutable).
    pub spanning: Vec<Artifact>,
    /// Documents below `/v0.1/_q/`, from which hosts answer queries: pages of the list and indexes.
    /// Each host takes those that it can use.
    pub queries: Vec<Artifact>,
    /// Facts about the site.
    pub info: SiteInfo,
}

impl SiteParts {
    /// Puts the site together by URL, without what only hosts need, to be served from memory.
    pub fn into_site(self) -> Site {
        let mut site = Site::default();
        for artifact in self.servers.into_iter().chain(self.spanning) {
            // Names and versions are unique, so URLs are.
            let _ = site.add(artifact);
        }
        site
    }
}

/// Where lowered files go.
pub trait Destination {
    /// What is known about a file that was added.
    type Added;
    /// Why a file cannot be added.
    type Error;

    /// Adds a file.
    fn put(&self, file: HostFile) -> Result<Self::Added, Self::Error>;

    /// Returns every file added so far, sorted by path.
    fn rows(&self) -> Vec<ManifestRow>;
}

/// The lowering of one site for one host.
pub struct Lowering<'a, D> {
    pub host: &'a dyn Host,
    pub destination: D,
}

impl<D: Destination> Lowering<'_, D> {
    /// Adds the files of `artifact`; none when this host has no use for it.
    pub fn add(&self, artifact: &Artifact) -> Result<Vec<D::Added>, D::Error> {
        if !takes(self.host, artifact) {
            return Ok(Vec::new());
        }
        self.host.lower(artifact).into_iter().map(|file| self.destination.put(file)).collect()
    }

    /// Adds the host's own files after all artifacts. Returns the site's manifest, still without
    /// files, and what does not work on this host.
    pub fn finish(
        &self,
        spanning: &[Artifact],
        info: &SiteInfo,
    ) -> Result<(Manifest, Vec<Shortfall>), D::Error> {
        let base_path = info.base_path.as_deref();
        let extras = {
            let files = self.destination.rows();
            let totals = Totals::of(self.host, &files);
            self.host.extras(&Whole { base_path, spanning, files: &files, totals })
        };
        for file in extras {
            self.destination.put(file)?;
        }
        let files = self.destination.rows();
        let totals = Totals::of(self.host, &files);
        let whole = Whole { base_path, spanning, files: &files, totals };
        let mut shortfalls = self.host.shortfalls(&whole);
        shortfalls.extend(collisions(&files).into_iter().map(|(a, b)| Shortfall {
            kind: ShortfallKind::Collision,
            message: format!("{a} and {b} cannot exist side by side on every file system"),
            help: "rename one of the two servers".to_owned(),
        }));
        let manifest = Manifest {
            tool: info.tool.clone(),
            commit: info.commit.clone(),
            root: self.host.root().to_owned(),
            ..Manifest::default()
        };
        Ok((manifest, shortfalls))
    }
}

/// Whether `host` gets files for `artifact`. Pages of the list are for hosts that choose a file by
/// its query, query indexes for hosts with a program that reads them.
fn takes(host: &dyn Host, artifact: &Artifact) -> bool {
    match artifact.path.as_str().strip_prefix("v0.1/_q/") {
        None => true,
        Some(path) if path.starts_with("page/") => takes_list_pages(host),
        Some(_) => host.answers_queries(),
    }
}

/// Whether `host` chooses between pages of the list.
pub fn takes_list_pages(host: &dyn Host) -> bool {
    host.capabilities().queries == Queries::Pages
}

/// Returns the pairs of paths that not every file system can hold side by side: equal, or equal but for case.
/// `rows` are sorted by path.
fn collisions(rows: &[ManifestRow]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut add = |a: &str, b: &str| found.push((a.to_owned(), b.to_owned()));
    for pair in rows.windows(2).filter(|pair| pair[0].path == pair[1].path) {
        add(&pair[0].path, &pair[1].path);
    }
    // Only a path with a capital can equal another but for case, and few have one.
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.path.bytes().any(|b| b.is_ascii_uppercase())) {
        let lower = row.path.to_ascii_lowercase();
        if let Ok(at) = rows.binary_search_by(|other| (*other.path).cmp(&lower)) {
            add(&row.path, &rows[at].path);
        } else if let Some(other) = folded.insert(lower, &row.path) {
            add(other, &row.path);
        }
    }
    found
}

/// Every file of a site as one host stores it, in memory, `manifest.json` included.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Sorted by path.
    pub(super) files: Vec<HostFile>,
    pub(super) manifest: Manifest,
    shortfalls: Vec<Shortfall>,
}

impl Files {
    /// Path below the output folder, with forward slashes, and bytes of each file, sorted by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.files.iter().map(|file| (file.path.as_str(), &*file.body))
    }

    /// Returns the bytes of the file at `path`.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        Some(&self.files[at].body)
    }

    /// Returns the number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns what does not work on this host.
    pub fn shortfalls(&self) -> &[Shortfall] {
        &self.shortfalls
    }

    #[cfg(feature = "serve")]
    /// Returns the files themselves.
    pub fn into_host_files(self) -> Vec<HostFile> {
        self.files
    }
}

/// Files in memory, while they are added.
type Memory = Mutex<Vec<(ManifestRow, Body)>>;

impl Destination for Memory {
    type Added = ();
    type Error = Infallible;

    fn put(&self, file: HostFile) -> Result<(), Infallible> {
        let added = (file.row(), file.body);
        self.lock().unwrap_or_else(PoisonError::into_inner).push(added);
        Ok(())
    }

    fn rows(&self) -> Vec<ManifestRow> {
        let files = self.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<_> = files.iter().map(|(row, _)| row.clone()).collect();
        rows.sort();
        rows
    }
}

/// Returns every file that `host` needs for a site, the same files that a build writes.
pub fn lower(host: &dyn Host, parts: &SiteParts) -> Files {
    let lowering = Lowering { host, destination: Memory::default() };
    for artifact in parts.servers.iter().chain(&parts.spanning).chain(&parts.queries) {
        let Ok(_) = lowering.add(artifact);
    }
    let Ok((mut manifest, shortfalls)) = lowering.finish(&parts.spanning, &parts.info);
    manifest.files = lowering.destination.rows();
    let added = lowering.destination.into_inner().unwrap_or_else(PoisonError::into_inner);
    let file = |(row, body): (ManifestRow, Body)| HostFile { path: row.path.to_string(), body };
    let mut files: Vec<HostFile> = added.into_iter().map(file).collect();
    let body = Body::from(manifest.render());
    for path in std::iter::once(MANIFEST.to_owned()).chain(manifest.copy()) {
        files.push(HostFile { path, body: body.clone() });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Files { files, manifest, shortfalls }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_collide_are_found() {
        let memory = Memory::default();
        for path in ["a/b", "a/B", "e/f", "e/g"] {
            let file = HostFile { path: path.to_owned(), body: Vec::new().into() };
            assert!(memory.put(file).is_ok());
        }
        assert_eq!(collisions(&memory.rows()), [("a/B".to_owned(), "a/b".to_owned())]);
    }
}
