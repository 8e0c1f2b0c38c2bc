//! The result for a claim: every method that was tried, and the verdict.

use crate::config::Method;
use crate::diag::Code;

/// How one method to prove a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It holds.
    Proven {
        /// Who was proven, such as `domain:example.com` or `github.com:1001`.
        subject: String,
    },
    /// It does not hold.
    Refuted {
        /// What is wrong.
        code: Code,
        /// What to do.
        help: String,
    },
    /// There is no such proof.
    Absent {
        /// What to do to use this method.
        help: String,
    },
    /// There was no answer, so nothing is known.
    Unknown,
}

/// One method that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which method.
    pub method: Method,
    /// What was seen, in one sentence without a final stop.
    pub saw: String,
    /// The file that it is about below the data folder, when it failed for a single one.
    pub file: Option<String>,
    /// How it ended.
    pub ending: Ending,
}

impl Attempt {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        matches!(self.ending, Ending::Proven { .. })
    }
}

/// The result for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, by the last attempt or by review.
    Proven {
        /// The word that reports and evidence use: a method, `reviewed` or `upstream`.
        by: &'static str,
        /// Who.
        subject: String,
    },
    /// Every method was refuted or not used.
    Refuted,
    /// A method that might have proven it got no answer.
    Unknown,
}

/// Returns the verdict of all attempts: proven if one holds, else unknown if one has no answer, else
/// refuted.
pub(super) fn conclude(attempts: &[Attempt]) -> Verdict {
    for attempt in attempts {
        if let Ending::Proven { subject } = &attempt.ending {
            return Verdict::Proven { by: attempt.method.as_str(), subject: subject.clone() };
        }
    }
    match attempts.iter().any(|attempt| attempt.ending == Ending::Unknown) {
        true => Verdict::Unknown,
        false => Verdict::Refuted,
    }
}
