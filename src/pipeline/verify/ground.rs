//! The ground on which a change is judged: two commits, what lies between them, and the settings,
//! owners files and tombstones of the older one.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::data::EntryFile;
use crate::diag::Diagnostic;
use crate::error::{Error, ErrorKind, Result};
use crate::proof::change::{Change, EntryChange, Layout, sort};
use crate::proof::{
    Commits, Owners, ProofFile, Signed, SignedCommit, Touched, TouchedOwners, parse_owners,
};
use crate::world::git::{Changed, Git, Oid};

use super::limits::Meter;

/// Largest blob that a change may bring, in bytes; larger ones are not read.
pub(super) const MAX_BLOB: u64 = 256 * 1024;

/// Most commits of a change that are looked at for signatures and authors.
const MAX_COMMITS: usize = 1000;

/// A change and what it is judged by.
pub(super) struct Ground<'a> {
    pub(super) git: &'a Git,
    /// The data folder from the top of the repository.
    pub(super) prefix: &'a str,
    /// Tip of the branch that the change is to be merged into; `None` for a first publication.
    pub(super) base: Option<Oid>,
    /// Where the change left that branch.
    pub(super) fork: Option<Oid>,
    /// Tip of the change.
    pub(super) head: Oid,
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
    /// How much the change may touch.
    pub(super) limit: Limit,
}

/// How much a change may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// As much as the settings say, unless all of it is mirrored.
    Settings,
    /// As [`Limit::Settings`], and it touches more: what it does was not looked at any further.
    Exceeded,
    /// Anything: a first publication, or what is on the branch already.
    None,
}

impl<'a> Ground<'a> {
    /// Finds what lies between two commits.
    pub(super) fn survey(
        git: &'a Git,
        prefix: &'a str,
        base: Option<Oid>,
        head: Oid,
        limit: Limit,
    ) -> Result<Self> {
        let fork = match base {
            None => None,
            Some(base) => Some(git.merge_base(base, head)?.ok_or_else(|| {
                Error::new(ErrorKind::Git, "base and head have no commit in common")
                    .help("rebase the change onto the branch that it is meant for")
            })?),
        };
        let ruler = base.unwrap_or(head);
        let config = read_settings(git, prefix, ruler)?;
        let mut meter = Meter::new(prefix, config.ownership.max_paths);
        let limited = base.is_some() && limit == Limit::Settings;
        let changed =
            git.compare_while(fork, head, &mut |item| meter.hear(item) || !limited)?;
        let limit = match (limited, meter.is_full()) {
            (false, _) => Limit::None,
            (true, false) => Limit::Settings,
            (true, true) => Limit::Exceeded,
        };
        // Half of a change means nothing.
        let sorted = if limit == Limit::Exceeded { &[][..] } else { &changed[..] };
        let layout = Layout { prefix, protect: &config.ownership.protect };
        let mut trouble = None;
        let change = sort(sorted, layout, &mut |namespace, name| {
            let folder = join(prefix, &format!("servers/{namespace}/{name}"));
            match base.map(|base| git.entry(base, &folder)).transpose() {
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
        let (owners, broken_owners) = match base {
            Some(base) => read_owners(git, prefix, base, &change)?,
            None => OwnersRead::default(),
        };
        Ok(Self {
            git,
            prefix,
            base,
            fork,
            head,
            config,
            owners,
            broken_owners,
            change,
            changed,
            limit,
        })
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
            Some(side) => self.blob(side.oid),
            None => Ok(None),
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

    /// Whether both commits have the same at a folder below the data folder.
    fn same(&self, a: Oid, b: Oid, folder: &str) -> Result<bool> {
        let folder = self.display(folder);
        let oid = |commit| Ok::<_, Error>(self.git.entry(commit, &folder)?.map(|side| side.oid));
        Ok(oid(a)? == oid(b)?)
    }
}

impl Commits for Ground<'_> {
    fn signed(&self, namespace: &str) -> Result<Vec<Signed>> {
        let folder = format!("servers/{namespace}");
        let mut signed = Vec::new();
        for commit in self.git.commits_between(self.fork, self.head, MAX_COMMITS)? {
            match SignedCommit::parse(&self.git.raw_commit(commit)?) {
                Ok(None) => {}
                Ok(Some(found)) => signed.push((commit, found.verify().map_err(|e| e.to_string()))),
                Err(fault) => signed.push((commit, Err(fault.to_string()))),
            }
        }
        // The walk back to the last change is long; most changes are not signed.
        let last = match self.base {
            Some(base) if !signed.is_empty() => {
                self.git.last_change(base, &self.display(&folder))?
            }
            _ => None,
        };
        let signed = signed.into_iter().map(|(commit, signer)| {
            Ok(Signed {
                commit: commit.to_string(),
                signer,
                same_content: self.same(commit, self.head, &folder)?,
                current: match last {
                    Some(last) => self.git.is_ancestor(last, commit)?,
                    None => true,
                },
            })
        });
        signed.collect()
    }

    fn authors(&self) -> Result<Vec<String>> {
        let commits = self.git.commits_between(self.fork, self.head, MAX_COMMITS)?;
        let mut authors = Vec::new();
        for commit in commits {
            let raw = self.git.raw_commit(commit)?;
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

fn read_settings(git: &Git, prefix: &str, commit: Oid) -> Result<Config> {
    let path = join(prefix, "registry.toml");
    let Some(side) = git.entry(commit, &path)? else { return Ok(Config::default()) };
    if git.size(side.oid)? > MAX_BLOB {
        return Err(Error::new(ErrorKind::Usage, "the settings are larger than 256 KiB").at(path));
    }
    let text = git.blob(side.oid)?;
    let (config, wrong) = Config::parse(&path, &String::from_utf8_lossy(&text));
    match wrong.first() {
        None => Ok(config),
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
        let Some(side) = git.entry(commit, &path)? else { continue };
        let text = match git.size(side.oid)? {
            size if size > MAX_BLOB => String::new(), // not even a namespace, so it is reported
            _ => String::from_utf8_lossy(&git.blob(side.oid)?).into_owned(),
        };
        match parse_owners(&path, &namespace, &text) {
            Ok(owners) => drop(read.insert(namespace, owners)),
            Err(wrong) => drop(broken.insert(namespace, wrong)),
        }
    }
    Ok((read, broken))
}
