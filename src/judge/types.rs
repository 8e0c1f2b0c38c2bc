//! The input and the result of a judgement.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Ownership, PackageSettings, Trust};
use crate::data::Held;
use crate::diag::{Levels, Report};
use crate::error::Result;
use crate::package::Doors;
use crate::proof::change::EntryKind;
use crate::proof::event::{Event, PullRequest};
use crate::proof::{Attempt, Verdict};
use crate::world::clock::Clock;
use crate::world::dns::Dns;
use crate::world::http::Http;
use crate::world::wellknown::WellKnown;

/// A change and how to judge it.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The data folder; need not exist on disk.
    pub data: PathBuf,
    /// The commit that the change is to be merged into; `None` for a first publication.
    pub base: Option<String>,
    /// Tip of the change; `HEAD` when absent.
    pub head: Option<String>,
    /// For the gate before a deployment: the commit that the site was last built from, where that is later
    /// than the base.
    pub published: Option<String>,
    /// What the forge reports about the change.
    pub event: Option<Event>,
    /// Severities that override those of the settings.
    pub levels: Levels,
}

/// Access to everything outside of the repository. Each part may be missing.
pub trait Network: Sync {
    /// Returns a DNS client for the resolvers of these settings; `None` when the network is not used.
    ///
    /// # Errors
    /// When no resolver is known.
    fn dns(&self, settings: &Ownership) -> Result<Option<Arc<dyn Dns>>>;
    /// Returns a client for well-known documents; `None` when the network is not used.
    ///
    /// # Errors
    /// As [`Network::dns`], which resolves the hosts.
    fn well_known(&self, settings: &Ownership) -> Result<Option<Arc<dyn WellKnown>>>;
    /// Returns an HTTP client for other registries; `None` when the network is not used.
    fn http(&self) -> Option<&dyn Http>;
    /// Returns access to package registries, with the tokens of the settings; `None` when the network is not used.
    ///
    /// # Errors
    /// When the proxy is invalid.
    fn packages(&self, settings: &PackageSettings) -> Result<Option<Doors<'_>>>;
    /// Returns the clock.
    fn clock(&self) -> &dyn Clock;
    /// Returns the pull requests that the forge associates with a commit of the published branch.
    ///
    /// # Errors
    /// Why nothing is known, such as a missing token or no answer.
    fn pulls_of(&self, commit: &str) -> std::result::Result<Vec<PullRequest>, String>;
}

/// The result for a whole change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Everything is proven.
    Proven,
    /// Something is refused.
    Refused,
    /// DNS or a host did not answer.
    Unknown,
    /// A maintainer has to decide.
    NeedsMaintainer,
}

impl Judgement {
    /// Returns the word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::NeedsMaintainer => "needs-maintainer",
        }
    }
}

/// What a change does to one version, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOutcome {
    /// Full name of the server.
    pub name: String,
    /// The version.
    pub version: String,
    /// What happens to it.
    pub kind: EntryKind,
}

/// The result for one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceVerdict {
    /// The namespace.
    pub namespace: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Every method that was tried.
    pub tried: Vec<Attempt>,
}

/// The result of judging a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged {
    /// Everything found.
    pub report: Report,
    /// The result for the whole.
    pub judgement: Judgement,
    /// What the change does to versions.
    pub outcomes: Vec<EntryOutcome>,
    /// The result for each namespace.
    pub namespaces: Vec<NamespaceVerdict>,
    /// Labels for the pull request.
    pub labels: Vec<&'static str>,
    /// Whether the change only adds proven versions to published servers, so that it may be merged
    /// without a review.
    pub safe: bool,
    /// How the change was trusted.
    pub trust: Trust,
    /// What must not be published as the branch has it.
    pub held: Vec<HeldBack>,
    /// The last commit up to which nothing is held.
    pub proven_up_to: Option<String>,
}

/// A path that is not published as the branch has it, and how to change that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// What is held, and what is published instead.
    pub held: Held,
    /// The commit that brought it.
    pub commit: String,
    /// Why it is refused.
    pub why: String,
    /// What to do.
    pub help: String,
}
