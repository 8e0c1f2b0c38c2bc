//! The settings of a data folder, with what only other rooms know about them.

use crate::config::Config;
use crate::data::{MAX_FILE, Tree};
use crate::diag::{Code, Diagnostic, Finding, Place, SourceFile, nearest};
use crate::error::Result;
use crate::probe::{CLIENTS, Client};

/// Reads the settings of `tree`; the defaults when it has none.
pub(super) fn read(tree: &Tree) -> Result<(Config, Vec<Diagnostic>)> {
    let Some(file) = tree.settings() else { return Ok((Config::default(), Vec::new())) };
    let path = tree.display(&file.path);
    let content = tree.read(file)?;
    if content.size > MAX_FILE {
        let message = format!("the file has {} bytes; at most {MAX_FILE} are read", content.size);
        let finding = Diagnostic::new(Code::FileTooLarge, Place::file(path), message);
        return Ok((Config::default(), vec![finding.help("shorten the settings")]));
    }
    Ok(parse(&path, &String::from_utf8_lossy(&content.bytes)))
}

/// The settings in a text, and everything that is wrong with them.
pub(super) fn parse(path: &str, text: &str) -> (Config, Vec<Diagnostic>) {
    let (config, mut wrong) = Config::parse(path, text);
    wrong.extend(unknown_clients(&config, &SourceFile::new(path, text)));
    (config, wrong)
}

/// Clients of `[probe]` that nobody knows; with one of them no probe could ever pass.
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
        let finding = Finding::new(Code::SettingsInvalid, "/probe/require", message).help(help);
        source.diagnose_span(finding, *span)
    });
    wrong.collect()
}
