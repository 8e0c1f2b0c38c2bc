//! Finds the data folder in git, and reads what git knows of it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::super::cache;
use super::*;
use crate::data::{DateTable, overrides_at, template_folder};
use crate::error::{Error, ErrorKind};
use crate::world::git::{Git, Oid};

/// The data folder in git, if it is in a repository.
pub(super) struct Location {
    git: Option<Git>,
    /// The data folder below the top of the repository.
    prefix: String,
    /// The commit that is read: the named revision, or HEAD.
    commit: Option<Oid>,
    /// The same without what is held back, where that takes another commit's state.
    held: Option<Oid>,
}

pub(super) fn find(options: &LoadOptions) -> Result<Location> {
    let git = Git::discover(&options.data)?;
    let Some(git) = git else {
        return match &options.revision {
            None => Ok(Location { git: None, prefix: String::new(), commit: None, held: None }),
            Some(_) => {
                let doing = "a revision is given, but this is not a git repository";
                Err(Error::new(ErrorKind::Usage, doing)
                    .at(&options.data)
                    .help("run this inside the registry's repository"))
            }
        };
    };
    let commit = match &options.revision {
        Some(revision) => Some(git.resolve(revision)?),
        None => git.head()?,
    };
    let prefix = match git.relative(&options.data)? {
        Some(prefix) => prefix,
        // A bare repository has no work tree; the data folder is named from its top.
        None => label(&options.data),
    };
    let mut place = Location { git: Some(git), prefix, commit, held: None };
    place.hold(&options.without)?;
    Ok(place)
}

impl Location {
    pub(super) fn tree(&self, options: &LoadOptions) -> Result<Tree> {
        let label = label(&options.data);
        let named = self.commit.filter(|_| options.revision.is_some());
        match (&self.git, self.held.or(named)) {
            (Some(git), Some(commit)) => Tree::from_commit(git, commit, &self.prefix, &label),
            _ => from_disk(options, &label),
        }
    }

    /// Prepares the commit without what is held back.
    fn hold(&mut self, held: &[Held]) -> Result<()> {
        if held.is_empty() {
            return Ok(());
        }
        let (Some(git), Some(commit)) = (&self.git, self.commit) else {
            if held.iter().all(Held::is_left_out_entry) {
                return Ok(());
            }
            return Err(Error::new(
                ErrorKind::Usage,
                "entries cannot be held back: there is no commit yet",
            )
            .help("run this inside the registry's repository"));
        };
        let sides = held.iter().map(|held| {
            let path = held.full_path(&self.prefix);
            let side = match held.commit()? {
                Some(from) => Some(git.entry(from, &path)?.ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("commit {from} does not have it"))
                        .at(&path)
                        .help("give the file that `mcp-static verify --hold` wrote for this repository")
                })?),
                None => None,
            };
            Ok((path, side))
        });
        let sides = sides.collect::<Result<Vec<_>>>()?;
        self.held = Some(git.overlay(commit, &sides)?);
        Ok(())
    }

    /// Returns the templates that are published, where something is held back.
    pub(super) fn held_templates(&self, config: &Config) -> Result<Option<Overrides>> {
        match (&self.git, self.held, template_folder(config, &self.prefix)) {
            (Some(git), Some(commit), Some(folder)) => overrides_at(git, commit, &folder),
            _ => Ok(None),
        }
    }

    pub(super) fn name(&self) -> String {
        let remote = self.git.as_ref().and_then(|git| git.remote_url("origin"));
        let name = remote.and_then(|url| {
            let url = url.trim_end_matches('/').trim_end_matches(".git").to_owned();
            url.rsplit(['/', ':']).next().map(str::to_owned).filter(|name| !name.is_empty())
        });
        name.unwrap_or_else(|| NAMELESS.to_owned())
    }

    pub(super) fn commit(&self) -> Result<Option<(String, Timestamp)>> {
        match (&self.git, self.commit) {
            (Some(git), Some(commit)) => {
                let time = Timestamp::from_unix(git.commit_time(commit)?);
                Ok(Some((commit.to_string(), time)))
            }
            _ => Ok(None),
        }
    }

    /// Returns where the data folder lies in the repository that others see.
    pub(super) fn origin(&self) -> Option<RemoteRepository> {
        let remote = self.git.as_ref()?.remote_url("origin")?;
        Some(RemoteRepository::new(remote, self.prefix.clone()))
    }

    /// Adds the signed commits of history, where proofs are asked for and history is whole; where
    /// it is not, reading the dates reports it.
    pub(super) fn add_signatures(&self, evidence: &mut Evidences) -> Result<()> {
        let (Some(git), Some(commit)) = (&self.git, self.commit) else { return Ok(()) };
        if evidence.wants_commits() && git.hidden_history()?.is_none() {
            let read = self.held.unwrap_or(commit);
            evidence.add_signed_commits(git, commit, read, &self.prefix)?;
        }
        Ok(())
    }

    pub(super) fn repository(&self) -> Option<PathBuf> {
        self.git.as_ref().and_then(Git::workdir).map(Path::to_path_buf)
    }

    pub(super) fn dates(self, options: &LoadOptions) -> DateSource {
        let Some(git) = self.git else { return DateSource::fallback(Fallback::None) };
        let Some(commit) = self.commit else {
            return DateSource::fallback(Fallback::Epoch(options.epoch.unwrap_or(0)));
        };
        // It is closed once the dates are read: an open one holds what it mapped of its packs.
        let (git, prefix, folder) = (Mutex::new(Some(git)), self.prefix, options.remember.clone());
        let older: Vec<Held> = options.without.clone();
        DateSource::new(move || {
            let git = git.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            let mut git =
                git.ok_or_else(|| Error::new(ErrorKind::Git, "the dates were read before"))?;
            if let Some(hidden) = git.hidden_history()? {
                return Err(hidden.to_error());
            }
            let known = folder.as_deref().and_then(|folder| cache::load_dates(folder, &prefix));
            let (is_known, mut commits) = (known.is_some(), 0);
            let mut table =
                DateTable::read(&mut git, commit, &prefix, known, &mut |done| commits = done)?;
            if let Some(folder) = folder.as_deref().filter(|_| !is_known || commits > FEW_COMMITS) {
                cache::save_dates(folder, &prefix, commit, &table);
            }
            date_back(&mut git, commit, &prefix, &older, &mut table)?;
            Ok(table)
        })
    }
}

/// Commits that are read again at each build rather than written down: the file has a line for every entry.
const FEW_COMMITS: usize = 50;

/// Gives each entry that is published as an older commit has it the dates that it had there.
fn date_back(
    git: &mut Git,
    head: Oid,
    prefix: &str,
    held: &[Held],
    table: &mut DateTable,
) -> Result<()> {
    let mut older: BTreeMap<Oid, Vec<&str>> = BTreeMap::new();
    for held in held {
        let (Some(from), Some(key)) = (held.commit()?, held.path.strip_prefix("servers/")) else {
            continue;
        };
        older.entry(from).or_default().push(key);
    }
    if older.is_empty() {
        return Ok(());
    }
    // Oldest first, so that each reading goes on where the last one ended.
    let mut known = None;
    for commit in git.first_parents(head)?.into_iter().rev() {
        let Some(keys) = older.remove(&commit) else { continue };
        let then = DateTable::read(git, commit, prefix, known.take(), &mut |_| {})?;
        keys.iter().for_each(|key| table.copy(key, &then));
        known = Some((commit, then));
    }
    // What was deployed may have come in by another parent than the first.
    for (commit, keys) in older {
        let then = DateTable::read(git, commit, prefix, None, &mut |_| {})?;
        keys.iter().for_each(|key| table.copy(key, &then));
    }
    Ok(())
}
