//! The table of clients: one row and one function each.
//!
//! A function turns a recipe into the client's own form. Links and commands are used where the client
//! documents them; otherwise there is only the configuration.

mod claude;
mod codex;
mod copilot;
mod goose;
mod opencode;
mod servers;
mod vscode;

use super::identifier::Refusal;
use super::json::Json;
use super::recipe::Action;
use super::variables::{Piece, Slot, Template};
use super::view::{Ask, ClientForm, Members, NO_BUNDLE, View, line, line_with, remote_type, words};
use super::{Link, quote};

/// A row of the table.
#[derive(Debug)]
pub(super) struct Client {
    /// Its id in settings and in pages.
    pub(super) id: &'static str,
    /// Its name.
    pub(super) label: &'static str,
    pub(super) form: Form,
}

/// Turns a recipe into a client's own form.
type Form = fn(&View<'_>, &Action) -> Result<ClientForm, Refusal>;

const fn row(id: &'static str, label: &'static str, form: Form) -> Client {
    Client { id, label, form }
}

/// Every client; the first six are the first row of tabs unless the settings differ.
static CLIENTS: &[Client] = &[
    row("vscode", "VS Code", vscode::vscode),
    row("copilot-cli", "Copilot CLI", copilot::cli),
    row("claude-code", "Claude Code", claude::code),
    row("cursor", "Cursor", servers::cursor),
    row("jetbrains", "JetBrains", copilot::jetbrains),
    row("json", "JSON", servers::plain),
    row("visual-studio", "Visual Studio", vscode::visual_studio),
    row("claude-desktop", "Claude Desktop", claude::desktop),
    row("codex", "Codex", codex::codex),
    row("gemini-cli", "Gemini CLI", servers::gemini),
    row("lm-studio", "LM Studio", servers::lm_studio),
    row("goose", "Goose", goose::goose),
    row("kiro", "Kiro", servers::kiro),
    row("windsurf", "Windsurf", servers::windsurf),
    row("opencode", "opencode", opencode::opencode),
];

/// Number of clients in the first row by default.
const FIRST: usize = 6;

/// The clients in the first row of tabs, and their order. All others follow under "More
/// clients" in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    first: Vec<&'static str>,
}

impl Default for Clients {
    fn default() -> Self {
        Self { first: CLIENTS.iter().take(FIRST).map(|client| client.id).collect() }
    }
}

impl Clients {
    /// The words that settings can use.
    pub fn ids() -> impl ExactSizeIterator<Item = &'static str> {
        CLIENTS.iter().map(|client| client.id)
    }

    /// Reads the first row from settings, which refuse an unknown word; here it is left out.
    pub fn new<'a>(first: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ids: Vec<&'static str> = Vec::new();
        for id in first.into_iter().filter_map(|word| Self::ids().find(|id| *id == word)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Self { first: ids }
    }

    /// The table in the order of the tabs, and whether each is in the first row.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'static Client, bool)> {
        let find = |id: &&'static str| CLIENTS.iter().find(|client| client.id == *id);
        let first = self.first.iter().filter_map(find).map(|client| (client, true));
        let more = CLIENTS.iter().filter(|client| !self.first.contains(&client.id));
        first.chain(more.map(|client| (client, false)))
    }
}
