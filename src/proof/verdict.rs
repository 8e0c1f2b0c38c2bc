//! The result for a claim: every method that was tried, and the verdict.

use crate::config::Method;
use crate::diag::{Code, Place};

/// How one way to prove a claim ended.
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
        /// Where, when a file is to blame.
        place: Option<Place>,
        /// What to do.
        help: String,
    },
    /// There is no such proof.
    Absent {
        /// What to do to use this way.
        help: String,
    },
    /// There was no answer, so nothing is known.
    Unknown,
}

/// One way that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which way.
    pub method: Method,
    /// What was seen, in one sentence without a final stop.
    pub saw: String,
    /// How it ended.
    pub ending: Ending,
}

impl Attempt {
    /// Returns an attempt that succeeded.
    pub fn proven(method: Method, subject: impl Into<String>, saw: impl Into<String>) -> Self {
        Self { method, saw: saw.into(), ending: Ending::Proven { subject: subject.into() } }
    }

    /// Returns an attempt that failed.
    pub fn refuted(
        method: Method,
        code: Code,
        saw: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let ending = Ending::Refuted { code, place: None, help: help.into() };
        Self { method, saw: saw.into(), ending }
    }

    /// Returns an attempt without a proof.
    pub fn absent(method: Method, saw: impl Into<String>, help: impl Into<String>) -> Self {
        Self { method, saw: saw.into(), ending: Ending::Absent { help: help.into() } }
    }

    /// Returns an attempt without an answer.
    pub fn unknown(method: Method, saw: impl Into<String>) -> Self {
        Self { method, saw: saw.into(), ending: Ending::Unknown }
    }

    /// Names the file to blame.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>) -> Self {
        if let Ending::Refuted { place, .. } = &mut self.ending {
            *place = Some(Place::file(file));
        }
        self
    }

    /// Whether it holds.
    pub fn holds(&self) -> bool {
        matches!(self.ending, Ending::Proven { .. })
    }
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, by the last attempt or by review.
    Proven {
        /// The word of reports and evidence: a method, `reviewed` or `upstream`.
        by: &'static str,
        /// Who.
        subject: String,
    },
    /// Every way was refuted or not taken.
    Refuted,
    /// A way that might have held got no answer.
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
