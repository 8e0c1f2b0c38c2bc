//! The install tabs: results of the install module, grouped by client.
//!
//! Texts are shown and copied exactly as that module returns them. A page has those of the first clients;
//! the texts of the others are [packed](super::more).

use serde::Serialize;

use crate::model::Server;

use super::super::install::recipe::Recipe;
use super::super::install::{Command, Install, InstallContext, Link, Snippet, installs_of};
use super::more::{self, Dictionary};
use super::text::shown;

/// The tabs of a server's page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tabs {
    /// The packages that run before any client connects, once for all clients.
    starts: Vec<Started>,
    first: Vec<Tab>,
    /// The notes that all of the first clients have.
    notes: Vec<String>,
    /// The other clients, as readers without scripts see them.
    more: Vec<Other>,
    /// The texts of the others, and the check of the dictionary that they are packed with.
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

/// A package or remote in one client.
#[derive(Debug, Serialize)]
struct Way {
    heading: String,
    links: Vec<PageLink>,
    command: Option<Command>,
    snippet: Option<Snippet>,
    notes: Vec<String>,
}

/// A link that opens a client.
#[derive(Debug, Serialize)]
struct PageLink {
    label: &'static str,
    url: String,
    /// Whether it leads to a page, and not to a program on the reader's computer.
    is_web: bool,
    /// Another edition of the client, whose link differs in the scheme alone: that scheme.
    twin: Option<String>,
}

/// Another client: where its configuration goes, and which tab has the same text.
#[derive(Debug, Serialize)]
struct Other {
    label: &'static str,
    path: Option<&'static str>,
    same: Option<&'static str>,
}

impl Tabs {
    /// The tabs of `server` in the order of the settings; none when there is nothing to install.
    pub(super) fn new(
        (server, recipes): (&Server, &[Recipe]),
        context: &InstallContext<'_>,
        shared: &Dictionary,
    ) -> Option<Self> {
        let mut dictionary = shared.clone();
        let mut tabs = Self::default();
        let mut text = String::new();
        let mut last = "";
        for install in installs_of(server, recipes, context) {
            let mut install = shown_install(install);
            // It depends on the package alone.
            if let Some(command) = install.start.take() {
                let heading = heading(&install);
                if !tabs.starts.iter().any(|known| known.heading == heading) {
                    tabs.starts.push(Started { heading, command });
                }
            }
            let is_new = std::mem::replace(&mut last, install.client) != install.client;
            if install.is_first {
                if is_new {
                    let (id, label) = (install.client, install.label);
                    tabs.first.push(Tab { id, label, ways: Vec::new(), notes: Vec::new() });
                }
                let way = Way::new(install);
                way.texts().for_each(|text| dictionary.add(text));
                tabs.first.last_mut()?.ways.push(way);
                continue;
            }
            if is_new {
                tabs.more.push(tabs.other(&install));
                more::push_client(&mut text, &install);
            }
            more::push(&mut text, &install);
        }
        for tab in &mut tabs.first {
            tab.notes =
                common(&mut tab.ways.iter_mut().map(|it| &mut it.notes).collect::<Vec<_>>());
        }
        tabs.notes = common(&mut tabs.first.iter_mut().map(|it| &mut it.notes).collect::<Vec<_>>());
        tabs.packed = dictionary.pack(&text);
        tabs.check = dictionary.check();
        (!tabs.first.is_empty()).then_some(tabs)
    }

    /// The line about another client, of which `install` is the first way.
    fn other(&self, install: &Install) -> Other {
        let snippet = install.snippet.as_ref();
        let is_same = |tab: &&Tab| {
            let first = tab.ways.first().and_then(|way| way.snippet.as_ref());
            first.zip(snippet).is_some_and(|(one, other)| one.text == other.text)
        };
        Other {
            label: install.label,
            path: snippet.map(|snippet| snippet.path),
            same: self.first.iter().rev().find(is_same).map(|tab| tab.label),
        }
    }
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
    fn new(install: Install) -> Self {
        let heading = heading(&install);
        let Install { links, command, snippet, notes, .. } = install;
        let mut shown: Vec<PageLink> = Vec::with_capacity(links.len());
        for Link { label, url } in links {
            let is_twin = |last: &&mut PageLink| {
                after_scheme(&last.url) == after_scheme(&url)
                    && label.strip_prefix(last.label) == Some(" Insiders")
            };
            let twin = shown.last_mut().filter(is_twin);
            match twin.zip(url.split_once(':')) {
                Some((last, (scheme, _))) => last.twin = Some(scheme.to_owned()),
                None => {
                    let is_web = url.starts_with("http");
                    shown.push(PageLink { label, url, is_web, twin: None });
                }
            }
        }
        Self { heading, links: shown, command, snippet, notes }
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

fn after_scheme(url: &str) -> Option<&str> {
    Some(url.split_once(':')?.1)
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
