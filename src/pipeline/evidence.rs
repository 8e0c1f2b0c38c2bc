//! How ownership of each entry was shown, as far as the repository alone tells.
//!
//! What only a forge or a domain could say again is not claimed: a proof file is checked offline, a
//! signed commit is one that is in history, an owners file is the one that is there now. Whether a
//! key was listed on the day of publication was judged then, and is judged again by `verify --all`.

use std::collections::BTreeMap;

use crate::config::{Config, Trust, Visibility};
use crate::data::{Content, DataPath, Tree, digest};
use crate::diag::Diagnostic;
use crate::error::Result;
use crate::model::{Evidence, Listing};
use crate::proof::{Owners, evidence_of_file, parse_owners};

/// The signed commit that brought an entry: its id and the fingerprint of the key.
pub(super) type SignedBy = (String, String);

/// What a registry's repository tells about ownership.
#[derive(Debug, Default)]
pub struct Evidences {
    /// Whether people review everything, so that no proof is asked for.
    reviewed: bool,
    /// Owners files by namespace in lower case.
    owners: BTreeMap<String, Owners>,
    /// Signed commits by the entry's folder below the data folder.
    pub(super) signed: BTreeMap<String, SignedBy>,
}

impl Evidences {
    /// Reads the owners files of a tree; the second is what is wrong with them.
    pub(super) fn read(tree: &Tree, config: &Config) -> Result<(Self, Vec<Diagnostic>)> {
        let mut found = Self {
            reviewed: match config.ownership.trust {
                Some(trust) => trust == Trust::Review,
                None => config.visibility == Visibility::Private,
            },
            ..Self::default()
        };
        let mut wrong = Vec::new();
        for file in tree.owners() {
            let DataPath::Owners { namespace } = DataPath::of(&file.path) else { continue };
            let owners = match tree.read_text(file)? {
                Ok(text) => parse_owners(&tree.display(&file.path), namespace, &text),
                Err(fault) => Err(vec![fault]),
            };
            match owners {
                Ok(owners) => drop(found.owners.insert(namespace.to_ascii_lowercase(), owners)),
                Err(mut faults) => wrong.append(&mut faults),
            }
        }
        Ok((found, wrong))
    }

    /// The owners files.
    #[cfg(feature = "git")]
    pub(super) fn owners(&self) -> &BTreeMap<String, Owners> {
        &self.owners
    }

    /// Whether commits have to be looked at for signatures.
    #[cfg(feature = "git")]
    pub(super) fn wants_commits(&self) -> bool {
        !self.reviewed
    }

    /// Digest of everything that evidence of a server depends on besides its own files.
    pub(super) fn digest(&self) -> String {
        let text = format!("{} {:?} {:?}", self.reviewed, self.owners, self.signed);
        digest(text.as_bytes())
    }

    /// Says of every entry of a listing how it was shown; `proofs` are the proof files by version.
    pub(super) fn add(&self, listing: &mut Listing, proofs: &BTreeMap<String, Content>) {
        let name = listing.name().clone();
        let namespace = name.namespace();
        let owners = self.owners.get(&namespace.as_str().to_ascii_lowercase());
        listing.add_evidence(|entry| {
            if entry.mirrored_from().is_some() {
                return Evidence::UNRECORDED;
            }
            let version = entry.version.as_str();
            let file = proofs.get(version).and_then(|proof| {
                evidence_of_file(name.as_str(), version, entry.document.as_bytes(), &proof.bytes)
            });
            let folder = format!("servers/{}/{}/{version}", namespace, name.name());
            file.or_else(|| {
                let (commit, key) = self.signed.get(&folder)?;
                let mut evidence = Evidence::by("commit-signature");
                evidence.key = Some(key.clone());
                evidence.commit = Some(commit.clone());
                Some(evidence)
            })
            .or_else(|| {
                let account = owners?.accounts.first()?;
                let mut evidence = Evidence::by("owners-file");
                evidence.subject = Some(format!("{}:{}", account.forge, account.id));
                Some(evidence)
            })
            .unwrap_or(match self.reviewed {
                true => Evidence::by("reviewed"),
                false => Evidence::UNRECORDED,
            })
        });
    }
}

#[cfg(feature = "git")]
pub(super) mod commits {
    //! Signed commits in history, and what they brought.

    use super::*;
    use crate::error::Error;
    use crate::proof::SignedCommit;
    use crate::world::git::{Git, Oid};

    /// Most commits that are looked at, the newest first.
    const MAX_COMMITS: usize = 100_000;

    /// The entries of domains that a commit brought which is signed with SSH, and whose document is
    /// still the same in the commit `read`.
    pub(in crate::pipeline) fn signed(
        git: &Git,
        head: Oid,
        read: Oid,
        prefix: &str,
    ) -> Result<BTreeMap<String, SignedBy>> {
        let mut found = BTreeMap::new();
        for commit in git.commits_of(head, MAX_COMMITS)? {
            let raw = git.raw_commit(commit)?;
            let Ok(Some(signed)) = SignedCommit::parse(&raw) else { continue };
            let Ok(key) = signed.verify() else { continue };
            let parent = git.first_parent(commit)?;
            for change in git.compare(parent, commit)? {
                let Some(folder) =
                    brought(prefix, &change.path).filter(|_| change.before.is_none())
                else {
                    continue;
                };
                let now = git.entry(read, &change.path)?;
                if now.map(|side| side.oid) == change.after.map(|side| side.oid) {
                    let by = (commit.to_string(), key.fingerprint());
                    found.insert(folder, by);
                }
            }
        }
        Ok::<_, Error>(found)
    }

    /// The folder of the entry whose document stands at `path`, if it is a domain's.
    fn brought(prefix: &str, path: &str) -> Option<String> {
        let below = match prefix {
            "" => path,
            prefix => path.strip_prefix(prefix)?.strip_prefix('/')?,
        };
        let folder = below.strip_suffix("/server.json")?;
        let account = folder.to_ascii_lowercase().starts_with("servers/io.github.");
        (!account && folder.starts_with("servers/")).then(|| folder.to_owned())
    }
}
