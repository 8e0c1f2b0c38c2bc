//! The ground on which a change is judged: two commits, what lies between them, and the settings,
//! owners files and tombstones of the older one.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::data::EntryFile;
use crate::diag::Diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::catalog;
use crate::proof::change::{Change, EntryChange, Layout, sort};
use crate::proof::{Commits, Owners, ProofFile, Signed, Touched, TouchedOwners, parse_owners};
use crate::world::git::{Changed, Gained, Git, Oid};

use super::limits::PathCount;
use super::merge::Merge;
use super::signatures;

/// Largest blob that a change may bring, in bytes; larger ones are not read.
pub(super) const MAX_BLOB: u64 = 256 * 1024;

/// A change and what it is judged by.
pub(super) struct Ground<'a> {
    pub(super) git: &'a Git,
    /// The data folder from the top of the repository.
    pub(super) prefix: &'a str,
    /// What the change is compared with: the tip of the branch that it is to be merged into; `None` for
    /// a first publication.
    pub(super) base: Option<Oid>,
    /// What the change leaves.
    pub(super) head: Oid,
    /// The same two as real commits, where what is held back was left out of `base` and `head`.
    pub(super) history: (Option<Oid>, Oid),
    /// Whether the change is only proposed, and not on the branch already.
    pub(super) is_proposed: bool,
    /// The commits that make the change, each after its parents.
    pub(super) commits: Vec<Gained>,
    /// Settings of the base; of the head for a first publication.
    pub(super) config: Config,
    /// Owners files of the base, by namespace in lower case.
    pub(super) owners: BTreeMap<String, Owners>,
    /// What is wrong with those that cannot be read; such a file pins nobody and opens nothing.
    pub(super) broken_owners: BTreeMap<String, Vec<Diagnostic>>,
    /// What the change does.
    pub(super) change: Change,
    /// The same, path by path.
    pub(super) changed: Vec<Changed>,
    /// Why the change cannot be judged as it is: how it would be merged.
    pub(super) objections: Vec<Diagnostic>,
    /// Whether it touches more paths than are judged, so that it was not looked at any further.
    pub(super) is_exceeded: bool,
}

/// A step of the published branch: what it had before a commit, and what it has after it.
pub(super) struct Step {
    /// What was accepted before, and what is to be judged.
    pub(super) judged: (Oid, Oid),
    /// The commits of the branch.
    pub(super) history: (Oid, Oid),
    /// The commits that the branch gained.
    pub(super) commits: Vec<Gained>,
}

impl<'a> Ground<'a> {
    /// Finds what a merge of `head` would bring to `base`.
    pub(super) fn survey(
        git: &'a Git,
        prefix: &'a str,
        base: Option<Oid>,
        head: Oid,
    ) -> Result<Self> {
        let (config, trouble) = match read_settings(git, prefix, base.unwrap_or(head)) {
            Ok(config) => (config, None),
            Err(e) => (Config::default(), Some(e)),
        };
        let mut count = PathCount::new(prefix, config.ownership.max_paths);
        let Merge { commits, changed, objections, .. } =
            Merge::of(git, base, head, &mut |item| count.add(item))?;
        let mut ground = Self {
            git,
            prefix,
            base,
            head,
            history: (base, head),
            is_proposed: true,
            commits,
            config,
            owners: BTreeMap::new(),
            broken_owners: BTreeMap::new(),
            change: Change::default(),
            changed,
            objections,
            is_exceeded: base.is_some() && count.is_exceeded(),
        };
        // Half of a change means nothing.
        if !ground.is_exceeded {
            ground.sort()?;
        }
        match trouble {
            // A change that repairs the settings can be judged all the same.
            Some(e) if !ground.touches_only_settings() => Err(e),
            _ => Ok(ground),
        }
    }

    fn touches_only_settings(&self) -> bool {
        let settings = self.display("registry.toml");
        self.base.is_some() && self.changed.iter().all(|item| item.path == settings)
    }

    /// Finds what a step of the published branch brought.
    pub(super) fn of_step(
        git: &'a Git,
        prefix: &'a str,
        step: Step,
        config: Config,
    ) -> Result<Self> {
        let (base, head) = step.judged;
        let mut ground = Self {
            git,
            prefix,
            base: Some(base),
            head,
            history: (Some(step.history.0), step.history.1),
            is_proposed: false,
            commits: step.commits,
            config,
            owners: BTreeMap::new(),
            broken_owners: BTreeMap::new(),
            change: Change::default(),
            changed: git.compare(Some(base), head)?,
            objections: Vec::new(),
            is_exceeded: false,
        };
        ground.sort()?;
        Ok(ground)
    }

    /// Sorts the changed paths by what they mean, and reads the owners files that they concern.
    fn sort(&mut self) -> Result<()> {
        let layout = Layout { prefix: self.prefix, protect: &self.config.ownership.protect };
        let mut trouble = None;
        let change = sort(&self.changed, layout, &mut |namespace, name| {
            let folder = self.display(&format!("servers/{namespace}/{name}"));
            match self.base.map(|base| self.git.entry(base, &folder)).transpose() {
                Ok(found) => found.flatten().is_some(),
                Err(e) => {
                    trouble = Some(e);
                    false
                }
            }
        });
        if let Some(e) = trouble {
            return Err(e);
        }
        if let Some(base) = self.base {
            (self.owners, self.broken_owners) = read_owners(self.git, self.prefix, base, &change)?;
        }
        self.change = change;
        Ok(())
    }

    /// Whether it may touch only so much. A first publication may touch anything, and what was merged is on
    /// the branch, however large: it is judged, not sent back.
    pub(super) fn is_limited(&self) -> bool {
        self.base.is_some() && self.is_proposed
    }

    /// How reports call a path below the data folder.
    pub(super) fn display(&self, path: &str) -> String {
        join(self.prefix, path)
    }

    /// The bytes of a file of a commit, unless it is too large to be judged.
    pub(super) fn blob(&self, oid: Oid) -> Result<Option<Vec<u8>>> {
        if self.git.size(oid)? > MAX_BLOB { Ok(None) } else { self.git.blob(oid).map(Some) }
    }

    /// The bytes of a file below the data folder in a commit.
    pub(super) fn file(&self, commit: Oid, path: &str) -> Result<Option<Vec<u8>>> {
        match self.git.entry(commit, &self.display(path))? {
            Some(side) if side.is_file() => self.blob(side.oid),
            _ => Ok(None),
        }
    }

    /// A touched version with its files as the head has them.
    pub(super) fn touched(&self, change: &EntryChange) -> Result<Touched> {
        let mut files = BTreeMap::new();
        for kind in EntryFile::ALL {
            let path = format!("{}/{}", change.folder(), kind.file_name());
            if let Some(bytes) = self.file(self.head, &path)? {
                files.insert(kind, bytes);
            }
        }
        let says = change.touches(EntryFile::Status) || change.touches(EntryFile::StatusProof);
        let status_since = if change.kind.is_new() || !says {
            None
        } else {
            let at = |kind: EntryFile| format!("{}/{}", change.folder(), kind.file_name());
            self.since(&at(EntryFile::Status), &at(EntryFile::StatusProof))?
        };
        Ok(Touched { change: change.clone(), files, status_since })
    }

    /// The owners file of a namespace that the change touches.
    pub(super) fn touched_owners(&self, namespace: &str) -> Result<Option<TouchedOwners>> {
        if !self.change.owners.contains_key(&namespace.to_ascii_lowercase()) {
            return Ok(None);
        }
        let path = format!("owners/{}.toml", namespace.to_ascii_lowercase());
        let proof = format!("owners/{}.proof.json", namespace.to_ascii_lowercase());
        Ok(Some(TouchedOwners {
            text: self.file(self.head, &path)?,
            proof: self.file(self.head, &proof)?,
            since: self.since(&path, &proof)?,
            path,
        }))
    }

    /// When the base last changed the file at `path`: by its proof there, or else by the commit. A
    /// file that was taken away was changed by that, so its last proof does not bring it back.
    fn since(&self, path: &str, proof: &str) -> Result<Option<i64>> {
        let Some(base) = self.base else { return Ok(None) };
        if self.git.entry(base, &self.display(path))?.is_some() {
            let proof = self
                .file(base, proof)?
                .and_then(|bytes| Some(ProofFile::parse(path, bytes).ok()?.issued.unix()));
            if proof.is_some() {
                return Ok(proof);
            }
        }
        let commit = self.git.last_change(base, &self.display(path))?;
        commit.map(|commit| self.git.commit_time(commit)).transpose()
    }
}

impl Commits for Ground<'_> {
    fn signed(&self, namespace: &str) -> Result<Vec<Signed>> {
        signatures::signed(self, namespace)
    }

    fn authors(&self) -> Result<Vec<String>> {
        let mut authors = Vec::new();
        for commit in &self.commits {
            let raw = self.git.raw_commit(commit.id)?;
            let head = raw.split(|b| *b == b'\n').take_while(|line| !line.is_empty());
            let author = head.filter_map(|line| line.strip_prefix(b"author ")).next();
            let text = String::from_utf8_lossy(author.unwrap_or_default()).into_owned();
            // The address ends at the last bracket; a time follows it.
            let end = text.rfind('>').map_or(text.len(), |at| at + 1);
            authors.push(text[..end].to_owned());
        }
        authors.sort();
        authors.dedup();
        Ok(authors)
    }
}

/// A path below the data folder, from the top of the repository.
pub(super) fn join(prefix: &str, path: &str) -> String {
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}

pub(super) fn read_settings(git: &Git, prefix: &str, commit: Oid) -> Result<Config> {
    let path = join(prefix, "registry.toml");
    let Some(side) = git.entry(commit, &path)?.filter(|side| !side.is_folder()) else {
        return Ok(Config::default());
    };
    if !side.is_file() {
        return Err(Error::new(ErrorKind::Usage, "the settings are not a regular file").at(path));
    }
    if git.size(side.oid)? > MAX_BLOB {
        return Err(Error::new(ErrorKind::Usage, "the settings are larger than 256 KiB").at(path));
    }
    let text = git.blob(side.oid)?;
    let (mut config, wrong) = Config::parse(&path, &String::from_utf8_lossy(&text));
    match wrong.first() {
        None => {
            // The look of the site is protected, whatever its folder is called.
            let folder = catalog::folder(&config, prefix);
            config.ownership.protect.extend(folder.map(|folder| format!("{folder}/**")));
            Ok(config)
        }
        // To judge by half of the settings would be to judge by other settings.
        Some(first) => {
            let place = format!("line {}: {}", first.place.line, first.message);
            Err(Error::new(
                ErrorKind::Usage,
                "the settings of the base are wrong, so nothing can be judged by them",
            )
            .at(path)
            .because(place)
            .help("correct registry.toml on the published branch first"))
        }
    }
}

/// Owners files that were read, and those that are wrong.
type OwnersRead = (BTreeMap<String, Owners>, BTreeMap<String, Vec<Diagnostic>>);

/// Reads the owners files of the namespaces that a change touches, and of those above them.
fn read_owners(git: &Git, prefix: &str, commit: Oid, change: &Change) -> Result<OwnersRead> {
    let touched = change.entries.iter().map(|entry| entry.namespace.to_ascii_lowercase());
    let mut wanted = BTreeSet::new();
    for namespace in touched.chain(change.owners.keys().cloned()) {
        let ends = namespace.match_indices('.').map(|(at, _)| namespace[..at].to_owned());
        wanted.extend(ends);
        wanted.insert(namespace);
    }
    let (mut read, mut broken) = OwnersRead::default();
    for namespace in wanted {
        let path = join(prefix, &format!("owners/{namespace}.toml"));
        let Some(side) = git.entry(commit, &path)?.filter(|side| !side.is_folder()) else {
            continue;
        };
        // An empty text has not even a namespace, so it is reported.
        let text = match side.is_file() && git.size(side.oid)? <= MAX_BLOB {
            false => String::new(),
            true => String::from_utf8_lossy(&git.blob(side.oid)?).into_owned(),
        };
        match parse_owners(&path, &namespace, &text) {
            Ok(owners) => drop(read.insert(namespace, owners)),
            Err(wrong) => drop(broken.insert(namespace, wrong)),
        }
    }
    Ok((read, broken))
}
