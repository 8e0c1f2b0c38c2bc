//! `annotations.json`: what the registry says about an entry beside what its author says.
//!
//! The file's members become members of the outer `_meta`. Those under keys of others are passed on as they
//! are; the object under the registry's own key has the fields of [`fields::OWN`]. Anything wrong there is an error
//! that no level lowers, because a policy may depend on it.

mod fields;

use serde::Deserialize as _;
use serde_json::Value;

use super::entry::Checker;
use super::words::{quote, type_of};
use crate::config::{Config, Day};
use crate::data::{
    self, Content, Document, EntryFile, MAX_FILE, Members, ServerFiles, ServerFolder,
};
use crate::diag::{Code, Diagnostic, Finding, Place, Pointer, SourceFile, nearest};
use crate::model::{AnnotationFields, Annotations, Entry, OwnAnnotations, is_other_key};

/// Largest file without its white space, in bytes: as much as the official registry allows publishers. It is
/// repeated wherever the entry is, so it counts in the list of all servers.
const MAX_BYTES: usize = 4096;

/// The annotations of a server and its versions.
pub(super) struct ServerAnnotations {
    of_all: File,
    /// By version.
    of_versions: Vec<(Box<str>, File)>,
}

/// One file, read.
#[derive(Default)]
struct File {
    annotations: Annotations,
    findings: Vec<Diagnostic>,
    /// What to report if a live entry has its review.
    expired: Option<Diagnostic>,
    is_used: bool,
}

impl Checker<'_> {
    /// Reads the annotations of a server.
    pub(super) fn annotations(
        &self,
        server: &ServerFolder,
        files: &mut ServerFiles,
    ) -> ServerAnnotations {
        let read = |path: String, content: Option<Content>, is_of_version| {
            let path = self.tree.display(&path);
            content.map(|it| File::read(&path, it, (&self.rules.config, self.today), is_of_version))
        };
        let of_all = read(server.annotations_path(), files.annotations.take(), false);
        let of_versions =
            server.versions.iter().zip(&mut files.versions).filter_map(|(v, files)| {
                let content = files.annotations.take()?;
                let path = server.path(v, EntryFile::Annotations);
                Some((v.version.clone(), read(path, Some(content), true)?))
            });
        let of_versions = of_versions.collect();
        ServerAnnotations { of_all: of_all.unwrap_or_default(), of_versions }
    }
}

impl ServerAnnotations {
    /// Adds to an entry what is said about it.
    pub(super) fn add_to(&mut self, entry: &mut Entry) {
        let version = entry.version.as_str();
        let mut of_version = self.of_versions.iter_mut().find(|(of, _)| **of == *version);
        let over = of_version.as_ref().map(|(_, file)| file.annotations.clone());
        let annotations = self.of_all.annotations.clone().overlaid(over.unwrap_or_default());
        if let Some(own) = annotations.own.as_ref().filter(|own| own.is_expired && entry.is_live())
        {
            match of_version.as_mut().filter(|_| own.is_of_version) {
                Some((_, file)) => file.is_used = true,
                None => self.of_all.is_used = true,
            }
        }
        entry.annotations = Some(annotations).filter(|it| !it.is_empty()).map(Box::new);
    }

    /// Returns what is wrong with them.
    pub(super) fn findings(self) -> impl Iterator<Item = Diagnostic> {
        let files = std::iter::once(self.of_all).chain(self.of_versions.into_iter().map(|it| it.1));
        files
            .flat_map(|file| file.findings.into_iter().chain(file.expired.filter(|_| file.is_used)))
    }
}

/// Checks a file of annotations. `path` is its name in the findings.
pub fn check_annotations(path: &str, content: Content, config: &Config) -> Vec<Diagnostic> {
    File::read(path, content, (config, 0), false).findings
}

/// Returns for each review of a file whether it has expired at `now`, in seconds since 1970.
pub fn expired_reviews(bytes: &[u8], now: i64) -> Vec<u8> {
    let Ok(document) = data::read_json("", bytes.to_vec()) else { return Vec::new() };
    let members = document.value.as_object().into_iter().flat_map(|members| members.values());
    let days = members.filter_map(|own| own.get("review")?.get("expires")?.as_str());
    days.filter_map(Day::parse).map(|day| u8::from(is_expired(&day, now))).collect()
}

/// Whether a day is over at `now`.
fn is_expired(last: &Day, now: i64) -> bool {
    last.number() < Day::of(now)
}

impl File {
    fn read(
        path: &str,
        content: Content,
        (config, now): (&Config, i64),
        is_of_version: bool,
    ) -> Self {
        let mut file = Self::default();
        if content.executable {
            let message = "this file is executable";
            let diagnostic = Diagnostic::new(Code::FileMode, Place::file(path), message)
                .help("run `git update-index --chmod=-x` and `chmod -x` on it");
            file.findings.push(diagnostic);
        }
        if content.size > MAX_FILE {
            file.findings.push(data::too_large(path, content.size));
            return file;
        }
        match data::read_json(path, content.bytes) {
            Ok(mut document) => {
                file.findings.append(&mut document.findings);
                file.take(path, &document, (config, now), is_of_version);
            }
            Err(wrong) => file.findings.push(*wrong),
        }
        file
    }

    fn take(
        &mut self,
        path: &str,
        document: &Document,
        (config, now): (&Config, i64),
        is_of_version: bool,
    ) {
        let mut wrong = Wrong(Vec::new());
        let members = members(document, &mut wrong);
        let own = config.meta_key();
        if own.is_none() {
            let help = "set base_url or meta_key below [registry] in registry.toml";
            wrong.add(Pointer::root(), "the registry has no key of its own for annotations", help);
        }
        for (key, text) in members {
            let pointer = Pointer::root().key(&key);
            if Some(&key) != own.as_ref() {
                check_key(&key, own.as_deref().unwrap_or_default(), config, &mut wrong);
                self.annotations.members.push((key.into(), text));
                continue;
            }
            let value = document.value.get(&key).unwrap_or(&Value::Null);
            fields::check_object(value, &fields::OWN, &pointer, &mut wrong);
            // Fields of the wrong type were reported.
            let fields = AnnotationFields::deserialize(value).unwrap_or_default();
            let last = fields.review.as_ref().and_then(|it| Day::parse(it.expires.as_deref()?));
            let key = key.into();
            let is_expired = last.as_ref().is_some_and(|last| is_expired(last, now));
            if let Some(last) = last.filter(|_| is_expired) {
                let message = format!("the review expired on {}", last.as_str());
                let pointer = pointer.key("review").key("expires");
                let help = "review the entry again and write the new days";
                let finding = Finding::new(Code::ReviewExpired, pointer, message).help(help);
                self.expired = Some(SourceFile::new(path, &document.text).diagnose(finding));
            }
            let own = OwnAnnotations { key, text, is_of_version, fields, is_expired };
            self.annotations.own = Some(own).filter(|_| value.is_object());
        }
        let wrong = SourceFile::new(path, &document.text).diagnose_all(wrong.0);
        self.findings.extend(wrong);
    }
}

/// What is wrong with a file.
struct Wrong(Vec<Finding>);

impl Wrong {
    fn add(&mut self, at: Pointer, message: impl Into<String>, help: impl Into<String>) {
        self.0.push(Finding::new(Code::AnnotationsInvalid, at, message).help(help));
    }
}

fn members(document: &Document, wrong: &mut Wrong) -> Vec<(String, Box<str>)> {
    let size = document.compact.len();
    if !document.value.is_object() {
        let message = format!("the file is {} where an object belongs", type_of(&document.value));
        wrong.add(Pointer::root(), message, "write { … }");
    } else if size > MAX_BYTES {
        let message = format!("the annotations have {size} bytes without white space");
        let help = format!("shorten them to at most {MAX_BYTES} bytes; link to longer texts");
        wrong.add(Pointer::root(), message, help);
    } else if let Some(Members(members)) = Members::read(&document.compact) {
        return members;
    } else {
        let message = "the annotations cannot be read by every parser";
        wrong.add(Pointer::root(), message, "correct the characters and numbers that are reported");
    }
    Vec::new()
}

/// Checks a key that is not the registry's own.
fn check_key(key: &str, own: &str, config: &Config, wrong: &mut Wrong) {
    let pointer = Pointer::root().key(key);
    let halves = |key: &str| key.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned()));
    if fields::OWN.iter().any(|field| field.name == key) {
        let message = format!("the field {} is outside of the registry's own key", quote(key));
        wrong.add(pointer, message, format!("move it into {}", quote(own)));
    } else if !is_other_key(key) {
        let message = format!("{} is not a key for facts of others", quote(key));
        let help = format!(
            "write a reversed domain, a slash and a word; the registry's own key is {}",
            quote(own)
        );
        wrong.add(pointer, message, help);
    } else if let (Some((prefix, name)), Some(mine)) = (halves(key), halves(own)) {
        let is_near = (prefix == mine.0 && nearest(&name, [&*mine.1]).is_some())
            || (name == mine.1 && nearest(&prefix, [&*mine.0]).is_some());
        if is_near || config.other_meta_keys().iter().any(|other| other == key) {
            let message = format!("{} is not the registry's own key", quote(key));
            wrong.add(pointer, message, format!("write {}", quote(own)));
        }
    }
}
