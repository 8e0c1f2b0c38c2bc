//! The page "Policy": the rules in their order, and what they leave out.

use serde::Serialize;
use serde_json::Value;

use super::super::Facts;
use super::super::policy::{Published, PublishedException, PublishedRule};
use super::Catalog;
use super::page::{PageHead, SiteView};
use super::place::PagePlace;
use super::text::{counted, shown};
use crate::config::{Action, Denied};
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
    /// Predicates, each with its values.
    conditions: Vec<(String, Vec<String>)>,
    exceptions: Vec<ExceptionView>,
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
    reason: String,
}

impl Catalog {
    /// Renders the page at `/policy/`.
    pub(in crate::render) fn policy(&self, facts: &Facts, it: &Published<'_>) -> Option<Artifact> {
        let versions: usize = it.left_out.iter().map(|row| row.versions.len()).sum();
        let rows = it.left_out.iter().take(LISTED).map(|row| RowView {
            name: shown(row.name),
            versions: shown(&row.versions.join(", ")),
            rule: shown(row.rule),
            reason: shown(row.reason),
        });
        let body = PolicyView {
            rules: it.rules.iter().map(rule).collect(),
            default: it.default.as_str(),
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

fn rule(rule: &PublishedRule<'_>) -> RuleView {
    let conditions = rule.conditions.iter().map(|(key, value)| {
        let values = match value {
            Value::Array(values) => values.iter().map(text).collect(),
            value => vec![text(value)],
        };
        (key.clone(), values)
    });
    RuleView {
        id: shown(rule.id),
        action: Action::as_str(rule.action),
        reason: shown(rule.reason),
        conditions: conditions.collect(),
        exceptions: rule.exceptions.iter().map(exception).collect(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), shown)
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
