//! Rules that span servers: collisions, tombstones, shared URLs, and a registry with nothing in it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::data::{DataPath, EntryFile, ServerFolder, Tree, read_json, read_tombstone};
use crate::diag::{Code, Diagnostic, Finding, Place, Pointer, SourceFile};
use crate::error::Result;

use super::entry::RemoteUrl;

/// Everything that can be said of the tree as a whole before any document is read.
pub fn layout(tree: &Tree) -> Result<Vec<Diagnostic>> {
    let mut findings = tree.findings().to_vec();
    if tree.servers().is_empty() {
        let message = "there is no entry; a registry with nothing in it publishes nothing";
        findings.push(
            Diagnostic::new(Code::RegistryEmpty, Place::file(tree.display("servers")), message)
                .help("add one with `mcp-static add server.json`"),
        );
    }
    findings.extend(collisions(tree));
    findings.extend(tombstones(tree)?);
    Ok(findings)
}

fn folder(tree: &Tree, server: &ServerFolder) -> String {
    tree.display(&format!("servers/{}/{}", server.namespace, server.name))
}

/// Namespaces, names and versions that differ only by case.
fn collisions(tree: &Tree) -> Vec<Diagnostic> {
    let (mut namespaces, mut names) = (BTreeMap::new(), BTreeMap::new());
    let mut findings = Vec::new();
    for server in tree.servers() {
        let namespace =
            namespaces.entry(server.namespace.to_ascii_lowercase()).or_insert(&server.namespace);
        let path = |namespace: &str| tree.display(&format!("servers/{namespace}"));
        if **namespace != server.namespace {
            findings.push(twin(
                Code::NamespaceCaseCollision,
                path(&server.namespace),
                path(namespace),
                "rename one; the spelling that was published first stays",
            ));
            *namespace = &server.namespace;
        }
        let key = (server.namespace.to_ascii_lowercase(), server.name.to_ascii_lowercase());
        match names.get(&key) {
            None => {
                names.insert(key, server);
            }
            Some(first) => findings.push(twin(
                Code::NameCaseCollision,
                folder(tree, server),
                folder(tree, first),
                "rename one; the spelling that was published first stays",
            )),
        }
        let mut versions = BTreeMap::new();
        for version in &server.versions {
            let path = |version: &str| format!("{}/{version}", folder(tree, server));
            if let Some(first) =
                versions.insert(version.version.to_ascii_lowercase(), &version.version)
            {
                let help = "remove one; versions may not differ by case alone";
                findings.push(twin(
                    Code::VersionCaseCollision,
                    path(&version.version),
                    path(first),
                    help,
                ));
            }
        }
    }
    findings
}

fn twin(code: Code, place: String, first: String, help: &str) -> Diagnostic {
    let message = format!("this differs from {first} only by case");
    Diagnostic::new(code, Place::file(place), message)
        .label(Place::file(first), "the other one")
        .help(help)
}

/// Tombstones that cannot be read, and versions that came back.
fn tombstones(tree: &Tree) -> Result<Vec<Diagnostic>> {
    let mut findings = Vec::new();
    for file in tree.tombstones() {
        let path = tree.display(&file.path);
        let text = String::from_utf8_lossy(&tree.read(file)?.bytes).into_owned();
        findings.extend(read_tombstone(&path, &text));
        let DataPath::Tombstone { namespace, name, version } = DataPath::of(&file.path) else {
            continue;
        };
        let server = tree.servers().iter().find(|server| {
            server.namespace.eq_ignore_ascii_case(namespace)
                && server.name.eq_ignore_ascii_case(name)
        });
        let back = server.and_then(|s| {
            s.versions.iter().find(|v| v.version.eq_ignore_ascii_case(version)).map(|v| (s, v))
        });
        if let Some((server, version)) = back {
            let place = Place::file(tree.display(&server.path(version, EntryFile::Server)));
            let message = "this version was removed for good and cannot return";
            findings.push(
                Diagnostic::new(Code::TombstoneViolated, place, message)
                    .label(Place::file(path), "its tombstone")
                    .help("publish the server under another version"),
            );
        }
    }
    Ok(findings)
}

/// A remote URL under two names: whoever installs one gets the other.
///
/// `urls` holds the distinct URLs of each server of the tree, in its order.
pub fn shared_urls(tree: &Tree, urls: &[Vec<RemoteUrl>]) -> Result<Vec<Diagnostic>> {
    let mut first: BTreeMap<&str, (usize, &RemoteUrl)> = BTreeMap::new();
    let mut findings = Vec::new();
    for (server, urls) in urls.iter().enumerate() {
        for url in urls {
            match first.get(url.url.as_str()) {
                None => {
                    first.insert(&url.url, (server, url));
                }
                Some((other, at)) => findings.extend(shared(tree, (server, url), (*other, at))?),
            }
        }
    }
    Ok(findings)
}

fn shared(
    tree: &Tree,
    (server, url): (usize, &RemoteUrl),
    (other, at): (usize, &RemoteUrl),
) -> Result<Option<Diagnostic>> {
    let (server, other) = (&tree.servers()[server], &tree.servers()[other]);
    let Some(version) = server.versions.iter().find(|v| *v.version == *url.version) else {
        return Ok(None);
    };
    let Some(content) = tree.read_entry(server, version, EntryFile::Server)? else {
        return Ok(None);
    };
    let path = tree.display(&server.path(version, EntryFile::Server));
    let Ok(document) = read_json(&path, content.bytes) else { return Ok(None) };
    let message = format!("{} has the same remote URL {:?}", name(other), url.url);
    let finding =
        Finding::new(Code::RemoteUrlShared, format!("/remotes/{}/url", url.index), message)
            .help("keep one server for a URL; deprecate the other");
    let mut diagnostic = SourceFile::new(&path, &document.text).diagnose(finding);
    let place = Place {
        pointer: Pointer::from(format!("/remotes/{}/url", at.index)),
        ..Place::file(format!("{}/{}/server.json", folder(tree, other), at.version))
    };
    diagnostic = diagnostic.label(place, "it stands here first");
    let mirrored = tree
        .read_entry(server, version, EntryFile::Origin)?
        .and_then(|content| serde_json::from_slice::<Value>(&content.bytes).ok())
        .is_some_and(|origin| origin.get("registry").is_some());
    Ok(Some(if mirrored { diagnostic.as_note() } else { diagnostic }))
}

fn name(server: &ServerFolder) -> String {
    format!("{}/{}", server.namespace, server.name)
}
