//! Which folders may be written to.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

use super::below::{PathState, at};
use super::commit::ARRIVING;
use super::host::{HOSTS, host_named};
use super::manifest::MANIFEST;
use super::sealed::WORK;

/// Folders that an output must not be, contain or be inside of.
#[derive(Debug, Clone, Default)]
pub struct Forbidden {
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// The data folder that is being built.
    pub data: Option<PathBuf>,
    /// The top of the git work tree.
    pub repository: Option<PathBuf>,
}

/// Rejects an output folder that must not be written to.
///
/// Allowed are a path that does not exist, an empty folder, a folder with our manifest, and one that holds
/// nothing but sites of several hosts.
pub(super) fn permit(out: &Path, forbidden: &Forbidden) -> Result<()> {
    let full = resolve(out)?;
    let refuse = |why: &str| {
        Err(Error::new(ErrorKind::Output, format!("the output folder {why}"))
            .at(out)
            .help("choose a separate folder with --out, such as _site"))
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
    if let Some(link) = link_on_the_way(out, forbidden)? {
        let why =
            "the output folder is behind a symbolic link that may have come with the repository";
        return Err(Error::new(ErrorKind::Output, why)
            .at(&link)
            .help("remove the link, or give --out the path that it leads to"));
    }
    match std::fs::symlink_metadata(out) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io("the output folder cannot be looked at", out, e)),
        Ok(meta) if meta.is_symlink() => refuse("is a symbolic link"),
        Ok(meta) if !meta.is_dir() => refuse("is a file"),
        Ok(_) if matches!(at(&out.join(MANIFEST)), PathState::File(_)) || is_free(out)? => Ok(()),
        Ok(_) => refuse(&format!("is not empty and holds no {MANIFEST} of ours")),
    }
}

/// Whether a folder is empty, except for sites that a build for several hosts made in it, and a file that an
/// interrupted first build left.
pub(super) fn is_free(folder: &Path) -> Result<bool> {
    let mut entries =
        std::fs::read_dir(folder).map_err(|e| Error::io("the folder cannot be read", folder, e))?;
    Ok(entries.all(|entry| {
        entry.is_ok_and(|entry| match entry.file_name().to_str() {
            Some(ARRIVING) => true,
            Some(WORK) => matches!(at(&entry.path()), PathState::Folder),
            name => name.and_then(host_named).is_some() && is_site(&entry.path()),
        })
    }))
}

/// Whether a folder holds a manifest of ours. Neither may be a link.
fn is_site(folder: &Path) -> bool {
    matches!(at(folder), PathState::Folder)
        && matches!(at(&folder.join(MANIFEST)), PathState::File(_))
}

/// Returns the sites that an earlier build left where one for other hosts is now: in `out` itself when now
/// there are `several` sites in it, else in the folders of hosts in it.
pub fn left_over(out: &Path, several: bool) -> Vec<PathBuf> {
    let places = match several {
        true => vec![out.to_path_buf()],
        false => HOSTS.iter().map(|host| out.join(host.name())).collect(),
    };
    places.into_iter().filter(|place| is_site(place)).collect()
}

/// Returns a link between the folder of the data, or the top of its repository, and `out`. It may have
/// come with the repository, whose authors must not choose where files are written.
fn link_on_the_way(out: &Path, forbidden: &Forbidden) -> Result<Option<PathBuf>> {
    let top = match (&forbidden.repository, &forbidden.data) {
        (Some(top), _) => Some(resolve(top)?),
        (None, Some(data)) => resolve(data)?.parent().map(Path::to_path_buf),
        (None, None) => None,
    };
    let full =
        std::path::absolute(out).map_err(|e| Error::io("the path has no absolute form", out, e))?;
    let is_top = |folder: &&Path| top.is_some() && folder.canonicalize().ok() == top;
    let Some(top) = full.ancestors().filter(is_top).last() else { return Ok(None) };
    let mut between = full.ancestors().skip(1).take_while(|folder| *folder != top);
    Ok(between.find(|folder| folder.is_symlink()).map(Path::to_path_buf))
}

/// Returns the absolute path; links are resolved as far as the path exists.
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
