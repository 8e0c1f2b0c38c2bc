//! The settings of a data folder, with what only other rooms know about them.

use crate::config::Config;
use crate::data::Tree;
use crate::diag::{Code, Diagnostic, Finding, SourceFile, nearest};
use crate::error::Result;
use crate::probe::{CLIENTS, Client};

/// Reads the settings of `tree`; the defaults when it has none.
pub(super) fn read(tree: &Tree) -> Result<(Config, Vec<Diagnostic>)> {
    let Some(file) = tree.settings() else { return Ok((Config::default(), Vec::new())) };
    let path = tree.display(&file.path);
    let content = tree.read(file)?;
    let text = String::from_utf8_lossy(&content.bytes);
    let (config, mut wrong) = Config::parse(&path, &text);
    wrong.extend(unknown_clients(&config, &SourceFile::new(&path, &text)));
    Ok((config, wrong))
}

/// Clients of `[probe]` that nobody knows; with one of them no probe could ever pass.
fn unknown_clients(config: &Config, source: &SourceFile<'_>) -> Vec<Diagnostic> {
    let required = config.probe.require.iter().zip(&config.probe.spans);
    let unknown = required.filter(|(id, _)| Client::parse(id).is_none());
    let wrong = unknown.map(|(id, span)| {
        let ids = || CLIENTS.iter().map(|client| client.id);
        let help = match nearest(id, ids()) {
            Some(near) => format!("write {near:?}"),
            None => format!("write some of {}", ids().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no client {id:?}");
        let finding = Finding::new(Code::SettingsInvalid, "/probe/require", message).help(help);
        source.diagnose_span(finding, *span)
    });
    wrong.collect()
}
