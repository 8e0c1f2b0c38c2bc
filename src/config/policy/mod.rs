//! `policy.toml`: which entries are listed, and why the others are not.
//!
//! Rules are read here and applied by `check`. An unknown key, a duplicate id or a word that no entry can have is
//! an error: a rule that matches nothing by mistake would let through what it should stop.

mod conditions;
mod day;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::channels::{Variables, is_kebab_case};
use super::problems::{Problems, toml_diagnostic};
use crate::diag::{Code, Diagnostic, Finding, Place, SourceFile, Span, nearest};

pub use conditions::{Conditions, OWN, UPSTREAM, host_pattern};
pub use day::Day;

/// The id by which exceptions name what no rule matches.
pub const DEFAULT: &str = "default";

/// What happens to an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is listed.
    #[default]
    Allow,
    /// It is listed, with a warning in the report.
    Warn,
    /// It is not listed.
    Deny,
}

impl Action {
    /// Returns the word of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// What a denied entry does to a build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denied {
    /// It is left out, with a warning.
    #[default]
    LeaveOut,
    /// It is an error, so nothing is published.
    Refuse,
}

/// A policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// What happens to an entry that no rule matches.
    pub default: Action,
    /// Where that is written.
    pub default_place: Place,
    /// What a denied entry does.
    pub denied: Denied,
    /// The rules in their order; the first that matches decides.
    pub rules: Vec<Rule>,
    /// The exceptions.
    pub exceptions: Vec<Exception>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// What reports and exceptions call it.
    pub id: String,
    /// What happens to the entries that match.
    pub action: Action,
    /// Why, in a sentence.
    pub reason: String,
    /// What an entry must be to match.
    #[serde(rename = "match", default)]
    pub conditions: Conditions,
    /// Where it is written.
    #[serde(skip)]
    pub place: Place,
}

/// Entries that a rule does not apply to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Exception {
    /// Id of the rule, or [`DEFAULT`].
    pub rule: String,
    /// Patterns of server names.
    pub name: Vec<String>,
    /// Patterns of versions; empty for every version.
    #[serde(default)]
    pub version: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approved_by: String,
    /// The last day on which it counts, in UTC.
    pub expires: Day,
    /// Where it is written.
    #[serde(skip)]
    pub place: Place,
}

/// The file's own layout.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPolicy {
    default: Action,
    denied: Denied,
    rules: Vec<Rule>,
    exceptions: Vec<Exception>,
}

impl Policy {
    /// Reads a policy, filled with `variables`, with everything that is wrong with it.
    ///
    /// # Errors
    /// When it cannot be applied. A policy that was read in part would be another policy.
    pub fn parse(path: &str, text: &str, variables: &Variables) -> Result<Self, Vec<Diagnostic>> {
        let filled = variables.fill(text).map_err(|(at, message, help)| {
            let finding = Finding::new(Code::PolicyInvalid, "", message).help(help);
            let span = Span { start: at, end: at + 2 };
            SourceFile::new(path, text).diagnose_spans(vec![(finding, span)])
        })?;
        let text = filled.as_str();
        let source = SourceFile::new(path, text);
        let raw: RawPolicy = toml::from_str(text)
            .map_err(|e| vec![toml_diagnostic(&source, Code::PolicyInvalid, &e)])?;
        let mut problems = Problems::of(Code::PolicyInvalid);
        check_rules(&raw.rules, &mut problems);
        check_exceptions(&raw, &mut problems);
        let wrong = problems.diagnose(&source);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let RawPolicy { default, denied, mut rules, mut exceptions } = raw;
        let pointers = std::iter::once("/default".to_owned())
            .chain((0..rules.len()).map(|i| format!("/rules/{i}/id")))
            .chain((0..exceptions.len()).map(|i| format!("/exceptions/{i}/rule")));
        let mut places = source.places(super::problems::toml_starts(text, pointers)).into_iter();
        let default_place = places.next().unwrap_or_default();
        for (rule, place) in rules.iter_mut().zip(&mut places) {
            rule.place = place;
        }
        for (exception, place) in exceptions.iter_mut().zip(&mut places) {
            exception.place = place;
        }
        Ok(Self { default, default_place, denied, rules, exceptions })
    }

    /// Returns the rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

fn check_rules(rules: &[Rule], problems: &mut Problems) {
    let mut seen = HashMap::new();
    for (i, rule) in rules.iter().enumerate() {
        let id = rule.id.as_str();
        if !is_kebab_case(id) {
            let help =
                "write lower-case letters, digits and single hyphens, such as \"images-by-digest\"";
            problems.add(format!("/rules/{i}/id"), format!("{id:?} is not an id"), help);
        } else if id == DEFAULT {
            let help = "choose another id; exceptions call what no rule matches \"default\"";
            problems.add(format!("/rules/{i}/id"), "the id \"default\" is reserved", help);
        } else if let Some(first) = seen.insert(id, i) {
            let message = format!("rule {} has the id {id:?} too", first + 1);
            problems.add(format!("/rules/{i}/id"), message, "give each rule its own id");
        }
        check_reason(&rule.reason, format!("/rules/{i}/reason"), problems);
        rule.conditions.check(i, problems);
    }
}

fn check_exceptions(raw: &RawPolicy, problems: &mut Problems) {
    let ids: HashMap<&str, Action> =
        raw.rules.iter().map(|rule| (rule.id.as_str(), rule.action)).collect();
    let mut unknown = 0;
    for (i, exception) in raw.exceptions.iter().enumerate() {
        let at = |key: &str| format!("/exceptions/{i}/{key}");
        let id = exception.rule.as_str();
        let action = if id == DEFAULT { Some(&raw.default) } else { ids.get(id) };
        match action {
            Some(Action::Allow) => {
                let message = format!("{id:?} allows what it matches, so it needs no exception");
                problems.add(at("rule"), message, "name a rule that denies or warns");
            }
            Some(_) => {}
            None => {
                // Comparing every wrong id with every right one would take time for nobody.
                unknown += 1;
                let known = ids.keys().copied().filter(|_| unknown <= MOST_SUGGESTIONS);
                let help = match nearest(id, known) {
                    Some(near) => format!("did you mean {near}?"),
                    None => "write the id of a rule of this file, or \"default\"".to_owned(),
                };
                problems.add(at("rule"), format!("there is no rule {id:?}"), help);
            }
        }
        if exception.name.is_empty() {
            let help = "list the names of servers, such as name = [\"com.example/weather\"]";
            problems.add(at("name"), "the exception names no server", help);
        }
        for key in [("name", &exception.name), ("version", &exception.version)] {
            conditions::check_globs(key.1, &at(key.0), problems);
        }
        check_reason(&exception.reason, at("reason"), problems);
        if exception.approved_by.trim().is_empty() {
            let help = "write who decided it";
            problems.add(at("approved_by"), "nobody approved the exception", help);
        }
    }
}

/// Most wrong ids for which the nearest right one is looked for.
const MOST_SUGGESTIONS: usize = 20;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

fn check_reason(reason: &str, pointer: String, problems: &mut Problems) {
    let message = match reason.chars().count() {
        _ if reason.trim().is_empty() => "there is no reason".to_owned(),
        _ if reason.contains(['\n', '\r']) => "the reason has more than one line".to_owned(),
        length if length > LONGEST_REASON => format!("the reason has {length} characters"),
        _ => return,
    };
    let help = format!(
        "write one line of at most {LONGEST_REASON} characters that explains it to authors"
    );
    problems.add(pointer, message, help);
}

#[cfg(test)]
mod tests;
