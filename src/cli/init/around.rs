//! What is known before anything is asked: the folder, the repository around it, and an earlier run.

use std::path::Path;

use crate::config::Config;
use crate::data::read_settings;
use crate::error::{Error, ErrorKind, Result};
use crate::render::catalog::RemoteRepository;
use crate::world::file;
use crate::world::git::Git;

use super::forge::{Forge, NAMES};
use super::seal::options_of;

/// The data folder of a new registry.
pub(super) const DATA: &str = "registry-data";

/// The README of the registry in a repository of its own, and beside other things.
pub(super) const README: &str = "README.md";
const DATA_README: &str = "registry-data/README.md";

/// Largest file that is compared with one of the scaffold, in bytes.
pub(super) const MAX_THERE: u64 = 16 * 1024 * 1024;

/// The folder and the repository around it.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Whether the folder is in a git repository.
    pub(super) in_git: bool,
    /// Host and path of the remote `origin`.
    pub(super) remote: Option<(String, String)>,
    /// Name of the folder.
    pub(super) folder: String,
    /// Whether there are entries already.
    pub(super) has_entries: bool,
    /// The settings that are there already.
    pub(super) settings: Option<Config>,
    /// Path of the README of the registry: in the data folder if the repository had a README before the registry.
    pub(super) guide: &'static str,
    /// Whether this is a copy of the program's own repository.
    pub(super) is_program: bool,
    /// The options of an earlier run, as words.
    pub(super) options: Vec<String>,
}

impl Surroundings {
    /// Reads the folder and the repository around it; neither has to be there.
    pub(super) fn look(dir: &Path) -> Result<Self> {
        let git = Git::discover(dir)?;
        let remote = git.as_ref().and_then(|git| git.remote_url("origin"));
        let remote = remote.and_then(|url| RemoteRepository::new(url, DATA.to_owned()).place());
        let full = std::path::absolute(dir)
            .map_err(|e| Error::io("the folder cannot be found", dir, e))?;
        let folder =
            full.components().next_back().map(|c| c.as_os_str().to_string_lossy().into_owned());
        let data = dir.join(DATA);
        let settings = if data.is_dir() { read_settings(&data)? } else { None };
        let had_readme = settings.is_none() && dir.join(README).exists();
        let guide = match had_readme || dir.join(DATA_README).exists() {
            true => DATA_README,
            false => README,
        };
        let text = |path: &str| file::read_text(&dir.join(path), MAX_THERE).ok();
        let files = NAMES.iter().filter_map(|name| Forge::named(name, None));
        let options = files.filter_map(|forge| text(forge.options_file())).find_map(|text| {
            options_of(&text).map(|words| words.into_iter().map(str::to_owned).collect())
        });
        Ok(Self {
            in_git: git.is_some(),
            remote,
            folder: folder.unwrap_or_default(),
            has_entries: data.join("servers").is_dir(),
            settings: settings.map(|text| Config::parse("registry.toml", &text).0),
            guide,
            is_program: text("Cargo.toml")
                .is_some_and(|text| text.lines().any(|line| line == "name = \"mcp-static\"")),
            options: options.unwrap_or_default(),
        })
    }

    /// Returns the name of the forge, by the address of the remote; without a remote nothing is known.
    pub(super) fn forge(&self) -> Option<&'static str> {
        self.remote.as_ref().and_then(|(host, _)| Forge::guess(host))
    }

    /// Returns the host of the remote.
    pub(super) fn host(&self) -> Option<&str> {
        self.remote.as_ref().map(|(host, _)| host.as_str())
    }

    /// Returns the forge where nobody can be asked: the named one, else the remote's, and GitHub without a remote.
    ///
    /// # Errors
    /// Where the host of the remote does not tell what runs there.
    pub(super) fn forge_unasked(&self, named: Option<&str>) -> Result<Forge> {
        let name = match (named.or_else(|| self.forge()), self.host()) {
            (Some(name), _) => name,
            (None, None) => "github",
            (None, Some(host)) => {
                let what = format!("the name {host} does not show which forge runs there");
                let help = format!("name it: --forge {}", NAMES.join(", --forge "));
                return Err(Error::new(ErrorKind::Usage, what).help(help));
            }
        };
        Forge::named(name, self.host()).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("unknown forge {name:?}"))
                .help(format!("choose from {}", NAMES.join(", ")))
        })
    }
}
