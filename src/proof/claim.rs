//! What has to be proven: everything that a change does in one namespace.

use std::collections::BTreeMap;

use crate::data::EntryFile;
use crate::error::Result;

use super::change::EntryChange;
use super::event::PullRequest;
use super::key::PublicKey;
use super::lookup::Lookup;
use super::owners::Owners;
use crate::config::Ownership;

/// A version folder that a change touches, with the bytes that it leaves there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// What happens to it.
    pub change: EntryChange,
    /// Its files after the change.
    pub files: BTreeMap<EntryFile, Vec<u8>>,
    /// When its status was last changed before, in seconds since 1970; a proof of another change must be younger,
    /// or an old one could be replayed.
    pub status_since: Option<i64>,
}

/// An owners file that a change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedOwners {
    /// The file after the change; `None` when it is gone.
    pub text: Option<Vec<u8>>,
    /// Its proof after the change.
    pub proof: Option<Vec<u8>>,
    /// Path below the data folder.
    pub path: String,
    /// When it was last changed before, in seconds since 1970.
    pub since: Option<i64>,
}

/// Everything that a change does in one namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// The namespace as its folder is spelled.
    pub namespace: String,
    /// What happens to its entries.
    pub entries: Vec<Touched>,
    /// What happens to its owners file.
    pub owners: Option<TouchedOwners>,
}

impl Claim {
    /// Returns the path below the data folder at which a report points.
    pub fn path(&self) -> String {
        match (self.entries.first(), &self.owners) {
            (Some(entry), _) => entry.change.main_file(),
            (None, Some(owners)) => owners.path.clone(),
            (None, None) => format!("servers/{}", self.namespace),
        }
    }

    /// Returns the path of the namespace's owners file below the data folder.
    pub fn owners_path(&self) -> String {
        format!("owners/{}.toml", self.namespace.to_ascii_lowercase())
    }
}

/// Who is behind a change, as far as the forge reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The forge reports who opened the pull request.
    Attested {
        /// Host of the forge.
        forge: String,
        /// Whether the forge is github.com itself.
        is_github: bool,
        /// The pull request.
        pull: Box<PullRequest>,
    },
    /// A queue of pull requests that were judged one by one.
    Queue,
    /// It is not reported, and why.
    Nobody(String),
    /// The forge did not answer.
    Unknown(String),
}

/// A signed commit of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Its id.
    pub commit: String,
    /// Who signed it, or why that is unknown.
    pub signer: std::result::Result<PublicKey, String>,
    /// Whether it holds the namespace exactly as the change leaves it, and no commit that it does not
    /// build on touched the namespace.
    pub same_content: bool,
    /// Whether the last change of the namespace in the base is among its ancestors.
    pub current: bool,
    /// Whether the settings that it holds, or its message, name this registry.
    pub for_this_registry: bool,
}

/// The commits that make a change, read only when a method needs them.
pub trait Commits {
    /// Returns the signed commits, newest first; those without a signature are left out.
    ///
    /// # Errors
    /// When the repository cannot be read.
    fn signed(&self, namespace: &str) -> Result<Vec<Signed>>;

    /// Returns the authors of the commits, as `Name <address>`.
    ///
    /// # Errors
    /// When the repository cannot be read.
    fn authors(&self) -> Result<Vec<String>>;
}

/// Everything around a claim that its methods read.
pub struct Scene<'a> {
    /// Settings of the base.
    pub settings: &'a Ownership,
    /// Names under which this registry accepts proofs: its id, its address and former ones.
    pub audiences: &'a [String],
    /// Owners files of the base, by namespace in lower case.
    pub owners: &'a BTreeMap<String, Owners>,
    /// Who is behind the change.
    pub identity: &'a Identity,
    /// The lookups of domains.
    pub lookup: &'a Lookup<'a>,
    /// The commits that make the change.
    pub commits: &'a dyn Commits,
    /// Seconds since 1970.
    pub now: i64,
}

impl Scene<'_> {
    /// Returns the owners file of a namespace in the base.
    pub fn owners_of(&self, namespace: &str) -> Option<&Owners> {
        self.owners.get(&namespace.to_ascii_lowercase())
    }
}
