//! How a run of the program ends.

use crate::error::{Error, ErrorKind};

/// How a run ended; the exit status is the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Success.
    Fine = 0,
    /// The data or the change is refused.
    Refused = 1,
    /// Wrong use, or the work could not be done.
    Failed = 2,
    /// A host outside did not answer.
    Indeterminate = 3,
    /// A maintainer has to decide.
    NeedsMaintainer = 4,
}

impl Outcome {
    /// Returns the outcome of a run that ended with `error`.
    pub(super) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Indeterminate => Self::Indeterminate,
            _ => Self::Failed,
        }
    }

    /// Returns [`Self::Refused`] when `refused`, else [`Self::Fine`].
    pub(super) fn refused_if(refused: bool) -> Self {
        if refused { Self::Refused } else { Self::Fine }
    }
}
