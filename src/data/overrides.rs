//! Reads what an operator wrote: the settings as text, and the folder of templates (name → text).
//!
//! Only plain files up to a limit are read; of templates those one or two levels deep that a template
//! can be. Links are not followed, neither in the folder nor on the way to it, because they may lead
//! out of the repository. What the names mean is decided elsewhere.

use std::collections::BTreeMap;
use std::path::Path;

#[cfg(feature = "git")]
use crate::config::Config;
use crate::error::{Error, ErrorKind, Result};
use crate::world::file;
#[cfg(feature = "git")]
use crate::world::git::{FileMode, Git, Oid};

use super::json::MAX_FILE;
use super::layout::SETTINGS;
#[cfg(feature = "git")]
use super::layout::join;

/// Most files that a folder of templates has.
const MAX_FILES: usize = 256;

/// Largest file of it, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads the files of the folder `name` in `around` by their paths with forward slashes.
///
/// # Errors
/// When the folder or one of its files cannot be read, and when a link leads to it.
pub fn read_overrides(around: &Path, name: &str) -> Result<BTreeMap<String, String>> {
    let folder = &around.join(name.trim_end_matches('/'));
    let mut inside = folder.ancestors().take_while(|path| *path != around);
    if let Some(link) = inside.find(|path| path.is_symlink()) {
        let what = "the folder of templates is behind a symbolic link";
        let help =
            "replace the link with a folder, or correct [catalog] templates in registry.toml";
        return Err(Error::new(ErrorKind::Usage, what).at(link).help(help));
    }
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).max_depth(2).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            let why = e.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links"));
            Error::io("the folder of templates cannot be read", folder, why)
                .help("create the folder, or correct [catalog] templates in registry.toml")
        })?;
        let name = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let name = name.to_string_lossy().replace('\\', "/");
        if !entry.file_type().is_file() || !is_template(&name) {
            continue;
        }
        if files.len() == MAX_FILES {
            let what = format!("the folder of templates has more than {MAX_FILES} files");
            let help = "remove the files that are not templates";
            return Err(Error::new(ErrorKind::Usage, what).at(folder).help(help));
        }
        let bytes = file::read(entry.path(), MAX_BYTES).map_err(|e| {
            Error::io("could not read a template", entry.path(), e)
                .help("shorten it, or remove it from the folder of templates")
        })?;
        files.insert(name, String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(files)
}

/// Whether a file of the folder, by its path there, can be a template.
fn is_template(path: &str) -> bool {
    let mut names = path.split('/');
    path.matches('/').count() < 2 && !names.any(|n| n.starts_with('.')) && !path.ends_with(".md")
}

/// Returns the templates of `folder` as a commit has them; `None` when the folder is not there.
///
/// # Errors
/// When the repository cannot be read.
#[cfg(feature = "git")]
pub fn overrides_at(
    git: &Git,
    commit: Oid,
    folder: &str,
) -> Result<Option<BTreeMap<String, String>>> {
    let files = git.files(commit, folder)?;
    let mut found = BTreeMap::new();
    for file in files.iter().filter(|f| f.mode == FileMode::Regular && is_template(&f.path)) {
        let text = String::from_utf8_lossy(&git.blob(file.oid)?).into_owned();
        found.insert(file.path.clone(), text);
    }
    Ok((!files.is_empty()).then_some(found))
}

/// Returns the folder of templates from the top of the repository whose data folder is at `prefix`;
/// `None` when the settings name none.
#[cfg(feature = "git")]
pub fn template_folder(config: &Config, prefix: &str) -> Option<String> {
    let name = config.catalog.templates.as_deref()?.trim_end_matches('/');
    Some(join(prefix.rsplit_once('/').map_or("", |(above, _)| above), name))
}

/// Returns the settings of the data folder `root` as text; `None` when there is no such plain file.
pub fn read_settings(root: &Path) -> Result<Option<String>> {
    let path = root.join(SETTINGS);
    if !std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file()) {
        return Ok(None);
    }
    file::read_text(&path, MAX_FILE)
        .map(Some)
        .map_err(|e| Error::io("the settings cannot be read", path, e))
}
