//! How ownership of each entry was shown, as far as the repository alone tells.
//!
//! What only a forge or a domain could confirm is not claimed: a proof file is checked offline, a signed
//! commit is one that is in history, an owners file is the present one. Whether a domain still lists the
//! key is checked by `verify --all`. Without the feature `proof` no signature can be verified, so entries
//! that a signature or an owners file may cover have no evidence.

use std::collections::BTreeMap;

use crate::config::{Config, Trust, Visibility};
use crate::data::{Content, DataPath, Tree, digest};
use crate::diag::Diagnostic;
use crate::error::Result;
use crate::model::{Evidence, Listing};
#[cfg(feature = "git")]
use crate::world::git::{Git, Oid};

#[cfg(feature = "proof")]
use super::{
    offline::evidence_of_file,
    owners::{Owners, evidence_of_owners, parse_owners},
};
#[cfg(not(feature = "proof"))]
use unverified::{Owners, evidence_of_file, evidence_of_owners, parse_owners};

/// The id of the signed commit that brought an entry, and the fingerprint of its key.
type SignedBy = (String, String);

/// What a registry's repository records about ownership.
#[derive(Debug, Default)]
pub struct Evidences {
    /// Whether people review everything, so that no proof is required.
    reviewed: bool,
    /// Owners files by namespace in lower case.
    owners: BTreeMap<String, Owners>,
    /// Signed commits by the entry's folder below the data folder.
    signed: BTreeMap<String, SignedBy>,
}

impl Evidences {
    /// Reads the owners files of a tree, and returns what is wrong with them as well.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(tree: &Tree, config: &Config) -> Result<(Self, Vec<Diagnostic>)> {
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

    /// Returns the owners files by namespace in lower case.
    #[cfg(all(feature = "git", feature = "proof"))]
    pub fn owners(&self) -> &BTreeMap<String, Owners> {
        &self.owners
    }

    /// Whether commits have to be searched for signatures.
    #[cfg(feature = "git")]
    pub fn wants_commits(&self) -> bool {
        !self.reviewed
    }

    /// Adds the entries of domains that a commit brought which is signed with SSH, and whose document is
    /// still the same in the commit `read`.
    ///
    /// # Errors
    /// When the repository cannot be read.
    #[cfg(feature = "git")]
    pub fn add_signed_commits(
        &mut self,
        git: &Git,
        head: Oid,
        read: Oid,
        prefix: &str,
    ) -> Result<()> {
        #[cfg(feature = "proof")]
        {
            self.signed = signed_commits(git, head, read, prefix)?;
        }
        #[cfg(not(feature = "proof"))]
        let _ = (git, head, read, prefix);
        Ok(())
    }

    /// Returns a digest of everything that evidence of a server depends on besides its own files.
    pub fn digest(&self) -> String {
        let verified = if cfg!(feature = "proof") { "" } else { " unverified" };
        let text = format!("{} {:?} {:?}{verified}", self.reviewed, self.owners, self.signed);
        digest(text.as_bytes())
    }

    /// Adds to every entry of a listing how its ownership was shown; `proofs` are the proof files by
    /// version.
    pub fn add(&self, listing: &mut Listing, proofs: &BTreeMap<String, Content>) {
        let name = listing.name().clone();
        let namespace = name.namespace();
        let owners = self.owners.get(&namespace.as_str().to_ascii_lowercase());
        listing.add_evidence(|entry| {
            if entry.mirrored_from().is_some() {
                return Evidence::UNRECORDED;
            }
            let version = entry.version.as_str();
            let file = proofs.get(version).and_then(|proof| {
                evidence_of_file(
                    name.as_str(),
                    version,
                    entry.authors_document().as_bytes(),
                    &proof.bytes,
                )
            });
            let folder = format!("servers/{}/{}/{version}", namespace, name.name());
            file.or_else(|| {
                let (commit, key) = self.signed.get(&folder)?.clone();
                let (commit, key) = (Some(commit), Some(key));
                Some(Evidence { key, commit, ..Evidence::by("commit-signature") })
            })
            .or_else(|| evidence_of_owners(owners?))
            .unwrap_or(match self.reviewed {
                true => Evidence::by("reviewed"),
                false => Evidence::UNRECORDED,
            })
        });
    }
}

/// Most commits that are read, the newest first.
#[cfg(all(feature = "git", feature = "proof"))]
const MAX_COMMITS: usize = 100_000;

#[cfg(all(feature = "git", feature = "proof"))]
fn signed_commits(
    git: &Git,
    head: Oid,
    read: Oid,
    prefix: &str,
) -> Result<BTreeMap<String, SignedBy>> {
    let mut found = BTreeMap::new();
    for commit in git.commits_of(head, MAX_COMMITS)? {
        let raw = git.raw_commit(commit)?;
        let Ok(Some(signed)) = super::commit::SignedCommit::parse(&raw) else { continue };
        let Ok(key) = signed.verify() else { continue };
        let parent = git.first_parent(commit)?;
        for change in git.compare(parent, commit)?.iter().filter(|c| c.before.is_none()) {
            let Some(folder) = domain_entry(prefix, &change.path) else { continue };
            let now = git.entry(read, &change.path)?;
            if now.map(|side| side.oid) == change.after.map(|side| side.oid) {
                found.insert(folder.to_owned(), (commit.to_string(), key.fingerprint()));
            }
        }
    }
    Ok(found)
}

/// Returns the folder of the entry whose document is at `path`, if its namespace is a domain's.
#[cfg(all(feature = "git", feature = "proof"))]
fn domain_entry<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    let folder = crate::data::below(prefix, path)?.strip_suffix("/server.json")?;
    let is_account = folder.to_ascii_lowercase().starts_with("servers/io.github.");
    (!is_account && folder.starts_with("servers/")).then_some(folder)
}

/// Replacements for functions that need the signature crates. Each returns that nothing is known.
#[cfg(not(feature = "proof"))]
mod unverified {
    use super::{Diagnostic, Evidence};

    pub(super) type Owners = ();

    pub(super) fn parse_owners(_: &str, _: &str, _: &str) -> Result<Owners, Vec<Diagnostic>> {
        Ok(())
    }

    pub(super) fn evidence_of_owners(_: &Owners) -> Option<Evidence> {
        Some(Evidence::UNRECORDED)
    }

    pub(super) fn evidence_of_file(_: &str, _: &str, _: &[u8], _: &[u8]) -> Option<Evidence> {
        Some(Evidence::UNRECORDED)
    }
}
