//! `[packages]`: where packages, repositories and remotes of entries may be.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::problems::Problems;
use crate::model::{Host, PackageType};

/// The word for the registries and code hosts that the official registry accepts.
const PUBLIC: &str = "public";

/// The pattern of every host.
const ANY: &str = "*";

/// `[packages]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageSettings {
    /// Where npm packages may come from.
    pub npm: AcceptedHosts,
    /// Where Python packages may come from.
    pub pypi: AcceptedHosts,
    /// Where NuGet packages may come from.
    pub nuget: AcceptedHosts,
    /// Where Rust crates may come from.
    pub cargo: AcceptedHosts,
    /// Where container images may come from.
    pub oci: AcceptedHosts,
    /// Where MCP bundles may be downloaded from.
    pub mcpb: AcceptedHosts,
    /// Where repositories may be.
    pub repository_hosts: AcceptedHosts,
    /// Patterns of hosts whose remotes and package registries may be reached by http without TLS.
    pub http_hosts: Vec<String>,
    /// Patterns of hosts that URLs in entries may have although others cannot reach them.
    pub remote_hosts: Vec<String>,
    /// Whether a change has to show that its packages name their servers.
    pub ownership: PackageOwnership,
    /// The environment variable that holds the token of a package registry, by host.
    pub tokens: BTreeMap<String, String>,
}

/// What `verify` asks of packages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageOwnership {
    /// Nothing.
    #[default]
    Off,
    /// Each package of a new or changed entry names its server.
    Required,
}

/// The hosts that are accepted for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptedHosts {
    /// Whether what the official registry accepts is accepted.
    pub public: bool,
    /// Patterns of other hosts, as [`Host::is_one_of`] compares them.
    pub patterns: Vec<String>,
}

impl Default for AcceptedHosts {
    fn default() -> Self {
        Self { public: true, patterns: Vec::new() }
    }
}

impl AcceptedHosts {
    /// Whether a host is accepted.
    pub fn accepts(&self, host: &Host) -> bool {
        host.is_one_of(&self.patterns)
    }

    /// Whether a host is accepted by its name or the name above it, and not as any other.
    pub fn names(&self, host: &Host) -> bool {
        let mut named = self.patterns.iter().filter(|pattern| *pattern != ANY);
        named.any(|pattern| host.is_one_of(std::slice::from_ref(pattern)))
    }
}

impl PackageSettings {
    /// Returns where packages of a type may come from.
    pub fn of_type(&self, kind: &PackageType) -> &AcceptedHosts {
        self.of_key(kind.name)
    }

    /// Whether a host is listed for packages by its name or the name above it, so that it may be in a private network.
    pub fn names(&self, host: &Host) -> bool {
        [&self.npm, &self.pypi, &self.nuget, &self.cargo, &self.oci, &self.mcpb]
            .iter()
            .any(|accepted| accepted.names(host))
    }

    /// Returns the hosts below a key: a package type, or repositories.
    pub fn of_key(&self, key: &str) -> &AcceptedHosts {
        match key {
            "npm" => &self.npm,
            "pypi" => &self.pypi,
            "nuget" => &self.nuget,
            "cargo" => &self.cargo,
            "oci" => &self.oci,
            "repository_hosts" => &self.repository_hosts,
            _ => &self.mcpb,
        }
    }
}

/// The section as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPackages {
    npm: Option<Vec<String>>,
    pypi: Option<Vec<String>>,
    nuget: Option<Vec<String>>,
    cargo: Option<Vec<String>>,
    oci: Option<Vec<String>>,
    mcpb: Option<Vec<String>>,
    repository_hosts: Option<Vec<String>>,
    http_hosts: Vec<String>,
    remote_hosts: Vec<String>,
    ownership: PackageOwnership,
    tokens: BTreeMap<String, String>,
}

impl RawPackages {
    /// Reports what is not a host, and writes the others as [`Host::is_one_of`] compares them.
    pub(super) fn resolve(self, problems: &mut Problems) -> PackageSettings {
        let mut accepted = |key, written| accepted(key, written, problems);
        PackageSettings {
            npm: accepted("npm", self.npm),
            pypi: accepted("pypi", self.pypi),
            nuget: accepted("nuget", self.nuget),
            cargo: accepted("cargo", self.cargo),
            oci: accepted("oci", self.oci),
            mcpb: accepted("mcpb", self.mcpb),
            repository_hosts: accepted("repository_hosts", self.repository_hosts),
            http_hosts: patterns("http_hosts", &self.http_hosts, problems),
            remote_hosts: patterns("remote_hosts", &self.remote_hosts, problems),
            ownership: self.ownership,
            tokens: tokens(self.tokens, problems),
        }
    }
}

/// Reads the variables of tokens; the hosts as they are compared.
fn tokens(written: BTreeMap<String, String>, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut read = BTreeMap::new();
    for (host, variable) in written {
        let at = format!("/packages/tokens/{}", host.replace('~', "~0").replace('/', "~1"));
        let pattern = Host::pattern(&host).filter(|host| !host.starts_with("*."));
        let is_name = |name: &str| {
            let mut bytes = name.bytes();
            bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
                && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        match pattern {
            None => {
                let help = "write a host such as \"artifacts.corp.example\", without scheme, port and path";
                problems.add(at, format!("{host:?} is not a host"), help);
            }
            Some(_) if !is_name(&variable) => problems.add(
                at,
                "this is not the name of an environment variable",
                "write the name of a variable such as \"ARTIFACTS_TOKEN\", and put the token into it; never write the token itself here",
            ),
            Some(host) => drop(read.insert(host, variable)),
        }
    }
    read
}

/// Reads a list of hosts in which [`PUBLIC`] and [`ANY`] have their meanings.
fn accepted(key: &str, written: Option<Vec<String>>, problems: &mut Problems) -> AcceptedHosts {
    let Some(written) = written else { return AcceptedHosts::default() };
    let is_public = |host: &str| host.eq_ignore_ascii_case(PUBLIC);
    let public = written.iter().any(|host| is_public(host) || host == ANY);
    let mut hosts = Vec::with_capacity(written.len());
    for (i, host) in written.iter().enumerate().filter(|(_, host)| !is_public(host)) {
        hosts.extend(if host == ANY {
            Some(host.clone())
        } else {
            pattern(key, i, host, problems)
        });
    }
    AcceptedHosts { public, patterns: hosts }
}

fn patterns(key: &str, written: &[String], problems: &mut Problems) -> Vec<String> {
    let read = written.iter().enumerate();
    read.filter_map(|(i, host)| pattern(key, i, host, problems)).collect()
}

fn pattern(key: &str, i: usize, host: &str, problems: &mut Problems) -> Option<String> {
    let pattern = Host::pattern(host);
    if pattern.is_none() {
        problems.add(
            format!("/packages/{key}/{i}"),
            format!("{host:?} is not a host"),
            "write a host such as \"mcp.corp.example\", \"*.corp.example\" or \"10.1.2.3\", without scheme, port and path",
        );
    }
    pattern
}
