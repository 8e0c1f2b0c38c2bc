//! The set of rules that a document is checked with.

use crate::config::Config;

/// Which set of rules a document is checked against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Exactly the verdict of the official registry.
    Official,
    /// Official, publishable, and safe as a path; with hints.
    #[default]
    Strict,
}

/// How a document is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentRules {
    /// Which set of rules applies.
    pub profile: Profile,
    /// The settings of the registry; only [`Profile::Strict`] uses them.
    pub config: Config,
}

impl DocumentRules {
    /// Returns the rules of a profile, for a registry without settings.
    pub fn new(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// Returns the rules of a profile in the registry that has these settings.
    #[must_use]
    pub fn of(profile: Profile, config: &Config) -> Self {
        Self { profile, config: config.clone() }
    }
}
