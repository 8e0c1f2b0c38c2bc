//! Which folders may be written to.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

use super::manifest::MANIFEST;

/// Folders that an output may neither be nor contain, nor lie inside of.
#[derive(Debug, Clone, Default)]
pub struct Forbidden {
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// The data folder that is being built.
    pub data: Option<PathBuf>,
    /// The top of the git work tree.
    pub repository: Option<PathBuf>,
}

/// Refuses an output folder that is not ours to fill.
///
/// Fine are: a path where nothing is, an empty folder, and a folder that holds our manifest.
pub(super) fn permit(out: &Path, forbidden: &Forbidden) -> Result<()> {
    let full = resolve(out)?;
    let refuse = |why: &str| {
        Err(Error::new(ErrorKind::Output, format!("the output folder {why}"))
            .at(out)
            .help("choose a folder of its own with --out, such as _site"))
    };
    if full.parent().is_none() {
        return refuse("is the root of the file system");
    }
    for (place, name) in [(&forbidden.home, "home folder"), (&forbidden.repository, "repository")] {
        if let Some(place) = place.as_deref().map(resolve).transpose()? {
            if place.starts_with(&full) {
                return refuse(&format!("is or contains the {name}"));
            }
            if full.starts_with(place.join(".git")) {
                return refuse("lies inside the git folder");
            }
        }
    }
    if let Some(data) = forbidden.data.as_deref().map(resolve).transpose()?
        && (data.starts_with(&full) || full.starts_with(&data))
    {
        return refuse("is, contains or lies inside the data folder");
    }
    match std::fs::symlink_metadata(out) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io("the output folder cannot be looked at", out, e)),
        Ok(meta) if meta.is_symlink() => refuse("is a symbolic link"),
        Ok(meta) if !meta.is_dir() => refuse("is a file"),
        Ok(_) if out.join(MANIFEST).is_file() || is_empty(out)? => Ok(()),
        Ok(_) => refuse(&format!("is not empty and holds no {MANIFEST} of ours")),
    }
}

fn is_empty(folder: &Path) -> Result<bool> {
    let mut entries =
        std::fs::read_dir(folder).map_err(|e| Error::io("the folder cannot be read", folder, e))?;
    Ok(entries.next().is_none())
}

/// The absolute path with links resolved as far as it exists.
fn resolve(path: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(path)
        .map_err(|e| Error::io("the path has no absolute form", path, e))?;
    let mut tail = Vec::new();
    let mut head = absolute.as_path();
    loop {
        if let Ok(real) = head.canonicalize() {
            return Ok(tail.iter().rev().fold(real, |path, part| path.join(part)));
        }
        match (head.parent(), head.file_name()) {
            (Some(parent), Some(name)) => {
                tail.push(name.to_owned());
                head = parent;
            }
            (Some(parent), None) => head = parent,
            (None, _) => return Ok(absolute),
        }
    }
}
