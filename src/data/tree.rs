//! The files of a data folder in order, and reading them, from disk or from a commit's objects.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::diag::Diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ServerName, Version};

use super::layout::{EntryFile, annotations_of, join};

/// Files larger than this are not read at all.
const HARD_LIMIT: u64 = 16 * 1024 * 1024;

/// A file of the tree: its path below the data folder, and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    /// Path below the data folder, with forward slashes.
    pub path: String,
    pub(super) at: At,
}

/// Where bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Disk,
    #[cfg(feature = "git")]
    Blob {
        oid: crate::world::git::Oid,
        executable: bool,
    },
}

#[cfg(feature = "git")]
impl At {
    pub(super) fn blob(oid: crate::world::git::Oid, mode: crate::world::git::FileMode) -> Self {
        Self::Blob { oid, executable: mode == crate::world::git::FileMode::Executable }
    }
}

/// The folder of one version: which of its files are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionFolder {
    /// The folder's name.
    pub version: Box<str>,
    pub(super) files: Vec<(EntryFile, At)>,
}

impl VersionFolder {
    /// Returns which files are there.
    pub fn files(&self) -> impl Iterator<Item = EntryFile> {
        self.files.iter().map(|(file, _)| *file)
    }
}

/// The folder of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFolder {
    /// Name of the namespace's folder.
    pub namespace: Box<str>,
    /// Name of the server's folder.
    pub name: Box<str>,
    /// Its versions in byte order.
    pub versions: Vec<VersionFolder>,
    /// What the registry says about all of them.
    pub(super) annotations: Option<At>,
}

impl ServerFolder {
    /// Makes the folder of a server with one version that has these files, for judging them before
    /// they are written.
    pub fn of(name: &ServerName, version: &Version, files: &[EntryFile]) -> Self {
        let files = files.iter().map(|file| (*file, At::Disk)).collect();
        Self {
            namespace: name.namespace().as_str().into(),
            name: name.name().into(),
            versions: vec![VersionFolder { version: version.as_str().into(), files }],
            annotations: None,
        }
    }

    /// Returns what servers are ordered by: the bytes of the whole name, as in lists of the API. By
    /// folders `com.example/x` would come before `com.example.a/x`, although a dot sorts before a
    /// slash.
    pub(super) fn rank(&self) -> impl Iterator<Item = u8> {
        self.namespace.bytes().chain([b'/']).chain(self.name.bytes())
    }

    /// Whether the registry says something about it or about a version of it.
    pub fn is_annotated(&self) -> bool {
        let mut files = self.versions.iter().flat_map(VersionFolder::files);
        self.annotations.is_some() || files.any(|file| file == EntryFile::Annotations)
    }

    /// Returns the path of its own `annotations.json` below the data folder.
    pub fn annotations_path(&self) -> String {
        annotations_of(&self.namespace, &self.name)
    }

    /// Returns the path of a version's file below the data folder.
    pub fn path(&self, version: &VersionFolder, file: EntryFile) -> String {
        format!("servers/{}/{}/{}/{}", self.namespace, self.name, version.version, file.file_name())
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes; empty when the file is too large to be read at all.
    pub bytes: Vec<u8>,
    /// The size that the file has.
    pub size: u64,
    /// Whether it may be executed.
    pub executable: bool,
}

impl Content {
    /// Makes the content of a plain file with these bytes.
    pub fn plain(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), size: bytes.len() as u64, executable: false }
    }
}

/// The files of a version that decide what is published and by whom; `None` where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionFiles {
    /// `server.json`.
    pub server: Option<Content>,
    /// `status.json`.
    pub status: Option<Content>,
    /// `origin.json`.
    pub origin: Option<Content>,
    /// `proof.json`.
    pub proof: Option<Content>,
    /// `packages.json`.
    pub packages: Option<Content>,
    /// `annotations.json`.
    pub annotations: Option<Content>,
    /// `override.json`.
    pub overriding: Option<Content>,
}

/// The files of a server that decide what is published and by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerFiles {
    /// Its own `annotations.json`.
    pub annotations: Option<Content>,
    /// The files of its versions, in their order.
    pub versions: Vec<VersionFiles>,
}

/// The files of a data folder, sorted, not yet read.
#[derive(Debug)]
pub struct Tree {
    pub(super) label: String,
    pub(super) source: TreeSource,
    pub(super) settings: Option<FileRef>,
    pub(super) policies: Vec<FileRef>,
    pub(super) owners: Vec<FileRef>,
    pub(super) tombstones: Vec<FileRef>,
    pub(super) servers: Vec<ServerFolder>,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) looked: u64,
}

#[derive(Debug)]
pub(super) enum TreeSource {
    Disk(PathBuf),
    #[cfg(feature = "git")]
    Commit(crate::world::git::Pool),
}

impl Tree {
    /// Leaves out version folders, named by their paths below the data folder. Returns the paths that are
    /// not version folders here.
    pub fn leave_out(&mut self, folders: &std::collections::BTreeSet<String>) -> Vec<String> {
        let mut unknown = folders.clone();
        for server in &mut self.servers {
            let place = format!("servers/{}/{}", server.namespace, server.name);
            server.versions.retain(|v| !unknown.remove(&format!("{place}/{}", v.version)));
        }
        self.servers.retain(|server| !server.versions.is_empty());
        unknown.into_iter().collect()
    }

    /// Returns a path of this tree as messages show it.
    pub fn display(&self, path: &str) -> String {
        join(&self.label, path)
    }

    /// Returns the settings file, when there is one.
    pub fn settings(&self) -> Option<&FileRef> {
        self.settings.as_ref()
    }

    /// Returns the policies in byte order.
    pub fn policies(&self) -> &[FileRef] {
        &self.policies
    }

    /// Owners files in byte order.
    pub fn owners(&self) -> &[FileRef] {
        &self.owners
    }

    /// Returns the tombstones in byte order.
    pub fn tombstones(&self) -> &[FileRef] {
        &self.tombstones
    }

    /// Returns the servers in byte order of namespace, then name.
    pub fn servers(&self) -> &[ServerFolder] {
        &self.servers
    }

    /// Returns what is wrong with the layout itself: links, unexpected names, files without a
    /// meaning.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns what its files looked like when they were listed ([`super::look`]); 0 when nobody looked.
    pub fn looked(&self) -> u64 {
        self.looked
    }

    /// Reads a file of the tree.
    pub fn read(&self, file: &FileRef) -> Result<Content> {
        self.read_at(&file.path, file.at)
    }

    /// Reads a file of a version folder; `None` when it is not there.
    pub fn read_entry(
        &self,
        server: &ServerFolder,
        version: &VersionFolder,
        file: EntryFile,
    ) -> Result<Option<Content>> {
        let found = version.files.iter().find(|(kind, _)| *kind == file);
        found.map(|(_, at)| self.read_at(&server.path(version, file), *at)).transpose()
    }

    /// Reads the files of a server that decide what is published and by whom.
    pub fn read_server(&self, server: &ServerFolder) -> Result<ServerFiles> {
        let read = |version| self.read_version(server, version);
        Ok(ServerFiles {
            annotations: self.read_annotations(server)?,
            versions: server.versions.iter().map(read).collect::<Result<_>>()?,
        })
    }

    /// Reads what the registry says about all versions of a server; `None` when there is no such file.
    pub fn read_annotations(&self, server: &ServerFolder) -> Result<Option<Content>> {
        server.annotations.map(|at| self.read_at(&server.annotations_path(), at)).transpose()
    }

    fn read_version(&self, server: &ServerFolder, version: &VersionFolder) -> Result<VersionFiles> {
        let read = |file| self.read_entry(server, version, file);
        Ok(VersionFiles {
            server: read(EntryFile::Server)?,
            status: read(EntryFile::Status)?,
            origin: read(EntryFile::Origin)?,
            proof: read(EntryFile::Proof)?,
            packages: read(EntryFile::Packages)?,
            annotations: read(EntryFile::Annotations)?,
            overriding: read(EntryFile::Override)?,
        })
    }

    /// Returns the registry that the version was mirrored from, if `origin.json` names one.
    pub fn mirrored_from(
        &self,
        server: &ServerFolder,
        version: &VersionFolder,
    ) -> Result<Option<String>> {
        let content = self.read_entry(server, version, EntryFile::Origin)?;
        let origin = content.and_then(|file| serde_json::from_slice::<Value>(&file.bytes).ok());
        Ok(origin.and_then(|mut origin| match origin.get_mut("registry")?.take() {
            Value::String(registry) => Some(registry),
            other => Some(other.to_string()),
        }))
    }

    fn read_at(&self, path: &str, at: At) -> Result<Content> {
        match (&self.source, at) {
            (TreeSource::Disk(root), _) => read_disk(&root.join(path)),
            #[cfg(feature = "git")]
            (TreeSource::Commit(pool), At::Blob { oid, executable }) => pool.with(|git| {
                let size = git.size(oid)?;
                let bytes = if size > HARD_LIMIT { Vec::new() } else { git.blob(oid)? };
                Ok(Content { bytes, size, executable })
            }),
            #[cfg(feature = "git")]
            (TreeSource::Commit(_), At::Disk) => {
                Err(Error::new(ErrorKind::Git, "a file of a commit has no object").at(path))
            }
        }
    }
}

fn read_disk(path: &Path) -> Result<Content> {
    use std::io::Read as _;
    let fail = |e| Error::io("the file cannot be read", path, e);
    let file = std::fs::File::open(path).map_err(fail)?;
    let meta = file.metadata().map_err(fail)?;
    let size = meta.len();
    let mut bytes = Vec::new();
    if size <= HARD_LIMIT {
        bytes.reserve_exact(usize::try_from(size).unwrap_or(0));
        // Bounded, so that it neither asks for the size again nor reads once more to find the end.
        file.take(size).read_to_end(&mut bytes).map_err(fail)?;
    }
    Ok(Content { bytes, size, executable: is_executable(&meta) })
}

#[cfg(unix)]
fn is_executable(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // Git looks at the owner's bit alone.
    meta.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}
