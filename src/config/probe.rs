//! `[probe]`: which clients the deployed registry must work for.
//!
//! Whether a client of that id exists is checked where clients are known.

use serde::Deserialize;

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
