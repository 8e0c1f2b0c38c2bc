//! Hosts: which files each host needs for the URLs of a site.
//!
//! Each host is one file and one row in [`HOSTS`]. A host describes what it can do ([`Capabilities`]),
//! lowers one artifact at a time, adds its own rule files at the end ([`Whole`]), and reports what does
//! not work. [`rules`] holds what several hosts share: which URL gets which headers and which file. A
//! host writes those rules in its own syntax.

mod apache;
mod azure_static_web_apps;
mod caddy;
mod capabilities;
mod cloudflare;
mod edge;
mod firebase;
mod github_pages;
mod gitlab_pages;
mod manner;
mod netlify;
mod nginx;
mod plain;
mod rules;
mod s3;
mod vercel;

use super::manifest::ManifestRow;
use super::{Artifact, Body, Media, Shape};

pub use capabilities::{Capabilities, Cors, EncodedSlash, Queries, Resolution};
#[cfg(feature = "serve")]
pub use edge::PATHS as EDGE_PATHS;
pub use manner::{Manner, Order, Plus};
pub use rules::PAGE_SIZES;
#[cfg(feature = "serve")]
pub use rules::{COMMON, explicit_types, immutable};

/// A file as a host stores it: path with forward slashes below the output folder, and bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFile {
    /// Path below the output folder, the host's [root](Host::root) included.
    pub path: String,
    /// Its bytes.
    pub body: Body,
}

impl HostFile {
    /// Its row in the manifest.
    pub(super) fn row(&self) -> ManifestRow {
        ManifestRow {
            path: self.path.as_str().into(),
            size: self.body.len() as u64,
            sha256: self.body.digest(),
        }
    }

    /// Returns a file of text.
    fn text(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), body: text.into().into() }
    }
}

/// Something that the host cannot express or that exceeds one of its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// How serious it is.
    pub kind: ShortfallKind,
    /// A sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// How serious a shortfall is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShortfallKind {
    /// Something works less well on this host.
    Degraded,
    /// The site exceeds a limit of the host.
    Limit,
    /// Two files have paths that some file systems cannot tell apart.
    Collision,
}

impl Shortfall {
    /// Whether the site cannot be published with it.
    pub fn is_fatal(&self) -> bool {
        self.kind != ShortfallKind::Degraded
    }

    /// Something that works less well there.
    fn warning(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: ShortfallKind::Degraded, message: message.into(), help: help.into() }
    }
}

/// Number and sizes of the lowered files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes.
    pub bytes: u64,
    /// Size of the largest.
    pub largest: u64,
}

impl Totals {
    /// Sums over the files that `host` serves.
    pub fn of(host: &dyn Host, files: &[ManifestRow]) -> Self {
        let sent = files.iter().filter(|row| served(host, &row.path).is_some());
        sent.fold(Self::default(), |sum, row| Self {
            files: sum.files + 1,
            bytes: sum.bytes + row.size,
            largest: sum.largest.max(row.size),
        })
    }
}

/// A site whose artifacts are all lowered, as input of rule files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whole<'a> {
    /// Path of the base URL: empty, or beginning with a slash. `None` when no base URL is known.
    pub base_path: Option<&'a str>,
    /// The artifacts that span servers, or their outlines; among them are all that
    /// never change.
    pub spanning: &'a [Artifact],
    /// Every file so far, by path.
    pub files: &'a [ManifestRow],
    /// Sums over those of `files` that the host serves.
    pub totals: Totals,
}

/// A place that a site can be published at.
pub trait Host: Sync {
    /// Returns the name that `--for` takes.
    fn name(&self) -> &'static str;

    /// Returns what it can do.
    fn capabilities(&self) -> Capabilities;

    /// Returns the folder inside the output that the host serves; empty when it is the output itself. Files
    /// outside of it are settings and programs, which the host reads but does not serve.
    fn root(&self) -> &'static str {
        ""
    }

    /// Returns the files that this host needs for one artifact: the canonical file, and none below
    /// `/v0` on hosts whose rewrites lead elsewhere from there.
    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        let elsewhere = self.capabilities().rewrites && artifact.is_v0();
        if elsewhere { Vec::new() } else { vec![canonical(artifact)] }
    }

    /// Path below the output folder of the program that answers list queries; `None` when there is
    /// no such program.
    fn program(&self) -> Option<&'static str> {
        None
    }

    /// Whether a program on this host answers list queries. It needs the query indexes.
    fn answers_queries(&self) -> bool {
        self.program().is_some()
    }

    /// Rewrites: URL patterns, in which `:word` matches one segment, and the files that are served for
    /// them, both from the site's root.
    fn rewrites(&self) -> Vec<(String, String)> {
        if self.capabilities().rewrites { rules::rewrites() } else { Vec::new() }
    }

    /// Returns the host's own files, such as rules and headers.
    fn extras(&self, _whole: &Whole<'_>) -> Vec<HostFile> {
        Vec::new()
    }

    /// Returns what does not work on this host.
    fn shortfalls(&self, whole: &Whole<'_>) -> Vec<Shortfall> {
        limits(self.name(), &self.capabilities(), &whole.totals)
    }
}

/// Every host, in the order in which help lists them.
pub const HOSTS: &[&dyn Host] = &[
    &plain::Plain,
    &github_pages::GithubPages,
    &gitlab_pages::GitlabPages,
    &cloudflare::Pages,
    &cloudflare::Workers,
    &netlify::Netlify,
    &vercel::Vercel,
    &s3::S3,
    &azure_static_web_apps::AzureStaticWebApps,
    &firebase::Firebase,
    &nginx::Nginx,
    &caddy::Caddy,
    &apache::Apache,
];

/// Returns the host called `name`.
pub fn host_named(name: &str) -> Option<&'static dyn Host> {
    HOSTS.iter().copied().find(|host| host.name() == name)
}

/// Returns the path of a file below the root of `host`, as in URLs; `None` for files outside of the
/// root.
pub fn served<'a>(host: &dyn Host, path: &'a str) -> Option<&'a str> {
    match host.root() {
        "" => Some(path),
        root => path.strip_prefix(root)?.strip_prefix('/'),
    }
}

/// Returns the file of the canonical tree: an endpoint is a folder that holds its index.
fn canonical(artifact: &Artifact) -> HostFile {
    endpoint(artifact, artifact.media.index())
}

/// Returns the file of the canonical tree, with another name for the index of an API document: some hosts
/// only recognize `index.html`, whatever its content.
fn twin(artifact: &Artifact) -> HostFile {
    endpoint(artifact, "index.html")
}

fn endpoint(artifact: &Artifact, index: &str) -> HostFile {
    let path = artifact.path.as_str();
    let path = match artifact.shape {
        Shape::File => path.to_owned(),
        Shape::Endpoint if path.is_empty() => index.to_owned(),
        Shape::Endpoint => format!("{path}/{index}"),
    };
    HostFile { path, body: artifact.body.clone() }
}

/// Whether an artifact is one of the documents below `/v0` that span servers. Even a host whose rules know
/// no patterns can lead from their addresses to those below `/v0.1`.
fn is_spanning_v0(artifact: &Artifact) -> bool {
    artifact.is_v0() && artifact.path.segments().count() == 2
}

/// Whether an artifact is an API document whose address has no extension.
fn is_document(artifact: &Artifact) -> bool {
    artifact.shape == Shape::Endpoint && artifact.media == Media::Json
}

/// Compares the sums with the limits of a host.
fn limits(name: &str, can: &Capabilities, totals: &Totals) -> Vec<Shortfall> {
    let rows = [
        (can.max_files, totals.files, "files", "fewer entries"),
        (can.max_file_bytes, totals.largest, "bytes in one file", "fewer servers in the list"),
        (can.max_site_bytes, totals.bytes, "bytes in all", "fewer entries"),
    ];
    let mut found: Vec<Shortfall> = rows
        .into_iter()
        .filter_map(|(limit, have, what, less)| {
            let limit = limit.filter(|limit| have > *limit)?;
            Some(Shortfall {
                kind: ShortfallKind::Limit,
                message: format!("{name} allows at most {limit} {what}; this site has {have}"),
                help: format!("choose a host without this limit, or publish {less}"),
            })
        })
        .collect();
    if let Some(free) = can.free_files.filter(|free| totals.files > *free && found.is_empty()) {
        found.push(Shortfall::warning(
            format!("{name} allows {free} files on its free plan; this site has {}", totals.files),
            "check that your plan allows more, or build with --only api",
        ));
    }
    found
}

/// Returns a warning when files have `+` in their path, which this host does not find; `why` explains
/// what it does instead.
fn plus(whole: &Whole<'_>, why: &str) -> Option<Shortfall> {
    let with_plus: Vec<&str> =
        whole.files.iter().map(|row| &*row.path).filter(|path| path.contains('+')).collect();
    let first = with_plus.first()?;
    Some(Shortfall::warning(
        format!("{why}: {} files, the first is {first}", with_plus.len()),
        "publish versions without build metadata (`+…`), or choose another host",
    ))
}

#[cfg(test)]
mod tests;
