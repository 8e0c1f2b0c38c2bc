//! The install tabs: results of the install module, grouped by client.
//!
//! Texts are shown and copied exactly as that module returns them. A page has one way to install for each
//! of the first clients; their other ways, and the other clients, are [packed](super::more).

use serde::Serialize;

use crate::model::Server;

use super::super::install::recipe::Recipe;
use super::super::install::{Command, Install, InstallContext, Link, Snippet, Source, installs_of};
use super::more::{self, Added};
use super::pack::{Dictionary, Packer};

/// The tabs of a server's page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tabs {
    /// The packages that run before any client connects, once for all clients.
    starts: Vec<Started>,
    first: Vec<Tab>,
    /// The notes that all of the first clients have, about a package or remote or about each.
    notes: Vec<String>,
    /// Whether there are other clients.
    more: bool,
    /// What the page's script adds, and the check of the dictionary that it is packed with.
    packed: String,
    check: String,
}

/// How a package is started that listens.
#[derive(Debug, Serialize)]
struct Started {
    heading: String,
    command: Command,
}

/// One of the first clients.
#[derive(Debug, Serialize)]
struct Tab {
    id: &'static str,
    label: &'static str,
    /// Its packages and remotes.
    ways: Vec<Way>,
    /// The notes that all of them have.
    notes: Vec<String>,
}

/// A package or remote in one client, without what the page's script adds: readers without it have one
/// way to install.
#[derive(Debug, Serialize)]
struct Way {
    heading: String,
    links: Vec<PageLink>,
    command: Option<Command>,
    snippet: Option<Snippet>,
    /// The file whose text the script adds; the one under "JSON" does as well.
    file: Option<&'static str>,
    /// Whether the script adds links.
    opens: bool,
    notes: Vec<String>,
}

/// A link that opens a client.
#[derive(Debug, Serialize)]
struct PageLink {
    label: &'static str,
    url: String,
    /// Whether it leads to a page, and not to a program on the reader's computer.
    is_web: bool,
}

impl Tabs {
    /// The tabs of `server` in the order of the settings; none when there is nothing to install.
    pub(super) fn new(
        (server, recipes): (&Server, &[Recipe]),
        context: &InstallContext<'_>,
        shared: &Dictionary,
    ) -> Option<Self> {
        let mut packer = Packer::new(shared);
        let mut tabs = Self::default();
        let mut text = String::new();
        let mut last = "";
        let mut installs: Vec<_> =
            installs_of(server, recipes, context).into_iter().map(more::shown_install).collect();
        let first = installs.iter().take_while(|install| install.is_first).count();
        let mut more = installs.split_off(first);
        let lifted = lift(&mut installs);
        let plain: Vec<(Source, String)> = (installs.iter())
            .filter(|install| install.client == more::PLAIN)
            .filter_map(|it| Some((it.source, it.snippet.as_ref()?.text.clone())))
            .collect();
        for (number, mut install) in installs.into_iter().enumerate() {
            // It depends on the package alone.
            if let Some(command) = install.start.take() {
                let heading = heading(&install);
                if !tabs.starts.iter().any(|known| known.heading == heading) {
                    tabs.starts.push(Started { heading, command });
                }
            }
            if std::mem::replace(&mut last, install.client) != install.client {
                let (id, label) = (install.client, install.label);
                tabs.first.push(Tab { id, label, ways: Vec::new(), notes: Vec::new() });
            }
            let plain = plain.iter().find(|(source, _)| *source == install.source);
            let added = more::take(&mut install, plain.map(|(_, text)| text.as_str()));
            more::push_added(&mut text, number, &added);
            let way = Way::new(install, &added);
            way.texts().for_each(|text| packer.add(text));
            tabs.first.last_mut()?.ways.push(way);
        }
        tabs.more = !more.is_empty();
        for install in &mut more {
            let known = lifted.iter().filter(|it| it.source == install.source);
            let known: Vec<_> = known.flat_map(|it| &it.notes).collect();
            install.notes.retain(|note| !known.contains(&note));
            if std::mem::replace(&mut last, install.client) != install.client {
                more::push_client(&mut text, install);
            }
            more::push(&mut text, install);
        }
        for tab in &mut tabs.first {
            tab.notes =
                common(&mut tab.ways.iter_mut().map(|it| &mut it.notes).collect::<Vec<_>>());
        }
        tabs.notes = labelled(&lifted);
        tabs.check = packer.check();
        tabs.packed = packer.pack(&text);
        (!tabs.first.is_empty()).then_some(tabs)
    }
}

/// The notes about a package or remote that all of the first clients have.
struct Lifted {
    source: Source,
    heading: String,
    notes: Vec<String>,
}

/// Takes the notes that all of the first clients have out of `installs`. What has nothing but a note keeps it.
fn lift(installs: &mut [Install]) -> Vec<Lifted> {
    let ways = installs.iter().take_while(|it| it.client == installs[0].client).count();
    let has_more =
        |it: &Install| it.snippet.is_some() || it.command.is_some() || !it.links.is_empty();
    let mut lifted = Vec::new();
    for way in 0..ways {
        let (source, heading) = (installs[way].source, heading(&installs[way]));
        let mut of = installs.iter_mut().skip(way).step_by(ways).collect::<Vec<_>>();
        if ways == 1 || of.iter().all(|it| has_more(it)) {
            let notes = common(&mut of.iter_mut().map(|it| &mut it.notes).collect::<Vec<_>>());
            lifted.push(Lifted { source, heading, notes });
        }
    }
    lifted
}

/// The notes with what they are about; a note about every package and remote is there once.
fn labelled(lifted: &[Lifted]) -> Vec<String> {
    let [first, rest @ ..] = lifted else { return Vec::new() };
    let is_common = |note: &String| rest.iter().all(|other| other.notes.contains(note));
    let mut notes: Vec<_> = first.notes.iter().filter(|note| is_common(note)).cloned().collect();
    for Lifted { heading, notes: own, .. } in lifted {
        let own: Vec<_> = own.iter().filter(|note| !notes.contains(note)).collect();
        notes.extend(own.into_iter().map(|note| format!("{heading}: {note}")));
    }
    notes
}

/// Takes the notes that all lists have out of them, so that a page has them once.
fn common(lists: &mut [&mut Vec<String>]) -> Vec<String> {
    let [first, rest @ ..] = lists else { return Vec::new() };
    let is_common = |note: &String| rest.iter().all(|list| list.contains(note));
    let (common, own): (Vec<_>, _) = std::mem::take(*first).into_iter().partition(is_common);
    **first = own;
    rest.iter_mut().for_each(|list| list.retain(|note| !common.contains(note)));
    common
}

impl Way {
    /// What is left of `install` without what is `added`.
    fn new(install: Install, added: &Added) -> Self {
        let heading = heading(&install);
        let Install { links, command, snippet, notes, .. } = install;
        let link = |Link { label, url }: Link| {
            let is_web = url.starts_with("http");
            PageLink { label, url, is_web }
        };
        let links = links.into_iter().map(link).collect();
        let file = added.snippet.as_ref().map(|snippet| snippet.path);
        Self { heading, links, command, snippet, file, opens: !added.links.is_empty(), notes }
    }

    /// Its texts in the order in which a page has them.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let links = self.links.iter().map(|link| link.url.as_str());
        let lines = self
            .command
            .iter()
            .flat_map(|it| std::iter::once(&*it.posix).chain(it.powershell.as_deref()));
        links.chain(lines).chain(self.snippet.as_ref().map(|snippet| snippet.text.as_str()))
    }
}

/// What a package or remote is called on the page.
fn heading(install: &Install) -> String {
    match &install.detail {
        Some(detail) => format!("{} ({detail})", install.method),
        None => install.method.to_owned(),
    }
}
