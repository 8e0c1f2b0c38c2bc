//! The settings of a data folder.

use crate::config::Config;
use crate::data::Tree;
use crate::diag::Diagnostic;
use crate::error::Result;

/// Reads the settings of `tree`; the defaults when it has none.
pub(super) fn read(tree: &Tree) -> Result<(Config, Vec<Diagnostic>)> {
    let Some(file) = tree.settings() else { return Ok((Config::default(), Vec::new())) };
    Ok(match tree.read_text(file)? {
        Ok(text) => Config::parse_with_clients(&tree.display(&file.path), &text),
        Err(wrong) => (Config::default(), vec![wrong]),
    })
}
