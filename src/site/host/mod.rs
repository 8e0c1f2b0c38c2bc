//! Hosts: how URLs become files.
//!
//! A host is one file and one row in [`HOSTS`]. It says what it can do ([`Capabilities`]), lowers one
//! artifact at a time, adds its own rule files at the end, and reports what it cannot express.

mod github_pages;
mod plain;

use super::{Artifact, Body, Shape};

/// What a host offers. `None` means no limit that we know of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Response headers can be set (types, CORS, caching).
    pub headers: bool,
    /// A URL can be answered from a file elsewhere, without a redirect.
    pub rewrites: bool,
    /// Requests can be told apart by their query.
    pub query_routing: bool,
    /// `%2F` in a path reaches the nested folder.
    pub encoded_slash: bool,
    /// Most files in a site.
    pub max_files: Option<u64>,
    /// Largest file, in bytes.
    pub max_file_bytes: Option<u64>,
    /// Largest site, in bytes.
    pub max_site_bytes: Option<u64>,
}

/// A file as a host stores it: path with forward slashes below the output folder, and bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFile {
    /// Path below the output folder.
    pub path: String,
    /// Its bytes.
    pub body: Body,
}

/// Something that the host cannot express or that exceeds one of its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// Whether the site will not work there at all.
    pub fatal: bool,
    /// What, in one sentence without a final stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// What was lowered, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes.
    pub bytes: u64,
    /// Size of the largest.
    pub largest: u64,
}

/// A place that a site can be published at.
pub trait Host: Sync {
    /// The name that `--for` takes.
    fn name(&self) -> &'static str;

    /// What it is, in half a sentence.
    fn summary(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The files that one artifact takes here.
    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        vec![canonical(artifact)]
    }

    /// Whether a program there answers list queries, from indexes that the site must then hold.
    fn answers_queries(&self) -> bool {
        false
    }

    /// Files of the host's own, such as rules and headers.
    fn extras(&self) -> Vec<HostFile> {
        Vec::new()
    }

    /// What does not fit, given the sums.
    fn shortfalls(&self, totals: &Totals) -> Vec<Shortfall> {
        limits(self.name(), &self.capabilities(), totals)
    }
}

/// Every host, in the order in which help lists them.
pub const HOSTS: &[&dyn Host] = &[&plain::Plain, &github_pages::GithubPages];

/// The host called `name`.
pub fn host_named(name: &str) -> Option<&'static dyn Host> {
    HOSTS.iter().copied().find(|host| host.name() == name)
}

/// The file of the canonical tree: an endpoint is a folder that holds its index.
fn canonical(artifact: &Artifact) -> HostFile {
    let path = artifact.path.as_str();
    let path = match artifact.shape {
        Shape::File => path.to_owned(),
        Shape::Endpoint if path.is_empty() => artifact.media.index().to_owned(),
        Shape::Endpoint => format!("{path}/{}", artifact.media.index()),
    };
    HostFile { path, body: artifact.body.clone() }
}

/// Holds the sums against the limits of a host.
fn limits(name: &str, can: &Capabilities, totals: &Totals) -> Vec<Shortfall> {
    let rows = [
        (can.max_files, totals.files, "files", "fewer entries"),
        (can.max_file_bytes, totals.largest, "bytes in one file", "fewer servers in the list"),
        (can.max_site_bytes, totals.bytes, "bytes in all", "fewer entries"),
    ];
    rows.into_iter()
        .filter_map(|(limit, have, what, less)| {
            let limit = limit.filter(|limit| have > *limit)?;
            Some(Shortfall {
                fatal: true,
                message: format!("{name} takes at most {limit} {what}, and this site has {have}"),
                help: format!("choose a host without this limit, or publish {less}"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_passed_is_a_shortfall() {
        let pages = host_named("github-pages")
            .map(|host| host.shortfalls(&Totals { files: 10, bytes: 1_000_000_001, largest: 5 }));
        let found = pages.unwrap_or_default();
        assert_eq!(found.len(), 1);
        assert!(found[0].fatal && found[0].message.contains("1000000000"), "{found:?}");
        let small = Totals { files: 10, bytes: 1_000_000_000, largest: 5 };
        assert!(HOSTS.iter().all(|host| host.shortfalls(&small).is_empty()));
    }
}
