//! The install tabs: results of the install module, grouped by client.
//!
//! Texts are shown and copied exactly as that module returns them.

use serde::Serialize;

use crate::model::Server;

use super::super::install::{Clients, Command, Install, InstallContext, Link, installs};
use super::text::shown;

/// Size in bytes up to which everything is shown under "More clients". A few servers
/// declare so much that all clients' configurations would make the page too large.
const ENOUGH: usize = 300_000;

/// Note about what is omitted.
const LEFT_OUT: &str =
    "Other packages and endpoints are omitted here to keep the page small. See the JSON tab.";

/// The tabs of a server's page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tabs {
    first: Vec<Tab>,
    more: Vec<Tab>,
}

/// One client.
#[derive(Debug, Serialize)]
struct Tab {
    id: &'static str,
    label: &'static str,
    ways: Vec<Way>,
}

/// One package or remote in one client.
#[derive(Debug, Serialize)]
struct Way {
    method: &'static str,
    links: Vec<Button>,
    start: Option<CommandView>,
    command: Option<CommandView>,
    snippet: Option<SnippetView>,
    notes: Vec<String>,
}

/// A link that opens the client.
#[derive(Debug, Serialize)]
struct Button {
    label: &'static str,
    url: String,
}

/// A command; the second form only where it differs.
#[derive(Debug, Serialize)]
struct CommandView {
    posix: String,
    powershell: Option<String>,
}

/// Text for a file.
#[derive(Debug, Serialize)]
struct SnippetView {
    path: &'static str,
    language: &'static str,
    text: String,
}

impl Tabs {
    /// The tabs of `server`; none when there is nothing to install.
    ///
    /// The order is that of the settings. When the texts together are too long, the clients under "More
    /// clients" keep their first way, with a note that the rest is omitted.
    pub(super) fn new(server: &Server, base_url: Option<&str>, clients: &Clients) -> Option<Self> {
        let context = InstallContext { base_url, clients: clients.clone() };
        let mut tabs = Self::default();
        for install in installs(server, &context) {
            let row = if install.is_first { &mut tabs.first } else { &mut tabs.more };
            if row.last().is_none_or(|last| last.id != install.client) {
                row.push(Tab { id: install.client, label: install.label, ways: Vec::new() });
            }
            if let Some(tab) = row.last_mut() {
                tab.ways.push(Way::new(install));
            }
        }
        let size: usize = tabs.first.iter().chain(&tabs.more).map(Tab::size).sum();
        if size > ENOUGH {
            tabs.more.iter_mut().for_each(Tab::shorten);
        }
        (!tabs.first.is_empty() || !tabs.more.is_empty()).then_some(tabs)
    }
}

impl Tab {
    /// How much text it holds.
    fn size(&self) -> usize {
        self.ways.iter().map(Way::size).sum()
    }

    /// Keeps the first way, with a note.
    fn shorten(&mut self) {
        if self.ways.len() > 1 {
            self.ways.truncate(1);
            self.ways.iter_mut().for_each(|way| way.notes.push(LEFT_OUT.to_owned()));
        }
    }
}

impl Way {
    fn size(&self) -> usize {
        let links: usize = self.links.iter().map(|link| link.url.len()).sum();
        let lines = self.start.iter().chain(&self.command);
        let shells =
            |it: &CommandView| it.posix.len() + it.powershell.as_deref().map_or(0, str::len);
        let snippet = self.snippet.as_ref().map_or(0, |snippet| snippet.text.len());
        links + lines.map(shells).sum::<usize>() + snippet
    }

    /// Takes over the texts as they are; only notes may hold a stranger's words.
    fn new(install: Install) -> Self {
        let button = |link: Link| Button { label: link.label, url: link.url };
        Self {
            method: install.method,
            links: install.links.into_iter().map(button).collect(),
            start: install.start.map(CommandView::new),
            command: install.command.map(CommandView::new),
            snippet: install.snippet.map(|snippet| SnippetView {
                path: snippet.path,
                language: snippet.language,
                text: snippet.text.trim_end_matches('\n').to_owned(),
            }),
            notes: install.notes.iter().map(|note| shown(note)).collect(),
        }
    }
}

impl CommandView {
    fn new(command: Command) -> Self {
        // One form is enough where both shells read it alike.
        let powershell = command.powershell.filter(|text| *text != command.posix);
        Self { posix: command.posix, powershell }
    }
}
