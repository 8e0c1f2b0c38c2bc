//! `[probe]`: which clients the deployed registry must work for.
//!
//! The settings hold words; whether there is such a client is known where clients are known.

use serde::Deserialize;
use toml::Spanned;

use crate::diag::Span;

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
