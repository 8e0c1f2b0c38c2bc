//! Loads a data folder: its files, settings, dates and everything else that checks and rendering need.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::{DocumentRules, Profile};
use crate::config::{BaseUrl, Config};
use crate::data::{DateSource, Fallback, Held, Tree};
use crate::diag::{Diagnostic, Levels};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::proof::Evidences;
use crate::render::catalog::{Overrides, RemoteRepository};
use crate::render::{Catalog, Facts};

use super::catalog;
use super::policy::{self, Policing};
use super::working;

/// Where the data is and how to read it.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The data folder.
    pub data: PathBuf,
    /// A revision whose objects are read instead of the folder on disk.
    pub revision: Option<String>,
    /// Which rules apply.
    pub profile: Profile,
    /// Severities that win over the settings'.
    pub levels: Levels,
    /// The channel of the settings that is read; the main registry without one.
    pub channel: Option<String>,
    /// A base URL that wins over the settings'.
    pub base_url: Option<BaseUrl>,
    /// Seconds since 1970 that date entries before the first commit, and that count as now for the policy
    /// (`SOURCE_DATE_EPOCH`).
    pub epoch: Option<i64>,
    /// A folder in which dates read from history are remembered.
    pub remember: Option<PathBuf>,
    /// What is left out, or read from an older commit, as what could not be proven. Where a commit is
    /// named, all data is read from the repository's objects and not from the work tree.
    #[doc(hidden)]
    pub without: Vec<Held>,
    /// Whether the catalog and the exports are wanted besides the API.
    pub catalog: bool,
    /// Whether the files on disk are looked at, for noticing later that they have changed.
    #[doc(hidden)]
    pub looking: bool,
}

impl LoadOptions {
    /// Options for the folder `data` on disk, with strict rules and a catalog.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), catalog: true, ..Self::default() }
    }
}

/// A loaded data folder.
#[derive(Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// Its files.
    pub(crate) tree: Tree,
    /// Its settings.
    pub(crate) config: Config,
    /// When its entries were published.
    pub(crate) dates: DateSource,
    /// Facts for rendering.
    #[doc(hidden)]
    pub facts: Facts,
    /// Which rules apply.
    pub(crate) profile: Profile,
    /// What turns servers into pages, when pages are wanted.
    pub(crate) catalog: Option<Arc<Catalog>>,
    /// What the repository records about the owners of entries.
    pub(crate) evidence: Evidences,
    pub(super) policing: Policing,
    /// What is wrong with settings and owners files.
    #[doc(hidden)]
    pub findings: Vec<Diagnostic>,
    /// Top of the git work tree, when there is one.
    pub(crate) repository: Option<PathBuf>,
    pub(crate) levels: Levels,
}

impl Loaded {
    pub(super) fn rules(&self) -> DocumentRules {
        DocumentRules::of(self.profile, &self.config)
    }

    /// Returns what went wrong in templates while pages were rendered.
    pub fn template_problems(&self) -> Vec<Diagnostic> {
        catalog::problems(&self.config, self.catalog.as_deref())
    }
}

/// Reads the layout, the settings and the place in git; no entry is opened yet. Refuses a working folder
/// beside the data or the output that git tracks.
pub fn load(options: &LoadOptions) -> Result<Loaded> {
    // A working folder that the gate holds back is not part of what is published.
    let held = options.without.iter().any(|held| working::is_inside(&held.path));
    working::refuse(&options.data, held, options.remember.as_deref())?;
    let place = place::find(options)?;
    let mut tree = place.tree(options)?;
    let left_out = options.without.iter().filter(|held| held.is_left_out_entry());
    tree.leave_out(&left_out.map(|held| held.path.clone()).collect());
    let (mut config, mut findings) = settings(&tree)?;
    if let Some(channel) = &options.channel {
        config.enter(channel).map_err(|help| {
            Error::new(ErrorKind::Usage, format!("unknown channel {channel:?}")).help(help)
        })?;
    }
    if let Some(base_url) = &options.base_url {
        // Annotations are written under the key of the settings, wherever this build is served.
        config.meta_key = config.meta_key();
        config.base_url = Some(base_url.clone());
    }
    let (mut evidence, wrong) = Evidences::read(&tree, &config)?;
    findings.extend(wrong);
    let (policy, wrong) = policy::read(&tree, &config)?;
    findings.extend(wrong);
    place.add_signatures(&mut evidence)?;
    let facts = Facts {
        name: config.name.clone().unwrap_or_else(|| place.name()),
        base_url: config.base_url.clone(),
        meta_key: config.meta_key(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        commit: place.commit()?,
        v0_copies: config.v0_copies.unwrap_or_else(|| few_versions(&tree)),
        holds_back: !options.without.is_empty(),
        probed: None,
        policy: policy.clone(),
    };
    let head = facts.commit.as_ref().map(|(_, time)| time.unix());
    let now = match options.epoch.or(head) {
        Some(now) => now,
        None => policy::newest(&tree, policy.as_deref())?,
    };
    let catalog = match options.catalog {
        true => {
            let overrides = match place.held_templates(&config)? {
                Some(held) => held,
                None => catalog::overrides(&options.data, &config)?,
            };
            let origin = place.origin();
            catalog::make(&config, origin.as_ref(), &overrides, &mut findings)?.map(Arc::new)
        }
        false => None,
    };
    Ok(Loaded {
        tree,
        facts,
        catalog,
        evidence,
        policing: Policing::new(policy, now),
        findings,
        repository: place.repository(),
        dates: place.dates(options),
        profile: options.profile,
        levels: options.levels.clone(),
        config,
    })
}

/// Lists the folder on disk.
fn from_disk(options: &LoadOptions, label: &str) -> Result<Tree> {
    match options.looking {
        true => Tree::from_disk_looking(&options.data, label),
        false => Tree::from_disk(&options.data, label),
    }
}

/// Reads the settings of `tree`; the defaults when it has none.
fn settings(tree: &Tree) -> Result<(Config, Vec<Diagnostic>)> {
    let Some(file) = tree.settings() else { return Ok((Config::default(), Vec::new())) };
    Ok(match tree.read_text(file)? {
        Ok(text) => Config::parse_with_clients(&tree.display(&file.path), &text),
        Err(wrong) => (Config::default(), vec![wrong]),
    })
}

/// Most versions of which copies below `/v0` are made when the settings do not decide it: three files
/// each at most, so that no host comes near its limits.
const MAX_COPIED: usize = 1000;

/// Whether copies of all documents cost little.
fn few_versions(tree: &Tree) -> bool {
    tree.servers().iter().map(|server| server.versions.len()).sum::<usize>() <= MAX_COPIED
}

/// Default name of a registry. It is not the name of a folder, because a site must not depend on where
/// it is built.
const NAMELESS: &str = "MCP registry";

/// Returns the path of the data folder for messages.
pub fn label(data: &Path) -> String {
    data.to_string_lossy()
        .replace('\\', "/")
        .trim_end_matches('/')
        .trim_start_matches("./")
        .to_owned()
}

#[cfg(not(feature = "git"))]
mod place {
    use super::*;

    /// A data folder outside git.
    pub(super) struct Location;

    pub(super) fn find(options: &LoadOptions) -> Result<Location> {
        let needs_commit = |held: &Held| !held.is_left_out_entry();
        if options.revision.is_some() || options.without.iter().any(needs_commit) {
            let doing = "a commit is given, but this program was built without git";
            return Err(Error::new(ErrorKind::Usage, doing).help("build it with the feature git"));
        }
        Ok(Location)
    }

    impl Location {
        pub(super) fn tree(&self, options: &LoadOptions) -> Result<Tree> {
            from_disk(options, &label(&options.data))
        }

        pub(super) fn held_templates(&self, _: &Config) -> Result<Option<Overrides>> {
            Ok(None)
        }

        pub(super) fn name(&self) -> String {
            NAMELESS.to_owned()
        }

        pub(super) fn commit(&self) -> Result<Option<(String, Timestamp)>> {
            Ok(None)
        }

        pub(super) fn repository(&self) -> Option<PathBuf> {
            None
        }

        pub(super) fn add_signatures(&self, _: &mut Evidences) -> Result<()> {
            Ok(())
        }

        pub(super) fn origin(&self) -> Option<RemoteRepository> {
            None
        }

        pub(super) fn dates(&self, _: &LoadOptions) -> DateSource {
            DateSource::fallback(Fallback::None)
        }
    }
}

#[cfg(feature = "git")]
mod place;
