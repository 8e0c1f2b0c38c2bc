//! `[packages]`: what entries may lead to besides what everybody can reach.

use serde::Deserialize;
use toml::Spanned;

use super::Reader;
use crate::model::Host;

/// `[packages]` as meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageSettings {
    /// Patterns of hosts that URLs in entries may have although others cannot reach them.
    pub remote_hosts: Vec<String>,
}

/// `[packages]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    remote_hosts: Vec<Spanned<String>>,
}

impl Written {
    /// What the section means, after reporting what cannot be meant.
    pub(super) fn mean(self, reader: &mut Reader) -> PackageSettings {
        let mut remote_hosts = Vec::new();
        for host in self.remote_hosts {
            match Host::pattern(host.get_ref()) {
                Some(pattern) => remote_hosts.push(pattern),
                None => reader.say(
                    host.span(),
                    "/packages/remote_hosts",
                    format!("{:?} is not a host", host.get_ref()),
                    "write a host such as \"mcp.corp.example\", \"*.corp.example\" or \"10.1.2.3\", without scheme, port and path"
                        .to_owned(),
                ),
            }
        }
        PackageSettings { remote_hosts }
    }
}
