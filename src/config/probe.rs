//! `[probe]`: which clients the deployed registry must work for.
//!
//! The section names clients by the ids of the probe's table.

use serde::Deserialize;

use crate::diag::{Code, Diagnostic, Finding, SourceFile};

use super::problems::unknown_client;
use super::{Config, toml_span};

/// Ids of the clients that a probe knows, in the order of its table, as a message lists them.
const CLIENT_IDS: &str = "vscode, copilot-cli, copilot-language-server, jetbrains, visual-studio, \
    eclipse, xcode, toolhive, toolhive-registry-server, docker, mcp-gateway-registry, apm, kaiden, \
    go-mcp-registry, amazon-q, add-mcp, langchain4j, mcpproxy-go, mcp-lookup, other-spellings";

/// `[probe]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ProbeSettings {
    /// Ids of clients without which a probe fails; VS Code and Copilot CLI unless set otherwise.
    pub require: Vec<String>,
}

impl Default for ProbeSettings {
    fn default() -> Self {
        Self { require: ["vscode", "copilot-cli"].map(str::to_owned).to_vec() }
    }
}

impl Config {
    /// Reads a settings file like [`Config::parse`] and also reports clients of `[probe]` that no probe
    /// knows: with one of them no probe could ever pass.
    pub fn parse_with_clients(path: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let (config, mut wrong) = Self::parse(path, text);
        let required = config.probe.require.iter().enumerate();
        let findings = required.filter_map(|(i, id)| {
            let (message, help) = unknown_client(id, CLIENT_IDS)?;
            let finding = Finding::new(Code::SettingsInvalid, "/probe/require", message).help(help);
            Some((finding, toml_span(text, &format!("/probe/require/{i}"))))
        });
        wrong.extend(SourceFile::new(path, text).diagnose_spans(findings.collect()));
        (config, wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_are_those_of_the_probe() {
        let ids: Vec<&str> = crate::probe::CLIENTS.iter().map(|client| client.id).collect();
        assert_eq!(CLIENT_IDS, ids.join(", "));
    }
}
