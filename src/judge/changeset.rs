//! A change set: two commits, what differs between them, and the settings and owners files of the older
//! one.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::data::{EntryFile, join, template_folder};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::proof::change::{ChangeSummary, EntryChange, Layout, sort};
use crate::proof::{Owners, ProofFile, Touched, TouchedOwners, parse_owners};
use crate::world::git::{Changed, Gained, Git, Oid};

use super::count::PathCount;
use super::merge::Merge;

/// Largest blob that a change may bring, in bytes; larger ones are not read.
pub(super) const MAX_BLOB: u64 = 256 * 1024;

/// A change and what it is judged by.
pub(super) struct ChangeSet<'a> {
    pub(super) git: &'a Git,
    /// The data folder from the top of the repository.
    pub(super) prefix: &'a str,
    /// What the change is compared with: the tip of the branch that it is to be merged into; `None` for
    /// a first publication.
    pub(super) base: Option<Oid>,
    /// The state after the change.
    pub(super) head: Oid,
    /// The real commits, where `base` and `head` are overlays without what is held back.
    pub(super) history: (Option<Oid>, Oid),
    /// Whether the change is only proposed and not yet on the branch.
    pub(super) is_proposed: bool,
    /// The commits that make the change, each after its parents.
    pub(super) commits: Vec<Gained>,
    /// Settings of the base; of the head for a first publication.
    pub(super) config: Config,
    /// Owners files of the base, by namespace in lower case.
    pub(super) owners: BTreeMap<String, Owners>,
    /// What is wrong with those that cannot be read. Such a file grants nothing to anyone.
    pub(super) broken_owners: BTreeMap<String, Vec<Diagnostic>>,
    /// What the change does.
    pub(super) change: ChangeSummary,
    /// The same, path by path.
    pub(super) changed: Vec<Changed>,
    /// Why the change cannot be merged in a way that could be judged.
    pub(super) objections: Vec<Diagnostic>,
    /// Whether it touches more paths than are judged, so that the comparison ended early.
    pub(super) is_exceeded: bool,
}

/// One commit of the first-parent line of the published branch.
pub(super) struct BranchStep {
    /// The accepted state before it, and the state to judge.
    pub(super) judged: (Oid, Oid),
    /// The real commits before and after.
    pub(super) history: (Oid, Oid),
    /// The commits that the branch gained.
    pub(super) commits: Vec<Gained>,
}

impl<'a> ChangeSet<'a> {
    fn new(
        git: &'a Git,
        prefix: &'a str,
        (base, head): (Option<Oid>, Oid),
        config: Config,
        (commits, changed): (Vec<Gained>, Vec<Changed>),
    ) -> Self {
        Self {
            git,
            prefix,
            base,
            head,
            history: (base, head),
            is_proposed: false,
            commits,
            config,
            owners: BTreeMap::new(),
            broken_owners: BTreeMap::new(),
            change: ChangeSummary::default(),
            changed,
            objections: Vec::new(),
            is_exceeded: false,
        }
    }

    /// Reads what a merge of `head` would bring to `base`.
    pub(super) fn read(
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
        let mut set = Self {
            is_proposed: true,
            objections,
            is_exceeded: base.is_some() && count.is_exceeded(),
            ..Self::new(git, prefix, (base, head), config, (commits, changed))
        };
        // A change that was read only in part cannot be judged.
        if !set.is_exceeded {
            set.sort()?;
        }
        match trouble {
            // A change that only repairs the settings can still be judged.
            Some(e) if !set.touches_only_settings() => Err(e),
            _ => Ok(set),
        }
    }

    fn touches_only_settings(&self) -> bool {
        let settings = self.display("registry.toml");
        self.base.is_some() && self.changed.iter().all(|item| item.path == settings)
    }

    /// Reads what a step of the published branch brought.
    pub(super) fn of_step(
        git: &'a Git,
        prefix: &'a str,
        step: BranchStep,
        config: Config,
    ) -> Result<Self> {
        let (base, head) = step.judged;
        let changed = git.compare(Some(base), head)?;
        let mut set = Self {
            history: (Some(step.history.0), step.history.1),
            ..Self::new(git, prefix, (Some(base), head), config, (step.commits, changed))
        };
        set.sort()?;
        Ok(set)
    }

    /// Sorts the changed paths by their meaning and reads the owners files that apply.
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

    /// Whether the size limits apply. A first publication has none, and what is already merged is judged
    /// whatever its size.
    pub(super) fn is_limited(&self) -> bool {
        self.base.is_some() && self.is_proposed
    }

    /// Returns a path below the data folder as reports name it, from the top of the repository.
    pub(super) fn display(&self, path: &str) -> String {
        join(self.prefix, path)
    }

    /// Returns a diagnostic about a path below the data folder.
    pub(super) fn diagnose(
        &self,
        code: Code,
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, Place::file(self.display(path)), message).help(help)
    }

    /// Reads a blob; `None` when it is larger than [`MAX_BLOB`].
    pub(super) fn blob(&self, oid: Oid) -> Result<Option<Vec<u8>>> {
        if self.git.size(oid)? > MAX_BLOB { Ok(None) } else { self.git.blob(oid).map(Some) }
    }

    /// Reads a file below the data folder in a commit; `None` as for [`ChangeSet::blob`].
    pub(super) fn file(&self, commit: Oid, path: &str) -> Result<Option<Vec<u8>>> {
        match self.git.entry(commit, &self.display(path))? {
            Some(side) if side.is_file() => self.blob(side.oid),
            _ => Ok(None),
        }
    }

    /// Reads the settings in a commit, with the defaults in place of what is wrong in them.
    pub(super) fn settings(&self, commit: Oid) -> Result<Config> {
        let text = self.file(commit, "registry.toml")?.unwrap_or_default();
        Ok(Config::parse("", &String::from_utf8_lossy(&text)).0)
    }

    /// Reads the files of a touched version at the head.
    pub(super) fn touched(&self, change: &EntryChange) -> Result<Touched> {
        let mut files = BTreeMap::new();
        for kind in EntryFile::ALL {
            let bytes = self.file(self.head, &change.path(kind))?;
            files.extend(bytes.map(|bytes| (kind, bytes)));
        }
        let (status, proof) = (change.path(EntryFile::Status), change.path(EntryFile::StatusProof));
        let status_since = match change.touches_status() && !change.kind.is_new() {
            true => self.since(&status, &proof)?,
            false => None,
        };
        Ok(Touched { change: change.clone(), files, status_since })
    }

    /// Reads the owners file of a namespace (in lower case) and its proof at the head.
    pub(super) fn touched_owners(&self, namespace: &str) -> Result<TouchedOwners> {
        let path = format!("owners/{namespace}.toml");
        let proof = format!("owners/{namespace}.proof.json");
        Ok(TouchedOwners {
            text: self.file(self.head, &path)?,
            proof: self.file(self.head, &proof)?,
            since: self.since(&path, &proof)?,
            path,
        })
    }

    /// Returns when the base last changed the file at `path`, in seconds since 1970: the time in its
    /// proof, or else that of the commit. Removing a file is a change too, so its old proof does not
    /// bring it back.
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

/// Returns the first digits of a commit id, as messages show it.
pub(super) fn short(commit: &str) -> String {
    commit.chars().filter(char::is_ascii_hexdigit).take(12).collect()
}

/// Reads the settings of a commit; the defaults when it has none.
///
/// # Errors
/// When the settings are not a regular file, too large or invalid.
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
    // Settings that were read only in part would be other settings.
    if let Some(first) = wrong.first() {
        let doing = "the settings of the base are invalid, so the change cannot be judged";
        return Err(Error::new(ErrorKind::Usage, doing)
            .at(path)
            .because(format!("line {}: {}", first.place.line, first.message))
            .help("correct registry.toml on the published branch first"));
    }
    // The templates are protected, whatever their folder is called.
    let folder = template_folder(&config, prefix);
    config.ownership.protect.extend(folder.map(|folder| format!("{folder}/**")));
    Ok(config)
}

/// The valid owners files, and what is wrong with the others.
type OwnersRead = (BTreeMap<String, Owners>, BTreeMap<String, Vec<Diagnostic>>);

/// Reads the owners files of the namespaces that a change touches, and of those above them.
fn read_owners(git: &Git, prefix: &str, commit: Oid, change: &ChangeSummary) -> Result<OwnersRead> {
    let touched = change.entries.iter().map(|entry| entry.namespace.to_ascii_lowercase());
    let mut wanted = BTreeSet::new();
    for namespace in touched.chain(change.owners.keys().cloned()) {
        wanted.extend(namespace.match_indices('.').map(|(at, _)| namespace[..at].to_owned()));
        wanted.insert(namespace);
    }
    let (mut read, mut broken) = OwnersRead::default();
    for namespace in wanted {
        let path = join(prefix, &format!("owners/{namespace}.toml"));
        let Some(side) = git.entry(commit, &path)?.filter(|side| !side.is_folder()) else {
            continue;
        };
        // An empty text lacks the namespace, so it is reported.
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
