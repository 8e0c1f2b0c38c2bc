//! One method on one claim, and the attempts that it can return.

use crate::config::Method;
use crate::diag::Code;
use crate::proof::claim::{Claim, Scene};
use crate::proof::policy::Policy;
use crate::proof::verdict::{Attempt, Ending};

/// What most publishers do when no other method applies.
pub(super) const PROOF: &str = "add a proof file: `mcp-static sign entry NAME@VERSION`";

/// What to do for an owners file.
pub(super) const OWNERS_PROOF: &str = "add a proof: `mcp-static sign owners NAMESPACE`";

/// The result of a method: the attempt is an error unless it proves the claim, so that `?` ends a method.
pub(super) type Tried<T = Attempt> = Result<T, Attempt>;

/// A method that is tried on a claim.
pub(super) struct Case<'a> {
    pub(super) method: Method,
    pub(super) claim: &'a Claim,
    pub(super) policy: &'a Policy<'a>,
    pub(super) scene: &'a Scene<'a>,
}

impl Case<'_> {
    fn attempt(&self, saw: impl Into<String>, ending: Ending) -> Attempt {
        Attempt { method: self.method, saw: saw.into(), file: None, ending }
    }

    pub(super) fn proven(&self, subject: impl Into<String>, saw: impl Into<String>) -> Attempt {
        self.attempt(saw, Ending::Proven { subject: subject.into() })
    }

    pub(super) fn refuted(
        &self,
        code: Code,
        saw: impl Into<String>,
        help: impl Into<String>,
    ) -> Attempt {
        self.attempt(saw, Ending::Refuted { code, help: help.into() })
    }

    pub(super) fn absent(&self, saw: impl Into<String>, help: impl Into<String>) -> Attempt {
        self.attempt(saw, Ending::Absent { help: help.into() })
    }

    pub(super) fn unknown(&self, saw: impl Into<String>) -> Attempt {
        self.attempt(saw, Ending::Unknown)
    }
}
