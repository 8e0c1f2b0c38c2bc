//! The page "Policy": the rules in their order, and what they leave out.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::super::Facts;
use super::super::policy::{Published, PublishedException, PublishedRule};
use super::Catalog;
use super::page::{PageHead, SiteView};
use super::place::PagePlace;
use super::text::{counted, shown};
use crate::config::{Action, DEFAULT, Denied};
use crate::site::Artifact;

/// Most rows of what is left out; the JSON has all of them.
const LISTED: usize = 500;

/// Description of the page, for search engines and previews.
const ABOUT: &str = "Which servers this registry lists, and why others are not listed.";

/// Body of the page.
#[derive(Serialize)]
struct PolicyView {
    rules: Vec<RuleView>,
    /// What happens to an entry that no rule matches.
    default: &'static str,
    default_left_out: Option<String>,
    exceptions: Vec<ExceptionView>,
    refuses: bool,
    left_out: Vec<RowView>,
    /// Number of versions that are left out.
    count: String,
    more: usize,
}

#[derive(Serialize)]
struct RuleView {
    id: String,
    action: &'static str,
    reason: String,
    /// Predicates in words, each with its values.
    conditions: Vec<(String, Vec<String>)>,
    exceptions: Vec<ExceptionView>,
    /// Number of versions that the rule leaves out, if there are some.
    left_out: Option<String>,
}

#[derive(Serialize)]
struct ExceptionView {
    names: Vec<String>,
    versions: Vec<String>,
    reason: String,
    approved_by: String,
    expires: String,
}

#[derive(Serialize)]
struct RowView {
    name: String,
    versions: String,
    rule: String,
}

impl Catalog {
    /// Renders the page at `/policy/`.
    pub(in crate::render) fn policy(&self, facts: &Facts, it: &Published<'_>) -> Option<Artifact> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for row in &it.left_out {
            *counts.entry(row.rule).or_default() += row.versions.len();
        }
        let versions: usize = counts.values().sum();
        let left_out = |rule: &str| counts.get(rule).map(|count| counted(*count, "version"));
        let rows = it.left_out.iter().take(LISTED).map(|row| RowView {
            name: shown(row.name),
            versions: shown(&row.versions.join(", ")),
            rule: shown(row.rule),
        });
        let body = PolicyView {
            rules: it.rules.iter().map(|rule| RuleView::new(rule, left_out(rule.id))).collect(),
            default: it.default.as_str(),
            default_left_out: left_out(DEFAULT),
            exceptions: it.exceptions.iter().map(exception).collect(),
            refuses: it.denied == Denied::Refuse,
            left_out: rows.collect(),
            count: counted(versions, "version"),
            more: it.left_out.len().saturating_sub(LISTED),
        };
        let head =
            PageHead::new("policy", "Policy", ABOUT).json(Some(&"policy/policy.json".to_owned()));
        let site = SiteView::new(self, facts);
        self.page(&site, PagePlace::new(&["policy"])?, "policy.html", head, body)
    }
}

impl RuleView {
    fn new(rule: &PublishedRule<'_>, left_out: Option<String>) -> Self {
        let conditions = rule.conditions.iter().map(|(key, value)| {
            let values = match value {
                Value::Array(values) => values.iter().map(text).collect(),
                value => vec![text(value)],
            };
            (label(key), values)
        });
        Self {
            id: shown(rule.id),
            action: Action::as_str(rule.action),
            reason: shown(rule.reason),
            conditions: conditions.collect(),
            exceptions: rule.exceptions.iter().map(exception).collect(),
            left_out,
        }
    }
}

/// Returns a predicate in words.
fn label(key: &str) -> String {
    let known = LABELS.iter().find(|(known, _)| *known == key);
    known.map_or_else(|| shown(key), |(_, label)| (*label).to_owned())
}

/// The predicates in words.
const LABELS: [(&str, &str); 30] = [
    ("approved", "Approval is recorded"),
    ("argument", "Argument"),
    ("exact_version", "Package has one exact version"),
    ("file_sha256", "Package has a checksum"),
    ("has_license", "License is given"),
    ("has_repository", "Repository is given"),
    ("license", "License"),
    ("name", "Name"),
    ("namespace", "Namespace"),
    ("namespace_younger_than", "Age of the namespace, in days, less than"),
    ("origin", "Origin"),
    ("owner", "Responsible"),
    ("package", "Package"),
    ("package_host", "Package from"),
    ("package_type", "Package type"),
    ("pinned", "Image is pinned by its digest"),
    ("proof", "Proof of ownership"),
    ("remote_host", "Remote at"),
    ("repository", "Repository"),
    ("review_expired", "Review has expired"),
    ("reviewed", "Review is valid"),
    ("risk", "Risk"),
    ("scanned", "Scan is recorded"),
    ("schema_before", "Schema older than"),
    ("tag", "Tag"),
    ("tier", "Tier"),
    ("transport", "Transport"),
    ("unmarked_secret", "A secret is not marked as one"),
    ("variable", "Variable or header"),
    ("version", "Version"),
];

fn text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => shown(text),
        value => value.to_string(),
    }
}

fn exception(it: &PublishedException<'_>) -> ExceptionView {
    ExceptionView {
        names: it.name.iter().map(|name| shown(name)).collect(),
        versions: it.version.iter().map(|version| shown(version)).collect(),
        reason: shown(it.reason),
        approved_by: shown(it.approved_by),
        expires: shown(it.expires),
    }
}

#[cfg(test)]
mod tests {
    use super::{LABELS, label};
    use crate::config::Conditions;

    #[test]
    fn every_predicate_has_words() {
        let message = toml::from_str::<Conditions>("zzz = 1").unwrap_err().message().to_owned();
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        assert_eq!(known.len(), LABELS.len(), "{message}");
        for key in known {
            assert_ne!(label(key), key);
        }
    }
}
