//! Rules that span servers: collisions, tombstones, shared URLs, and a registry with nothing in it.

use std::collections::{BTreeMap, HashMap};

use crate::data::{DataPath, EntryFile, ServerFolder, Tree, read_json, read_tombstone};
use crate::diag::{Code, Diagnostic, Finding, Label, Place, Pointer, SourceFile};
use crate::error::Result;

use super::entry::RemoteUrl;
use super::words::quote;

/// Checks the tree as a whole, before any document is read.
pub fn layout(tree: &Tree) -> Result<Vec<Diagnostic>> {
    let mut findings = tree.findings().to_vec();
    if tree.servers().is_empty() {
        let message = "there is no entry, so there is nothing to publish";
        findings.push(
            Diagnostic::new(Code::RegistryEmpty, Place::file(tree.display("servers")), message)
                .help("add one with `mcp-static add server.json`"),
        );
    }
    findings.extend(collisions(tree));
    findings.extend(tombstones(tree)?);
    Ok(findings)
}

/// Returns the folder of a server as messages name it.
pub(super) fn folder(tree: &Tree, server: &ServerFolder) -> String {
    tree.display(&format!("servers/{}/{}", server.namespace, server.name))
}

/// Reports namespaces, names and versions that differ only by case.
fn collisions(tree: &Tree) -> Vec<Diagnostic> {
    let (mut namespaces, mut names) = (BTreeMap::new(), BTreeMap::new());
    let mut findings = Vec::new();
    for server in tree.servers() {
        let namespace =
            namespaces.entry(server.namespace.to_ascii_lowercase()).or_insert(&server.namespace);
        let help = "rename one; the spelling that was published first stays";
        let path = |namespace: &str| tree.display(&format!("servers/{namespace}"));
        if **namespace != server.namespace {
            let (here, first) = (path(&server.namespace), path(namespace));
            findings.push(twin(Code::NamespaceCaseCollision, here, first, help));
            *namespace = &server.namespace;
        }
        let here = folder(tree, server);
        let first = *names.entry(name(server).to_ascii_lowercase()).or_insert(server);
        if !std::ptr::eq(first, server) {
            findings.push(twin(Code::NameCaseCollision, here.clone(), folder(tree, first), help));
        }
        let mut versions = BTreeMap::new();
        for version in &server.versions {
            let version = &version.version;
            if let Some(first) = versions.insert(version.to_ascii_lowercase(), version) {
                let help = "remove one; versions may not differ by case alone";
                let (here, first) = (format!("{here}/{version}"), format!("{here}/{first}"));
                findings.push(twin(Code::VersionCaseCollision, here, first, help));
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

/// Reports tombstones that cannot be read, and versions that came back.
fn tombstones(tree: &Tree) -> Result<Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut stones = BTreeMap::new();
    for file in tree.tombstones() {
        let path = tree.display(&file.path);
        match tree.read_text(file)? {
            Ok(text) => findings.extend(read_tombstone(&path, &text)),
            Err(wrong) => findings.push(wrong),
        }
        if let DataPath::Tombstone { namespace, name, version } = DataPath::of(&file.path) {
            let key = format!("{namespace}/{name}/{version}").to_ascii_lowercase();
            stones.entry(key).or_insert(path);
        }
    }
    if stones.is_empty() {
        return Ok(findings);
    }
    for server in tree.servers() {
        for version in &server.versions {
            let key = format!("{}/{}", name(server), version.version).to_ascii_lowercase();
            let Some(stone) = stones.get(&key) else { continue };
            let place = Place::file(tree.display(&server.path(version, EntryFile::Server)));
            let message = "this version was removed for good and cannot return";
            let diagnostic = Diagnostic::new(Code::TombstoneViolated, place, message)
                .label(Place::file(stone), "its tombstone");
            findings.push(diagnostic.help("publish the server under another version"));
        }
    }
    Ok(findings)
}

/// A remote URL, and the server (by its position in the tree) that has it.
type Shared<'a> = (usize, &'a RemoteUrl);

/// Reports remote URLs that two servers have: anyone who installs one gets the other.
///
/// `urls` holds the distinct URLs of each server of the tree, in its order.
pub fn shared_urls(tree: &Tree, urls: &[Vec<RemoteUrl>]) -> Result<Vec<Diagnostic>> {
    let mut first: HashMap<&str, Shared<'_>> = HashMap::new();
    let mut findings = Vec::new();
    for (server, urls) in urls.iter().enumerate() {
        // Each document is read once, however many of its URLs are shared.
        let mut versions: BTreeMap<&str, Vec<(&RemoteUrl, Shared<'_>)>> = BTreeMap::new();
        for url in urls {
            match first.get(url.url.as_str()) {
                None => drop(first.insert(&url.url, (server, url))),
                Some(other) => versions.entry(&url.version).or_default().push((url, *other)),
            }
        }
        for (version, shared_here) in versions {
            findings.extend(shared(tree, &tree.servers()[server], version, &shared_here)?);
        }
    }
    Ok(findings)
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
    let pointer = |url: &RemoteUrl| Pointer::from(format!("/remotes/{}/url", url.index));
    let finding = |(url, (other, _)): &(&RemoteUrl, Shared<'_>)| {
        let other = name(&tree.servers()[*other]);
        let message = format!("{other} has the same remote URL {}", quote(&url.url));
        Finding::new(Code::RemoteUrlShared, pointer(url), message)
            .help("keep one server for a URL; deprecate the other")
    };
    let found = urls.iter().map(finding).collect();
    let mut found = SourceFile::new(&path, &document.text).diagnose_all(found);
    // The first place of each, by its place here.
    let firsts: HashMap<Pointer, Shared<'_>> =
        urls.iter().map(|(url, first)| (pointer(url), *first)).collect();
    for diagnostic in &mut found {
        if let Some((other, at)) = firsts.get(&diagnostic.place.pointer) {
            let folder = folder(tree, &tree.servers()[*other]);
            let file = format!("{folder}/{}/server.json", at.version);
            let place = Place { pointer: pointer(at), ..Place::file(file) };
            diagnostic.labels.push(Label { place, message: "it is here first".to_owned() });
        }
    }
    Ok(match tree.is_mirrored(server, version)? {
        true => found.into_iter().map(Diagnostic::as_note).collect(),
        false => found,
    })
}

fn name(server: &ServerFolder) -> String {
    format!("{}/{}", server.namespace, server.name)
}
