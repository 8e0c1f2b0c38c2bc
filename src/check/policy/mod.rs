//! Applies the policy of a registry: which versions are listed, and which rule leaves out the others.
//!
//! The decision about an entry is a function of the entry, the compiled rules and a day. What is denied never gets
//! into a listing, whatever severity its finding is given; so a changed level cannot publish it.

mod facts;
mod rule;
mod secret;
mod spot;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::{Action, DEFAULT, Day, Denied, Exception, Policy};
use crate::data::{Content, EntryFile, ServerFolder, Tree, VersionFolder, digest};
use crate::diag::{Code, Diagnostic, Finding, Pointer, Severity, SourceFile};
use crate::error::Result;
use crate::model::{Entry, LeftOut, Listing};

use facts::Facts;
pub use facts::Known;
use rule::{Compiled, Globs, Match};
use spot::Spot;

/// A policy that is ready to be applied.
pub struct Judge {
    policy: Arc<Policy>,
    rules: Vec<Compiled>,
    exceptions: Vec<Waiver>,
    /// Positions of the exceptions of each rule, and of the default after the last rule.
    of_rule: Vec<Vec<usize>>,
    /// The day on which exceptions are valid or expired.
    today: i64,
}

/// A compiled exception.
struct Waiver {
    name: Globs,
    version: Globs,
    is_expired: bool,
}

/// What a policy did to the versions of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyOutcome {
    /// The versions that are left out.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Positions of the exceptions that were needed.
    #[serde(rename = "e", skip_serializing_if = "BTreeSet::is_empty")]
    pub exceptions: BTreeSet<usize>,
}

impl PolicyOutcome {
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what the policy did to another server.
    pub fn add(&mut self, other: Self) {
        self.left_out.extend(other.left_out);
        self.exceptions.extend(other.exceptions);
    }
}

/// A server to which a policy was applied.
pub struct Judged {
    /// Its listing without the denied versions; `None` when none is left.
    pub listing: Option<Listing>,
    /// What is denied or warned about.
    pub findings: Vec<Diagnostic>,
    /// What to remember of it.
    pub outcome: PolicyOutcome,
}

/// The decision about an entry.
struct Decision<'a> {
    action: Action,
    /// Position of the rule; the number of rules for the default.
    rule: usize,
    spot: Spot<'a>,
    /// The exceptions that kept earlier rules from matching.
    used: Vec<usize>,
    /// An exception that has expired.
    expired: Option<usize>,
}

impl Judge {
    /// Compiles a policy; `today` is in seconds since 1970.
    pub fn new(policy: Arc<Policy>, today: i64) -> Self {
        let today = Day::of(today);
        let compile = |it: &Exception| Waiver {
            name: Globs::new(&it.name),
            version: Globs::new(&it.version),
            is_expired: it.expires.number() < today,
        };
        let ids: std::collections::HashMap<&str, usize> = policy
            .rules
            .iter()
            .map(|rule| rule.id.as_str())
            .chain([DEFAULT])
            .enumerate()
            .map(|(at, id)| (id, at))
            .collect();
        let mut of_rule = vec![Vec::new(); policy.rules.len() + 1];
        for (at, exception) in policy.exceptions.iter().enumerate() {
            if let Some(rule) = ids.get(exception.rule.as_str()) {
                of_rule[*rule].push(at);
            }
        }
        Self {
            rules: (policy.rules.iter())
                .map(|rule| Compiled::new(rule.action, &rule.conditions))
                .collect(),
            exceptions: policy.exceptions.iter().map(compile).collect(),
            of_rule,
            policy,
            today,
        }
    }

    /// Returns a digest of all that a decision depends on besides the entry and its age.
    pub fn key(&self) -> String {
        let expired: Vec<bool> = self.exceptions.iter().map(|it| it.is_expired).collect();
        digest(format!("{:?}{expired:?}", self.policy).as_bytes())
    }

    /// Whether a rule asks for the age of namespaces.
    pub fn needs_age(&self) -> bool {
        self.rules.iter().any(|rule| rule.ages().next().is_some())
    }

    /// Returns the age in days of a namespace that published its first entry at `first`, in seconds since 1970.
    pub fn age(&self, first: i64) -> i64 {
        (self.today - Day::of(first)).max(0)
    }

    /// Returns what the rules find out about an age.
    pub fn key_of_age(&self, age: i64) -> Vec<bool> {
        self.rules.iter().flat_map(Compiled::ages).map(|days| age < days).collect()
    }

    /// Decides about an entry; `None` when that takes facts that are not known yet.
    fn decide<'a>(&self, facts: &Facts<'a>) -> Option<Decision<'a>> {
        let (mut used, mut expired) = (Vec::new(), None);
        let default = (self.policy.default, Match::Yes(Spot::Top(&["name"])));
        let rules = self.policy.rules.iter().zip(&self.rules);
        let outcomes = rules.map(|(rule, compiled)| (rule.action, compiled.matches(facts)));
        for (rule, (action, matched)) in outcomes.chain([default]).enumerate() {
            let spot = match matched {
                Match::No => continue,
                Match::Unknown => return None,
                Match::Yes(spot) => spot,
            };
            let lifts = |at: &&usize| {
                let waiver = &self.exceptions[**at];
                waiver.name.matches(&facts.name)
                    && (waiver.version.is_empty() || waiver.version.matches(&facts.version))
            };
            let mut lifting = self.of_rule[rule].iter().filter(lifts).peekable();
            if action != Action::Allow && lifting.peek().is_some() {
                let (old, valid): (Vec<usize>, Vec<usize>) =
                    lifting.copied().partition(|at| self.exceptions[*at].is_expired);
                if !valid.is_empty() {
                    used.extend(valid);
                    continue;
                }
                expired = old.first().copied();
            }
            return Some(Decision { action, rule, spot, used, expired });
        }
        // An exception to the default: the entry is listed.
        let rule = self.rules.len();
        Some(Decision { action: Action::Allow, rule, spot: Spot::Top(&[]), used, expired })
    }

    /// Takes the denied versions out of a server's listing and reports them. A version whose decision depends on how
    /// ownership was shown, or on the `age` of its namespace, is kept where that is not known.
    ///
    /// # Errors
    /// When a file cannot be read again.
    pub fn apply(
        &self,
        tree: &Tree,
        server: &ServerFolder,
        listing: Listing,
        has_proofs: bool,
        age: Option<i64>,
    ) -> Result<Judged> {
        let (mut findings, mut outcome) = (Vec::new(), PolicyOutcome::default());
        let mut denied = BTreeSet::new();
        for entry in listing.entries() {
            let proof = has_proofs.then_some(entry.evidence.method);
            let facts = Facts::new(listing.name(), entry, Known { proof, age });
            let Some(decision) = self.decide(&facts) else { continue };
            outcome.exceptions.extend(&decision.used);
            if decision.action == Action::Deny {
                denied.insert(entry.version.as_str().to_owned());
            }
            // Nobody sees a withdrawn version, so there is nothing to report.
            if decision.action == Action::Allow || !entry.is_live() {
                continue;
            }
            findings.extend(self.report(tree, server, entry, &decision)?);
            if decision.action == Action::Deny {
                let (name, version) = (listing.name().as_str(), entry.version.as_str());
                outcome.left_out.push(LeftOut::new(name, version, self.id(decision.rule)));
            }
        }
        let listing = match denied.is_empty() {
            true => Some(listing),
            false => listing.without(|entry| denied.contains(entry.version.as_str())),
        };
        Ok(Judged { listing, findings, outcome })
    }

    fn id(&self, rule: usize) -> &str {
        self.policy.rules.get(rule).map_or(DEFAULT, |rule| &rule.id)
    }

    /// Reports an entry that is denied or warned about, at its place in the data and in the policy.
    fn report(
        &self,
        tree: &Tree,
        server: &ServerFolder,
        entry: &Entry,
        decision: &Decision<'_>,
    ) -> Result<Option<Diagnostic>> {
        let Some(version) = server.versions.iter().find(|v| *v.version == *entry.version.as_str())
        else {
            return Ok(None);
        };
        let name = format!("{}/{} {}", server.namespace, server.name, entry.version);
        let mut finding = self.finding(&name, decision);
        let annotated = match decision.spot {
            Spot::Annotation(field) => entry.own_annotations().map(|own| (own, field)),
            _ => None,
        };
        let (path, content) = match annotated {
            Some((own, field)) => {
                finding.pointer = Pointer::root().key(&own.key).key(field);
                match own.is_of_version {
                    true => read_of(tree, server, version, EntryFile::Annotations)?,
                    false => (server.annotations_path(), tree.read_annotations(server)?),
                }
            }
            None => {
                let member = finding.pointer.as_str().split('/').nth(1).map(str::to_owned);
                let is_changed = entry.overridden.as_ref().is_some_and(|it| {
                    it.members.iter().any(|changed| Some(changed) == member.as_ref())
                });
                if is_changed {
                    finding.pointer = Pointer::from(format!("/patch{}", finding.pointer));
                    read_of(tree, server, version, EntryFile::Override)?
                } else {
                    read_of(tree, server, version, EntryFile::Server)?
                }
            }
        };
        let Some(content) = content else { return Ok(None) };
        let text = String::from_utf8_lossy(&content.bytes);
        let mut diagnostic = SourceFile::new(&tree.display(&path), &text).diagnose(finding);
        let (place, what) = match self.policy.rules.get(decision.rule) {
            Some(rule) => (&rule.place, "the rule"),
            None => (&self.policy.default_place, "the default"),
        };
        diagnostic = diagnostic.label(place.clone(), what);
        if let Some(exception) = decision.expired.and_then(|at| self.policy.exceptions.get(at)) {
            let message = format!("this exception expired on {}", exception.expires.as_str());
            diagnostic = diagnostic.label(exception.place.clone(), message);
        }
        Ok(Some(diagnostic))
    }

    fn finding(&self, name: &str, decision: &Decision<'_>) -> Finding {
        let pointer = decision.spot.pointer();
        let refuses = self.policy.denied == Denied::Refuse;
        let rule = self.policy.rules.get(decision.rule);
        let reason = rule.map_or("no rule allows it", |rule| {
            rule.reason.trim().trim_end_matches(['.', '!', '?'])
        });
        let id = self.id(decision.rule);
        if decision.action == Action::Warn {
            let message = format!("the policy warns about {name} ({id}): {reason}");
            let help = "publish a version that the rule does not match, or add an exception to policy.toml";
            return Finding::new(Code::PolicyWarned, pointer, message).help(help);
        }
        let (verb, severity) = match refuses {
            true => ("refuses", Severity::Error),
            false => ("leaves out", Severity::Warning),
        };
        let message = format!("the policy {verb} {name} ({id}): {reason}");
        let help = match refuses {
            true => format!(
                "correct it before it is published, add an exception to policy.toml, or run `mcp-static status {} deleted`",
                name.replace(' ', "@")
            ),
            false => {
                "publish a version that the rule does not match, or add an exception to policy.toml"
                    .to_owned()
            }
        };
        let mut finding = Finding::new(Code::PolicyDenied, pointer, message).help(help);
        finding.severity = severity;
        finding
    }

    /// Reports exceptions that have expired, and those that no entry needed; `used` are the positions of the others.
    pub fn exceptions(&self, used: &BTreeSet<usize>) -> Vec<Diagnostic> {
        let all = self.policy.exceptions.iter().zip(&self.exceptions).enumerate();
        let found = all.filter_map(|(at, (exception, waiver))| {
            let names = exception.name.join(", ");
            let (code, message, help) = if waiver.is_expired {
                let day = exception.expires.as_str();
                let message =
                    format!("the exception of {names} from {} expired on {day}", exception.rule);
                (
                    Code::PolicyExceptionExpired,
                    message,
                    "remove it, or have it approved again with a new date",
                )
            } else if !used.contains(&at) {
                let message =
                    format!("no entry needs the exception of {names} from {}", exception.rule);
                (
                    Code::PolicyExceptionUnused,
                    message,
                    "remove it, or correct its names and versions",
                )
            } else {
                return None;
            };
            Some(Diagnostic::new(code, exception.place.clone(), message).help(help))
        });
        found.collect()
    }
}

/// Returns the path of a version's file, and the file.
fn read_of(
    tree: &Tree,
    server: &ServerFolder,
    version: &VersionFolder,
    file: EntryFile,
) -> Result<(String, Option<Content>)> {
    Ok((server.path(version, file), tree.read_entry(server, version, file)?))
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").field("policy", &self.policy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
