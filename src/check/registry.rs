//! Rules that span servers: collisions, tombstones, and a registry with nothing in it.

use std::collections::BTreeMap;

use crate::data::{DataPath, EntryFile, ServerFolder, Tree, read_tombstone};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;

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

/// Returns the name of a server.
pub(super) fn name(server: &ServerFolder) -> String {
    format!("{}/{}", server.namespace, server.name)
}
