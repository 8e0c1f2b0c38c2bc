//! What a step leaves behind: messages in the log, the summary of the job, step outputs, and files for the next
//! step of the job.
//!
//! Text of strangers never becomes a command of the forge: each line goes through `text::visible`.

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diag::Severity;
use crate::diag::format::annotation;
use crate::error::{Error, ErrorKind, Result};
use crate::site::FileDigest;
use crate::world::file;

use super::super::talk::Talk;
use super::job::{Job, file_named, variable};

/// Title of every annotation.
const TITLE: &str = "mcp-static";

/// Most bytes of a value that one step passes to another.
const MAX_PASSED: u64 = 1024 * 1024;

/// Where a step writes.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    pub(super) job: &'a Job,
    pub(super) talk: &'a Talk,
}

impl Output<'_> {
    /// Prints a remark.
    pub(super) fn notice(&self, text: &str) {
        self.annotate(Severity::Note, text);
    }

    /// Prints a warning.
    pub(super) fn warning(&self, text: &str) {
        self.annotate(Severity::Warning, text);
    }

    /// Prints why the step fails.
    pub(super) fn error(&self, text: &str) {
        self.annotate(Severity::Error, text);
    }

    fn annotate(&self, severity: Severity, text: &str) {
        if self.job.is_like_github() {
            self.talk.data(&(annotation(severity, TITLE, text) + "\n"));
        } else {
            self.talk.always(&format!("{}: {text}", severity.as_str()));
        }
    }

    /// Adds a section of Markdown to the summary of the job; where the forge has none, prints it.
    pub(super) fn summary(&self, markdown: &str) -> Result<()> {
        match file_named("GITHUB_STEP_SUMMARY").filter(|_| self.job.is_like_github()) {
            Some(path) => append(&path, &format!("{}\n\n", markdown.trim())),
            None => {
                markdown.lines().for_each(|line| self.talk.always(line));
                Ok(())
            }
        }
    }

    /// Sets an output of the step, where the forge has them.
    pub(super) fn set(&self, name: &str, value: &str) -> Result<()> {
        match file_named("GITHUB_OUTPUT").filter(|_| self.job.is_like_github()) {
            None => Ok(()),
            Some(path) => {
                // No value holds its own digest, so none can end early and begin another output.
                let end = FileDigest::of(value.as_bytes());
                append(&path, &format!("{name}<<{end}\n{value}\n{end}\n"))
            }
        }
    }

    /// Passes a value to later steps and jobs: as a step output on one line, and in the work folder.
    pub(super) fn pass(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let text = self.keep(name, value)?;
        self.set(name, &text)
    }

    /// Keeps a value as `NAME.json` in the work folder, and returns its text.
    pub(super) fn keep(&self, name: &str, value: &impl Serialize) -> Result<String> {
        let path = self.job.at(&format!("{name}.json"));
        let text = serde_json::to_string(value).map_err(|e| {
            Error::new(ErrorKind::Io, "a result cannot be written as JSON").because(e)
        })?;
        file::write(&path, format!("{text}\n").as_bytes())
            .map_err(|e| Error::io("a result cannot be written", &path, e))?;
        Ok(text)
    }
}

/// Appends text to a file that the forge named.
fn append(path: &Path, text: &str) -> Result<()> {
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(path);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| Error::io("an output of the step cannot be written", path, e))
}

/// Reads what the step `from` passed under `name`: from the variable of that name in capitals, else from the work
/// folder.
///
/// # Errors
/// When neither is there, and when it is something else.
pub(super) fn passed<T: DeserializeOwned>(job: &Job, name: &str, from: &str) -> Result<T> {
    match variable(&name.to_ascii_uppercase()) {
        None => kept(job, name, from),
        Some(text) => read(&text, from),
    }
}

/// Reads what the step `from` kept in the work folder.
///
/// # Errors
/// As [`passed`].
pub(super) fn kept<T: DeserializeOwned>(job: &Job, name: &str, from: &str) -> Result<T> {
    let path = job.at(&format!("{name}.json"));
    let text = file::read_text(&path, MAX_PASSED).map_err(|e| {
        Error::io(format!("there is no result of `ci {from}`"), &path, e)
            .help(format!("run `mcp-static ci {from}` first, with the same --work"))
    })?;
    read(&text, from).map_err(|e| e.at(&path))
}

fn read<T: DeserializeOwned>(text: &str, from: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| {
        Error::new(ErrorKind::Usage, format!("this is not the result of `mcp-static ci {from}`"))
            .because(e)
            .help("pass on what that step wrote as it is")
    })
}
