//! `[probe]`: which clients the deployed registry must work for.
//!
//! The settings hold words; whether there is such a client is known where clients are known.

use serde::Deserialize;

/// `[probe]` as meant.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// `[probe]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    require: Option<Vec<String>>,
}

impl Written {
    /// What the section means.
    pub(super) fn mean(self) -> ProbeSettings {
        let usual = ProbeSettings::default();
        ProbeSettings { require: self.require.unwrap_or(usual.require) }
    }
}
