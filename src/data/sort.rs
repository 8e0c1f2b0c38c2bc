//! Sorting the paths of a data folder into what they mean, whatever they were read from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};

use super::layout::{DataPath, EntryFile};
use super::tree::{At, FileRef, ServerFolder, Tree, TreeSource, VersionFolder};

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathKind {
    File,
    Link,
    Other,
    /// A name that no folder on disk can have, or that is not UTF-8.
    #[cfg_attr(not(feature = "git"), allow(dead_code))]
    Malformed,
}

type Versions = BTreeMap<Box<str>, Vec<(EntryFile, At)>>;

/// Sorts paths into what they mean.
pub(super) struct Builder {
    label: Arc<str>,
    settings: Option<FileRef>,
    owners: Vec<FileRef>,
    tombstones: Vec<FileRef>,
    servers: BTreeMap<(Box<str>, Box<str>), Versions>,
    findings: Vec<Diagnostic>,
}

impl Builder {
    pub(super) fn new(label: &str) -> Self {
        Self {
            label: label.into(),
            settings: None,
            owners: Vec::new(),
            tombstones: Vec::new(),
            servers: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, path: String, kind: PathKind, at: At) {
        let problem = match kind {
            PathKind::File => None,
            PathKind::Link => Some("this is a symbolic link"),
            PathKind::Other => Some("this is a submodule or device"),
            PathKind::Malformed => Some("this path cannot exist on disk, or is not UTF-8"),
        };
        if let Some(message) = problem {
            self.report(
                Code::FileNotRegular,
                &path,
                message,
                "put a regular file in its place, or remove it",
            );
            return;
        }
        match DataPath::of(&path) {
            DataPath::Settings => self.settings = Some(FileRef { path, at }),
            DataPath::Entry { namespace, name, version, file } => {
                let server = self.servers.entry((namespace.into(), name.into())).or_default();
                server.entry(version.into()).or_default().push((file, at));
            }
            DataPath::Owners { .. } | DataPath::OwnersProof { .. } => {
                self.owners.push(FileRef { path, at })
            }
            DataPath::Tombstone { .. } => self.tombstones.push(FileRef { path, at }),
            DataPath::Ignored => {}
            DataPath::Unknown => {
                let message =
                    "this file has no meaning here, and nothing is published from this place";
                let help = match path.rsplit('/').next() {
                    Some("server.json") => {
                        "an entry is servers/<namespace>/<name>/<version>/server.json; `mcp-static add FILE` puts it there"
                    }
                    _ => "move or remove it; docs/data.md shows the layout",
                };
                self.report(Code::FileUnexpected, &path, message, help);
            }
        }
    }

    fn report(&mut self, code: Code, path: &str, message: &str, help: &str) {
        let place = match &*self.label {
            "" => path.to_owned(),
            label => format!("{label}/{path}"),
        };
        self.findings.push(Diagnostic::new(code, Place::file(place), message).help(help));
    }

    pub(super) fn finish(mut self, source: TreeSource) -> Tree {
        self.owners.sort_by(|a, b| a.path.cmp(&b.path));
        self.tombstones.sort_by(|a, b| a.path.cmp(&b.path));
        self.findings.sort_by(|a, b| a.place.cmp(&b.place));
        let servers = self.servers.into_iter();
        let servers = servers.map(|((namespace, name), versions)| ServerFolder {
            namespace,
            name,
            versions: versions
                .into_iter()
                .map(|(version, mut files)| {
                    files.sort_by_key(|(file, _)| *file);
                    VersionFolder { version, files }
                })
                .collect(),
        });
        let mut servers: Vec<ServerFolder> = servers.collect();
        servers.sort_by(|a, b| a.rank().cmp(b.rank()));
        Tree {
            label: self.label.to_string(),
            source,
            settings: self.settings,
            owners: self.owners,
            tombstones: self.tombstones,
            servers,
            findings: self.findings,
        }
    }
}
