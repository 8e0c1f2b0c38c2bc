//! check → render → lower → write, one server at a time.

use std::collections::HashMap;
use std::path::PathBuf;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::check::{RemoteUrl, layout, shared_urls};
use crate::data::{EntryFile, ServerFolder};
use crate::diag::{Code, Diagnostic, Place, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::render::{self, Gathered};
use crate::site::{Artifact, Forbidden, Host, Kept, Output, Written};

use super::cache::{Cache, Remembered};
use super::{Loaded, Observer};

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
    /// The list document that the last build left.
    list: Option<String>,
}

/// One server's part of every output.
struct Part {
    gathered: Gathered,
    findings: Vec<Diagnostic>,
    urls: Vec<RemoteUrl>,
    digest: String,
    /// Files per sink.
    files: Vec<Vec<Kept>>,
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
    let mut built = Built {
        size: (servers.len(), servers.iter().map(|s| s.versions.len()).sum()),
        ..Built::default()
    };
    let mut report = whole_report(loaded, &mut parts)?;
    refuse_undated(&report)?;
    let artifacts = render::globals(parts.iter().map(|part| &part.gathered), &loaded.facts);
    let mut lists = Vec::with_capacity(sinks.len());
    for sink in &sinks {
        lists.push(sink.put_globals(&artifacts)?);
        report.extend(sink.shortfalls());
    }
    report.extend(list_size(&artifacts));
    built.report = report.finish(&loaded.levels());
    if built.report.has_errors() {
        return Ok(built);
    }
    observer.stage("writing", 0);
    for (i, (sink, list)) in sinks.into_iter().zip(lists).enumerate() {
        built.written.push(sink.commit(loaded, &parts, i, list)?);
    }
    observer.done();
    Ok(built)
}

/// Digest of what every server's part depends on besides its own files.
fn shared_key(loaded: &Loaded) -> String {
    let facts = &loaded.facts;
    let text =
        format!("{}\n{:?}\n{:?}\n{:?}", facts.tool, facts.meta_key, loaded.profile, loaded.config);
    hex(Sha256::digest(text.as_bytes()).as_slice())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Digest of a server's files and of what history says of it.
fn server_digest(loaded: &Loaded, server: &ServerFolder) -> Result<String> {
    let mut hash = Sha256::new();
    for version in &server.versions {
        hash.update([0xff]);
        hash.update(version.version.as_bytes());
        let mut pinned = false;
        for file in [EntryFile::Server, EntryFile::Status, EntryFile::Origin] {
            let Some(content) = loaded.tree.read_entry(server, version, file)? else { continue };
            pinned |= file == EntryFile::Origin && contains(&content.bytes, b"\"publishedAt\"");
            hash.update([file as u8, u8::from(content.executable)]);
            hash.update(content.size.to_le_bytes());
            hash.update(&content.bytes);
        }
        if !pinned {
            let table = loaded.dates.table()?;
            let key = format!("{}/{}/{}", server.namespace, server.name, version.version);
            hash.update(format!("{:?}", table.get(&key)));
            if table.get(&key).is_none() {
                hash.update(format!("{:?}", table.fallback()));
            }
        }
    }
    Ok(hex(&hash.finalize()))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Takes a server's part from the last build if nothing it is made of has changed, else makes it.
fn one_server(loaded: &Loaded, server: &ServerFolder, sinks: &[Sink<'_>]) -> Result<Part> {
    let name = format!("{}/{}", server.namespace, server.name);
    let digest = server_digest(loaded, server)?;
    if let Some(part) = remembered(&name, &digest, sinks) {
        return Ok(part);
    }
    let checked = loaded.checker().server(server)?;
    let rendered =
        checked.listing.map(|listing| render::listing(&listing, &loaded.facts)).unwrap_or_default();
    let mut files = Vec::with_capacity(sinks.len());
    for sink in sinks {
        files.push(sink.put_all(&rendered.artifacts)?);
    }
    Ok(Part {
        gathered: rendered.gathered,
        findings: checked.findings,
        urls: checked.urls,
        digest,
        files,
    })
}

fn remembered(name: &str, digest: &str, sinks: &[Sink<'_>]) -> Option<Part> {
    let known: Vec<&Remembered> = sinks
        .iter()
        .map(|sink| sink.cache.servers.get(name).filter(|known| known.digest == digest))
        .collect::<Option<_>>()?;
    let first = known.first()?;
    let latest = match first.list {
        Some((start, end)) => Some(sinks.first()?.list.as_ref()?.get(start..end)?.to_owned()),
        None => None,
    };
    if !sinks.iter().zip(&known).all(|(sink, known)| sink.output.intact(&known.files)) {
        return None;
    }
    for (sink, known) in sinks.iter().zip(&known) {
        sink.output.keep(&known.files);
    }
    Some(Part {
        gathered: Gathered { latest },
        findings: first.findings.clone(),
        urls: first.urls.clone(),
        digest: digest.to_owned(),
        files: known.iter().map(|known| known.files.clone()).collect(),
    })
}

/// Everything found in all servers and across them.
fn whole_report(loaded: &Loaded, parts: &mut [Part]) -> Result<Report> {
    let mut report = Report::new();
    report.extend(loaded.findings.iter().cloned());
    report.extend(layout(&loaded.tree)?);
    for part in parts.iter() {
        report.extend(part.findings.iter().cloned());
    }
    if loaded.profile == crate::check::Profile::Strict {
        let urls: Vec<_> =
            parts.iter().enumerate().map(|(i, part)| (i, part.urls.clone())).collect();
        report.extend(shared_urls(&loaded.tree, &urls)?);
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

/// Path of the list document.
const LIST: &str = "v0.1/servers";

impl<'a> Sink<'a> {
    fn open(target: &Target<'a>, key: &str, forbidden: &Forbidden) -> Result<Self> {
        let output = Output::open(target.out, forbidden)?;
        let key = format!("{key} {}", target.host.name());
        let cache = Cache::load(output.work(), &key);
        let list = cache.list.as_ref().filter(|kept| output.intact(std::slice::from_ref(kept)));
        let list = list
            .and_then(|kept| std::fs::read_to_string(output.folder().join(&*kept.row.path)).ok());
        Ok(Self { host: target.host, output, cache, list })
    }

    fn put_all(&self, artifacts: &[Artifact]) -> Result<Vec<Kept>> {
        artifacts
            .iter()
            .flat_map(|artifact| self.host.lower(artifact))
            .map(|file| self.output.put(&file))
            .collect()
    }

    /// Adds what spans servers; gives the list's file.
    fn put_globals(&self, artifacts: &[Artifact]) -> Result<Option<Kept>> {
        let mut list = None;
        for artifact in artifacts {
            let files = self.put_all(std::slice::from_ref(artifact))?;
            if artifact.path.as_str() == LIST {
                list = files.into_iter().next();
            }
        }
        for file in self.host.extras() {
            self.output.put(&file)?;
        }
        Ok(list)
    }

    fn shortfalls(&self) -> Vec<Diagnostic> {
        let place = || Place::file(self.output.folder().to_string_lossy().replace('\\', "/"));
        let mut found: Vec<Diagnostic> = Vec::new();
        for shortfall in self.host.shortfalls(&self.output.totals()) {
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

    fn commit(
        self,
        loaded: &Loaded,
        parts: &[Part],
        index: usize,
        list: Option<Kept>,
    ) -> Result<Written> {
        let work = self.output.work().to_path_buf();
        let tool = format!("mcp-static {}", loaded.facts.tool);
        let commit = loaded.facts.commit.as_ref().map(|(id, _)| id.as_str());
        let written = self.output.commit(&tool, commit)?;
        let mut servers = HashMap::with_capacity(parts.len());
        let mut at = "{\"servers\":[".len();
        for (server, part) in loaded.tree.servers().iter().zip(parts) {
            let span = part.gathered.latest.as_ref().map(|text| (at, at + text.len()));
            at = span.map_or(at, |(_, end)| end + 1);
            let remembered = Remembered {
                digest: part.digest.clone(),
                files: part.files.get(index).cloned().unwrap_or_default(),
                list: span,
                findings: part.findings.clone(),
                urls: part.urls.clone(),
            };
            servers.insert(format!("{}/{}", server.namespace, server.name), remembered);
        }
        Cache { key: self.cache.key, list, servers }.save(&work);
        Ok(written)
    }
}
