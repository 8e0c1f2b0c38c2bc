//! An output that is being built: its files, its list, and the cache of the last build and the next one.

use std::io::Read as _;
use std::mem::take;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};
use crate::render::{self, LIST};
use crate::site::{
    Artifact, Body, FileDigest, FileReader, Forbidden, Host, Lowering, Manifest, Output, Ready,
    Shortfall, ShortfallKind, SiteInfo, StoredFile, Stream, WriteCounts, takes_list_pages,
};

use super::cache::{Cache, CacheWriter, Slot};

/// One host and the folder that its files go to.
#[derive(Clone, Copy)]
pub struct BuildTarget<'a> {
    /// Where the site will be published.
    pub host: &'a dyn Host,
    /// The output folder.
    pub out: &'a std::path::Path,
}

/// An output, and the cache of the last build.
pub(super) struct Sink<'a> {
    /// The list, at each of its places. Its files are closed before the output removes what is staged.
    lists: Vec<Stream>,
    /// The files for other systems, each at each of its places.
    exports: Vec<Vec<Stream>>,
    lowering: Lowering<'a, Output>,
    cache: Cache,
    /// The cache for the next build.
    writer: CacheWriter,
    spanning: Mutex<Spanning>,
}

/// What is known about the artifacts that span servers once they are staged.
#[derive(Default)]
struct Spanning {
    outlines: Vec<Artifact>,
    /// The file of the list.
    list: Option<StoredFile>,
}

/// An output that is ready to be committed.
pub(super) struct ReadySink {
    ready: Ready,
    cache: Cache,
    writer: CacheWriter,
    list: Option<StoredFile>,
}

impl<'a> Sink<'a> {
    /// Opens an output and the cache of the last build. A cache of another version, host or settings is
    /// ignored.
    pub(super) fn open(target: &BuildTarget<'a>, key: &str, forbidden: &Forbidden) -> Result<Self> {
        let output = Output::open(target.out, forbidden)?;
        let key = format!("{key} {}", target.host.name());
        let cache = Cache::open(output.work(), &key, output.manifest());
        let writer = CacheWriter::begin(output.work(), &key, &cache);
        let lowering = Lowering { host: target.host, destination: output };
        let spanning = Mutex::default();
        let (lists, exports) = (Vec::new(), Vec::new());
        let mut sink = Self { lowering, cache, writer, lists, exports, spanning };
        for list in render::lists(&Body::default()) {
            for file in sink.lowering.host.lower(&list) {
                sink.lists.push(sink.lowering.destination.stream(file.path)?);
            }
        }
        sink.add_to_list(render::LIST_START)?;
        Ok(sink)
    }

    /// Whether a program on this host answers queries, and needs the indexes for it.
    pub(super) fn answers(&self) -> bool {
        self.lowering.host.answers_queries()
    }

    /// Whether this host chooses between pages of the list.
    pub(super) fn takes_pages(&self) -> bool {
        takes_list_pages(self.lowering.host)
    }

    /// Opens the list document that the last build left; `None` when it was changed since.
    pub(super) fn old_list(&self) -> Option<OldList> {
        let (_, list) = self.cache.site.as_ref()?;
        let file = self.lowering.destination.open_kept(list)?;
        Some(OldList { file, at: 0 })
    }

    /// Returns what is remembered up to the server called `name`; servers come in order.
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        self.cache.up_to(name)
    }

    /// Whether the output still has all these files.
    pub(super) fn intact(&self, files: &[StoredFile]) -> bool {
        self.lowering.destination.intact(files)
    }

    /// Reads the file of an artifact among those of an earlier build; `None` when it has changed since.
    pub(super) fn read_kept(&self, files: &[StoredFile], outline: &Artifact) -> Option<Body> {
        let place = self.lowering.host.lower(outline).into_iter().next()?.path;
        let kept = files.iter().find(|file| *file.row.path == *place)?;
        let mut bytes = Vec::new();
        self.lowering.destination.open_kept(kept)?.read_to_end(&mut bytes).ok()?;
        Some(bytes.into())
    }

    /// Keeps files that are intact.
    pub(super) fn keep(&self, files: &[StoredFile]) {
        self.lowering.destination.keep(files);
    }

    /// Adds the files of `artifacts`; returns what a later build needs to recognize them.
    pub(super) fn put_all(&self, artifacts: &[Artifact]) -> Result<Vec<StoredFile>> {
        let mut files = Vec::with_capacity(artifacts.len());
        for artifact in artifacts {
            files.extend(self.lowering.add(artifact)?);
        }
        Ok(files)
    }

    /// Adds an artifact that spans servers.
    pub(super) fn put_spanning(&self, artifact: &Artifact) -> Result<()> {
        self.lowering.add(artifact)?;
        self.lock().outlines.push(artifact.outline());
        Ok(())
    }

    /// Adds a document from which this host may answer queries.
    pub(super) fn put_query(&self, artifact: &Artifact) -> Result<()> {
        self.lowering.add(artifact).map(drop)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Spanning> {
        self.spanning.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a file that is written in pieces; `outline` is the file without its bytes.
    pub(super) fn begin_export(&mut self, outline: &Artifact, start: &[u8]) -> Result<()> {
        let files = self.lowering.host.lower(outline).into_iter();
        let streams = files.map(|file| self.lowering.destination.stream(file.path));
        self.exports.push(streams.collect::<Result<_>>()?);
        self.lock().outlines.push(outline.clone());
        self.add_to_export(self.exports.len() - 1, start)
    }

    /// Adds text to the file that was begun as the one with this number.
    pub(super) fn add_to_export(&mut self, number: usize, bytes: &[u8]) -> Result<()> {
        let mut streams = self.exports.get_mut(number).into_iter().flatten();
        streams.try_for_each(|file| file.write(bytes))
    }

    /// Ends the files that were written in pieces.
    pub(super) fn end_exports(&mut self) -> Result<()> {
        let mut files = take(&mut self.exports).into_iter().flatten();
        files.try_for_each(|file| self.lowering.destination.close(file).map(drop))
    }

    /// Adds text to the list.
    pub(super) fn add_to_list(&mut self, text: &[u8]) -> Result<()> {
        self.lists.iter_mut().try_for_each(|list| list.write(text))
    }

    /// Ends the list, with all its places.
    pub(super) fn end_list(&mut self, end: &str) -> Result<()> {
        self.add_to_list(end.as_bytes())?;
        let mut files = take(&mut self.lists).into_iter();
        let list = files.next().map(|list| self.lowering.destination.close(list)).transpose()?;
        files.try_for_each(|list| self.lowering.destination.close(list).map(drop))?;
        let mut spanning = self.lock();
        spanning.list = list;
        spanning.outlines.extend(render::lists(&Body::default()));
        Ok(())
    }

    /// Remembers a server: as it was, or with what was made of it.
    pub(super) fn remember(
        &mut self,
        slot: &Slot,
        made: Option<(&str, &str, &str)>,
        entry: Option<usize>,
    ) {
        self.writer.gone(slot);
        match (made, &slot.known) {
            (Some((name, digest, details)), _) => self.writer.made((name, digest), entry, details),
            (None, Some(known)) => self.writer.kept(known),
            (None, None) => {}
        }
    }

    /// Adds the host's own files after everything else. Returns the site's manifest, and what does not work
    /// on this host.
    pub(super) fn finish(&mut self, info: &SiteInfo) -> Result<(Manifest, Vec<Diagnostic>)> {
        let rest = self.cache.rest();
        self.writer.gone(&rest);
        let mut outlines = take(&mut self.lock().outlines);
        outlines.sort_by(|a, b| a.path.cmp(&b.path));
        let (manifest, shortfalls) = self.lowering.finish(&outlines, info)?;
        let shortfalls = shortfalls.into_iter().map(|shortfall| self.diagnose(shortfall)).collect();
        Ok((manifest, shortfalls))
    }

    /// Returns the size of the list.
    pub(super) fn list_size(&self) -> Option<u64> {
        self.lock().list.as_ref().map(|list| list.row.size)
    }

    /// Returns a shortfall of this host or of file systems, as a diagnostic.
    fn diagnose(&self, shortfall: Shortfall) -> Diagnostic {
        let code = match shortfall.kind {
            ShortfallKind::Limit => Code::HostLimitExceeded,
            ShortfallKind::Collision => Code::OutputCollision,
            ShortfallKind::Degraded => Code::HostShortfall,
        };
        let folder = self.lowering.destination.folder().to_string_lossy().replace('\\', "/");
        Diagnostic::new(code, Place::file(folder), shortfall.message).help(shortfall.help)
    }

    /// Stages the manifest and checks that nothing blocks the commit.
    pub(super) fn prepare(self, manifest: Manifest) -> Result<ReadySink> {
        let list = take(&mut self.lock().list);
        let Self { lowering, cache, writer, .. } = self;
        let ready = lowering.destination.prepare(manifest)?;
        Ok(ReadySink { ready, cache, writer, list })
    }
}

impl ReadySink {
    /// Makes the staged files the site and remembers what they are made of.
    pub(super) fn commit(self) -> Result<WriteCounts> {
        let Self { ready, cache, writer, list } = self;
        let (counts, manifest): (_, FileDigest) = ready.commit()?;
        if let Some(list) = list {
            writer.finish(&cache, manifest, list);
        }
        Ok(counts)
    }
}

/// The list document of the last build, read from its start to its end.
pub(super) struct OldList {
    file: FileReader,
    at: u64,
}

impl OldList {
    /// Reads the bytes at `range`, which is behind all that was read before.
    pub(super) fn read(&mut self, range: &Range<u64>) -> Result<Body> {
        let fail = |e| Error::io("the list of the last build cannot be read", LIST, e);
        let gap = i64::try_from(range.start.saturating_sub(self.at)).unwrap_or_default();
        self.file.seek_relative(gap).map_err(fail)?;
        let length = usize::try_from(range.end - range.start).unwrap_or_default();
        let mut bytes = vec![0; length];
        self.file.read_exact(&mut bytes).map_err(fail)?;
        self.at = range.end;
        Ok(bytes.into())
    }
}
