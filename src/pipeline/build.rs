//! Builds sites: checks, renders, lowers and writes, one server at a time.

use std::collections::BTreeSet;
use std::mem::take;
use std::ops::Range;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::check::{CheckedServer, PolicyOutcome, RemoteUrl};
use crate::data::ServerFolder;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::model::LeftOut;
use crate::render::query::{self, IndexedVersion};
use crate::render::{self, Gathered, LIST, RenderedServer};
use crate::site::{
    Artifact, Forbidden, Host, Lowering, Output, Ready, Shortfall, ShortfallKind, StoredFile,
    WriteCounts, takes_list_pages,
};

use super::cache::{Cache, CacheWriter, Details};
use super::digest::{server_digest, shared_key};
use super::{Loaded, Observer};

/// Size from which some clients may reject a list, in bytes: one of them stops at 10 MiB.
const LARGE_LIST: usize = 5 * 1024 * 1024;

/// One host and the folder that its files go to.
#[derive(Clone, Copy)]
pub struct BuildTarget<'a> {
    /// Where the site will be published.
    pub host: &'a dyn Host,
    /// The output folder.
    pub out: &'a std::path::Path,
}

/// How to build.
#[derive(Debug, Clone, Default)]
pub struct BuildOptions {
    /// The user's home folder, which may not be written to.
    pub home: Option<PathBuf>,
    /// The data folder, likewise.
    pub data: Option<PathBuf>,
    /// Sites of an earlier build that are removed once the new ones are in place.
    pub left_over: Vec<PathBuf>,
}

/// What a build did.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// Everything found. With errors in it nothing was written.
    pub report: Report,
    /// Numbers of files per target, in order; empty when the report has errors.
    pub written: Vec<WriteCounts>,
    /// Number of files of the sites that were left over and are removed.
    pub retired: u64,
    /// Servers and versions in the data.
    pub size: (usize, usize),
}

/// An output, and the cache of the last build.
struct Sink<'a> {
    lowering: Lowering<'a, Output>,
    cache: Cache,
    /// The cache for the next build.
    writer: CacheWriter,
    /// The list document that the last build left.
    list: Option<Vec<u8>>,
}

/// An output that is ready to be committed.
struct ReadySink {
    ready: Ready,
    cache: Cache,
    writer: CacheWriter,
    /// The file of the list.
    list: Option<StoredFile>,
}

/// One server's part of every output.
struct ServerPart {
    gathered: Gathered,
    /// For the indexes of queries; empty when no host answers them.
    items: Vec<IndexedVersion>,
    findings: Vec<Diagnostic>,
    urls: Vec<RemoteUrl>,
    policy: PolicyOutcome,
    /// Whether it was made in this build, and not taken from the last.
    made: bool,
}

/// Builds the site of `loaded` for every target. Nothing is changed when the report has errors.
pub fn build(
    loaded: &Loaded,
    targets: &[BuildTarget<'_>],
    options: &BuildOptions,
    observer: &dyn Observer,
) -> Result<Built> {
    let key = shared_key(loaded);
    let forbidden = Forbidden {
        home: options.home.clone(),
        data: options.data.clone(),
        repository: loaded.repository.clone(),
    };
    let mut sinks = Vec::with_capacity(targets.len());
    for target in targets {
        super::working::refuse_tracked(target.out)?;
        sinks.push(Sink::open(target, &key, &forbidden)?);
    }
    let servers = loaded.tree.servers();
    observer.stage("building", servers.len() as u64);
    let mut parts: Vec<ServerPart> = servers
        .par_iter()
        .map(|server| {
            let part = one_server(loaded, server, &sinks);
            observer.step(1);
            part
        })
        .collect::<Result<_>>()?;
    observer.done();
    let items: Vec<IndexedVersion> =
        parts.iter_mut().flat_map(|part| take(&mut part.items)).collect();
    let mut queries = if answering(&sinks) { query::artifacts(&items) } else { Vec::new() };
    drop(items);
    let (gathered, made, left_out, mut report) = spread(loaded, parts)?;
    refuse_undated(&report)?;
    let mut artifacts = loaded.renderer().spanning(&gathered);
    artifacts.extend(loaded.renderer().policy(&left_out));
    report.extend(loaded.template_problems());
    report.extend(super::exports::findings(loaded, &gathered));
    let ranges = render::list_ranges(&gathered);
    if sinks.iter().any(|sink| takes_list_pages(sink.lowering.host)) {
        queries.extend(render::list_pages(&gathered));
    }
    drop(gathered);
    let info = loaded.facts.site_info();
    let mut finished = Vec::with_capacity(sinks.len());
    for sink in &sinks {
        let list = sink.put_spanning(&artifacts)?;
        sink.put_spanning(&queries)?;
        let (manifest, shortfalls) = sink.lowering.finish(&artifacts, &info)?;
        report.extend(shortfalls.into_iter().map(|shortfall| sink.diagnose(shortfall)));
        finished.push((manifest, list));
    }
    drop(queries);
    report.extend(list_size(&artifacts));
    drop(artifacts);
    let size = (servers.len(), servers.iter().map(|server| server.versions.len()).sum::<usize>());
    let mut built = Built { report: report.finish(&loaded.levels()), size, ..Built::default() };
    if built.report.has_errors() {
        return Ok(built);
    }
    observer.stage("writing", 0);
    // Obstacles in any output are found before a file of the first site is moved.
    let ready = sinks.into_iter().zip(finished).map(|(sink, (manifest, list))| {
        let ready = sink.lowering.destination.prepare(manifest)?;
        Ok(ReadySink { ready, cache: sink.cache, writer: sink.writer, list })
    });
    for ready in ready.collect::<Result<Vec<_>>>()? {
        built.written.push(ready.commit(loaded, &made, &ranges)?);
    }
    for place in &options.left_over {
        built.retired += Output::open(place, &forbidden)?.retire()?;
    }
    observer.done();
    Ok(built)
}

/// What documents need of each server, whether each was made in this build, what the policy leaves out, and the report.
type Spread = (Vec<Gathered>, Vec<bool>, Vec<LeftOut>, Report);

/// Divides the parts by what they are for.
fn spread(loaded: &Loaded, parts: Vec<ServerPart>) -> Result<Spread> {
    let mut report = Report::new();
    let (mut left_out, mut used) = (Vec::new(), BTreeSet::new());
    let (mut gathered, mut made, mut urls) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        gathered.push(part.gathered);
        made.push(part.made);
        urls.push(part.urls);
        left_out.extend(part.policy.left_out);
        used.extend(part.policy.exceptions);
        report.extend(part.findings);
    }
    report.extend(loaded.overall_findings(&urls)?);
    report.extend(loaded.exception_findings(&used));
    if loaded.facts.base_url.is_none() {
        let message = "no base URL is known, so documents that need absolute URLs are left out";
        report.push(
            Diagnostic::new(Code::BaseUrlMissing, Place::default(), message)
                .help("give --base-url, or set base_url in registry.toml"),
        );
    }
    Ok((gathered, made, left_out, report))
}

/// Takes a server's part from the last build if nothing that it is made of has changed, else makes it.
fn one_server(loaded: &Loaded, server: &ServerFolder, sinks: &[Sink<'_>]) -> Result<ServerPart> {
    let files = loaded.read(server)?;
    let digest = server_digest(loaded, server, &files)?;
    if let Some(part) = remembered(server, &digest, sinks) {
        return Ok(part);
    }
    let mut checked = loaded.checked(&loaded.checker(), server, files)?;
    let listing = checked.listing.take();
    let render = |listing| loaded.renderer().server(listing);
    let RenderedServer { artifacts, gathered } = listing.as_ref().map(render).unwrap_or_default();
    let listing = listing.filter(|_| answering(sinks));
    let items = listing.map(|listing| query::items(&listing, &loaded.facts)).unwrap_or_default();
    let name = name_of(server);
    for sink in sinks {
        let files = sink.put_all(&artifacts)?;
        sink.writer.made((&name, &digest), &files, &checked, gathered.summary.as_ref());
    }
    let CheckedServer { findings, urls, policy, .. } = checked;
    Ok(ServerPart { gathered, items, findings, urls, policy, made: true })
}

/// Returns a server's part from the last build, if every output still has all of it.
fn remembered(server: &ServerFolder, digest: &str, sinks: &[Sink<'_>]) -> Option<ServerPart> {
    if answering(sinks) {
        return None; // indexes need every body, and the cache has none
    }
    let name = name_of(server);
    let record = |sink: &Sink<'_>| {
        let known = sink.cache.get(&name, digest)?;
        sink.lowering.destination.intact(&known.0.files).then_some(known)
    };
    let mut known: Vec<_> = sinks.iter().map(record).collect::<Option<_>>()?;
    let latest = match &known.first()?.1 {
        Some(range) => Some(sinks.first()?.list.as_ref()?.get(range.clone())?.to_vec().into()),
        None => None,
    };
    for (sink, (details, _)) in sinks.iter().zip(&known) {
        sink.lowering.destination.keep(&details.files);
    }
    let (Details { findings, urls, summary, policy, .. }, _) = known.swap_remove(0);
    let gathered = Gathered { latest, summary };
    Some(ServerPart { gathered, items: Vec::new(), findings, urls, policy, made: false })
}

/// Whether some host has a program that answers queries, and needs the indexes for it.
fn answering(sinks: &[Sink<'_>]) -> bool {
    sinks.iter().any(|sink| sink.lowering.host.answers_queries())
}

/// Key of a server in the cache: the names of its two folders.
fn name_of(server: &ServerFolder) -> String {
    format!("{}/{}", server.namespace, server.name)
}

/// Refuses to build without a commit: dates would change with the next commit.
fn refuse_undated(report: &Report) -> Result<()> {
    match report.items().iter().find(|d| d.code == Code::DateBeforeFirstCommit) {
        None => Ok(()),
        Some(undated) => Err(Error::new(
            ErrorKind::Git,
            "nothing is committed yet, so the dates of entries are unknown",
        )
        .at(&undated.place.file)
        .help("commit the data first, or pin the dates in origin.json")),
    }
}

/// Warns about a list that is too large for some clients, which read it as a whole.
fn list_size(artifacts: &[Artifact]) -> Option<Diagnostic> {
    let list = artifacts.iter().find(|a| a.path.as_str() == LIST)?;
    let size = list.body.len();
    (size > LARGE_LIST).then(|| {
        let message = format!(
            "the list has {:.1} MiB; some clients stop reading at 10 MiB",
            size as f64 / 1_048_576.0
        );
        Diagnostic::new(Code::ListTooLarge, Place::default(), message)
            .help("publish fewer servers, or use a host that answers queries")
    })
}

impl<'a> Sink<'a> {
    /// Opens an output and the cache of the last build. A cache of another version, host or settings is
    /// ignored.
    fn open(target: &BuildTarget<'a>, key: &str, forbidden: &Forbidden) -> Result<Self> {
        let output = Output::open(target.out, forbidden)?;
        let key = format!("{key} {}", target.host.name());
        let cache = Cache::load(output.work(), &key, output.manifest());
        let writer = CacheWriter::begin(output.work(), &key);
        let list = cache.site.as_ref().and_then(|(_, kept)| output.read(kept));
        let lowering = Lowering { host: target.host, destination: output };
        Ok(Self { lowering, cache, writer, list })
    }

    /// Adds the files of `artifacts`; returns what a later build needs to recognize them.
    fn put_all(&self, artifacts: &[Artifact]) -> Result<Vec<StoredFile>> {
        let mut files = Vec::with_capacity(artifacts.len());
        for artifact in artifacts {
            files.extend(self.lowering.add(artifact)?);
        }
        Ok(files)
    }

    /// Adds what spans servers; returns the file of the list.
    fn put_spanning(&self, artifacts: &[Artifact]) -> Result<Option<StoredFile>> {
        let files: Vec<Vec<StoredFile>> = artifacts
            .par_iter()
            .map(|artifact| self.lowering.add(artifact))
            .collect::<Result<_>>()?;
        let list = artifacts.iter().position(|artifact| artifact.path.as_str() == LIST);
        Ok(list.and_then(|at| files.into_iter().nth(at)?.into_iter().next()))
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
}

impl ReadySink {
    /// Makes the staged files the site and remembers what they are made of.
    fn commit(
        self,
        loaded: &Loaded,
        made: &[bool],
        ranges: &[Option<Range<usize>>],
    ) -> Result<WriteCounts> {
        let Self { ready, cache, writer, list } = self;
        let (counts, manifest) = ready.commit()?;
        let site = list.map(|list| (manifest, list));
        let same = !made.contains(&true) && cache.len() == made.len() && cache.site == site;
        let Some(site) = site.filter(|_| !same) else { return Ok(counts) };
        for ((server, made), range) in loaded.tree.servers().iter().zip(made).zip(ranges) {
            let name = name_of(server);
            if !made {
                writer.carry(&name, &cache);
            }
            if let Some(range) = range {
                writer.list_range(&name, range);
            }
        }
        writer.finish(&site);
        Ok(counts)
    }
}
