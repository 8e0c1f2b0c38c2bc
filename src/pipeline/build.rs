//! check → render → lower → write, one server at a time.

use std::mem::take;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::check::{Profile, RemoteUrl, confusable_names, layout, shared_urls};
use crate::config::BaseUrl;
use crate::data::{ServerFolder, VersionFiles};
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::render::query::{self, Item};
use crate::render::{self, Gathered, Rendered};
use crate::site::{
    Artifact, Forbidden, Host, Kept, Manifest, Output, Queries, Ready, Totals, Whole, Written,
};

use super::cache::{Cache, CacheWriter, Details};
use super::digest::{server_digest, shared_key};
use super::{Loaded, Observer, take_proofs};

/// Size from which a list is too much for some clients, in bytes: one of them stops at 10 MiB.
const LARGE_LIST: usize = 5 * 1024 * 1024;

/// One host and the folder that its files go to.
#[derive(Clone, Copy)]
pub struct Target<'a> {
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
}

/// What a build did.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// Everything found. With errors in it nothing was written.
    pub report: Report,
    /// Per target, in order; empty when the report refuses the data.
    pub written: Vec<Written>,
    /// Servers and versions in the data.
    pub size: (usize, usize),
}

/// An output, and what the last build remembered of it.
struct Sink<'a> {
    host: &'a dyn Host,
    output: Output,
    cache: Cache,
    /// What this build remembers for the next.
    writer: CacheWriter,
    /// The list document that the last build left.
    list: Option<Vec<u8>>,
}

/// An output that is ready to be committed.
struct ReadySink {
    ready: Ready,
    cache: Cache,
    writer: CacheWriter,
}

/// One server's part of every output.
struct Part {
    gathered: Gathered,
    /// For the indexes of queries; empty when no host answers them.
    items: Vec<Item>,
    findings: Vec<Diagnostic>,
    urls: Vec<RemoteUrl>,
    /// Whether it was made in this build, and not taken from the last.
    made: bool,
}

/// Builds the site of `loaded` for every target. Nothing is changed when the report has errors.
pub fn build(
    loaded: &Loaded,
    targets: &[Target<'_>],
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
    let mut parts: Vec<Part> = servers
        .par_iter()
        .map(|server| {
            let part = one_server(loaded, server, &sinks);
            observer.step(1);
            part
        })
        .collect::<Result<_>>()?;
    observer.done();
    let size = (servers.len(), servers.iter().map(|s| s.versions.len()).sum());
    let mut built = Built { size, ..Built::default() };
    let items: Vec<Item> = parts.iter_mut().flat_map(|part| take(&mut part.items)).collect();
    let indexes = if answering(&sinks) { query::artifacts(&items) } else { Vec::new() };
    drop(items);
    let (gathered, made, mut report) = spread(loaded, parts)?;
    refuse_undated(&report)?;
    let artifacts = render::globals(&gathered, &loaded.facts, loaded.catalog.as_ref());
    report.extend(loaded.template_problems());
    let spans = spans(&gathered);
    let paged = sinks.iter().any(Sink::takes_pages);
    let pages = if paged { render::list_pages(&gathered) } else { Vec::new() };
    drop(gathered);
    let mut lists = Vec::with_capacity(sinks.len());
    for sink in &sinks {
        lists.push(sink.put_globals(&artifacts)?);
        if sink.takes_pages() {
            sink.put_globals(&pages)?;
        }
        if sink.host.answers_queries() {
            sink.put_globals(&indexes)?;
        }
        report.extend(sink.complete(loaded, &artifacts)?);
    }
    drop(pages);
    report.extend(list_size(&artifacts));
    drop(artifacts);
    built.report = report.finish(&loaded.levels());
    if built.report.has_errors() {
        return Ok(built);
    }
    observer.stage("writing", 0);
    // Every site is looked through for obstacles before a file of the first is moved.
    let ready: Vec<_> =
        sinks.into_iter().map(|sink| sink.prepare(loaded)).collect::<Result<_>>()?;
    for (ready, list) in ready.into_iter().zip(lists) {
        built.written.push(ready.commit(loaded, &made, &spans, list)?);
    }
    observer.done();
    Ok(built)
}

/// Divides the parts into what the documents and the report need; the third is whether each was made.
fn spread(loaded: &Loaded, parts: Vec<Part>) -> Result<(Vec<Gathered>, Vec<bool>, Report)> {
    let mut report = Report::new();
    let (mut gathered, mut made, mut urls) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        gathered.push(part.gathered);
        made.push(part.made);
        urls.push(part.urls);
        report.extend(part.findings);
    }
    report.merge(whole_report(loaded, &urls)?);
    Ok((gathered, made, report))
}

/// Where each server's entry stands in the list document.
fn spans(gathered: &[Gathered]) -> Vec<Option<(usize, usize)>> {
    let mut at = LIST_BEGIN.len();
    gathered
        .iter()
        .map(|gathered| {
            let end = at + gathered.latest.as_ref()?.len();
            Some((std::mem::replace(&mut at, end + 1), end))
        })
        .collect()
}

/// Takes a server's part from the last build if nothing it is made of has changed, else makes it.
fn one_server(loaded: &Loaded, server: &ServerFolder, sinks: &[Sink<'_>]) -> Result<Part> {
    let read = |version| loaded.tree.read_version(server, version);
    let mut files: Vec<VersionFiles> = server.versions.iter().map(read).collect::<Result<_>>()?;
    let digest = server_digest(loaded, server, &files)?;
    if let Some(part) = remembered(server, &digest, sinks) {
        return Ok(part);
    }
    let proofs = take_proofs(server, &mut files);
    let mut checked = loaded.checker().server_of(server, files)?;
    if let Some(listing) = &mut checked.listing {
        loaded.evidence.add(listing, &proofs);
    }
    let listing = checked.listing.take();
    let render = |listing| render::listing(listing, &loaded.facts, loaded.catalog.as_ref());
    let rendered = listing.as_ref().map(render).unwrap_or_default();
    let listing = listing.filter(|_| answering(sinks));
    let items = listing.map(|listing| query::items(&listing, &loaded.facts));
    let name = name_of(server);
    for sink in sinks {
        let files = sink.put_all(&rendered.artifacts)?;
        sink.writer.made((&name, &digest), &files, &checked, rendered.gathered.summary.as_ref());
    }
    let Rendered { gathered, .. } = rendered;
    let items = items.unwrap_or_default();
    Ok(Part { gathered, items, findings: checked.findings, urls: checked.urls, made: true })
}

/// A server's part as the last build left it, if every sink has it whole.
fn remembered(server: &ServerFolder, digest: &str, sinks: &[Sink<'_>]) -> Option<Part> {
    if answering(sinks) {
        return None; // the indexes hold every body, and no record does
    }
    let name = name_of(server);
    let record = |sink: &Sink<'_>| {
        let known = sink.cache.get(&name, digest)?;
        sink.output.intact(&known.0.files).then_some(known)
    };
    let mut known: Vec<_> = sinks.iter().map(record).collect::<Option<_>>()?;
    let latest = match known.first()?.1 {
        Some((start, end)) => Some(sinks.first()?.list.as_ref()?.get(start..end)?.to_vec().into()),
        None => None,
    };
    for (sink, (details, _)) in sinks.iter().zip(&known) {
        sink.output.keep(&details.files);
    }
    let (Details { findings, urls, summary, .. }, _) = known.swap_remove(0);
    let gathered = Gathered { latest, summary };
    Some(Part { gathered, items: Vec::new(), findings, urls, made: false })
}

/// Whether some host has a program that answers queries, and needs the indexes for it.
fn answering(sinks: &[Sink<'_>]) -> bool {
    sinks.iter().any(|sink| sink.host.answers_queries())
}

/// A server's name as the cache knows it: the names of its two folders.
fn name_of(server: &ServerFolder) -> String {
    format!("{}/{}", server.namespace, server.name)
}

/// Everything found across servers.
fn whole_report(loaded: &Loaded, urls: &[Vec<RemoteUrl>]) -> Result<Report> {
    let mut report = Report::new();
    report.extend(loaded.findings.iter().cloned());
    report.extend(layout(&loaded.tree)?);
    if loaded.profile == Profile::Strict {
        report.extend(shared_urls(&loaded.tree, urls)?);
        report.extend(confusable_names(&loaded.tree)?);
    }
    if loaded.facts.base_url.is_none() {
        let message = "no base URL is known, so documents that need absolute URLs are left out";
        report.push(
            Diagnostic::new(Code::BaseUrlMissing, Place::default(), message)
                .help("give --base-url, or set base_url in registry.toml"),
        );
    }
    Ok(report)
}

/// A build is published, so it may not hold dates that the next commit would change.
fn refuse_undated(report: &Report) -> Result<()> {
    match report.items().iter().find(|d| d.code == Code::DateBeforeFirstCommit) {
        None => Ok(()),
        Some(undated) => Err(Error::new(
            ErrorKind::Git,
            "there is no commit yet, so nothing tells when entries were published",
        )
        .at(&undated.place.file)
        .help("commit the data first, or pin the dates in origin.json")),
    }
}

/// Warns of a list that some client will not read; every client reads it whole.
fn list_size(artifacts: &[Artifact]) -> Option<Diagnostic> {
    let list = artifacts.iter().find(|a| a.path.as_str() == LIST)?;
    let size = list.body.len();
    (size > LARGE_LIST).then(|| {
        let message = format!(
            "the list has {:.1} MiB; some clients stop at 10 MiB",
            size as f64 / 1_048_576.0
        );
        Diagnostic::new(Code::ListTooLarge, Place::default(), message)
            .help("publish fewer servers, or use a host that answers queries")
    })
}

/// Path of the list document, and how it begins.
const LIST: &str = "v0.1/servers";
const LIST_BEGIN: &str = "{\"servers\":[";

impl<'a> Sink<'a> {
    /// Opens an output and what the last build left for it. A cache of another tool, host or settings
    /// counts as none.
    fn open(target: &Target<'a>, key: &str, forbidden: &Forbidden) -> Result<Self> {
        let output = Output::open(target.out, forbidden)?;
        let key = format!("{key} {}", target.host.name());
        let cache = Cache::load(output.work(), &key, output.manifest());
        let writer = CacheWriter::begin(output.work(), &key);
        let list = cache.site.as_ref().and_then(|(_, kept)| output.read(kept));
        Ok(Self { host: target.host, output, cache, writer, list })
    }

    /// Lowers artifacts and adds their files; gives what a later build needs to know them again.
    fn put_all(&self, artifacts: &[Artifact]) -> Result<Vec<Kept>> {
        artifacts
            .iter()
            .flat_map(|artifact| self.host.lower(artifact))
            .map(|file| self.output.put(&file))
            .collect()
    }

    /// Adds what spans servers; gives the list's file.
    fn put_globals(&self, artifacts: &[Artifact]) -> Result<Option<Kept>> {
        let files: Vec<Vec<Kept>> = artifacts
            .par_iter()
            .map(|artifact| self.put_all(std::slice::from_ref(artifact)))
            .collect::<Result<_>>()?;
        let list = artifacts.iter().position(|artifact| artifact.path.as_str() == LIST);
        let list = list.and_then(|at| files.into_iter().nth(at)?.into_iter().next());
        Ok(list)
    }

    /// Whether its host chooses between pages of the list.
    fn takes_pages(&self) -> bool {
        self.host.capabilities().queries == Queries::Pages
    }

    /// Adds the host's own files, now that everything else is there, and says what does not fit.
    fn complete(&self, loaded: &Loaded, spanning: &[Artifact]) -> Result<Vec<Diagnostic>> {
        let base_path = loaded.facts.base_url.as_ref().map(BaseUrl::path);
        let files = self.output.rows();
        let totals = Totals::of(self.host, &files);
        let whole = Whole { base_path, spanning, files: &files, totals };
        for file in self.host.extras(&whole) {
            self.output.put(&file)?;
        }
        let files = self.output.rows();
        let whole = Whole { files: &files, totals: Totals::of(self.host, &files), ..whole };
        Ok(self.shortfalls(&whole))
    }

    /// What does not fit this host or this file system, as diagnostics.
    fn shortfalls(&self, whole: &Whole<'_>) -> Vec<Diagnostic> {
        let place = || Place::file(self.output.folder().to_string_lossy().replace('\\', "/"));
        let mut found: Vec<Diagnostic> = Vec::new();
        for shortfall in self.host.shortfalls(whole) {
            let code = if shortfall.fatal { Code::HostLimitExceeded } else { Code::HostShortfall };
            found.push(Diagnostic::new(code, place(), shortfall.message).help(shortfall.help));
        }
        for (a, b) in self.output.collisions() {
            let message = format!("{a} and {b} cannot stand side by side on every file system");
            found.push(
                Diagnostic::new(Code::OutputCollision, place(), message)
                    .help("rename one of the two servers"),
            );
        }
        found
    }

    /// Stages the rest and finds what is in the way of a file.
    fn prepare(self, loaded: &Loaded) -> Result<ReadySink> {
        let Self { host, output, cache, writer, .. } = self;
        let ready = output.prepare(Manifest {
            tool: format!("mcp-static {}", loaded.facts.tool),
            commit: loaded.facts.commit.as_ref().map(|(id, _)| id.clone()),
            root: host.root().to_owned(),
            ..Manifest::default()
        })?;
        Ok(ReadySink { ready, cache, writer })
    }
}

impl ReadySink {
    /// Makes the staged files the site and remembers what they are made of.
    fn commit(
        self,
        loaded: &Loaded,
        made: &[bool],
        spans: &[Option<(usize, usize)>],
        list: Option<Kept>,
    ) -> Result<Written> {
        let Self { ready, cache, writer } = self;
        let (written, manifest) = ready.commit()?;
        let site = list.map(|list| (manifest, list));
        let same = !made.contains(&true) && cache.len() == made.len() && cache.site == site;
        let Some(site) = site.filter(|_| !same) else { return Ok(written) };
        for ((server, made), span) in loaded.tree.servers().iter().zip(made).zip(spans) {
            let name = name_of(server);
            if !made {
                writer.carry(&name, &cache);
            }
            if let Some(span) = span {
                writer.place(&name, *span);
            }
        }
        writer.finish(&site);
        Ok(written)
    }
}
