//! Builds sites: checks, renders, lowers and writes, one server at a time.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::check::{CheckedServer, PolicyOutcome, RemoteUrl};
use crate::data::ServerFolder;
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{self, ServerName};
use crate::render::export::{Bulk, LeftOut};
use crate::render::query::{self, IndexedVersion};
use crate::render::{Gathered, LIST_SEPARATOR, ListPages, RenderedServer, Summary, list_end};
use crate::site::{Artifact, Body, Forbidden, Host, Output, WriteCounts};

use super::cache::{Details, Slot};
use super::digest::{server_digest, shared_key};
use super::outgoing::Outgoing;
use super::sink::{BuildTarget, Sink};
use super::{Loaded, Observer};

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
    /// Servers and versions on the site.
    pub size: (usize, usize),
}

/// Servers that are made at a time. Their parts are then added to the list and the cache in order, so that
/// only these are in memory.
const CHUNK: usize = 256;

/// One server's part of every output.
struct ServerPart {
    digest: String,
    /// Its entry in the list.
    entry: Option<ListEntry>,
    /// The list of its versions, for the file of all entries.
    versions: Option<Body>,
    summary: Option<Summary>,
    /// For the indexes of queries; empty when no host answers them.
    items: Vec<IndexedVersion>,
    findings: Vec<Diagnostic>,
    urls: Vec<RemoteUrl>,
    policy: PolicyOutcome,
    /// What each output remembers of it; empty when it was taken from the last build.
    details: Vec<String>,
}

/// An entry of the list.
enum ListEntry {
    Made(Body),
    /// Where it is in the list of the last build.
    Kept(Range<u64>),
}

/// What is gathered of all servers.
#[derive(Default)]
struct Gathering {
    summaries: Vec<Summary>,
    items: Vec<IndexedVersion>,
    urls: Vec<Vec<RemoteUrl>>,
    findings: Vec<Diagnostic>,
    policy: PolicyOutcome,
    /// What the files for other systems leave out.
    left_out: Vec<(String, LeftOut)>,
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
    let mut report = Report::new();
    report.extend(loaded.tree_findings()?);
    let Gathering { summaries, items, urls, findings, policy, left_out } =
        servers(loaded, &mut sinks, observer)?;
    report.extend(findings);
    report.extend(loaded.url_findings(&urls)?);
    drop(urls);
    report.extend(loaded.policing.findings(&policy.exceptions));
    report.extend(no_base_url(loaded));
    refuse_undated(&report)?;
    if answering(&sinks) {
        put_queries(&sinks, &query::artifacts(&items))?;
    }
    drop(items);
    let emit = |artifact: Artifact| sinks.iter().try_for_each(|sink| sink.put_spanning(&artifact));
    let enforcement = loaded.renderer().spanning(summaries, &emit)?;
    loaded.renderer().policy(&policy.left_out).into_iter().try_for_each(emit)?;
    report.extend(loaded.template_problems());
    report.extend(enforcement.iter().flat_map(super::exports::findings));
    report.extend(
        left_out.iter().map(|(path, left)| super::exports::left_out(path, "other systems", left)),
    );
    drop(enforcement);
    let info = loaded.facts.site_info();
    let mut manifests = Vec::with_capacity(sinks.len());
    for sink in &mut sinks {
        let (manifest, shortfalls) = sink.finish(&info)?;
        report.extend(shortfalls);
        manifests.push(manifest);
    }
    let hosts: Vec<&dyn Host> = targets.iter().map(|target| target.host).collect();
    let list = sinks.first().and_then(Sink::list_size);
    report.extend(list.and_then(|size| super::large::list(size, &hosts)));
    let size = size(loaded.tree.servers(), &policy.left_out);
    let mut built = Built { report: report.finish(&loaded.levels()), size, ..Built::default() };
    if built.report.has_errors() {
        return Ok(built);
    }
    observer.stage("writing", 0);
    // Obstacles in any output are found before a file of the first site is moved.
    let ready = sinks.into_iter().zip(manifests).map(|(sink, manifest)| sink.prepare(manifest));
    for ready in ready.collect::<Result<Vec<_>>>()? {
        built.written.push(ready.commit()?);
    }
    for place in &options.left_over {
        built.retired += Output::open(place, &forbidden)?.retire()?;
    }
    observer.done();
    Ok(built)
}

/// Returns the numbers of servers and versions without those that the policy leaves out.
fn size(servers: &[ServerFolder], left_out: &[model::LeftOut]) -> (usize, usize) {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    left_out.iter().for_each(|it| *left.entry(&it.name).or_default() += 1);
    let listed = servers.iter().map(|server| {
        let left = left.get(&*name_of(server)).copied().unwrap_or_default();
        server.versions.len().saturating_sub(left)
    });
    listed.filter(|versions| *versions > 0).fold((0, 0), |(n, all), some| (n + 1, all + some))
}

/// Makes the part of every server, and the list.
fn servers(loaded: &Loaded, sinks: &mut [Sink<'_>], observer: &dyn Observer) -> Result<Gathering> {
    let servers = loaded.tree.servers();
    observer.stage("building", servers.len() as u64);
    let mut old_list = sinks.first().and_then(Sink::old_list);
    let mut pages = sinks.iter().any(Sink::takes_pages).then(ListPages::default);
    let summaries = Vec::with_capacity(if loaded.catalog.is_some() { servers.len() } else { 0 });
    let (mut gathering, mut count) = (Gathering { summaries, ..Gathering::default() }, 0);
    let mut outgoing = Outgoing::begin(loaded, sinks)?;
    for chunk in servers.chunks(CHUNK) {
        // Of each server, one for each output.
        let slots: Vec<Vec<Slot>> = chunk
            .iter()
            .map(|server| sinks.iter_mut().map(|sink| sink.slot(&name_of(server))).collect())
            .collect();
        let (sinks_now, has_list) = (&*sinks, old_list.is_some());
        let parts: Vec<ServerPart> = chunk
            .par_iter()
            .zip(&slots)
            .map(|(server, slots)| {
                let part = one_server(loaded, server, slots, has_list, sinks_now);
                observer.step(1);
                part
            })
            .collect::<Result<_>>()?;
        let (mut queries, mut entries, mut versions) = (Vec::new(), Vec::new(), Vec::new());
        for ((server, slots), part) in chunk.iter().zip(&slots).zip(parts) {
            let entry = match (part.entry, &mut old_list) {
                (Some(ListEntry::Made(body)), _) => Some(body),
                (Some(ListEntry::Kept(range)), Some(list)) => Some(list.read(&range)?),
                _ => None,
            };
            let (name, length) = (name_of(server), entry.as_ref().map(|entry| entry.len()));
            for (i, (sink, slot)) in sinks.iter_mut().zip(slots).enumerate() {
                let made = part.details.get(i).map(|it| (&*name, &*part.digest, &**it));
                sink.remember(slot, made, length);
                if let Some(entry) = &entry {
                    sink.add_to_list(if count > 0 { LIST_SEPARATOR } else { b"" })?;
                    sink.add_to_list(entry)?;
                }
            }
            count += usize::from(entry.is_some());
            entries.extend(entry.clone());
            versions.extend(part.versions);
            if let Some((pages, entry)) = pages.as_mut().zip(entry) {
                pages.push(entry, &mut queries);
            }
            gathering.summaries.extend(part.summary);
            gathering.items.extend(part.items);
            gathering.urls.push(part.urls);
            gathering.findings.extend(part.findings);
            gathering.policy.add(part.policy);
        }
        put_queries(sinks, &queries)?;
        outgoing.add(&entries, &versions, sinks)?;
    }
    gathering.left_out = outgoing.end(sinks)?;
    let mut queries = Vec::new();
    pages.into_iter().for_each(|pages| pages.finish(&mut queries));
    put_queries(sinks, &queries)?;
    let end = list_end(count, None);
    sinks.iter_mut().try_for_each(|sink| sink.end_list(&end))?;
    observer.done();
    Ok(gathering)
}

/// Adds documents from which hosts answer queries.
fn put_queries(sinks: &[Sink<'_>], queries: &[Artifact]) -> Result<()> {
    let put = |artifact| sinks.iter().try_for_each(|sink| sink.put_query(artifact));
    queries.par_iter().try_for_each(put)
}

/// Says that some documents need a base URL.
fn no_base_url(loaded: &Loaded) -> Option<Diagnostic> {
    loaded.facts.base_url.is_none().then(|| {
        let message = "no base URL is known, so documents that need absolute URLs are left out";
        Diagnostic::new(Code::BaseUrlMissing, Place::default(), message)
            .help("give --base-url, or set base_url in registry.toml")
    })
}

/// Takes a server's part from the last build if nothing that it is made of has changed, else makes it.
fn one_server(
    loaded: &Loaded,
    server: &ServerFolder,
    slots: &[Slot],
    has_list: bool,
    sinks: &[Sink<'_>],
) -> Result<ServerPart> {
    let files = loaded.tree.read_server(server)?;
    let digest = server_digest(loaded, server, &files)?;
    if has_list && let Some(part) = remembered(loaded, server, &digest, slots, sinks) {
        return Ok(part);
    }
    let mut checked = loaded.checked(&loaded.checker(), server, files)?;
    let listing = checked.listing.take();
    let render = |listing| loaded.renderer().server(listing);
    let RenderedServer { artifacts, gathered } = listing.as_ref().map(render).unwrap_or_default();
    let wanted = listing.as_ref().filter(|_| loaded.has_bulk());
    let versions = wanted.and_then(|it| Bulk::source(it.name())).and_then(|source| {
        let found = artifacts.iter().find(|artifact| artifact.path == source.path)?;
        Some(found.body.clone())
    });
    let listing = listing.filter(|_| answering(sinks));
    let items = listing.map(|listing| query::items(&listing, &loaded.facts)).unwrap_or_default();
    let Gathered { latest, summary } = gathered;
    let details = sinks.iter().map(|sink| {
        let files = sink.put_all(&artifacts)?;
        Ok(Details::text(&files, &checked, summary.as_ref()))
    });
    let details = details.collect::<Result<_>>()?;
    let CheckedServer { findings, urls, policy, .. } = checked;
    let entry = latest.map(ListEntry::Made);
    Ok(ServerPart { digest, entry, versions, summary, items, findings, urls, policy, details })
}

/// Returns a server's part from the last build, if every output still has all of it.
fn remembered(
    loaded: &Loaded,
    server: &ServerFolder,
    digest: &str,
    slots: &[Slot],
    sinks: &[Sink<'_>],
) -> Option<ServerPart> {
    if answering(sinks) {
        return None; // indexes need every body, and the cache has none
    }
    let record = |(sink, slot): (&Sink<'_>, &Slot)| {
        let known = slot.known.as_ref()?.details(digest)?;
        sink.intact(&known.files).then_some(known)
    };
    let mut known: Vec<_> = sinks.iter().zip(slots).map(record).collect::<Option<_>>()?;
    let mut versions = None;
    if loaded.has_bulk() && slots.first()?.known.as_ref()?.entry.is_some() {
        let name = ServerName::parse(&name_of(server)).ok()?;
        versions = Some(sinks.first()?.read_kept(&known.first()?.files, &Bulk::source(&name)?)?);
    }
    for (sink, details) in sinks.iter().zip(&known) {
        sink.keep(&details.files);
    }
    let entry = slots.first()?.known.as_ref()?.entry.clone().map(ListEntry::Kept);
    let Details { findings, urls, summary, policy, .. } = known.swap_remove(0);
    let (items, details) = (Vec::new(), Vec::new());
    let digest = digest.to_owned();
    Some(ServerPart { digest, entry, versions, summary, items, findings, urls, policy, details })
}

/// Whether some host has a program that answers queries, and needs the indexes for it.
fn answering(sinks: &[Sink<'_>]) -> bool {
    sinks.iter().any(Sink::answers)
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
