//! The texts of the clients under "More clients" and the second ways of the first, which the page's script
//! writes.
//!
//! They say what the first tabs show, in other words and in another order, so a page has them
//! [packed](super::pack).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::model::Server;
use crate::text::{percent_decode, percent_encode};

use super::super::install::{Clients, FOR_FILE, Install, InstallContext, Link, Snippet, installs};
use super::pack::{Dictionary, END};
use super::text::shown;

/// A server of which every client's texts are in the script, so that pages need not hold the words that
/// are the same for all servers.
const EXAMPLE: &str = r#"{"name":"a.b/c","version":"1.0.0","description":"","packages":[
{"registryType":"npm","identifier":"a","version":"1.0.0","transport":{"type":"stdio"},"environmentVariables":[{"name":"API_KEY","isRequired":true,"isSecret":true},{"name":"B"}]},
{"registryType":"npm","identifier":"a","version":"1.0.0","transport":{"type":"streamable-http","url":"http://localhost:8080/mcp"}},
{"registryType":"pypi","identifier":"a","version":"1.0.0","transport":{"type":"stdio"}},
{"registryType":"oci","identifier":"ghcr.io/a/b:1.0.0","transport":{"type":"stdio"}},
{"registryType":"mcpb","identifier":"https://github.com/a/b/releases/download/v1.0.0/a.mcpb","fileSha256":"0"}],
"remotes":[{"type":"streamable-http","url":"https://mcp.example.com/mcp","headers":[{"name":"Authorization","isRequired":true,"isSecret":true,"value":"Bearer {API_KEY}"}]},
{"type":"sse","url":"https://mcp.example.com/sse"}]}"#;

/// The dictionary that all pages have: the example's texts.
pub(super) fn shared() -> Dictionary {
    let context = InstallContext { base_url: None, clients: Clients::default() };
    let mut text = String::new();
    for install in installs(&Server::parse(EXAMPLE), &context).into_iter().map(shown_install) {
        push_client(&mut text, &install);
        push(&mut text, &install);
    }
    Dictionary::of(&text)
}

/// Where a client keeps its servers, for readers without a script.
#[derive(Debug, Serialize)]
pub(super) struct ClientFile {
    label: &'static str,
    path: Option<&'static str>,
    /// One of the first clients whose file has the same text.
    same: Option<&'static str>,
}

/// The files of the clients that are not among the first.
pub(super) fn files(clients: &Clients) -> Vec<ClientFile> {
    let context = InstallContext { base_url: None, clients: clients.clone() };
    let (first, more): (Vec<_>, Vec<_>) =
        installs(&Server::parse(EXAMPLE), &context).into_iter().partition(|it| it.is_first);
    let text = |install: &Install| install.snippet.as_ref().map(|it| it.text.clone());
    let same = |ways: &[Install]| {
        let is_same = |one: &&[Install]| {
            let mut pairs = one.iter().zip(ways).map(|(one, way)| (text(one), text(way)));
            pairs.all(|(one, way)| way.is_none() || one == way)
        };
        Some(first.chunk_by(|a, b| a.client == b.client).rev().find(is_same)?[0].label)
    };
    let file = |ways: &[Install]| {
        let path = ways.iter().find_map(|way| Some(way.snippet.as_ref()?.path));
        ClientFile { label: ways[0].label, path, same: path.and_then(|_| same(ways)) }
    };
    more.chunk_by(|a, b| a.client == b.client).map(file).collect()
}

/// The client whose file any other can be made from.
pub(super) const PLAIN: &str = "json";

/// What the script adds to a way of one of the first clients.
#[derive(Debug, Default)]
pub(super) struct Added {
    pub(super) links: Vec<Link>,
    powershell: Option<String>,
    pub(super) snippet: Option<Snippet>,
    /// Notes about that file.
    notes: Vec<String>,
}

/// Takes out of `install` what a reader without a script can do without: links where there is a file, the
/// line for PowerShell, and a file for which the text under "JSON", `plain`, does as well.
pub(super) fn take(install: &mut Install, plain: Option<&str>) -> Added {
    let mut added = Added::default();
    if let Some(command) = &mut install.command {
        added.powershell = command.powershell.take();
    }
    if install.snippet.is_some() {
        added.links = std::mem::take(&mut install.links);
    }
    let is_plain = |it: &Snippet| {
        let reads_plain = install.command.is_some() && it.path == ".mcp.json";
        plain.is_some_and(|text| reads_plain || text == it.text)
    };
    if install.client != PLAIN && install.snippet.as_ref().is_some_and(is_plain) {
        added.snippet = install.snippet.take();
        let about = install.notes.iter().position(|note| note.starts_with(FOR_FILE));
        added.notes.extend(about.map(|at| install.notes.remove(at)));
    }
    added
}

/// Appends the fields of what is added to the way with this number on the page.
pub(super) fn push_added(text: &mut String, number: usize, added: &Added) {
    if added.links.is_empty() && added.powershell.is_none() && added.snippet.is_none() {
        return;
    }
    push_field(text, 'w', &number.to_string());
    added.links.iter().for_each(|link| push_link(text, link));
    added.powershell.iter().for_each(|line| push_field(text, 'p', line));
    added.snippet.iter().for_each(|snippet| push_snippet(text, snippet));
    added.notes.iter().for_each(|note| push_field(text, 'n', note));
}

/// Appends the fields that begin a client.
pub(super) fn push_client(text: &mut String, install: &Install) {
    push_field(text, 't', install.label);
    push_field(text, 'i', install.client);
}

/// Appends the fields of one way to install: a letter that says which, the text, [`END`].
pub(super) fn push(text: &mut String, install: &Install) {
    push_field(text, 'w', install.method);
    for (kind, value) in install.detail.iter().map(|detail| ('d', detail)) {
        push_field(text, kind, value);
    }
    install.links.iter().for_each(|link| push_link(text, link));
    if let Some(command) = &install.command {
        push_field(text, 'c', &command.posix);
        if let Some(line) = &command.powershell {
            push_field(text, 'p', line);
        }
    }
    install.snippet.iter().for_each(|snippet| push_snippet(text, snippet));
    for note in &install.notes {
        push_field(text, 'n', note);
    }
}

fn push_snippet(text: &mut String, snippet: &Snippet) {
    push_field(text, 'f', snippet.path);
    push_field(text, 'x', &snippet.text);
}

/// Appends a link. An object in it is written as it is, since its code has nothing in common with other texts.
fn push_link(text: &mut String, link: &Link) {
    push_field(text, 'a', link.label);
    let (kind, url) = held(&link.url).unwrap_or(('h', link.url.clone()));
    push_field(text, kind, &url);
}

/// Decodes the object that ends a link: percent-encoded (`e`), or in base64 (`b`).
fn held(url: &str) -> Option<(char, String)> {
    let open = |text: &str| text.starts_with('{').then_some(());
    if let Some(at) = url.find("%7B") {
        let object = percent_decode(&url[at..], false)?;
        let same = percent_encode(&object) == url[at..] && !url[..at].contains('{');
        open(&object)?;
        return same.then(|| ('e', url[..at].to_owned() + &object));
    }
    let at = url.find("config=")? + "config=".len();
    let object = STANDARD.decode(percent_decode(&url[at..], false)?).ok()?;
    let same = percent_encode(&STANDARD.encode(&object)) == url[at..] && !url[..at].contains('{');
    let object = String::from_utf8(object).ok()?;
    open(&object)?;
    same.then(|| ('b', url[..at].to_owned() + &object))
}

fn push_field(text: &mut String, kind: char, value: &str) {
    text.push(kind);
    text.push_str(value);
    text.push(END);
}

/// Indents with a tab, which a page shows as wide as the two spaces that its script makes of it again.
fn with_tabs(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for line in json.split_inclusive('\n') {
        let rest = line.trim_start_matches(' ');
        text.extend(std::iter::repeat_n('\t', (line.len() - rest.len()) / 2));
        text.push_str(rest);
    }
    text
}

/// Prepares an install for a page: a second form of a command only where it differs, and notes, which may
/// contain words of others, as text that is safe to show.
pub(super) fn shown_install(mut install: Install) -> Install {
    for command in install.start.iter_mut().chain(&mut install.command) {
        command.powershell = command.powershell.take().filter(|text| *text != command.posix);
    }
    if let Some(snippet) = &mut install.snippet {
        snippet.text.truncate(snippet.text.trim_end_matches('\n').len());
        if snippet.language == "json" {
            snippet.text = with_tabs(&snippet.text);
        }
    }
    for text in install.notes.iter_mut().chain(&mut install.detail) {
        *text = shown(text);
    }
    install
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_in_a_link_is_written_as_it_is() {
        let link = |url: &str| held(url).map(|(kind, text)| format!("{kind} {text}"));
        assert_eq!(
            link("vscode:mcp/install?%7B%22a%22%3A%22%C3%A9%27%22%7D").as_deref(),
            Some("e vscode:mcp/install?{\"a\":\"é'\"}")
        );
        assert_eq!(
            link("cursor://x?name=a&config=eyJhIjoiYiJ9").as_deref(),
            Some("b cursor://x?name=a&config={\"a\":\"b\"}")
        );
        // Written in another way, it would not be the same link again.
        for other in [
            "vscode:mcp/install?%7B%22a%22:1%7D",
            "https://example.com/a.mcpb",
            "x?config=YQ%3D%3D",
        ] {
            assert_eq!(link(other), None, "{other}");
        }
    }
}
