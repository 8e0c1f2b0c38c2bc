//! Why *we* could not do our work: the second channel of trouble.
//!
//! A wrong entry is a [`Diagnostic`](crate::diag::Diagnostic) and there may be many; an unreadable
//! disk is an [`Error`] and there is one. An error says what was being done, to which path, why it
//! failed and what to do about it. It refuses to describe data.

use std::fmt;
use std::path::{Path, PathBuf};

/// Shorthand for results of the rooms that touch the outside.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What family of failure an [`Error`] belongs to; decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked for something that makes no sense (exit 2).
    Usage,
    /// The disk or the operating system refused (exit 2).
    Io,
    /// The git repository is missing, unreadable or hides its history (exit 2).
    Git,
    /// The output folder is not ours to write to (exit 2).
    Output,
    /// Another host answered with something that we cannot work with (exit 2).
    Remote,
    /// The outside world did not answer, so nothing is known (exit 3).
    Indeterminate,
}

/// One failure to do our work, with everything needed to put it right.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    doing: String,
    path: Option<PathBuf>,
    help: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind`; `doing` completes the sentence "could not …" or states the fault whole.
    pub fn new(kind: ErrorKind, doing: impl Into<String>) -> Self {
        Self { kind, doing: doing.into(), path: None, help: None, source: None }
    }

    /// An operating system failure on `path` while `doing`.
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
        self.source = Some(source.into());
        self
    }

    /// The family of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to do about it, if we know.
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
        let mut cause: Option<&dyn std::error::Error> = self.source.as_deref().map(|e| e as _);
        while let Some(e) = cause {
            write!(f, ": {e}")?;
            cause = e.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        None // the causes are part of the text already
    }
}
