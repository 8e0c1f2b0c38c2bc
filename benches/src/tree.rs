//! Folders as a whole: what is in them, whether two are equal, what a run wrote into one.

use crate::Res;
use crate::args::Args;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How many differences `same` names before it only counts.
const SHOWN: usize = 20;

/// Every regular file below `root`, as sorted relative paths.
pub(crate) fn files(root: &Path) -> Res<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let at = root.join(&folder);
        for item in fs::read_dir(&at).map_err(|e| format!("{}: {e}", at.display()))? {
            let item = item?;
            let path = folder.join(item.file_name());
            if item.file_type()?.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// The names in one folder, sorted; empty if there is no such folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let items = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<_> = items.filter_map(|i| i.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// What changes when a file is written or replaced: time, inode, length.
type Stamp = (i64, i64, u64, u64);

/// The state of a folder at one moment.
pub(crate) struct Snapshot(BTreeMap<PathBuf, Stamp>);

/// What happened to a folder between two snapshots.
pub(crate) struct Changes {
    /// Files that are new, rewritten or replaced, even by equal bytes, with their length.
    pub(crate) written: Vec<(PathBuf, u64)>,
    /// How many files are gone.
    pub(crate) removed: usize,
}

impl Changes {
    /// How many files were touched in any way.
    pub(crate) fn count(&self) -> usize {
        self.written.len() + self.removed
    }

    /// Length of all files that were written.
    pub(crate) fn bytes(&self) -> u64 {
        self.written.iter().map(|(_, bytes)| bytes).sum()
    }
}

impl Snapshot {
    /// Takes the state of `root` now.
    pub(crate) fn take(root: &Path) -> Res<Self> {
        let stamp = |path: PathBuf| -> Res<(PathBuf, Stamp)> {
            let m = fs::symlink_metadata(root.join(&path))?;
            Ok((path, (m.mtime(), m.mtime_nsec(), m.ino(), m.size())))
        };
        Ok(Self(files(root)?.into_iter().map(stamp).collect::<Res<_>>()?))
    }

    /// Length of every file whose path is wanted.
    pub(crate) fn lengths(&self, wanted: impl Fn(&Path) -> bool) -> Vec<u64> {
        self.0.iter().filter(|(path, _)| wanted(path)).map(|(_, stamp)| stamp.3).collect()
    }

    /// Compares with a later state of the same folder.
    pub(crate) fn until(&self, later: &Self) -> Changes {
        let written = later.0.iter().filter(|(path, stamp)| self.0.get(*path) != Some(stamp));
        let removed = self.0.keys().filter(|path| !later.0.contains_key(*path));
        Changes {
            written: written.map(|(path, stamp)| (path.clone(), stamp.3)).collect(),
            removed: removed.count(),
        }
    }
}

/// Lines that tell where two trees differ; empty if they are equal.
pub(crate) fn differences(a: &Path, b: &Path) -> Res<Vec<String>> {
    let (left, right) = (files(a)?, files(b)?);
    let mut lines: Vec<String> = Vec::new();
    for path in right.iter().filter(|p| left.binary_search(p).is_err()) {
        lines.push(format!("only in {}: {}", b.display(), path.display()));
    }
    let judged: Vec<Option<String>> = left
        .par_iter()
        .map(|path| -> Res<Option<String>> {
            if right.binary_search(path).is_err() {
                return Ok(Some(format!("only in {}: {}", a.display(), path.display())));
            }
            let (one, two) = (fs::read(a.join(path))?, fs::read(b.join(path))?);
            let at = one.iter().zip(&two).take_while(|(x, y)| x == y).count();
            let differ = || format!("differs from byte {at}: {}", path.display());
            Ok((one != two).then(differ))
        })
        .collect::<Res<_>>()?;
    lines.extend(judged.into_iter().flatten());
    Ok(lines)
}

/// `bench same A B`: status 0 if both trees hold the same files and bytes.
pub(crate) fn command(rest: Vec<OsString>) -> Res<ExitCode> {
    let args = Args::parse(rest, &[], &[])?;
    let [a, b] = args.words::<2>()?;
    let (a, b) = (Path::new(a), Path::new(b));
    let lines = differences(a, b)?;
    for line in lines.iter().take(SHOWN) {
        println!("{line}");
    }
    if lines.is_empty() {
        println!("same: {} files", files(a)?.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} differences", lines.len());
    Ok(ExitCode::FAILURE)
}
