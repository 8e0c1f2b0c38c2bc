//! The cache for the next build.

use std::path::{Path, PathBuf};

use crate::site::{FileDigest, StoredFile, WorkingFile, remove_working};

use super::lines::{END, HEAD, SiteMark, check};
use super::read::{ALL, CHANGED, Cache, Known, Slot, key_of_changes};
use super::record::{FileRecord, json};

/// How many times larger the file of all servers must be than that of the changes.
const RATIO: u64 = 8;

/// A cache that is being written. The next build finds it only when it is finished. A failed write only
/// makes the next build slower, and is not reported.
#[derive(Debug)]
pub struct CacheWriter {
    work: PathBuf,
    key: String,
    /// The manifest that the file of all servers belongs to, and its size, when only changes are written.
    base: Option<(FileDigest, u64)>,
    /// The site that the last build left.
    before: Option<SiteMark>,
    file: Option<WorkingFile>,
    check: String,
    bytes: u64,
    differs: bool,
}

impl CacheWriter {
    /// Begins the cache that follows `cache` in `work`.
    pub(in crate::pipeline) fn begin(work: &Path, key: &str, cache: &Cache) -> Self {
        Self::start(work, key, cache.base(), cache.site.clone())
    }

    fn start(
        work: &Path,
        key: &str,
        base: Option<(FileDigest, u64)>,
        before: Option<SiteMark>,
    ) -> Self {
        let (name, own_key) = match &base {
            Some((manifest, _)) => (CHANGED, key_of_changes(key, *manifest)),
            None => (ALL, key.to_owned()),
        };
        let mut writer = Self {
            work: work.to_path_buf(),
            key: key.to_owned(),
            base,
            before,
            file: WorkingFile::begin(work, name),
            check: check("", &own_key),
            bytes: 0,
            differs: false,
        };
        writer.write(&format!("{HEAD}\n{own_key}\n"));
        writer
    }

    fn write(&mut self, text: &str) {
        self.bytes += text.len() as u64;
        let written = self.file.as_mut().is_some_and(|file| file.write(text.as_bytes()).is_ok());
        if !written {
            self.file = None;
        }
    }

    fn line(&mut self, line: &str) {
        self.check = check(&self.check, line);
        let text = format!("{}\t{line}\n", self.check);
        self.write(&text);
    }

    /// Remembers that servers are gone.
    pub(in crate::pipeline) fn gone(&mut self, slot: &Slot) {
        for (name, was_there) in &slot.gone {
            self.differs |= was_there;
            if self.base.is_some() {
                self.line(name);
            }
        }
    }

    /// Remembers a server that was not made again.
    pub(in crate::pipeline) fn kept(&mut self, known: &Known) {
        if self.base.is_none() || known.changed {
            self.line(&known.line.0);
        }
    }

    /// Remembers a server that was made in this build; `entry` is the size of its entry in the list.
    pub(in crate::pipeline) fn made(
        &mut self,
        (name, digest): (&str, &str),
        entry: Option<usize>,
        details: &str,
    ) {
        self.differs = true;
        let entry = entry.map_or_else(|| "-".to_owned(), |length| length.to_string());
        self.line(&format!("{name}\t{digest}\t{entry}\t{details}"));
    }

    /// Puts the cache of the site with this manifest and list in place, after `old`.
    pub(in crate::pipeline) fn finish(self, old: &Cache, manifest: FileDigest, list: StoredFile) {
        match old.is_damaged() {
            true => [ALL, CHANGED].iter().for_each(|name| remove_working(&self.work, name)),
            false => self.end((manifest, list)),
        }
    }

    fn end(mut self, site: SiteMark) {
        if !self.differs && self.before.as_ref() == Some(&site) {
            return;
        }
        let end = format!("{}\t{}", site.0, json(&FileRecord::of(&site.1)));
        self.write(&format!("{END}{}\t{end}\n", check("", &end)));
        let Self { work, key, base, bytes, file, .. } = self;
        if file.is_none_or(|file| file.finish().is_err()) {
            return;
        }
        match base {
            None => remove_working(&work, CHANGED),
            Some((_, all)) if bytes * RATIO > all => merge(&work, &key, site),
            Some(_) => {}
        }
    }
}

/// Makes one file of the two.
fn merge(work: &Path, key: &str, site: SiteMark) {
    let mut cache = Cache::open(work, key, Some(site.0));
    let mut writer = CacheWriter::start(work, key, None, None);
    while let Some(known) = cache.next(None) {
        if known.line.digest().is_some() {
            writer.kept(&known);
        }
    }
    if !cache.is_damaged() {
        writer.end(site);
    }
}
