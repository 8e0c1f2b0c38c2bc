//! `[exports]`: the files for clients that enforce what is approved.

use serde::Deserialize;

/// `[exports]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ExportSettings {
    /// `[exports.allowlist]`.
    pub allowlist: AllowlistSettings,
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
