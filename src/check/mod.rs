//! Is the data right? The rules about one `server.json`, and about the registry as a whole.
//!
//! [`document`] judges a document by itself, without a clock, a disk or a network, and reports
//! everything it finds in one run. Under [`Profile::Official`] its verdict is that of the official
//! registry's `POST /v0.1/validate`; under [`Profile::Strict`] a document must also be publishable:
//! its name and version become paths, its packages must have a form that can be checked, and nothing
//! in it may lead readers to a place or command that they do not see (`reach`, `line`, `risk`).
//!
//! A document passes three gates, each in its own module: the typed input of the API (`input`), the
//! JSON Schema that `$schema` names, applied to what the typed structs leave (`normal`, `schema`), and
//! the semantic rules. One fault is reported once: a semantic code is preferred to a broken limit, and
//! both to a schema violation at the same place. This room refuses to know who is asking.

mod about;
mod entry;
mod go_json;
mod input;
mod line;
mod lint;
mod look;
mod naming;
mod normal;
mod package;
mod publish;
mod range;
mod reach;
mod reference;
mod registry;
mod risk;
mod rules;
mod say;
mod schema;
mod shape;
mod template;
mod transport;
mod twins;
mod url;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::Value;

pub use entry::{CheckedServer, Checker, RemoteUrl, check_document};
pub use registry::{layout, shared_urls};
pub use rules::{RULES, Rule};
pub use schema::{CURRENT as CURRENT_SCHEMA, keeps_schema};
pub use twins::{confusable_names, outline};
pub use url::is_uri;

use crate::config::Config;
use crate::diag::{Code, Finding, Pointer, Severity};
use shape::SERVER;

/// Which set of rules a document is held to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Exactly the verdict of the official registry.
    Official,
    /// Official, publishable, and safe as a path; with hints.
    #[default]
    Strict,
}

/// How a document is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentRules {
    /// Which set of rules applies.
    pub profile: Profile,
    /// The settings of the registry, which [`Profile::Strict`] asks.
    pub config: Config,
}

impl DocumentRules {
    /// The rules of a profile, for a registry without settings.
    pub fn new(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// The rules of a profile in the registry that has these settings.
    #[must_use]
    pub fn of(profile: Profile, config: &Config) -> Self {
        Self { profile, config: config.clone() }
    }
}

/// The document after it passed through the official API's typed structs: empty optional members are
/// gone. Only to be judged, never to be published.
pub fn normalised(document: &Value) -> Value {
    normal::normalised(document, &SERVER)
}

/// Breaches of the input rules from which on the JSON Schema is not asked: it would mostly repeat
/// them, and spells out the place of each.
const MAX_BREACHES: usize = 200;

/// Everything that is wrong with a document, roughly in the order of its members.
pub fn document(value: &Value, rules: &DocumentRules) -> Vec<Finding> {
    let input = input::check(value);
    if !value.is_object() {
        return input.findings;
    }
    let mut found = semantic(value, rules);
    let structural = |finding: &&Finding| finding.code != Code::ValueNotAllowed;
    let broken = places(input.findings.iter().filter(structural));
    found.retain(|finding| !broken.contains(&finding.pointer));
    let enough = input.findings.len() > MAX_BREACHES;
    add_unless_known(&mut found, input.findings);
    if enough {
        return found;
    }
    if let schema::Named::Released(version) = schema::named(look::text(value, "$schema")) {
        let violations = if input.has_empty_members {
            schema::violations(&normalised(value), version)
        } else {
            schema::violations(value, version)
        };
        add_unless_known(&mut found, violations);
    }
    found
}

/// The rules that look at meaning; each skips what has no value or one of the wrong type.
fn semantic(document: &Value, rules: &DocumentRules) -> Vec<Finding> {
    let mut found = Vec::new();
    match document.get("$schema") {
        None => schema::check_address("", &mut found),
        Some(Value::String(address)) => schema::check_address(address, &mut found),
        Some(_) => {}
    }
    naming::check(document, rules, &mut found);
    about::check(document, &mut found);
    package::check(document, rules, &mut found);
    transport::check_remotes(document, rules.profile, &mut found);
    if rules.profile == Profile::Strict {
        publish::check(document, &mut found);
        let mut more = Vec::new();
        reach::check(document, &rules.config, &mut more);
        line::check(document, &mut more);
        add_unless_known(&mut found, more);
        risk::check(document, &mut found);
        lint::check(document, &mut found);
    }
    found
}

/// Adds findings at places where no error stands yet, so that one fault is said once.
fn add_unless_known(found: &mut Vec<Finding>, mut more: Vec<Finding>) {
    let known = places(found.iter().filter(|earlier| earlier.severity == Severity::Error));
    more.retain(|finding| !known.contains(&finding.pointer));
    found.append(&mut more);
}

fn places<'a>(findings: impl Iterator<Item = &'a Finding>) -> HashSet<Pointer> {
    findings.map(|finding| finding.pointer.clone()).collect()
}
