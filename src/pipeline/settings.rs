//! Reads the settings of a data folder and checks what needs other modules, such as names of clients.

use crate::config::Config;
use crate::data::Tree;
use crate::diag::{Code, Diagnostic, Finding, SourceFile, nearest};
use crate::error::Result;
use crate::probe::{CLIENTS, Client};

/// Reads the settings of `tree`; the defaults when it has none.
pub(super) fn read(tree: &Tree) -> Result<(Config, Vec<Diagnostic>)> {
    let Some(file) = tree.settings() else { return Ok((Config::default(), Vec::new())) };
    Ok(match tree.read_text(file)? {
        Ok(text) => parse(&tree.display(&file.path), &text),
        Err(wrong) => (Config::default(), vec![wrong]),
    })
}

/// The settings in a text, and everything that is wrong with them.
pub(super) fn parse(path: &str, text: &str) -> (Config, Vec<Diagnostic>) {
    let (config, mut wrong) = Config::parse(path, text);
    wrong.extend(unknown_clients(&config, &SourceFile::new(path, text)));
    (config, wrong)
}

/// Reports unknown clients in `[probe]`. With one of them no probe could pass.
fn unknown_clients(config: &Config, source: &SourceFile<'_>) -> Vec<Diagnostic> {
    let required = config.probe.require.iter().zip(&config.probe.spans);
    let unknown = required.filter(|(id, _)| Client::parse(id).is_none());
    let wrong = unknown.map(|(id, span)| {
        let ids = || CLIENTS.iter().map(|client| client.id);
        let help = match nearest(id, ids()) {
            Some(near) => format!("write {near:?}"),
            None => format!("choose from {}", ids().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("unknown client {id:?}");
        (Finding::new(Code::SettingsInvalid, "/probe/require", message).help(help), *span)
    });
    source.diagnose_spans(wrong.collect())
}
