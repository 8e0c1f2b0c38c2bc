//! What a change touches, by meaning: entries, owners files, protected paths, others.
//!
//! Only paths and object ids are compared, never the text of a diff, so no content can hide a change.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{DataPath, EntryFile, below};
use crate::model::pattern::matches;
use crate::world::git::{Changed, FileMode, Oid, TreeFault};

/// Folders nested deeper than this are refused in a change.
pub const MAX_DEPTH: usize = 8;

/// What happens to one version of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// The first version of a server.
    NewServer,
    /// A new version of a published server.
    NewVersion,
    /// The document of a published version differs.
    Edited,
    /// A published version is removed.
    Removed,
    /// The status of a published version differs.
    Status,
    /// Only its proofs differ.
    Proof,
    /// Only the record of where it came from differs.
    Origin,
    /// Only what is recorded about its packages differs.
    Packages,
}

impl EntryKind {
    /// Returns the word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewServer => "new server",
            Self::NewVersion => "new version",
            Self::Edited => "edit of a published version",
            Self::Removed => "removal",
            Self::Status => "status change",
            Self::Proof => "proof",
            Self::Origin => "origin",
            Self::Packages => "package record",
        }
    }

    /// Whether a version is published that was not there before.
    pub fn is_new(self) -> bool {
        matches!(self, Self::NewServer | Self::NewVersion)
    }
}

/// The ids of a file's content before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sides {
    /// The old content; `None` when the file was not there.
    pub before: Option<Oid>,
    /// The new content; `None` when the file is removed.
    pub after: Option<Oid>,
}

/// A version folder that a change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryChange {
    /// Folder of the namespace.
    pub namespace: String,
    /// Folder of the server.
    pub name: String,
    /// Folder of the version.
    pub version: String,
    /// What happens to it.
    pub kind: EntryKind,
    /// The files that differ.
    pub files: BTreeMap<EntryFile, Sides>,
}

impl EntryChange {
    /// Returns the full name of the server.
    pub fn server(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Returns the folder below the data folder.
    pub fn folder(&self) -> String {
        format!("servers/{}/{}", self.server(), self.version)
    }

    /// Returns the path of its tombstone below the data folder.
    pub fn tombstone(&self) -> String {
        format!("tombstones/{}/{}.toml", self.server(), self.version)
    }

    /// Returns the file that a report points at: the document if it differs, else the first that does.
    pub fn main_file(&self) -> String {
        self.path(self.files.keys().min().copied().unwrap_or(EntryFile::Server))
    }

    /// Returns the path of one of its files below the data folder.
    pub fn path(&self, file: EntryFile) -> String {
        format!("{}/{}", self.folder(), file.file_name())
    }

    /// Whether `file` differs.
    pub fn touches(&self, file: EntryFile) -> bool {
        self.files.contains_key(&file)
    }

    /// Whether one of its proofs differs.
    pub fn touches_proof(&self) -> bool {
        self.touches(EntryFile::Proof) || self.touches(EntryFile::StatusProof)
    }

    /// Whether its status or the proof of that differs.
    pub fn touches_status(&self) -> bool {
        self.touches(EntryFile::Status) || self.touches(EntryFile::StatusProof)
    }
}

/// An owners file, or its proof, that a change touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnersChange {
    /// The owners file, when it differs.
    pub file: Option<Sides>,
    /// Its proof, when it differs.
    pub proof: Option<Sides>,
}

/// A whole change, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSummary {
    /// Version folders, in byte order.
    pub entries: Vec<EntryChange>,
    /// Owners files by namespace in lower case.
    pub owners: BTreeMap<String, OwnersChange>,
    /// Tombstones: path below the data folder, and whether it is new.
    pub tombstones: Vec<(String, bool)>,
    /// Paths that only maintainers change.
    pub protected: Vec<String>,
    /// The file that says how far mirrors have come.
    pub mirrors: Option<String>,
    /// Paths without a meaning to the registry.
    pub other: Vec<String>,
    /// New files that look like entries and are not in a version folder, with their content.
    pub misplaced: Vec<(String, Oid)>,
    /// Paths that are refused whatever they hold (approximate if not UTF-8), and why, as a sentence.
    pub refused: Vec<(String, &'static str)>,
    /// Number of paths that differ.
    pub paths: usize,
}

impl ChangeSummary {
    /// Whether it publishes something, or changes a published version or an owners file.
    pub fn makes_claims(&self) -> bool {
        !self.owners.is_empty() || self.entries.iter().any(|e| e.kind != EntryKind::Removed)
    }

    /// Returns the tombstones, below the data folder, that are not new ones of versions that the change removes.
    pub fn stray_tombstones(&self) -> Vec<&str> {
        let removed = self.entries.iter().filter(|entry| entry.kind == EntryKind::Removed);
        let removed: BTreeSet<String> =
            removed.map(|entry| entry.tombstone().to_ascii_lowercase()).collect();
        let strays = self
            .tombstones
            .iter()
            .filter(|(path, new)| !new || !removed.contains(&path.to_ascii_lowercase()));
        strays.map(|(path, _)| path.as_str()).collect()
    }
}

/// What sorting has to know of the repository.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The data folder from the top of the repository; empty for the top itself.
    pub prefix: &'a str,
    /// Additional patterns of protected paths.
    pub protect: &'a [String],
}

/// Sorts the differing paths. `has_server` tells whether the base holds a server's folder.
pub fn sort(
    changed: &[Changed],
    layout: Layout<'_>,
    has_server: &mut dyn FnMut(&str, &str) -> bool,
) -> ChangeSummary {
    let mut change = ChangeSummary { paths: changed.len(), ..ChangeSummary::default() };
    let mut folders: BTreeMap<(&str, &str, &str), BTreeMap<EntryFile, Sides>> = BTreeMap::new();
    for item in changed {
        if let Some(why) = objection(item) {
            change.refused.push((item.path.clone(), why));
            continue;
        }
        let sides = Sides {
            before: item.before.map(|side| side.oid),
            after: item.after.map(|side| side.oid),
        };
        let below = below(layout.prefix, &item.path);
        match below.map(DataPath::of) {
            path if path.is_some_and(DataPath::is_of_maintainers) => {
                change.protected.push(item.path.clone());
            }
            Some(DataPath::Entry { namespace, name, version, file }) => {
                folders.entry((namespace, name, version)).or_default().insert(file, sides);
            }
            Some(DataPath::Owners { namespace } | DataPath::OwnersProof { namespace })
                if namespace != namespace.to_ascii_lowercase() && sides.after.is_some() =>
            {
                change.refused.push((item.path.clone(), "owners files are named in lower case"));
            }
            Some(DataPath::Owners { namespace }) => {
                owners(&mut change, namespace).file = Some(sides)
            }
            Some(DataPath::OwnersProof { namespace }) => {
                owners(&mut change, namespace).proof = Some(sides);
            }
            Some(DataPath::Tombstone { .. }) => {
                let path = below.unwrap_or_default().to_owned();
                change.tombstones.push((path, sides.before.is_none()));
            }
            Some(DataPath::Mirrors) => change.mirrors = Some(item.path.clone()),
            _ if is_protected(&item.path, layout.protect) => {
                change.protected.push(item.path.clone());
            }
            _ => match item.after.filter(|_| is_misplaced(item, layout.prefix, below)) {
                Some(after) => change.misplaced.push((item.path.clone(), after.oid)),
                None => change.other.push(item.path.clone()),
            },
        }
    }
    change.entries = folders
        .into_iter()
        .map(|((namespace, name, version), files)| EntryChange {
            kind: kind(&files, || has_server(namespace, name)),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            files,
        })
        .collect();
    change
}

fn owners<'a>(change: &'a mut ChangeSummary, namespace: &str) -> &'a mut OwnersChange {
    change.owners.entry(namespace.to_ascii_lowercase()).or_default()
}

/// Whether a new file was meant to be an entry: a `server.json` at the top of the repository or anywhere
/// in the data folder, or a file without a meaning among the entries.
fn is_misplaced(item: &Changed, prefix: &str, below: Option<&str>) -> bool {
    let name = item.path.rsplit('/').next().unwrap_or_default();
    let is_document = name.eq_ignore_ascii_case("server.json");
    let unknown = below.filter(|path| DataPath::of(path) == DataPath::Unknown);
    let meant = match unknown {
        Some(path) => is_document || path.starts_with("servers/"),
        // At the top of the repository, or in the folders of an entry outside of the data folder.
        None => {
            let at_top = !item.path.contains('/') || item.path.starts_with("servers/");
            is_document && at_top && !prefix.is_empty()
        }
    };
    item.before.is_none() && meant
}

fn kind(files: &BTreeMap<EntryFile, Sides>, has_server: impl FnOnce() -> bool) -> EntryKind {
    match files.get(&EntryFile::Server) {
        Some(Sides { before: None, .. }) if has_server() => EntryKind::NewVersion,
        Some(Sides { before: None, .. }) => EntryKind::NewServer,
        Some(Sides { after: None, .. }) => EntryKind::Removed,
        Some(_) => EntryKind::Edited,
        None if files.contains_key(&EntryFile::Status) => EntryKind::Status,
        None if files.contains_key(&EntryFile::Origin) => EntryKind::Origin,
        None if files.keys().all(|file| *file == EntryFile::Packages) => EntryKind::Packages,
        None => EntryKind::Proof,
    }
}

/// Why a path is never accepted.
fn objection(item: &Changed) -> Option<&'static str> {
    let Some(after) = item.after else {
        return None; // a removed path does no harm
    };
    Some(match (item.fault, after.mode) {
        _ if !item.utf8 => "the path is not UTF-8",
        (Some(TreeFault::Name), _) => "no folder on disk can hold a name like this",
        (Some(TreeFault::Twice), _) => "the name is listed twice in its folder",
        (Some(TreeFault::Depth), _) => "the path is more than eight folders deep",
        (Some(TreeFault::Mode), _) => "the mode is spelled in a way that git does not write",
        (Some(TreeFault::Order), _) => "the names in this folder are not in git's order",
        _ if item.path.chars().any(char::is_control) => "the path holds a control character",
        _ if item.path.split('/').count() > MAX_DEPTH => "the path is more than eight folders deep",
        (None, FileMode::Regular) => return None,
        (None, FileMode::Executable) => "the file is executable; data files never are",
        (None, FileMode::Symlink) => "this is a symbolic link",
        (None, FileMode::Submodule) => "this is a submodule",
        (None, FileMode::Other(_)) => "the file has a mode that git does not write",
    })
}

/// Patterns that are protected in every registry: files that control CI, git and the site.
const PROTECTED: &[&str] = &[
    ".github/**",
    ".forgejo/**",
    ".gitea/**",
    ".gitlab/**",
    ".gitlab-ci.yml",
    ".mcp-static-version",
    "**/.mcp-static",
    "**/.mcp-static/**",
    "**/.gitattributes",
    "**/.gitmodules",
    "**/.gitignore",
    "**/CODEOWNERS",
    "templates/**",
];

/// Whether only maintainers change `path`.
pub fn is_protected(path: &str, more: &[String]) -> bool {
    PROTECTED.iter().copied().chain(more.iter().map(String::as_str)).any(|p| fits(p, path))
}

/// Whether a path fits a pattern: `**/` for any folders, a final `/**` for everything below, `*` for
/// any text inside a name. Case does not matter, as some file systems do not see it.
fn fits(pattern: &str, path: &str) -> bool {
    fn segments(wanted: &[&str], given: &[&str]) -> bool {
        match (wanted, given) {
            ([], []) => true,
            (["**"], rest) => !rest.is_empty(),
            (["**", more @ ..], rest) => (0..=rest.len()).any(|skip| segments(more, &rest[skip..])),
            ([want, more @ ..], [name, rest @ ..]) => matches(want, name) && segments(more, rest),
            _ => false,
        }
    }
    let (pattern, path) = (pattern.to_ascii_lowercase(), path.to_ascii_lowercase());
    let split = |text| -> Vec<&str> { str::split(text, '/').collect() };
    segments(&split(&pattern), &split(&path))
}
