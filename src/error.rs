//! Failures to do our own work, as opposed to problems in the data.
//!
//! A wrong entry is a [`Diagnostic`](crate::diag::Diagnostic), and there may be many. An unreadable disk is
//! an [`Error`], and there is one. An error tells what was being done, to which path, why it failed and
//! what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of failure; it decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked for something that cannot be done (exit 2).
    Usage,
    /// The disk or the operating system refused (exit 2).
    Io,
    /// The git repository is missing, unreadable or hides its history (exit 2).
    Git,
    /// The output folder was not written by this program (exit 2).
    Output,
    /// Another host sent an answer that cannot be used (exit 2).
    Remote,
    /// Another host did not answer, so nothing is known (exit 3).
    Indeterminate,
}

/// One failure, with everything needed to fix it.
///
/// Its text names the operation and the path. The cause is in [`source`](std::error::Error::source), and
/// the alternate form (`{:#}`) includes it.
#[derive(Debug, Clone)]
pub struct Error {
    kind: ErrorKind,
    doing: String,
    path: Option<PathBuf>,
    help: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Returns an error of `kind`; `doing` completes the sentence "could not …" or is the whole problem.
    pub fn new(kind: ErrorKind, doing: impl Into<String>) -> Self {
        Self { kind, doing: doing.into(), path: None, help: None, source: None }
    }

    /// Returns an error of the operating system on `path` while `doing`.
    pub fn io(doing: impl Into<String>, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, doing).at(path).because(source)
    }

    /// Names the file or folder concerned.
    #[must_use]
    pub fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_path_buf());
        self
    }

    /// Adds one imperative sentence that tells what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns what to do about it, if that is known.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.doing)?;
        if let Some(path) = &self.path {
            write!(f, ": {}", path.display())?;
        }
        let mut cause = std::error::Error::source(self).filter(|_| f.alternate());
        while let Some(e) = cause {
            write!(f, ": {e}")?;
            cause = e.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_cause_is_kept_and_shown_on_request() {
        let cause = std::io::Error::other("disk full");
        let error = Error::io("the file cannot be written", "a/b", cause);
        assert_eq!(error.to_string(), "the file cannot be written: a/b");
        assert_eq!(format!("{error:#}"), "the file cannot be written: a/b: disk full");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk full"));
    }
}
