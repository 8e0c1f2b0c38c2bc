//! What the registry of a package showed about it on a day.

crate::text::display_as_str!(PackageOutcome);

/// What the registry of a package shows about its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PackageOutcome {
    /// The package names the server.
    Proven,
    /// The package is there, and packages of its type cannot name a server.
    Present,
    /// The package is there and does not name the server.
    Unproven,
    /// There is no such package, or not this version of it.
    Missing,
}

impl PackageOutcome {
    /// Every outcome, the best first.
    pub const ALL: [Self; 4] = [Self::Proven, Self::Present, Self::Unproven, Self::Missing];

    /// Returns the word that files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Present => "present",
            Self::Unproven => "unproven",
            Self::Missing => "missing",
        }
    }

    /// Reads the word that files use.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether the official registry accepts it.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Proven | Self::Present)
    }
}

/// A recorded look at a package.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageCheck {
    /// Position of the package in the document.
    pub index: usize,
    /// What its registry showed.
    pub outcome: PackageOutcome,
    /// The day, as in 2026-11-20.
    pub day: String,
    /// The newest version that its registry had, when that was asked.
    pub newest: Option<String>,
}
