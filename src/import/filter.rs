//! Which names are wanted.

use crate::model::pattern::matches;

/// Patterns on whole names: `*` is any text, `?` is one character, case matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Names that match one of these are wanted; without any, all are.
    pub include: Vec<String>,
    /// Names that match one of these are not, even when they are included.
    pub exclude: Vec<String>,
}

impl Filter {
    /// Whether `name` is wanted.
    pub fn wants(&self, name: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, name));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}
