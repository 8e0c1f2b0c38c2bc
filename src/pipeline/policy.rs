//! Reads the policy of a data folder, and gives its judge the facts that only the whole folder shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::check::{CheckedServer, Judge};
use crate::config::Policy;
use crate::data::{DateSource, EntryFile, ServerFolder, Tree, read_json, read_origin};
use crate::diag::Diagnostic;
use crate::error::Result;

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

/// Reads the policy of `tree`, with what is wrong with it; `None` when it has none that can be applied.
pub(super) fn read(tree: &Tree) -> Result<(Option<Arc<Policy>>, Vec<Diagnostic>)> {
    let Some(file) = tree.policy() else { return Ok((None, Vec::new())) };
    Ok(match tree.read_text(file)? {
        Ok(text) => match Policy::parse(&tree.display(&file.path), &text) {
            Ok(policy) => (Some(Arc::new(policy)), Vec::new()),
            Err(wrong) => (None, wrong),
        },
        Err(wrong) => (None, vec![wrong]),
    })
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
            let content = tree.read_entry(server, version, EntryFile::Origin)?;
            let origin = content.and_then(|content| read_json("", content.bytes).ok());
            let origin = origin.map(|document| read_origin("", &document).0);
            match origin.and_then(|origin| origin.published) {
                Some(published) => add(&server.namespace, published.unix()),
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
