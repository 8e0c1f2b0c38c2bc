//! `[exports]`: the files for other systems, and for clients that enforce what is approved.

use serde::Deserialize;

use super::Visibility;
use super::problems::Problems;
use crate::diag::suggest;

/// The words of `enable`.
pub const EXPORT_IDS: [&str; 6] =
    ["ard", "server-cards", "docker", "toolhive", "contextforge", "all"];

/// What a public registry has when its settings do not say it. A private one has nothing then: what agents
/// discover is for the public, and the other files are for systems that an organisation may not have.
const OF_PUBLIC: [&str; 2] = ["ard", "server-cards"];

/// `[exports]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ExportSettings {
    /// Which files for other systems there are; by default those that make sense for the registry.
    pub enable: Option<Vec<String>>,
    /// `[exports.ard]`.
    pub ard: ArdSettings,
    /// `[exports.allowlist]`.
    pub allowlist: AllowlistSettings,
}

/// `[exports.ard]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ArdSettings {
    /// In whose domain servers are named.
    pub identifiers: Identifiers,
}

/// In whose domain ARD names servers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identifiers {
    /// In that of the registry.
    #[default]
    Registry,
    /// In that of the publisher, if it was proven.
    Publisher,
}

impl ExportSettings {
    /// Reports unknown words, and fills in what a registry has by default.
    pub(super) fn validate(&mut self, visibility: Visibility, problems: &mut Problems) {
        let Some(enable) = &mut self.enable else {
            let public = OF_PUBLIC.iter().filter(|_| visibility == Visibility::Public);
            self.enable = Some(public.map(|id| (*id).to_owned()).collect());
            return;
        };
        let mut positions = 0..;
        enable.retain(|id| {
            let at = format!("/exports/enable/{}", positions.next().unwrap_or(0));
            let is_known = EXPORT_IDS.contains(&id.as_str());
            if !is_known {
                problems.add(at, format!("{id:?} is not an export"), suggest(id, &EXPORT_IDS));
            }
            is_known
        });
    }

    /// Whether the file called `id` is switched on.
    pub fn has(&self, id: &str) -> bool {
        self.enable.iter().flatten().any(|it| it == id)
    }
}

/// `[exports.allowlist]`: what managed settings compare.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AllowlistSettings {
    /// By what local servers are recognised.
    #[serde(rename = "match")]
    pub mode: Match,
    /// Whether commands without a version are allowed too.
    pub unpinned: bool,
}

/// By what managed settings recognise a local server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// By its command, and in VS Code by its name where users supply a part of the command.
    #[default]
    Auto,
    /// By its command alone.
    Command,
    /// By its name alone.
    Name,
}
