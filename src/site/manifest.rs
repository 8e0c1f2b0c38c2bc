//! `manifest.json`: every file of a site with size and SHA-256.
//!
//! It lists which files are ours (only those are ever removed), and lets anyone verify a copy. It is at
//! the top of the output, and also in the folder that a host serves where that is not the top.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::text::{from_hex, is_lower_hex, to_hex};

use super::below::{Below, PathState, at, files_below};

/// Name of the manifest at the top of a site.
pub const MANIFEST: &str = "manifest.json";

/// Bytes that are written at once.
const PIECE: usize = 1 << 16;

/// A SHA-256, shown and read as lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the digest of a file's bytes.
    pub fn of_file(path: &Path) -> std::io::Result<Self> {
        let mut file = std::fs::File::open(path)?;
        let (mut hash, mut part) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut part)? {
                0 => return Ok(hash.into()),
                length => hash.update(&part[..length]),
            }
        }
    }

    /// Reads 64 digits of lower-case hex.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = is_lower_hex(text, 64).then(|| from_hex(text.as_bytes()))??;
        bytes.try_into().ok().map(Self)
    }
}

impl From<Sha256> for FileDigest {
    fn from(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for FileDigest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not a SHA-256 in lower-case hex"))
    }
}

impl Serialize for FileDigest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// One file of a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestRow {
    /// Path below the output folder, with forward slashes.
    pub path: Arc<str>,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: FileDigest,
}

/// The list of a site's files, without the manifest itself and its copy, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name and version of the tool that wrote it.
    pub tool: String,
    /// Commit that the data came from, when there is one and nothing of it is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Folder of what the host sends, empty when that is the whole output.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub root: String,
    /// During a commit, the digest of the manifest that will replace this one. Until then this one
    /// lists the files of both sites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<FileDigest>,
    /// Every file.
    pub files: Vec<ManifestRow>,
}

impl Manifest {
    /// Reads a manifest that this tool wrote.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Reads the manifest of a site; `None` when it has none.
    pub fn load(site: &Path) -> Result<Option<Self>> {
        let path = site.join(MANIFEST);
        if !matches!(at(&path), PathState::File(_)) {
            return Ok(None); // a link may lead to a manifest of another site
        }
        let fail = |e| Error::io("the manifest cannot be read", &path, e);
        let mut file = BufReader::new(File::open(&path).map_err(fail)?);
        if let Some(manifest) = Self::head(&mut file).and_then(|head| head.rows(&mut file)) {
            return Ok(Some(manifest));
        }
        // It is damaged, or its lines are others; the reader of the whole text knows which.
        let text = std::fs::read_to_string(&path).map_err(fail)?;
        Self::parse(&text).map(Some).map_err(|e| {
            Error::new(ErrorKind::Output, "the manifest is not one of ours")
                .at(&path)
                .because(e)
                .help("delete the folder, or choose another with --out")
        })
    }

    /// Reads the first line, which is everything but the rows.
    fn head(file: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        file.take(PIECE as u64).read_line(&mut line).ok()?;
        Self::parse(&format!("{line}]}}")).ok()
    }

    /// Adds the rows of the other lines. So the text is never in memory as a whole.
    fn rows(mut self, file: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        loop {
            line.clear();
            file.read_line(&mut line).ok()?;
            match line.trim_end() {
                "]}" => return Some(self),
                row => self.files.push(serde_json::from_str(row.trim_end_matches(',')).ok()?),
            }
        }
    }

    /// Returns the digest of the manifest that will replace that of `site`, when a commit has begun.
    pub(super) fn announced(site: &Path) -> Option<FileDigest> {
        let path = site.join(MANIFEST);
        let real = matches!(at(&path), PathState::File(_));
        let mut file = BufReader::new(real.then(|| File::open(path).ok())??);
        Self::head(&mut file)?.next
    }

    /// Path of the copy on the live site, where the served folder is not the top of the output.
    pub(super) fn copy(&self) -> Option<String> {
        (!self.root.is_empty()).then(|| format!("{}/{MANIFEST}", self.root))
    }

    /// Returns the rows of `paths`, which are files of this manifest or its copy.
    pub(super) fn rows_of(&self, paths: &BTreeSet<String>) -> Vec<ManifestRow> {
        let rows = self.files.iter().filter(|row| paths.contains(&*row.path)).cloned();
        let copy = self.copy().filter(|copy| paths.contains(copy));
        let copy = copy.map(|path| ManifestRow {
            path: path.into(),
            size: 0,
            sha256: FileDigest::of(&[]),
        });
        rows.chain(copy).collect()
    }

    /// Counts the servers in the API: folders with a `latest`, whatever the host names its files;
    /// spellings of the same name count once.
    pub fn listings(&self) -> usize {
        let names = self.files.iter().filter_map(|row| {
            let (listing, _) = row.path.split_once("/versions/latest")?;
            let (_, name) = listing.rsplit_once("servers/")?;
            Some(name.replace("%2F", "/").replace("%2f", "/"))
        });
        names.collect::<BTreeSet<_>>().len()
    }

    /// Gives the document to `write`, piece by piece and with one file per line.
    pub(super) fn write<E>(&self, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        // Strings and numbers always serialize.
        let (tool, commit, root) = (self.tool.clone(), self.commit.clone(), self.root.clone());
        let head = Self { tool, commit, root, next: self.next, files: Vec::new() };
        let mut text = serde_json::to_vec(&head).unwrap_or_default();
        text.truncate(text.len().saturating_sub("]}".len()));
        for (i, row) in self.files.iter().enumerate() {
            text.extend_from_slice(if i == 0 { b"\n" } else { b",\n" });
            let _ = serde_json::to_writer(&mut text, row);
            if text.len() >= PIECE {
                write(&text)?;
                text.clear();
            }
        }
        text.extend_from_slice(b"\n]}\n");
        write(&text)
    }

    /// Returns the document.
    pub(super) fn render(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let Ok(()) = self.write(|piece| {
            text.extend_from_slice(piece);
            Ok::<_, Infallible>(())
        });
        text
    }
}

/// Returns eight hex digits of the digest of `bytes`, for the name of an immutable file.
pub fn fingerprint(bytes: &[u8]) -> String {
    FileDigest::of(bytes).to_string().chars().take(8).collect()
}

/// How a site on disk differs from its manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteProblem {
    /// A file of the manifest is not there.
    Missing(String),
    /// A file has other bytes; the second text says how it differs.
    Changed(String, String),
    /// A file exists that the manifest does not list.
    Surplus(String),
}

/// Compares a site on disk with its manifest: missing, changed and surplus files.
///
/// # Errors
/// When there is no manifest, or a file cannot be read.
pub fn compare_site(site: &Path) -> Result<(usize, Vec<SiteProblem>)> {
    let manifest = Manifest::load(site)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("there is no {MANIFEST} here"))
            .at(site)
            .help("name the folder that `build` wrote")
    })?;
    let below = Below::new(site.to_path_buf());
    let mut problems = Vec::new();
    if manifest.next.is_some() {
        let detail = "a build was interrupted while it put files in place";
        problems.push(SiteProblem::Changed(MANIFEST.to_owned(), detail.to_owned()));
    }
    let copy = manifest.copy();
    let mut expected: BTreeMap<&str, &ManifestRow> =
        manifest.files.iter().map(|row| (&*row.path, row)).collect();
    for path in files_below(site)? {
        if path == MANIFEST || Some(&path) == copy.as_ref() {
            continue;
        }
        let Some(row) = expected.remove(path.as_str()) else {
            problems.push(SiteProblem::Surplus(path));
            continue;
        };
        problems.extend(differs(&below, row)?.map(|detail| SiteProblem::Changed(path, detail)));
    }
    problems.extend(expected.into_keys().map(|path| SiteProblem::Missing(path.to_owned())));
    problems.extend(copy.and_then(|copy| copy_differs(&below, copy)));
    problems.sort();
    Ok((manifest.files.len(), problems))
}

/// Returns how the file at the path of `row` differs from it.
pub(super) fn differs(site: &Below, row: &ManifestRow) -> Result<Option<String>> {
    let PathState::File(meta) = site.look(&row.path) else {
        return Ok(Some("it is not a regular file".to_owned()));
    };
    if meta.len() != row.size {
        return Ok(Some(format!("it has {} bytes instead of {}", meta.len(), row.size)));
    }
    let full = site.at(&row.path);
    let digest =
        FileDigest::of_file(&full).map_err(|e| Error::io("a file cannot be read", &full, e))?;
    Ok((digest != row.sha256).then(|| "its SHA-256 differs".to_owned()))
}

/// Returns what is wrong with the copy of a manifest.
pub(super) fn copy_differs(site: &Below, copy: String) -> Option<SiteProblem> {
    let PathState::File(_) = site.look(&copy) else { return Some(SiteProblem::Missing(copy)) };
    match (FileDigest::of_file(&site.at(&copy)), FileDigest::of_file(&site.at(MANIFEST))) {
        (Ok(copied), Ok(own)) if copied == own => None,
        _ => Some(SiteProblem::Changed(copy, format!("it is not a copy of {MANIFEST}"))),
    }
}
