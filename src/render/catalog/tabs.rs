//! The install tabs: results of the install module, grouped by client.
//!
//! Texts are shown and copied exactly as that module returns them.

use serde::Serialize;

use crate::model::Server;

use super::super::install::{Clients, Command, Install, InstallContext, installs};
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
    /// Its packages and remotes.
    ways: Vec<Install>,
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
                tab.ways.push(shown_install(install));
            }
        }
        let ways = tabs.first.iter().chain(&tabs.more).flat_map(|tab| &tab.ways);
        if ways.map(size).sum::<usize>() > ENOUGH {
            for tab in tabs.more.iter_mut().filter(|tab| tab.ways.len() > 1) {
                tab.ways.truncate(1);
                tab.ways[0].notes.push(LEFT_OUT.to_owned());
            }
        }
        (!tabs.first.is_empty() || !tabs.more.is_empty()).then_some(tabs)
    }
}

/// Prepares an install for a page: a second form of a command only where it differs, and notes, which may
/// contain words of others, as text that is safe to show.
fn shown_install(mut install: Install) -> Install {
    for command in install.start.iter_mut().chain(&mut install.command) {
        command.powershell = command.powershell.take().filter(|text| *text != command.posix);
    }
    if let Some(snippet) = &mut install.snippet {
        snippet.text.truncate(snippet.text.trim_end_matches('\n').len());
    }
    for text in install.notes.iter_mut().chain(&mut install.detail) {
        *text = shown(text);
    }
    install
}

/// Length of the texts of an install, in bytes.
fn size(install: &Install) -> usize {
    let links: usize = install.links.iter().map(|link| link.url.len()).sum();
    let commands = install.start.iter().chain(&install.command);
    let shells = |it: &Command| it.posix.len() + it.powershell.as_deref().map_or(0, str::len);
    let snippet = install.snippet.as_ref().map_or(0, |snippet| snippet.text.len());
    links + commands.map(shells).sum::<usize>() + snippet
}
