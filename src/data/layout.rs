//! Which path holds what.
//!
//! ```text
//! registry.toml                                        and policy.toml, policy.<channel>.toml
//! mirrors.json
//! owners/<namespace>.toml                              and <namespace>.proof.json
//! servers/<namespace>/<name>/<version>/server.json     and status, proof, origin, status.proof, packages, annotations,
//!                                                      override
//! servers/<namespace>/<name>/annotations.json
//! tombstones/<namespace>/<name>/<version>.toml
//! ```

use crate::config::is_policy_file;
use crate::model::{ServerName, Version};

/// Name of the settings file.
pub(super) const SETTINGS: &str = "registry.toml";

/// Name of the file with how far mirrors have come.
pub const MIRRORS: &str = "mirrors.json";

/// Name of the file with what the registry says about a version, or about a whole server.
const ANNOTATIONS: &str = "annotations.json";

/// The files that a version folder may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryFile {
    /// `server.json`: the author's document.
    Server,
    /// `status.json`: its place in life.
    Status,
    /// `proof.json`: ownership proof of the document.
    Proof,
    /// `origin.json`: where it came from, and pinned dates.
    Origin,
    /// `status.proof.json`: ownership proof of the status.
    StatusProof,
    /// `packages.json`: what package registries showed about its packages.
    Packages,
    /// `annotations.json`: what the registry says about it.
    Annotations,
    /// `override.json`: what the registry changes in the document.
    Override,
}

impl EntryFile {
    /// Every kind.
    pub const ALL: [EntryFile; 8] = [
        Self::Server,
        Self::Status,
        Self::Proof,
        Self::Origin,
        Self::StatusProof,
        Self::Packages,
        Self::Annotations,
        Self::Override,
    ];

    /// Returns the file's name.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Server => "server.json",
            Self::Status => "status.json",
            Self::Proof => "proof.json",
            Self::Origin => "origin.json",
            Self::StatusProof => "status.proof.json",
            Self::Packages => "packages.json",
            Self::Annotations => ANNOTATIONS,
            Self::Override => "override.json",
        }
    }
}

/// What a path below the data folder means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataPath<'a> {
    /// The settings file.
    Settings,
    /// A policy.
    Policy,
    /// How far mirrors have come.
    Mirrors,
    /// A file of a version folder.
    Entry {
        /// Folder of the namespace.
        namespace: &'a str,
        /// Folder of the server.
        name: &'a str,
        /// Folder of the version.
        version: &'a str,
        /// Which file.
        file: EntryFile,
    },
    /// What the registry says about all versions of a server.
    Annotations {
        /// Folder of the namespace.
        namespace: &'a str,
        /// Folder of the server.
        name: &'a str,
    },
    /// Who may publish for a namespace.
    Owners {
        /// The namespace, from the file's name.
        namespace: &'a str,
    },
    /// Ownership proof of an owners file.
    OwnersProof {
        /// The namespace, from the file's name.
        namespace: &'a str,
    },
    /// The record of a physical removal.
    Tombstone {
        /// Folder of the namespace.
        namespace: &'a str,
        /// Folder of the server.
        name: &'a str,
        /// The version, from the file's name.
        version: &'a str,
    },
    /// A file that is allowed and ignored: notes for people, and git's files.
    Ignored,
    /// A file that has no meaning here.
    Unknown,
}

impl DataPath<'_> {
    /// Whether it is for the maintainers alone, and judged apart from entries and owners files.
    pub fn is_of_maintainers(self) -> bool {
        match self {
            Self::Settings | Self::Policy | Self::Annotations { .. } => true,
            Self::Entry { file, .. } => {
                matches!(file, EntryFile::Annotations | EntryFile::Override)
            }
            _ => false,
        }
    }

    /// Whether it is a file of annotations.
    pub fn is_annotations(self) -> bool {
        matches!(self, Self::Annotations { .. } | Self::Entry { file: EntryFile::Annotations, .. })
    }
}

impl<'a> DataPath<'a> {
    /// Returns what `path` (relative, forward slashes) means.
    pub fn of(path: &'a str) -> Self {
        // One more than the deepest path has, so that a deeper one is unknown.
        let (mut parts, mut count) = ([""; 6], 0);
        for part in path.split('/') {
            match parts.get_mut(count) {
                Some(place) => *place = part,
                None => return Self::Unknown,
            }
            count += 1;
        }
        match &parts[..count] {
            [SETTINGS] => Self::Settings,
            [file] if is_policy_file(file) => Self::Policy,
            [MIRRORS] => Self::Mirrors,
            ["servers", namespace, name, version, file] => EntryFile::ALL
                .into_iter()
                .find(|kind| kind.file_name() == *file)
                .map_or(Self::other(file), |file| Self::Entry { namespace, name, version, file }),
            ["servers", namespace, name, ANNOTATIONS] => Self::Annotations { namespace, name },
            ["owners", file] => {
                let toml = file.strip_suffix(".toml").map(|namespace| Self::Owners { namespace });
                let proof = file.strip_suffix(".proof.json");
                toml.or(proof.map(|namespace| Self::OwnersProof { namespace }))
                    .unwrap_or_else(|| Self::other(file))
            }
            ["tombstones", namespace, name, file] => file
                .strip_suffix(".toml")
                .map_or(Self::other(file), |version| Self::Tombstone { namespace, name, version }),
            [.., file] => Self::other(file),
            [] => Self::Unknown,
        }
    }

    fn other(file: &str) -> Self {
        match file {
            ".gitkeep" | ".gitattributes" | ".gitignore" | "README.md" | ".DS_Store" => {
                Self::Ignored
            }
            _ => Self::Unknown,
        }
    }
}

/// Returns the folder of an entry below the data folder.
pub fn entry_folder(name: &ServerName, version: &Version) -> String {
    format!("servers/{}/{}/{version}", name.namespace(), name.name())
}

/// Returns the path of a server's own `annotations.json` below the data folder.
pub(super) fn annotations_of(namespace: &str, name: &str) -> String {
    format!("servers/{namespace}/{name}/{ANNOTATIONS}")
}

/// Returns `path` without the folder `prefix` in front; `None` when it is not below that folder. Both use
/// forward slashes, and an empty prefix is the top.
pub fn below<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    match prefix {
        "" => Some(path),
        prefix => path.strip_prefix(prefix)?.strip_prefix('/'),
    }
}

/// Returns `path` with the folder `prefix` in front, the inverse of [`below`].
pub fn join(prefix: &str, path: &str) -> String {
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}
