//! The files for other systems and of clients, as the page about connecting lists them.

use serde::Serialize;

use super::super::export::{AGENTS, BULK, CATALOG_FILES};
use super::super::install::Clients;
use super::more::{self, ClientFile};
use super::place::Href;
use crate::config::ExportSettings;

/// The files that are switched on, and those of clients.
#[derive(Debug, Serialize)]
pub(super) struct Systems {
    files: Vec<SystemFile>,
    /// Whether servers have cards.
    cards: bool,
    clients: Vec<ClientFile>,
}

#[derive(Debug, Serialize)]
struct SystemFile {
    system: &'static str,
    href: Href,
}

impl Systems {
    /// Lists what `settings` switch on; `agents` says whether there is a catalog for agents.
    pub(super) fn new(settings: &ExportSettings, agents: bool, clients: &Clients) -> Self {
        let row = |system: &'static str, path: &[&str]| SystemFile { system, href: path.join("/") };
        let on = CATALOG_FILES.iter().filter(|file| settings.has(file.id));
        let mut files: Vec<SystemFile> = on.map(|file| row(file.system, file.path)).collect();
        if agents {
            files.extend(AGENTS.iter().map(|path| row("Agents (ARD, AI Catalog)", path)));
        }
        if settings.has("all") {
            files.push(row("Programs that want every version", &BULK));
        }
        Self { files, cards: settings.has("server-cards"), clients: more::files(clients) }
    }
}
