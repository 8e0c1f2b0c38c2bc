//! Lists a data folder, on disk or in a commit.
//!
//! Both pass paths and kinds to one [`Builder`], so that the same files make the same tree. Nothing is
//! followed: a symbolic link, submodule or device is reported and not read.

#[cfg(feature = "git")]
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

#[cfg(feature = "git")]
use super::layout::{EntryFile, annotations_of, join};
use super::sort::{Builder, PathKind};
use super::tree::{At, Tree, TreeSource};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "git")]
use crate::world::git::{FileMode, Git, Oid, Pool};

/// The folders that have a meaning at the top of a data folder.
const TOP_FOLDERS: [&str; 3] = ["servers", "owners", "tombstones"];

impl Tree {
    /// Makes a data folder with nothing in it; `label` is how messages call it.
    pub fn empty(label: &str) -> Self {
        Builder::new(label).finish(TreeSource::Disk(PathBuf::new()))
    }

    /// Lists the data folder `root` on disk; `label` is how messages call it.
    pub fn from_disk(root: &Path, label: &str) -> Result<Self> {
        Self::from_disk_with(root, label, |_| 0)
    }

    /// As [`Tree::from_disk`], and looks at the files as [`look`] does before any is read.
    pub fn from_disk_looking(root: &Path, label: &str) -> Result<Self> {
        Self::from_disk_with(root, label, mark)
    }

    fn from_disk_with(
        root: &Path,
        label: &str,
        mark: impl Fn(&walkdir::DirEntry) -> u64 + Sync,
    ) -> Result<Self> {
        let mut builder = Builder::new(label);
        let found = files(root, |entry| {
            (relative(root, entry.path()), kind_of(entry.file_type()), mark(entry))
        })?;
        let mut looked = 0_u64;
        for (path, kind, mark) in found {
            builder.add(path, kind, At::Disk);
            looked = looked.wrapping_add(mark);
        }
        Ok(Self { looked, ..builder.finish(TreeSource::Disk(root.to_path_buf())) })
    }

    /// Lists the data folder `prefix` of a commit, without a checkout.
    #[cfg(feature = "git")]
    pub fn from_commit(git: &Git, commit: Oid, prefix: &str, label: &str) -> Result<Self> {
        let mut builder = Builder::new(label);
        let files = git.files(commit, prefix)?;
        if files.is_empty() {
            return Err(missing(Path::new(prefix)));
        }
        for file in files {
            let is_valid = file.utf8 && file.well_formed;
            let kind = if is_valid { kind_of_mode(file.mode) } else { PathKind::Malformed };
            builder.add(file.path, kind, At::blob(file.oid, file.mode));
        }
        Ok(builder.finish(TreeSource::Commit(Pool::new(git.reopen()?))))
    }

    /// Lists only these version folders (below the data folder) of a commit and what annotates their servers: a part of a tree, for
    /// judging what a change touches without opening the rest.
    #[cfg(feature = "git")]
    pub fn of_folders<'a>(
        git: &Git,
        commit: Oid,
        prefix: &str,
        folders: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let mut builder = Builder::new(prefix);
        let mut annotated = BTreeSet::new();
        for folder in folders {
            for file in EntryFile::ALL {
                let path = format!("{folder}/{}", file.file_name());
                let Some(side) = git.entry(commit, &join(prefix, &path))? else { continue };
                builder.add(path, kind_of_mode(side.mode), At::blob(side.oid, side.mode));
                if let [_, namespace, name, ..] = folder.split('/').collect::<Vec<_>>()[..] {
                    annotated.insert(annotations_of(namespace, name));
                }
            }
        }
        for path in annotated {
            let Some(side) = git.entry(commit, &join(prefix, &path))? else { continue };
            builder.add(path, kind_of_mode(side.mode), At::blob(side.oid, side.mode));
        }
        Ok(builder.finish(TreeSource::Commit(Pool::new(git.reopen()?))))
    }
}

fn missing(root: &Path) -> Error {
    Error::new(ErrorKind::Usage, "there is no data folder")
        .at(root)
        .help("run this inside a registry repository, or name the folder with --data")
}

fn unreadable(root: &Path, e: walkdir::Error) -> Error {
    let path = e.path().unwrap_or(root).to_path_buf();
    Error::new(ErrorKind::Io, "the data cannot be read").at(path).because(e)
}

fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Whether `path` is directly in one of the known folders.
fn is_second_level(root: &Path, path: &Path) -> bool {
    TOP_FOLDERS.iter().any(|name| path.parent() == Some(&root.join(name)))
}

/// Looks at the data folder `root` without opening a file: a digest of all names, sizes and times. The order of the
/// files does not matter, and folders do not count: their own times move for files that are not ours.
pub fn look(root: &Path) -> Result<u64> {
    Ok(files(root, mark)?.fold(0, u64::wrapping_add))
}

/// What a look sees of one file.
fn mark(entry: &walkdir::DirEntry) -> u64 {
    let mut hash = DefaultHasher::new();
    entry.path().hash(&mut hash);
    entry.file_type().hash(&mut hash);
    let data = entry.metadata().ok();
    data.map(|data| (data.len(), data.modified().ok())).hash(&mut hash);
    hash.finish()
}

/// Returns what `each` makes of every file below `root`.
fn files<T: Send>(
    root: &Path,
    each: impl Fn(&walkdir::DirEntry) -> T + Sync,
) -> Result<impl Iterator<Item = T>> {
    if !root.is_dir() {
        return Err(missing(root));
    }
    let (mut found, mut folders) = (Vec::new(), Vec::new());
    for entry in walkdir::WalkDir::new(root).min_depth(1).max_depth(2) {
        let entry = entry.map_err(|e| unreadable(root, e))?;
        let known = entry.depth() == 1 || is_second_level(root, entry.path());
        if entry.file_type().is_dir() {
            let path = relative(root, entry.path());
            if known && !TOP_FOLDERS.contains(&path.as_str()) {
                folders.push(entry.into_path());
            }
        } else if known {
            found.push(each(&entry));
        }
    }
    folders.sort();
    let below = folders.par_iter().map(|folder| list(folder, &each));
    Ok(found.into_iter().chain(below.collect::<Result<Vec<_>>>()?.into_iter().flatten()))
}

fn list<T>(folder: &Path, each: impl Fn(&walkdir::DirEntry) -> T) -> Result<Vec<T>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.map_err(|e| unreadable(folder, e))?;
        if !entry.file_type().is_dir() {
            found.push(each(&entry));
        }
    }
    Ok(found)
}

fn kind_of(file_type: std::fs::FileType) -> PathKind {
    if file_type.is_file() {
        PathKind::File
    } else if file_type.is_symlink() {
        PathKind::Link
    } else {
        PathKind::Other
    }
}

#[cfg(feature = "git")]
fn kind_of_mode(mode: FileMode) -> PathKind {
    match mode {
        FileMode::Regular | FileMode::Executable => PathKind::File,
        FileMode::Symlink => PathKind::Link,
        _ => PathKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_look_is_what_a_listing_looked_at_and_moves_with_every_file() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("registry.toml", "");
        let mut seen = vec![look(root).unwrap()];
        for (path, text) in [
            ("registry.toml", "[registry]"),
            ("servers/com.example/weather/1.0.0/server.json", "{}"),
            ("servers/com.example/weather/1.0.0/server.json", "{ }"),
            ("servers/com.example/weather/annotations.json", "{}"),
            ("servers/notes.txt", ""),
            ("owners/com.example.toml", ""),
            ("other/deep/down/file", ""),
            ("other/file", ""),
        ] {
            write(path, text);
            let now = look(root).unwrap();
            assert!(!seen.contains(&now), "{path}");
            seen.push(now);
            assert_eq!(Tree::from_disk_looking(root, "data").unwrap().looked(), now, "{path}");
            assert_eq!(Tree::from_disk(root, "data").unwrap().looked(), 0);
        }
        fs::create_dir(root.join("servers/org.example")).unwrap();
        assert_eq!(look(root).ok(), seen.pop(), "a folder without a file is nothing");
        assert!(look(&root.join("nowhere")).is_err());
    }
}
