//! The policy as a part of the site, so that people see why something is not listed.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::{Action, DEFAULT, Denied, Exception, Policy};
use crate::model::LeftOut;
use crate::site::{Artifact, Media};

/// A policy and what it leaves out, as `policy/policy.json` has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Published<'a> {
    pub(super) default: Action,
    pub(super) denied: Denied,
    pub(super) rules: Vec<PublishedRule<'a>>,
    /// Exceptions to the default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exceptions: Vec<PublishedException<'a>>,
    pub(super) left_out: Vec<Withheld<'a>>,
}

/// A rule.
#[derive(Debug, Serialize)]
pub(super) struct PublishedRule<'a> {
    pub(super) id: &'a str,
    pub(super) action: Action,
    pub(super) reason: &'a str,
    /// Its predicates as they are written.
    #[serde(rename = "match")]
    pub(super) conditions: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exceptions: Vec<PublishedException<'a>>,
}

/// An exception.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublishedException<'a> {
    pub(super) name: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) version: &'a [String],
    pub(super) reason: &'a str,
    pub(super) approved_by: &'a str,
    pub(super) expires: &'a str,
}

/// Versions of a server that one rule leaves out.
#[derive(Debug, Serialize)]
pub(super) struct Withheld<'a> {
    pub(super) name: &'a str,
    pub(super) versions: Vec<&'a str>,
    pub(super) rule: &'a str,
    pub(super) reason: &'a str,
}

/// The reason of what no rule allows.
const NOT_ALLOWED: &str = "No rule allows it.";

/// Returns why a rule leaves out what it matches.
pub fn reason<'a>(policy: &'a Policy, rule: &str) -> &'a str {
    policy.rule(rule).map_or(NOT_ALLOWED, |rule| &rule.reason)
}

impl<'a> Published<'a> {
    /// Sums up a policy; `left_out` is in the order of names.
    pub(super) fn new(policy: &'a Policy, left_out: &'a [LeftOut]) -> Self {
        let rules = policy.rules.iter().map(|rule| PublishedRule {
            id: &rule.id,
            action: rule.action,
            reason: &rule.reason,
            conditions: match serde_json::to_value(&rule.conditions) {
                Ok(Value::Object(conditions)) => conditions,
                _ => Map::new(), // a struct is always an object
            },
            exceptions: exceptions(policy, &rule.id),
        });
        let mut withheld: Vec<Withheld<'_>> = Vec::new();
        let mut first = 0; // of the server that is read
        for it in left_out {
            if withheld.get(first).is_some_and(|first| first.name != it.name) {
                first = withheld.len();
            }
            let known = withheld[first..].iter_mut().find(|known| known.rule == it.rule);
            match known {
                Some(known) => known.versions.push(&it.version),
                None => withheld.push(Withheld {
                    name: &it.name,
                    versions: vec![&it.version],
                    rule: &it.rule,
                    reason: reason(policy, &it.rule),
                }),
            }
        }
        Self {
            default: policy.default,
            denied: policy.denied,
            rules: rules.collect(),
            exceptions: exceptions(policy, DEFAULT),
            left_out: withheld,
        }
    }

    /// Returns the JSON.
    pub(super) fn artifact(&self) -> Option<Artifact> {
        // Texts, lists and maps always serialize.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        Artifact::file(["policy", "policy.json"], Media::Json, text)
    }
}

fn exceptions<'a>(policy: &'a Policy, rule: &str) -> Vec<PublishedException<'a>> {
    let of_rule = policy.exceptions.iter().filter(|exception| exception.rule == rule);
    let published = |it: &'a Exception| PublishedException {
        name: &it.name,
        version: &it.version,
        reason: &it.reason,
        approved_by: &it.approved_by,
        expires: it.expires.as_str(),
    };
    of_rule.map(published).collect()
}
