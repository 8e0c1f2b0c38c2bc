//! Reads the policy of a data folder, and gives its judge the facts that only the whole folder shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::check::{CheckedServer, Judge, Ruling};
use crate::config::{Config, POLICY, Policy};
use crate::data::{
    DateSource, EntryFile, ServerFolder, Tree, VersionFolder, read_json, read_origin,
};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::model::Listing;

/// When each namespace, in lower case, published its first entry, in seconds since 1970.
type Ages = BTreeMap<String, i64>;

/// The policy of a registry, applied on one day; without a policy everything is allowed.
#[derive(Debug)]
pub(super) struct Policing {
    judge: Option<Judge>,
    /// The time that counts as now, in seconds since 1970.
    now: i64,
    ages: OnceLock<Result<Ages>>,
}

/// Reads the policies of `tree`, with what is wrong with them. Returns the one that applies; `None` when there is none
/// that can be applied.
pub(super) fn read(tree: &Tree, config: &Config) -> Result<(Option<Arc<Policy>>, Vec<Diagnostic>)> {
    let (mut applied, mut findings) = (None, Vec::new());
    let policies = config.policies();
    for (i, (name, variables)) in policies.iter().enumerate() {
        let Some(file) = tree.policies().iter().find(|file| file.path == *name) else {
            findings.extend((*name != POLICY).then(|| missing(tree, name)));
            continue;
        };
        let policy = match tree.read_text(file)? {
            Ok(text) => Policy::parse(&tree.display(&file.path), &text, variables),
            Err(wrong) => Err(vec![wrong]),
        };
        match policy {
            Ok(policy) if i == 0 => applied = Some(Arc::new(policy)),
            Ok(_) => {}
            // A file that several channels use has most of its problems in each of them.
            Err(wrong) => wrong.into_iter().for_each(|wrong| {
                if !findings.contains(&wrong) {
                    findings.push(wrong);
                }
            }),
        }
    }
    let is_used = |path: &str| path == POLICY || policies.iter().any(|(name, _)| *name == path);
    for file in tree.policies().iter().filter(|file| !is_used(&file.path)) {
        let place = Place::file(tree.display(&file.path));
        let help = format!(
            "write policy = {:?} below [channels.NAME] in registry.toml, or remove it",
            file.path
        );
        findings.push(
            Diagnostic::new(Code::FileUnexpected, place, "no channel uses this policy").help(help),
        );
    }
    Ok((applied, findings))
}

/// Reports that the policy of a channel does not exist.
fn missing(tree: &Tree, name: &str) -> Diagnostic {
    let message = "a channel names this policy, and the file does not exist";
    let help = "write the file, or remove `policy` from the channel in registry.toml";
    Diagnostic::new(Code::PolicyInvalid, Place::file(tree.display(name)), message).help(help)
}

impl Policing {
    /// Prepares a policy; `now` is in seconds since 1970.
    pub(super) fn new(policy: Option<Arc<Policy>>, now: i64) -> Self {
        Self { judge: policy.map(|policy| Judge::new(policy, now)), now, ages: OnceLock::new() }
    }

    /// Returns the time that counts as now, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// Takes out of a server's listing what the policy denies.
    pub(super) fn apply(
        &self,
        tree: &Tree,
        dates: &DateSource,
        server: &ServerFolder,
        checked: &mut CheckedServer,
    ) -> Result<()> {
        let Some(judge) = &self.judge else { return Ok(()) };
        let age = self.age_of(judge, tree, dates, server)?;
        checked.apply(|listing| judge.apply(tree, server, listing, true, age))
    }

    /// Returns what the policy says about the entries of a listing, in their order; nothing without a policy.
    pub(super) fn rulings(
        &self,
        tree: &Tree,
        dates: &DateSource,
        server: &ServerFolder,
        listing: &Listing,
    ) -> Result<Vec<Option<Ruling>>> {
        let Some(judge) = &self.judge else { return Ok(Vec::new()) };
        let age = self.age_of(judge, tree, dates, server)?;
        let entries = listing.entries().iter();
        Ok(entries.map(|entry| judge.ruling(listing.name(), entry, age)).collect())
    }

    /// Returns what decisions depend on besides entries and their namespaces.
    pub(super) fn key(&self) -> Option<String> {
        self.judge.as_ref().map(Judge::key)
    }

    /// Returns what the decisions about a server depend on besides that and its own files.
    pub(super) fn key_of(
        &self,
        tree: &Tree,
        dates: &DateSource,
        server: &ServerFolder,
    ) -> Result<Vec<bool>> {
        let Some(judge) = &self.judge else { return Ok(Vec::new()) };
        let age = self.age_of(judge, tree, dates, server)?;
        Ok(age.map(|age| judge.key_of_age(age)).unwrap_or_default())
    }

    /// Reports exceptions that have expired or that nobody needs; `used` are the positions of the others.
    pub(super) fn findings(&self, used: &BTreeSet<usize>) -> Vec<Diagnostic> {
        self.judge.as_ref().map(|judge| judge.exceptions(used)).unwrap_or_default()
    }

    /// Returns the age of a server's namespace in days, if a rule asks for it.
    fn age_of(
        &self,
        judge: &Judge,
        tree: &Tree,
        dates: &DateSource,
        server: &ServerFolder,
    ) -> Result<Option<i64>> {
        if !judge.needs_age() {
            return Ok(None);
        }
        let ages = self.ages.get_or_init(|| ages(tree, dates, self.now));
        let ages = ages.as_ref().map_err(Clone::clone)?;
        let first = ages.get(&server.namespace.to_ascii_lowercase()).copied();
        Ok(first.map(|first| judge.age(first)))
    }
}

/// Returns the date that an entry pins as that of its publication.
fn pinned(tree: &Tree, server: &ServerFolder, version: &VersionFolder) -> Result<Option<i64>> {
    let content = tree.read_entry(server, version, EntryFile::Origin)?;
    let origin = content.and_then(|content| read_json("", content.bytes).ok());
    let origin = origin.map(|document| read_origin("", &document).0);
    Ok(origin.and_then(|origin| origin.published).map(|published| published.unix()))
}

/// Returns the time that counts as now where there is no commit: that of the newest publication that is pinned. Without
/// anything that depends on the day it is not looked for.
pub(super) fn newest(tree: &Tree, policy: Option<&Policy>) -> Result<i64> {
    let mut newest = 0;
    if policy.is_some() || tree.servers().iter().any(ServerFolder::is_annotated) {
        for server in tree.servers() {
            for version in &server.versions {
                newest = newest.max(pinned(tree, server, version)?.unwrap_or_default());
            }
        }
    }
    Ok(newest)
}

/// Finds out when each namespace published its first entry. Entries that are gone count too.
fn ages(tree: &Tree, dates: &DateSource, now: i64) -> Result<Ages> {
    let mut ages = Ages::new();
    let mut add = |namespace: &str, time: i64| {
        let first = ages.entry(namespace.to_ascii_lowercase()).or_insert(time);
        *first = time.min(*first);
    };
    let mut are_pinned = true;
    for server in tree.servers() {
        for version in &server.versions {
            match pinned(tree, server, version)? {
                Some(published) => add(&server.namespace, published),
                None => are_pinned = false,
            }
        }
    }
    if !are_pinned {
        let table = dates.table()?;
        for (key, dates) in table.entries() {
            add(key.split('/').next().unwrap_or_default(), dates.published);
        }
        // An entry without a commit is published now.
        tree.servers().iter().for_each(|server| add(&server.namespace, now));
    }
    Ok(ages)
}
