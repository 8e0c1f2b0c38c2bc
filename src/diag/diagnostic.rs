//! One problem, with everything a reader needs.

use serde::{Deserialize, Serialize};

use super::{Code, Pointer, Severity};

/// A problem before its line and column are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub code: Code,
    /// How bad it is here; that of the code unless the rule knows better.
    pub severity: Severity,
    /// Where in the document.
    pub pointer: Pointer,
    /// Whether it is about the key at `pointer` instead of its value.
    pub on_key: bool,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// What to do, in one imperative sentence.
    pub help: Option<String>,
}

impl Finding {
    /// Makes a finding about the value at `pointer`.
    pub fn new(code: Code, pointer: impl Into<Pointer>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            pointer: pointer.into(),
            on_key: false,
            message: message.into(),
            help: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Makes it a warning here, whatever its code is elsewhere.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Makes it about the key instead of its value.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }
}

/// Where a problem is: a file, and inside it a pointer with line and column when they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Path as the reader knows it, with forward slashes; empty when the problem has no file.
    pub file: String,
    /// Line, from 1; 0 when unknown.
    pub line: u32,
    /// Column in characters, from 1; 0 when unknown.
    pub column: u32,
    /// JSON pointer inside the file.
    pub pointer: Pointer,
}

impl Place {
    /// Makes the place of a whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { file: path.into(), ..Self::default() }
    }
}

/// The source line a diagnostic points into, kept because the file may be gone when it is printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Snippet {
    /// The line's text, shortened around the mark when it is long.
    pub text: String,
    /// Characters before the mark.
    pub before: usize,
    /// Characters marked, at least one.
    pub width: usize,
}

/// A second place that explains a diagnostic, such as the earlier entry that it duplicates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

/// One problem in the data or in a change, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which rule.
    pub code: Code,
    /// How bad, after the levels of settings and command line.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The line concerned, when there is one.
    pub snippet: Option<Snippet>,
    /// What is wrong.
    pub message: String,
    /// Second places.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Whether it was made a note because of its entry; levels can silence it but not raise it.
    pub lowered: bool,
    /// How many problems it counts: more than one when it summarizes those of its code that are not
    /// reported one by one.
    pub count: usize,
}

impl Diagnostic {
    /// Makes a diagnostic at `place` with the default severity of its code.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            place,
            snippet: None,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            lowered: false,
            count: 1,
        }
    }

    /// Makes it the one that counts all others of its code in its file.
    pub(super) fn summarize_others(&mut self) {
        self.message = format!("and {} more of {} in this file", self.count, self.code);
        self.help = Some("correct those above, then check again to see the others".to_owned());
        self.snippet = None;
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, place: Place, message: impl Into<String>) -> Self {
        self.labels.push(Label { place, message: message.into() });
        self
    }

    /// Makes it a note for good, as for entries mirrored from another registry.
    #[must_use]
    pub fn as_note(mut self) -> Self {
        self.severity = Severity::Note;
        self.lowered = true;
        self
    }
}
