//! `[probe]`: which clients the deployed registry must work for.
//!
//! The section names clients by the ids of the probe's table.

use serde::Deserialize;
use toml::Spanned;

use crate::diag::{Code, Diagnostic, Finding, SourceFile, Span, nearest};

use super::Config;

/// Ids of the clients that a probe knows, in the order of its table.
const CLIENT_IDS: [&str; 19] = [
    "vscode",
    "copilot-cli",
    "copilot-language-server",
    "jetbrains",
    "visual-studio",
    "eclipse",
    "xcode",
    "toolhive",
    "toolhive-registry-server",
    "docker",
    "mcp-gateway-registry",
    "apm",
    "kaiden",
    "go-mcp-registry",
    "amazon-q",
    "add-mcp",
    "langchain4j",
    "mcpproxy-go",
    "other-spellings",
];

/// `[probe]` as meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbeSettings {
    /// Ids of clients without which a probe fails; VS Code and Copilot CLI unless set otherwise.
    pub require: Vec<String>,
    /// Where each of them is written; nothing for the default.
    pub(crate) spans: Vec<Span>,
}

impl Default for ProbeSettings {
    fn default() -> Self {
        let require = ["vscode", "copilot-cli"].map(str::to_owned).to_vec();
        Self { require, spans: Vec::new() }
    }
}

/// `[probe]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    require: Option<Vec<Spanned<String>>>,
}

impl Written {
    /// What the section means.
    pub(super) fn mean(self) -> ProbeSettings {
        let Some(written) = self.require else { return ProbeSettings::default() };
        let span = |id: &Spanned<String>| Span { start: id.span().start, end: id.span().end };
        let spans = written.iter().map(span).collect();
        ProbeSettings { require: written.into_iter().map(Spanned::into_inner).collect(), spans }
    }
}

impl Config {
    /// Reads a settings file like [`Config::parse`] and also reports clients of `[probe]` that no probe
    /// knows: with one of them no probe could ever pass.
    pub fn parse_with_clients(path: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let (config, mut wrong) = Self::parse(path, text);
        let required = config.probe.require.iter().zip(&config.probe.spans);
        let unknown = required.filter(|(id, _)| !CLIENT_IDS.contains(&id.as_str()));
        let findings = unknown.map(|(id, span)| {
            let help = match nearest(id, CLIENT_IDS) {
                Some(near) => format!("write {near:?}"),
                None => format!("choose from {}", CLIENT_IDS.join(", ")),
            };
            let message = format!("unknown client {id:?}");
            (Finding::new(Code::SettingsInvalid, "/probe/require", message).help(help), *span)
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
        assert_eq!(
            CLIENT_IDS.to_vec(),
            crate::probe::CLIENTS.iter().map(|c| c.id).collect::<Vec<_>>()
        );
    }
}
