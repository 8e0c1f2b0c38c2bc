//! Finds what is to be signed.
//!
//! It is read from the data folder: the hash in a statement is that of the file that will be committed.
//! An entry that could not be published is refused. Keys are not used here.

use crate::check::check_document;
use crate::config::Config;
use crate::data::{
    Content, Document, EntryFile, MAX_FILE, ServerFolder, Tree, VersionFolder, digest, find_server,
    find_versions, read_json, read_status, too_large,
};
use crate::diag::{Code, Finding, Report, SourceFile, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::proof::{Action, ProofFile, Statement, content_hash};

use super::load::{LoadOptions, Loaded, load};

/// What to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningTarget<'a> {
    /// The document of `NAME@VERSION`.
    Entry(&'a str),
    /// The `status.json` of `NAME@VERSION`.
    Status(&'a str),
    /// The owners file of a namespace.
    Owners(&'a str),
}

/// What is about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signable {
    /// What the proof asks for.
    pub action: Action,
    /// The domain that the namespace reverses, in lower case.
    pub domain: String,
    /// The server's name, or the namespace.
    pub name: String,
    /// The version, or [`Statement::NO_VERSION`].
    pub version: String,
    /// Hash of the content, as the statement has it.
    pub sha256: String,
    /// Path of the signed file, as messages call it.
    pub file: String,
    /// Where its proof belongs, below the data folder.
    pub path: String,
    /// The present proof of an entry's file, when it can be read.
    pub present: Option<ProofFile>,
}

/// The result of [`to_sign`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ToSign {
    /// It cannot be published as it is.
    Refused {
        /// Why.
        report: Report,
    },
    /// It can be signed.
    Ready {
        /// What it is.
        subject: Box<Signable>,
        /// How messages call the place of the proof.
        display: String,
        /// Who the proof is for by the registry's settings.
        audience: Option<String>,
        /// What was found besides.
        report: Report,
    },
}

/// Returns the audience of proofs for a registry with these settings: its id, else its base URL.
pub fn audience(config: &Config) -> Option<&str> {
    config.id.as_deref().or(config.base_url.as_ref().map(|url| url.as_str()))
}

/// Finds the target in the data folder and checks whether it can be published.
pub fn to_sign(options: &LoadOptions, wanted: SigningTarget<'_>) -> Result<ToSign> {
    let loaded = load(options)?;
    let mut report = Report::new();
    report.extend(loaded.findings.iter().cloned());
    let subject = match wanted {
        SigningTarget::Entry(what) => entry(&loaded, what, &mut report)?,
        SigningTarget::Status(what) => status(&loaded, what, &mut report)?,
        SigningTarget::Owners(namespace) => Some(owners(&loaded, namespace)?),
    };
    let report = report.finish(&loaded.levels());
    match subject {
        Some(subject) if !report.has_errors() => {
            let display = loaded.tree.display(&subject.path);
            let audience = audience(&loaded.config).map(str::to_owned);
            Ok(ToSign::Ready { subject: Box::new(subject), display, audience, report })
        }
        _ => Ok(ToSign::Refused { report }),
    }
}

/// Returns the folder of `NAME@VERSION`.
fn find<'a>(
    tree: &'a Tree,
    what: &str,
    verb: &str,
) -> Result<(&'a ServerFolder, &'a VersionFolder)> {
    let (name, version) = match what.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (what, None),
    };
    let server = find_server(tree, name)?;
    match find_versions(server, name, version)?.as_slice() {
        [one] => Ok((server, one)),
        several => {
            let newest = several.last().map_or("1.0.0", |v| &v.version);
            Err(Error::new(ErrorKind::Usage, format!("{name} has {} versions", several.len()))
                .help(format!("choose one, such as `mcp-static sign {verb} {name}@{newest}`")))
        }
    }
}

/// Returns an entry's file for signing; the proof belongs in the same folder.
fn subject(
    tree: &Tree,
    (server, version): (&ServerFolder, &VersionFolder),
    (action, file, proof): (Action, EntryFile, EntryFile),
    sha256: String,
) -> Result<Signable> {
    let domain: Vec<&str> = server.namespace.split('.').rev().collect();
    let path = server.path(version, proof);
    let present = tree.read_entry(server, version, proof)?;
    Ok(Signable {
        action,
        domain: domain.join(".").to_ascii_lowercase(),
        name: format!("{}/{}", server.namespace, server.name),
        version: version.version.to_string(),
        sha256,
        file: tree.display(&server.path(version, file)),
        present: present.and_then(|content| ProofFile::parse(&path, content.bytes).ok()),
        path,
    })
}

fn entry(loaded: &Loaded, what: &str, report: &mut Report) -> Result<Option<Signable>> {
    let tree = &loaded.tree;
    let (server, version) = find(tree, what, "entry")?;
    let path = tree.display(&server.path(version, EntryFile::Server));
    let content = tree.read_entry(server, version, EntryFile::Server)?;
    let Some(content) = content.filter(|c| fits(&path, c, report)) else { return Ok(None) };
    report.extend(check_document(&path, content.bytes.clone(), &loaded.rules()));
    let Ok(document) = read_json(&path, content.bytes) else { return Ok(None) };
    let same = agrees(&path, &document, server, version, report);
    let hash = content_hash(&document).ok().filter(|_| same);
    let files = (Action::Publish, EntryFile::Server, EntryFile::Proof);
    hash.map(|hash| subject(tree, (server, version), files, hash)).transpose()
}

/// Whether a document has the name and version of its folder.
fn agrees(
    path: &str,
    document: &Document,
    server: &ServerFolder,
    version: &VersionFolder,
    report: &mut Report,
) -> bool {
    let source = SourceFile::new(path, &document.text);
    let name = format!("{}/{}", server.namespace, server.name);
    let mut same = true;
    for (code, key, folder) in [
        (Code::NamePathMismatch, "name", name.as_str()),
        (Code::VersionPathMismatch, "version", &*version.version),
    ] {
        let says = document.value.get(key).and_then(|v| v.as_str()).unwrap_or_default();
        if says != folder {
            let message = format!("the document has {says:?}, the folder {folder:?}");
            let help = format!("rename the folder, or write {folder:?}");
            let finding = Finding::new(code, format!("/{key}").as_str(), message).help(help);
            report.push(source.diagnose(finding));
            same = false;
        }
    }
    same
}

fn status(loaded: &Loaded, what: &str, report: &mut Report) -> Result<Option<Signable>> {
    let tree = &loaded.tree;
    let (server, version) = find(tree, what, "status")?;
    let path = tree.display(&server.path(version, EntryFile::Status));
    let Some(content) = tree.read_entry(server, version, EntryFile::Status)? else {
        let name = format!("{}/{}@{}", server.namespace, server.name, version.version);
        return Err(Error::new(ErrorKind::Usage, format!("{name} has no status.json to sign"))
            .help(format!("write one with `mcp-static status {name} deprecated --message …`")));
    };
    if !fits(&path, &content, report) {
        return Ok(None);
    }
    let document = match read_json(&path, content.bytes) {
        Ok(document) => document,
        Err(diagnostic) => {
            report.push(*diagnostic);
            return Ok(None);
        }
    };
    report.extend(document.findings.iter().cloned());
    report.extend(read_status(&path, &document).1);
    let files = (Action::SetStatus, EntryFile::Status, EntryFile::StatusProof);
    let hash = content_hash(&document).ok();
    hash.map(|hash| subject(tree, (server, version), files, hash)).transpose()
}

/// Whether a file does not exceed the size limit; reports it otherwise.
fn fits(path: &str, content: &Content, report: &mut Report) -> bool {
    if content.size > MAX_FILE {
        report.push(too_large(path, content.size));
    }
    content.size <= MAX_FILE
}

fn owners(loaded: &Loaded, namespace: &str) -> Result<Signable> {
    let tree = &loaded.tree;
    let stem = namespace.to_ascii_lowercase();
    let path = format!("owners/{stem}.toml");
    let Some(file) = tree.owners().iter().find(|file| file.path == path) else {
        let known = tree.owners().iter().filter_map(|f| f.path.strip_prefix("owners/"));
        let known = known.filter_map(|f| f.strip_suffix(".toml"));
        let missing =
            Error::new(ErrorKind::Usage, "the owners file does not exist").at(tree.display(&path));
        return Err(match nearest(&stem, known) {
            Some(near) => missing.help(format!("did you mean {near}?")),
            None => missing.help("write the file first, then sign it"),
        });
    };
    let domain: Vec<&str> = stem.split('.').rev().collect();
    Ok(Signable {
        action: Action::SetOwners,
        domain: domain.join("."),
        version: Statement::NO_VERSION.to_owned(),
        sha256: digest(&tree.read(file)?.bytes),
        file: tree.display(&path),
        path: format!("owners/{stem}.proof.json"),
        name: stem,
        present: None,
    })
}
