//! An operator's folder of templates: name → text.
//!
//! Only files one or two levels deep that a template can be are read; links are not followed, neither
//! in the folder nor on the way to it, because they may lead out of the repository. What the names mean
//! is not this room's business.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Reads the files of the folder `name` in `around` by their paths with forward slashes.
///
/// # Errors
/// When the folder or one of its files cannot be read, and when a link leads to it.
pub fn read_overrides(around: &Path, name: &str) -> Result<BTreeMap<String, String>> {
    let folder = &around.join(name.trim_end_matches('/'));
    if let Some(link) =
        folder.ancestors().take_while(|path| *path != around).find(|path| path.is_symlink())
    {
        return Err(Error::new(
            ErrorKind::Usage,
            "the folder of templates is behind a symbolic link",
        )
        .at(link)
        .help("replace the link with a folder, or correct [catalog] templates in registry.toml"));
    }
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).max_depth(2).sort_by_file_name() {
        let entry = entry.map_err(|e| {
            Error::new(ErrorKind::Io, "could not read the folder of templates")
                .at(folder)
                .help("correct [catalog] templates in registry.toml")
                .because(e)
        })?;
        let name = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let name = name.to_string_lossy().replace('\\', "/");
        let hidden = name.split('/').any(|part| part.starts_with('.'));
        if !entry.file_type().is_file() || hidden || name.ends_with(".md") {
            continue;
        }
        let bytes = std::fs::read(entry.path())
            .map_err(|e| Error::io("could not read a template", entry.path(), e))?;
        files.insert(name, String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(files)
}
