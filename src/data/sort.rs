//! Sorting the paths of a data folder into what they mean, whatever they were read from.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Place};

use super::layout::{DataPath, EntryFile, annotations_of, join};
use super::tree::{At, FileRef, ServerFolder, Tree, TreeSource, VersionFolder};

/// What is at a path.
pub(super) enum PathKind {
    File,
    Link,
    Other,
    /// A name that no folder on disk can have, or that is not UTF-8.
    #[cfg_attr(not(feature = "git"), allow(dead_code))]
    Malformed,
}

/// The folders of a namespace and a server.
type ServerKey = (Box<str>, Box<str>);

type Versions = BTreeMap<Box<str>, Vec<(EntryFile, At)>>;

/// Sorts paths into what they mean.
#[derive(Default)]
pub(super) struct Builder {
    label: String,
    settings: Option<FileRef>,
    policies: Vec<FileRef>,
    owners: Vec<FileRef>,
    tombstones: Vec<FileRef>,
    servers: BTreeMap<ServerKey, Versions>,
    annotations: BTreeMap<ServerKey, At>,
    findings: Vec<Diagnostic>,
}

impl Builder {
    pub(super) fn new(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }

    pub(super) fn add(&mut self, path: String, kind: PathKind, at: At) {
        let problem = match kind {
            PathKind::File => None,
            PathKind::Link => Some("this is a symbolic link"),
            PathKind::Other => Some("this is a submodule or device"),
            PathKind::Malformed => Some("this path cannot exist on disk, or is not UTF-8"),
        };
        if let Some(message) = problem {
            let help = "put a regular file in its place, or remove it";
            return self.report(Code::FileNotRegular, &path, message, help);
        }
        match DataPath::of(&path) {
            DataPath::Settings => self.settings = Some(FileRef { path, at }),
            DataPath::Policy => self.policies.push(FileRef { path, at }),
            DataPath::Entry { namespace, name, version, file } => {
                let server = self.servers.entry((namespace.into(), name.into())).or_default();
                server.entry(version.into()).or_default().push((file, at));
            }
            DataPath::Annotations { namespace, name } => {
                self.annotations.insert((namespace.into(), name.into()), at);
            }
            DataPath::Owners { .. } | DataPath::OwnersProof { .. } => {
                self.owners.push(FileRef { path, at })
            }
            DataPath::Tombstone { .. } => self.tombstones.push(FileRef { path, at }),
            DataPath::Mirrors | DataPath::Ignored => {}
            DataPath::Unknown => {
                let message =
                    "this file has no meaning here, and nothing is published from this place";
                let mut help =
                    "move or remove it; `mcp-static explain file-unexpected` shows the layout";
                if path.rsplit('/').next() == Some("server.json") {
                    help = "an entry is servers/<namespace>/<name>/<version>/server.json; `mcp-static add FILE` puts it there";
                }
                self.report(Code::FileUnexpected, &path, message, help);
            }
        }
    }

    /// Returns what annotates servers, and reports what annotates one that is not here.
    fn take_annotations(&mut self) -> BTreeMap<ServerKey, At> {
        let annotations = std::mem::take(&mut self.annotations);
        let lost = annotations.keys().filter(|key| !self.servers.contains_key(*key));
        for (namespace, name) in lost.cloned().collect::<Vec<_>>() {
            let path = annotations_of(&namespace, &name);
            let message = format!("there is no version of {namespace}/{name} to annotate");
            let help = "remove it, or move it to the folder of the server that is meant";
            self.report(Code::FileUnexpected, &path, &message, help);
        }
        annotations
    }

    fn report(&mut self, code: Code, path: &str, message: &str, help: &str) {
        let place = Place::file(join(&self.label, path));
        self.findings.push(Diagnostic::new(code, place, message).help(help));
    }

    pub(super) fn finish(mut self, source: TreeSource) -> Tree {
        self.policies.sort_by(|a, b| a.path.cmp(&b.path));
        self.owners.sort_by(|a, b| a.path.cmp(&b.path));
        self.tombstones.sort_by(|a, b| a.path.cmp(&b.path));
        let annotations = self.take_annotations();
        self.findings.sort_by(|a, b| a.place.cmp(&b.place));
        let version = |(version, mut files): (Box<str>, Vec<(EntryFile, At)>)| {
            files.sort_by_key(|(file, _)| *file);
            files.shrink_to_fit(); // most versions have one
            VersionFolder { version, files }
        };
        let server = |((namespace, name), versions): (_, Versions)| {
            let versions = versions.into_iter().map(version).collect();
            let key = (namespace, name);
            let annotations = annotations.get(&key).copied();
            let (namespace, name) = key;
            ServerFolder { namespace, name, versions, annotations }
        };
        let mut servers: Vec<ServerFolder> = self.servers.into_iter().map(server).collect();
        servers.sort_by(|a, b| a.rank().cmp(b.rank()));
        let Self { label, settings, policies, owners, tombstones, findings, .. } = self;
        let looked = 0;
        Tree { label, source, settings, policies, owners, tombstones, servers, findings, looked }
    }
}
