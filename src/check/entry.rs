//! Checks one server's folder: its documents, records and dates. Makes its listing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::data::{
    Content, DateSource, Dated, Document, EntryDates, EntryFile, MAX_FILE, OriginRecord,
    ServerFiles, ServerFolder, StatusRecord, Tree, VersionFiles, VersionFolder, digest, read_json,
    read_origin, read_status,
};
use crate::diag::{Code, Diagnostic, Finding, Place, Pointer, Severity, SourceFile};
use crate::error::Result;
use crate::model::{
    Dates, Entry, Evidence, InvalidName, Listing, Origin, Server, ServerName, Timestamp, Version,
};

use super::alone::too_large;
use super::look::{list, text};
use super::{DocumentRules, Judged, PolicyOutcome, Profile, packages};

/// A remote URL of a live entry, and its place. The earliest publication of a URL is the least.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteUrl {
    /// The URL as written.
    pub url: String,
    /// Whether its entry has no commit yet, so that it is later than every other one.
    pub is_uncommitted: bool,
    /// When its entry was published.
    pub published: Timestamp,
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
    /// What the policy did to it.
    pub policy: PolicyOutcome,
}

impl CheckedServer {
    /// Applies a policy to the listing: `judge` does it.
    pub fn apply(&mut self, judge: impl FnOnce(Listing) -> Result<Judged>) -> Result<()> {
        if let Some(listing) = self.listing.take() {
            let judged = judge(listing)?;
            self.listing = judged.listing;
            self.findings.extend(judged.findings);
            self.policy = judged.outcome;
        }
        Ok(())
    }
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
    /// The time that counts as now, in seconds since 1970.
    pub today: i64,
}

impl Checker<'_> {
    /// Checks every version of a server.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn server(&self, server: &ServerFolder) -> Result<CheckedServer> {
        self.server_of(server, self.tree.read_server(server)?)
    }

    /// Checks a server as [`Checker::server`] does, with its files read already.
    pub fn server_of(
        &self,
        server: &ServerFolder,
        mut files: ServerFiles,
    ) -> Result<CheckedServer> {
        let mut checked = CheckedServer::default();
        let mut entries = Vec::with_capacity(server.versions.len());
        let mut urls = BTreeSet::new();
        let mut annotations = self.annotations(server, &mut files);
        for (version, files) in server.versions.iter().zip(files.versions) {
            let findings = &mut checked.findings;
            let mut judge =
                EntryChecker { checker: self, server, version, findings, mirrored: false };
            if let Some((mut entry, remotes)) = judge.entry(files)? {
                annotations.add_to(&mut entry);
                if entry.is_live() {
                    urls.extend(remotes);
                }
                entries.push(entry);
            }
        }
        checked.findings.extend(annotations.findings());
        let mut seen = BTreeSet::new();
        checked.urls = urls.into_iter().filter(|url| seen.insert(url.url.clone())).collect();
        let name = ServerName::parse(&format!("{}/{}", server.namespace, server.name));
        checked.listing = name.ok().and_then(|name| Listing::new(name, entries));
        Ok(checked)
    }
}

pub(super) struct EntryChecker<'a> {
    pub(super) checker: &'a Checker<'a>,
    server: &'a ServerFolder,
    version: &'a VersionFolder,
    pub(super) findings: &'a mut Vec<Diagnostic>,
    mirrored: bool,
}

/// Codes that stay errors for an entry that is mirrored from another registry.
const HARD: [Code; 7] = [
    Code::JsonSyntax,
    Code::JsonNotUtf8,
    Code::DocumentKind,
    Code::InvalidServerName,
    Code::VersionGrammar,
    Code::NamePathMismatch,
    Code::VersionPathMismatch,
];

impl EntryChecker<'_> {
    /// Returns the entry and its remote URLs; `None` when it cannot be published.
    fn entry(&mut self, files: VersionFiles) -> Result<Option<(Entry, Vec<RemoteUrl>)>> {
        let origin = self.record(EntryFile::Origin, files.origin, read_origin);
        self.mirrored = origin.as_ref().is_some_and(|origin| origin.registry.is_some());
        let status = self.record(EntryFile::Status, files.status, read_status).unwrap_or_default();
        let path = self.path(EntryFile::Server);
        let Some(content) = files.server else {
            let folder = path.trim_end_matches("/server.json");
            let message = "this version folder has no server.json";
            let diagnostic = Diagnostic::new(Code::EntryIncomplete, Place::file(folder), message);
            self.findings.push(diagnostic.help("add the document, or remove the folder"));
            return Ok(None);
        };
        let Some(content) = self.check_file(EntryFile::Server, content) else { return Ok(None) };
        let recorded = origin.as_ref().and_then(|o| o.sha256.as_deref());
        let wants_digest =
            recorded.is_some() || files.overriding.is_some() || files.packages.is_some();
        let found = if wants_digest { digest(&content.bytes) } else { String::new() };
        let Some(original) = self.parse(&path, content) else { return Ok(None) };
        let package_checks = self.record(EntryFile::Packages, files.packages, |path, record| {
            packages::read(path, record, &found, &original.value)
        });
        if let Some(recorded) = recorded.filter(|recorded| *recorded != found) {
            self.wrong_digest(recorded, &found);
        }
        let (document, overridden) = self.overridden(original, &found, files.overriding);
        let source = SourceFile::new(&path, &document.text);
        let findings = super::document(&document.value, &self.checker.rules);
        let is_other = findings.iter().any(|finding| finding.code == Code::DocumentKind);
        let (of_override, findings) = findings
            .into_iter()
            .partition(|finding| overridden.as_ref().is_some_and(|it| it.has(&finding.pointer)));
        source.diagnose_all(findings).into_iter().for_each(|diagnostic| self.report(diagnostic));
        if let Some(it) = &overridden {
            self.findings.extend(it.diagnose(of_override));
        }
        if is_other {
            return Ok(None);
        }
        let named = self.check_folders(&source, &document.value);
        let dates = self.dates(&origin, &status, overridden.is_some())?;
        let (Some((_, version)), Some((dates, is_uncommitted))) = (named, dates) else {
            return Ok(None);
        };
        let (here, list) = (&*self.version.version, list(&document.value, "remotes"));
        let url = |(index, remote): (usize, &Value)| RemoteUrl {
            url: text(remote, "url").to_owned(),
            is_uncommitted,
            published: dates.published.clone(),
            version: here.to_owned(),
            index,
        };
        let urls = list.iter().enumerate().map(url).filter(|url| !url.url.is_empty()).collect();
        let entry = Entry {
            version,
            document: document.compact,
            server: Box::new(Server::read(&document.value)),
            status: status.status,
            status_message: status.message,
            dates,
            origin: origin.map(|o| Origin { registry: o.registry, sha256: o.sha256 }),
            evidence: Evidence::UNRECORDED,
            package_checks: package_checks.unwrap_or_default(),
            annotations: None,
            overridden: overridden.map(|it| Box::new(it.record)),
        };
        Ok(Some((entry, urls)))
    }

    pub(super) fn path(&self, file: EntryFile) -> String {
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
            let (place, message) = (Place::file(self.path(file)), "this file is executable");
            let diagnostic = Diagnostic::new(Code::FileMode, place, message)
                .help("run `git update-index --chmod=-x` and `chmod -x` on it");
            self.report_reading(diagnostic);
        }
        if content.size > MAX_FILE {
            let diagnostic = too_large(&self.path(file), content.size);
            // The official registry and mirrors may hold larger ones, up to a limit.
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
        let read = read_json(path, content.bytes);
        let mut document = read.map_err(|diagnostic| self.report(*diagnostic)).ok()?;
        for finding in std::mem::take(&mut document.findings) {
            self.report_reading(finding);
        }
        Some(document)
    }

    /// Reads one of the small files beside the document; `None` when it is not there or not JSON.
    pub(super) fn record<T>(
        &mut self,
        file: EntryFile,
        content: Option<Content>,
        read: impl FnOnce(&str, &Document) -> (T, Vec<Diagnostic>),
    ) -> Option<T> {
        let content = self.check_file(file, content?)?;
        let path = self.path(file);
        let document = self.parse(&path, content)?;
        let (record, mut wrong) = read(&path, &document);
        self.findings.append(&mut wrong);
        Some(record)
    }

    fn wrong_digest(&mut self, recorded: &str, found: &str) {
        let file = self.path(EntryFile::Origin);
        let place = Place { pointer: Pointer::from("/sha256"), ..Place::file(file) };
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
        let (name, version) = (text(value, "name"), text(value, "version"));
        let folder = format!("{}/{}", self.server.namespace, self.server.name);
        if !name.is_empty() && name != folder {
            let target = ServerName::parse(name).ok();
            let target = target.map(|_| format!("{name}/{}", self.version.version));
            let help = self.move_help(&folder, target);
            let message = format!("the document has {name:?}, the folder has {folder:?}");
            let finding = Finding::new(Code::NamePathMismatch, "/name", message).help(help);
            self.report(source.diagnose(finding));
        }
        let here = &*self.version.version;
        if !version.is_empty() && version != here {
            let target = Version::parse(version).ok().map(|_| format!("{folder}/{version}"));
            let help = self.move_help(here, target);
            let message = format!("the document has {version:?}, the folder has {here:?}");
            let finding = Finding::new(Code::VersionPathMismatch, "/version", message).help(help);
            self.report(source.diagnose(finding));
        }
        let (parsed, code) = (ServerName::parse(name), Code::InvalidServerName);
        let parsed = parsed.map_err(|fault| self.wrong_name(source, code, "/name", name, fault));
        let (read, code) = (Version::parse(version), Code::VersionGrammar);
        let read = read.map_err(|fault| self.wrong_name(source, code, "/version", version, fault));
        Some((parsed.ok()?, read.ok()?)).filter(|(parsed, _)| parsed.as_str() == folder)
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

    /// Reports an invalid name or version, unless an error there was reported already.
    fn wrong_name(
        &mut self,
        source: &SourceFile<'_>,
        code: Code,
        pointer: &str,
        text: &str,
        fault: InvalidName,
    ) {
        let known = |d: &Diagnostic| {
            let is_same =
                d.code == code || d.code == Code::PlaceholderLeft && d.severity == Severity::Error;
            is_same && d.place.file == source.path && d.place.pointer.as_str() == pointer
        };
        if !self.findings.iter().any(known) {
            let finding = Finding::new(code, pointer, format!("{text:?} {fault}"));
            self.report(source.diagnose(finding));
        }
    }

    /// Returns the dates of the version in history, if they are `wanted`: a registry whose dates are pinned needs
    /// no history.
    fn history(&self, key: &str, wanted: bool) -> Result<Option<&EntryDates>> {
        Ok(if wanted { self.checker.dates.table()?.get(key) } else { None })
    }

    /// Returns the dates of the version, and whether it is not committed yet.
    fn dates(
        &mut self,
        origin: &Option<OriginRecord>,
        status: &StatusRecord,
        is_overridden: bool,
    ) -> Result<Option<(Dates, bool)>> {
        let ServerFolder { namespace, name, .. } = self.server;
        let key = format!("{namespace}/{name}/{}", self.version.version);
        let dated = self.checker.dates.resolve(&key, origin.as_ref(), status.status)?;
        let (code, message, dates) = match dated {
            Dated::Known(mut dates) => {
                // Pinned dates are those of another registry, which knows nothing of the override.
                if let Some(known) = self.history(&key, is_overridden)? {
                    dates.updated = dates.updated.max(Timestamp::from_unix(known.updated));
                }
                return Ok(Some((dates, false)));
            }
            Dated::Uncommitted(dates) => {
                let message = format!(
                    "not committed yet, so it takes the head commit's time {}",
                    dates.updated
                );
                (Code::DateNotCommitted, message, Some(dates))
            }
            Dated::BeforeFirstCommit(dates) => {
                let message = format!("there is no commit yet, so it is dated {}", dates.published);
                (Code::DateBeforeFirstCommit, message, Some(dates))
            }
            Dated::Unknown => {
                let message = "the publication date is unknown outside a git repository";
                (Code::DateUnknown, message.to_owned(), None)
            }
        };
        let help = match dates {
            Some(_) => "commit it",
            None => "build inside the repository, or pin publishedAt in origin.json",
        };
        let place = Place::file(self.path(EntryFile::Server));
        self.findings.push(Diagnostic::new(code, place, message).help(help));
        Ok(dates.map(|dates| (dates, true)))
    }
}
