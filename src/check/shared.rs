//! Remote URLs that two servers have: anyone who installs one gets the other.
//!
//! The entry that was published later gets the finding. Usually it is the new name of the same server, or a
//! copy, and its author can act.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::entry::RemoteUrl;
use super::look::{list, text};
use super::registry::{folder, name};
use super::words::quote;
use crate::data::{EntryFile, ServerFolder, Tree, VersionFolder, read_json, read_status};
use crate::diag::{Code, Diagnostic, Finding, Label, Place, Pointer, SourceFile};
use crate::error::Result;
use crate::model::Status;

/// A remote URL, and the server (by its position in the tree) that has it.
type Shared<'a> = (usize, &'a RemoteUrl);

/// Reports remote URLs that two servers have, at each but the one that was published first.
///
/// `urls` holds the distinct URLs of each server of the tree, in its order.
///
/// # Errors
/// When a file cannot be read.
pub fn shared_urls(tree: &Tree, urls: &[Vec<RemoteUrl>]) -> Result<Vec<Diagnostic>> {
    let age = |(server, url): Shared<'_>| (url.is_uncommitted, url.published.clone(), server);
    let mut first: HashMap<&str, Shared<'_>> = HashMap::new();
    for (server, urls) in urls.iter().enumerate() {
        for url in urls {
            let earliest = first.entry(&url.url).or_insert((server, url));
            if age((server, url)) < age(*earliest) {
                *earliest = (server, url);
            }
        }
    }
    let mut findings = Vec::new();
    for (server, urls) in urls.iter().enumerate() {
        // Each document is read once, however many of its URLs are shared.
        let mut versions: BTreeMap<&str, Vec<(&RemoteUrl, Shared<'_>)>> = BTreeMap::new();
        for url in urls {
            let earliest = first.get(url.url.as_str()).filter(|(other, _)| *other != server);
            if let Some(earliest) = earliest {
                versions.entry(&url.version).or_default().push((url, *earliest));
            }
        }
        for (version, shared_here) in versions {
            findings.extend(shared(tree, &tree.servers()[server], version, &shared_here)?);
        }
    }
    Ok(findings)
}

/// Makes the finding about the remote at `index`, whose URL the server `other` has already.
fn finding(index: usize, url: &str, other: &str) -> Finding {
    let message = format!("{other} has the same remote URL {}", quote(url));
    let help = format!(
        "keep one of the two; if {other} is an old name, run `mcp-static status {other} deleted`"
    );
    Finding::new(Code::RemoteUrlShared, pointer(index), message).help(help)
}

fn pointer(index: usize) -> Pointer {
    Pointer::from(format!("/remotes/{index}/url"))
}

/// Makes the label at the URL of the other server.
fn label(tree: &Tree, server: &ServerFolder, version: &str, index: usize) -> Label {
    let file = format!("{}/{version}/server.json", folder(tree, server));
    let place = Place { pointer: pointer(index), ..Place::file(file) };
    Label { place, message: "it is here too".to_owned() }
}

/// Reports the URLs of one version that other servers have too.
fn shared(
    tree: &Tree,
    server: &ServerFolder,
    version: &str,
    urls: &[(&RemoteUrl, Shared<'_>)],
) -> Result<Vec<Diagnostic>> {
    let Some(version) = server.versions.iter().find(|v| *v.version == *version) else {
        return Ok(Vec::new());
    };
    let Some(content) = tree.read_entry(server, version, EntryFile::Server)? else {
        return Ok(Vec::new());
    };
    let path = tree.display(&server.path(version, EntryFile::Server));
    let Ok(document) = read_json(&path, content.bytes) else { return Ok(Vec::new()) };
    let found = urls
        .iter()
        .map(|(url, (other, _))| finding(url.index, &url.url, &name(&tree.servers()[*other])));
    let mut found = SourceFile::new(&path, &document.text).diagnose_all(found.collect());
    // The first place of each, by its place here.
    let firsts: HashMap<Pointer, Shared<'_>> =
        urls.iter().map(|(url, first)| (pointer(url.index), *first)).collect();
    for diagnostic in &mut found {
        if let Some((other, at)) = firsts.get(&diagnostic.place.pointer) {
            let server = &tree.servers()[*other];
            diagnostic.labels.push(label(tree, server, &at.version, at.index));
        }
    }
    Ok(match tree.mirrored_from(server, version)?.is_some() {
        true => found.into_iter().map(Diagnostic::as_note).collect(),
        false => found,
    })
}

/// Reports remote URLs of a new document `source` that another server of the tree has already.
///
/// # Errors
/// When a file cannot be read.
pub fn taken_urls(
    tree: &Tree,
    source: &SourceFile<'_>,
    document: &Value,
) -> Result<Vec<Diagnostic>> {
    let own = text(document, "name");
    let remotes = list(document, "remotes").iter().map(|remote| text(remote, "url")).enumerate();
    let mut wanted: Vec<(usize, &str)> = remotes.filter(|(_, url)| !url.is_empty()).collect();
    let mut findings = Vec::new();
    let others = tree.servers().iter().filter(|server| name(server) != own);
    for (server, version) in others.flat_map(|s| s.versions.iter().map(move |version| (s, version)))
    {
        if wanted.is_empty() {
            break;
        }
        for (at, url) in remotes_of(tree, server, version, &wanted)? {
            let Some(found) = wanted.iter().position(|(_, wanted)| *wanted == url) else {
                continue;
            };
            let (index, url) = wanted.swap_remove(found);
            let mut diagnostic = source.diagnose(finding(index, url, &name(server)));
            diagnostic.labels.push(label(tree, server, &version.version, at));
            findings.push(diagnostic);
        }
    }
    Ok(findings)
}

/// Returns the remote URLs of a live version with their positions; none when it has none of `wanted`.
fn remotes_of(
    tree: &Tree,
    server: &ServerFolder,
    version: &VersionFolder,
    wanted: &[(usize, &str)],
) -> Result<Vec<(usize, String)>> {
    let Some(content) = tree.read_entry(server, version, EntryFile::Server)? else {
        return Ok(Vec::new());
    };
    // Most documents have none of the URLs, and need not be parsed to know that. A backslash may be an escape
    // of a character of the URL.
    let bytes = String::from_utf8_lossy(&content.bytes);
    if !bytes.contains('\\') && !wanted.iter().any(|(_, url)| bytes.contains(url)) {
        return Ok(Vec::new());
    }
    let Ok(document) = read_json("", content.bytes) else { return Ok(Vec::new()) };
    let status = tree.read_entry(server, version, EntryFile::Status)?;
    let status = status.and_then(|content| read_json("", content.bytes).ok());
    if status.is_some_and(|status| read_status("", &status).0.status == Status::Deleted) {
        return Ok(Vec::new());
    }
    let remotes = list(&document.value, "remotes").iter().enumerate();
    Ok(remotes.map(|(at, remote)| (at, text(remote, "url").to_owned())).collect())
}
