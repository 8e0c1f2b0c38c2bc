//! All problems of one run, and the severity of each code.

use std::collections::BTreeMap;

use super::{Code, Diagnostic, Severity};

/// Changes of severity per code, from the settings and then the command line; the last change wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<Code, Option<Severity>>);

impl Levels {
    /// Silences a code.
    pub fn allow(&mut self, code: Code) {
        self.0.insert(code, None);
    }

    /// Makes a code a warning.
    pub fn warn(&mut self, code: Code) {
        self.0.insert(code, Some(Severity::Warning));
    }

    /// Makes a code an error.
    pub fn deny(&mut self, code: Code) {
        self.0.insert(code, Some(Severity::Error));
    }

    /// Adds the changes of `later`, which win.
    pub fn extend(&mut self, later: &Levels) {
        self.0.extend(later.0.iter().map(|(code, level)| (*code, *level)));
    }
}

/// How many diagnostics there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Problems that refuse the data.
    pub errors: usize,
    /// Problems that do not.
    pub warnings: usize,
    /// Things worth knowing.
    pub notes: usize,
}

/// The diagnostics of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    items: Vec<Diagnostic>,
}

impl Report {
    /// Makes an empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Adds all diagnostics of another report.
    pub fn merge(&mut self, other: Report) {
        self.items.extend(other.items);
    }

    /// Returns the diagnostics, in the order in which they were added until [`Report::finish`]
    /// sorts them.
    pub fn items(&self) -> &[Diagnostic] {
        &self.items
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether anything refuses the data.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|d| d.severity == Severity::Error)
    }

    /// Returns how many there are of each severity.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for d in &self.items {
            match d.severity {
                Severity::Error => counts.errors += d.count,
                Severity::Warning => counts.warnings += d.count,
                Severity::Note => counts.notes += d.count,
            }
        }
        counts
    }

    /// Applies the reader's levels and sorts by file, place and code, so that two runs over the same
    /// data print the same text.
    ///
    /// A finding that was lowered to a note because its entry is mirrored stays a note.
    #[must_use]
    pub fn finish(mut self, levels: &Levels) -> Self {
        self.items.retain_mut(|d| match levels.0.get(&d.code) {
            None => true,
            Some(None) => false,
            Some(Some(severity)) => {
                if !d.lowered {
                    d.severity = *severity;
                }
                true
            }
        });
        // Two that differ at all must not keep the order of the threads that found them.
        self.items.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        self.items.dedup();
        self
    }
}

/// Returns everything that distinguishes a diagnostic, the place first.
fn order(d: &Diagnostic) -> impl Ord + '_ {
    let shown = (&d.place, d.code.as_str(), &d.message);
    (shown, (d.severity, d.lowered, d.count), (&d.help, &d.labels, &d.snippet))
}

impl Extend<Diagnostic> for Report {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.items.extend(iter);
    }
}

impl IntoIterator for Report {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}
