//! `[packages]`: hosts that entries may lead to although not everybody can reach them.

use serde::Deserialize;

use super::problems::Problems;
use crate::model::Host;

/// `[packages]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct PackageSettings {
    /// Patterns of hosts that URLs in entries may have although others cannot reach them.
    pub remote_hosts: Vec<String>,
}

impl PackageSettings {
    /// Reports what is not a host, and writes the others as [`Host::is_one_of`] compares them.
    pub(super) fn validate(&mut self, problems: &mut Problems) {
        let hosts = std::mem::take(&mut self.remote_hosts);
        for (i, host) in hosts.iter().enumerate() {
            match Host::pattern(host) {
                Some(pattern) => self.remote_hosts.push(pattern),
                None => problems.add(
                    format!("/packages/remote_hosts/{i}"),
                    format!("{host:?} is not a host"),
                    "write a host such as \"mcp.corp.example\", \"*.corp.example\" or \"10.1.2.3\", without scheme, port and path",
                ),
            }
        }
    }
}
