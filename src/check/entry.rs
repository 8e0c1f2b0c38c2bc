//! Checks one server's folder: its documents, records and dates. Makes its listing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::data::{
    self, Content, DateSource, Dated, Document, EntryFile, MAX_FILE, OriginRecord, ServerFolder,
    StatusRecord, Tree, VersionFiles, VersionFolder, digest, read_json, read_origin, read_status,
};
use crate::diag::{Code, Diagnostic, Finding, Place, Pointer, SourceFile};
use crate::error::Result;
use crate::model::{
    Dates, Entry, Evidence, InvalidName, Listing, Origin, Server, ServerName, Version,
};

use super::{DocumentRules, Profile};

/// A remote URL of a live entry, and its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteUrl {
    /// The URL as written.
    pub url: String,
    /// Folder of the version.
    pub version: String,
    /// Position in `remotes`.
    pub index: usize,
}

/// The result of checking one server.
#[derive(Debug, Clone, Default)]
pub struct CheckedServer {
    /// Its listing, without the versions that cannot be read; `None` when none is left.
    pub listing: Option<Listing>,
    /// Everything found.
    pub findings: Vec<Diagnostic>,
    /// Its distinct remote URLs.
    pub urls: Vec<RemoteUrl>,
}

/// Checks servers.
#[derive(Debug)]
pub struct Checker<'a> {
    /// The files.
    pub tree: &'a Tree,
    /// When entries were published.
    pub dates: &'a DateSource,
    /// Which rules hold.
    pub rules: DocumentRules,
}

impl Checker<'_> {
    /// Checks every version of a server.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn server(&self, server: &ServerFolder) -> Result<CheckedServer> {
        let read = |version| self.tree.read_version(server, version);
        let files = server.versions.iter().map(read).collect::<Result<_>>()?;
        self.server_of(server, files)
    }

    /// Checks a server as [`Checker::server`] does, with its files read already, in the order of the
    /// versions.
    pub fn server_of(
        &self,
        server: &ServerFolder,
        files: Vec<VersionFiles>,
    ) -> Result<CheckedServer> {
        let mut checked = CheckedServer::default();
        let mut entries = Vec::with_capacity(server.versions.len());
        let mut urls = BTreeSet::new();
        for (version, files) in server.versions.iter().zip(files) {
            let mut judge = EntryChecker {
                checker: self,
                server,
                version,
                findings: Vec::new(),
                mirrored: false,
            };
            if let Some(judged) = judge.entry(files)? {
                if judged.entry.is_live() {
                    urls.extend(judged.urls);
                }
                entries.push(judged.entry);
            }
            checked.findings.append(&mut judge.findings);
        }
        let mut seen = BTreeSet::new();
        checked.urls = urls.into_iter().filter(|url| seen.insert(url.url.clone())).collect();
        let name = ServerName::parse(&format!("{}/{}", server.namespace, server.name));
        checked.listing = name.ok().and_then(|name| Listing::new(name, entries));
        Ok(checked)
    }
}

struct CheckedEntry {
    entry: Entry,
    urls: Vec<RemoteUrl>,
}

struct EntryChecker<'a> {
    checker: &'a Checker<'a>,
    server: &'a ServerFolder,
    version: &'a VersionFolder,
    findings: Vec<Diagnostic>,
    mirrored: bool,
}

/// Checks a single document that belongs to no registry.
///
/// Findings of the strict JSON reader are notes under the official profile, which does not have them.
pub fn check_document(path: &str, bytes: Vec<u8>, rules: &DocumentRules) -> Vec<Diagnostic> {
    let official = rules.profile == Profile::Official;
    let lower = |diagnostic: Diagnostic| if official { diagnostic.as_note() } else { diagnostic };
    let mut findings = Vec::new();
    if bytes.len() as u64 > MAX_FILE {
        findings.push(lower(too_large(path, bytes.len() as u64)));
        if !official {
            return findings;
        }
    }
    match read_json(path, bytes) {
        Err(diagnostic) => findings.push(*diagnostic),
        Ok(mut document) => {
            findings.extend(std::mem::take(&mut document.findings).into_iter().map(lower));
            let source = SourceFile::new(path, &document.text);
            findings.extend(source.diagnose_all(super::document(&document.value, rules)));
        }
    }
    findings
}

fn too_large(path: &str, size: u64) -> Diagnostic {
    data::too_large(path, size).help("shorten it; long texts belong on the server's website")
}

/// Codes that stay errors for an entry that is mirrored from another registry.
const HARD: [Code; 6] = [
    Code::JsonSyntax,
    Code::JsonNotUtf8,
    Code::InvalidServerName,
    Code::VersionGrammar,
    Code::NamePathMismatch,
    Code::VersionPathMismatch,
];

impl EntryChecker<'_> {
    fn entry(&mut self, files: VersionFiles) -> Result<Option<CheckedEntry>> {
        let origin = self.origin(files.origin);
        self.mirrored = origin.as_ref().is_some_and(|origin| origin.registry.is_some());
        let status = self.status(files.status).unwrap_or_default();
        let path = self.path(EntryFile::Server);
        let Some(content) = files.server else {
            let folder = path.trim_end_matches("/server.json");
            let message = "this version folder has no server.json";
            let diagnostic = Diagnostic::new(Code::EntryIncomplete, Place::file(folder), message);
            self.findings.push(diagnostic.help("add the document, or remove the folder"));
            return Ok(None);
        };
        let Some(content) = self.check_file(EntryFile::Server, content) else { return Ok(None) };
        let digests = origin
            .as_ref()
            .and_then(|o| o.sha256.clone())
            .map(|recorded| (recorded, digest(&content.bytes)));
        let Some(document) = self.parse(&path, content) else { return Ok(None) };
        if let Some((recorded, found)) = digests.filter(|(recorded, found)| recorded != found) {
            self.wrong_digest(&recorded, &found);
        }
        let source = SourceFile::new(&path, &document.text);
        for diagnostic in source.diagnose_all(super::document(&document.value, &self.checker.rules))
        {
            self.report(diagnostic);
        }
        let named = self.check_folders(&source, &document.value);
        let dates = self.dates(&origin, &status)?;
        let (Some((_, version)), Some(dates)) = (named, dates) else { return Ok(None) };
        let urls = remote_urls(&document.value, &self.version.version);
        let entry = Entry {
            version,
            document: document.compact,
            server: Box::new(Server::read(&document.value)),
            status: status.status,
            status_message: status.message,
            dates,
            origin: origin.map(|o| Origin { registry: o.registry, sha256: o.sha256 }),
            evidence: Evidence::UNRECORDED,
        };
        Ok(Some(CheckedEntry { entry, urls }))
    }

    fn path(&self, file: EntryFile) -> String {
        self.checker.tree.display(&self.server.path(self.version, file))
    }

    /// Adds a finding about the author's document; for a mirrored entry most are notes.
    fn report(&mut self, diagnostic: Diagnostic) {
        let note = self.mirrored && !HARD.contains(&diagnostic.code);
        self.findings.push(if note { diagnostic.as_note() } else { diagnostic });
    }

    /// Reports an unexpected mode or size; `None` when the content is too large to be read.
    fn check_file(&mut self, file: EntryFile, content: Content) -> Option<Content> {
        if content.executable {
            let message = "this file may be executed";
            let diagnostic = Diagnostic::new(Code::FileMode, Place::file(self.path(file)), message);
            self.report_reading(
                diagnostic.help("run `git update-index --chmod=-x` and `chmod -x` on it"),
            );
        }
        if content.size > MAX_FILE {
            let diagnostic = too_large(&self.path(file), content.size);
            // The official registry and mirrors may hold larger ones, but not without an end.
            let accepted = self.mirrored || self.checker.rules.profile == Profile::Official;
            if !accepted || content.bytes.is_empty() {
                self.findings.push(diagnostic);
                return None;
            }
            self.report_reading(diagnostic);
        }
        Some(content)
    }

    /// Adds what the strict reading found; the official registry does not look for it.
    fn report_reading(&mut self, diagnostic: Diagnostic) {
        let official = self.checker.rules.profile == Profile::Official;
        self.report(if official { diagnostic.as_note() } else { diagnostic });
    }

    fn parse(&mut self, path: &str, content: Content) -> Option<Document> {
        match read_json(path, content.bytes) {
            Ok(mut document) => {
                for finding in std::mem::take(&mut document.findings) {
                    self.report_reading(finding);
                }
                Some(document)
            }
            Err(diagnostic) => {
                self.report(*diagnostic);
                None
            }
        }
    }

    fn record(&mut self, file: EntryFile, content: Option<Content>) -> Option<(String, Document)> {
        let content = self.check_file(file, content?)?;
        let path = self.path(file);
        let document = self.parse(&path, content)?;
        Some((path, document))
    }

    fn status(&mut self, content: Option<Content>) -> Option<StatusRecord> {
        let (path, document) = self.record(EntryFile::Status, content)?;
        let (record, mut wrong) = read_status(&path, &document);
        self.findings.append(&mut wrong);
        Some(record)
    }

    fn origin(&mut self, content: Option<Content>) -> Option<OriginRecord> {
        let (path, document) = self.record(EntryFile::Origin, content)?;
        let (record, mut wrong) = read_origin(&path, &document);
        self.findings.append(&mut wrong);
        Some(record)
    }

    fn wrong_digest(&mut self, recorded: &str, found: &str) {
        let place = Place {
            pointer: Pointer::from("/sha256"),
            ..Place::file(self.path(EntryFile::Origin))
        };
        let message = format!("origin.json has SHA-256 {recorded}, but server.json has {found}");
        let help = "restore the document as it was imported; if line endings were changed, set `registry-data/** -text` in .gitattributes";
        self.findings.push(Diagnostic::new(Code::OriginInvalid, place, message).help(help));
    }

    /// Checks that the document agrees with its folders; returns its name and version if it does.
    fn check_folders(
        &mut self,
        source: &SourceFile<'_>,
        value: &Value,
    ) -> Option<(ServerName, Version)> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        let folder = format!("{}/{}", self.server.namespace, self.server.name);
        if !name.is_empty() && name != folder {
            let message = format!("the document says {name:?}, the folder says {folder:?}");
            let version = &self.version.version;
            let help = self.move_help(
                &folder,
                ServerName::parse(name).ok().map(|_| format!("{name}/{version}")),
            );
            self.report(
                source.diagnose(Finding::new(Code::NamePathMismatch, "/name", message).help(help)),
            );
        }
        if !version.is_empty() && version != &*self.version.version {
            let message = format!(
                "the document says {version:?}, the folder says {:?}",
                self.version.version
            );
            let target = Version::parse(version).ok().map(|_| format!("{folder}/{version}"));
            let help = self.move_help(&self.version.version, target);
            self.report(
                source.diagnose(
                    Finding::new(Code::VersionPathMismatch, "/version", message).help(help),
                ),
            );
        }
        let parsed =
            self.named(source, Code::InvalidServerName, "/name", ServerName::parse(name), name);
        let version =
            self.named(source, Code::VersionGrammar, "/version", Version::parse(version), version);
        Some((parsed?, version?)).filter(|(parsed, _)| parsed.as_str() == folder)
    }

    /// Tells how to move the version's folder to `target` below `servers`, or to write what the folder has.
    fn move_help(&self, written: &str, target: Option<String>) -> String {
        let ServerFolder { namespace, name, .. } = self.server;
        let path = |below: &str| self.checker.tree.display(&format!("servers/{below}"));
        let from = path(&format!("{namespace}/{name}/{}", self.version.version));
        // A path with other characters would have to be quoted for the shell.
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
        let target = target.map(|target| path(&target)).filter(|target| {
            from.chars().chain(target.chars()).all(plain) && !from.starts_with('-')
        });
        let Some(target) = target else {
            return format!("rename the folder, or write {written:?}");
        };
        let parent = target.rsplit_once('/').map_or("", |(parent, _)| parent);
        format!("run `mkdir -p {parent}` and `git mv {from} {target}`, or write {written:?}")
    }

    /// Reports an invalid name or version, unless that was reported already.
    fn named<T>(
        &mut self,
        source: &SourceFile<'_>,
        code: Code,
        pointer: &str,
        parsed: std::result::Result<T, InvalidName>,
        text: &str,
    ) -> Option<T> {
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(fault) => {
                let reported =
                    self.findings.iter().any(|d| d.code == code && d.place.file == source.path);
                if !reported {
                    let message = format!("{text:?} {fault}");
                    self.report(source.diagnose(Finding::new(code, pointer, message)));
                }
                None
            }
        }
    }

    fn dates(
        &mut self,
        origin: &Option<OriginRecord>,
        status: &StatusRecord,
    ) -> Result<Option<Dates>> {
        let key =
            format!("{}/{}/{}", self.server.namespace, self.server.name, self.version.version);
        let commit = "commit it";
        let pin = "build inside the repository, or pin publishedAt in origin.json";
        let dated = self.checker.dates.resolve(&key, origin.as_ref(), status.status)?;
        let (code, message, help, dates) = match dated {
            Dated::Known(dates) => return Ok(Some(dates)),
            Dated::Uncommitted(dates) => {
                let message = format!(
                    "not committed yet, so it takes the head commit's time {}",
                    dates.updated
                );
                (Code::DateNotCommitted, message, commit, Some(dates))
            }
            Dated::BeforeFirstCommit(dates) => {
                let message = format!("there is no commit yet, so it is dated {}", dates.published);
                (Code::DateBeforeFirstCommit, message, commit, Some(dates))
            }
            Dated::Unknown => {
                let message = "the publication date is unknown outside a git repository";
                (Code::DateUnknown, message.to_owned(), pin, None)
            }
        };
        let place = Place::file(self.path(EntryFile::Server));
        let diagnostic = Diagnostic::new(code, place, message).help(help);
        self.findings.push(diagnostic);
        Ok(dates)
    }
}

fn remote_urls(document: &Value, version: &str) -> Vec<RemoteUrl> {
    let remotes = document.get("remotes").and_then(Value::as_array);
    let url = |(index, remote): (usize, &Value)| {
        let url = remote.get("url")?.as_str()?.to_owned();
        Some(RemoteUrl { url, version: version.to_owned(), index })
    };
    remotes.into_iter().flatten().enumerate().filter_map(url).collect()
}
