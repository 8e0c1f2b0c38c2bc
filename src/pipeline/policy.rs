//! Reads the policy of a data folder, and gives its judge the facts that only the whole folder shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::check::{CheckedServer, Judge};
use crate::config::Policy;
use crate::data::{EntryFile, ServerFolder, Tree, read_json, read_origin};
use crate::diag::Diagnostic;
use crate::error::Result;

use super::Loaded;

/// When each namespace, in lower case, published its first entry, in seconds since 1970.
type Ages = BTreeMap<String, i64>;

/// The policy of a registry, applied on one day.
#[derive(Debug)]
pub(super) struct Policing {
    judge: Judge,
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
    /// Prepares a policy; `today` is in seconds since 1970.
    pub(super) fn new(policy: Arc<Policy>, today: i64) -> Self {
        Self { judge: Judge::new(policy, today), ages: OnceLock::new() }
    }
}

impl Loaded {
    /// Takes out of a server's listing what the policy denies.
    pub(super) fn apply_policy(
        &self,
        server: &ServerFolder,
        checked: &mut CheckedServer,
    ) -> Result<()> {
        let Some(policing) = &self.policing else { return Ok(()) };
        let age = self.age_of(policing, server)?;
        policing.judge.apply(&self.tree, server, checked, true, age)
    }

    /// Returns what decisions of the policy depend on besides entries and their namespaces.
    pub(super) fn policy_key(&self) -> Option<String> {
        self.policing.as_ref().map(|policing| policing.judge.key())
    }

    /// Returns what the decisions about a server depend on besides that and its own files.
    pub(super) fn policy_key_of(&self, server: &ServerFolder) -> Result<Vec<bool>> {
        let Some(policing) = &self.policing else { return Ok(Vec::new()) };
        let age = self.age_of(policing, server)?;
        Ok(age.map(|age| policing.judge.key_of_age(age)).unwrap_or_default())
    }

    /// Reports exceptions of the policy that have expired or that nobody needs.
    pub(super) fn exception_findings(&self, used: &BTreeSet<usize>) -> Vec<Diagnostic> {
        self.policing.as_ref().map(|policing| policing.judge.exceptions(used)).unwrap_or_default()
    }

    /// Returns the age of a server's namespace in days, if a rule asks for it.
    fn age_of(&self, policing: &Policing, server: &ServerFolder) -> Result<Option<i64>> {
        if !policing.judge.needs_age() {
            return Ok(None);
        }
        let ages = policing.ages.get_or_init(|| self.ages()).as_ref().map_err(Clone::clone)?;
        let first = ages.get(&server.namespace.to_ascii_lowercase()).copied();
        Ok(first.map(|first| policing.judge.age(first)))
    }

    /// Finds out when each namespace published its first entry. Entries that are gone count too.
    fn ages(&self) -> Result<Ages> {
        let mut ages = Ages::new();
        let mut add = |namespace: &str, time: i64| {
            let first = ages.entry(namespace.to_ascii_lowercase()).or_insert(time);
            *first = time.min(*first);
        };
        let mut are_pinned = true;
        for server in self.tree.servers() {
            for version in &server.versions {
                let content = self.tree.read_entry(server, version, EntryFile::Origin)?;
                let origin = content.and_then(|content| read_json("", content.bytes).ok());
                let origin = origin.map(|document| read_origin("", &document).0);
                match origin.and_then(|origin| origin.published) {
                    Some(published) => add(&server.namespace, published.unix()),
                    None => are_pinned = false,
                }
            }
        }
        if !are_pinned {
            let table = self.dates.table()?;
            for (key, dates) in table.entries() {
                add(key.split('/').next().unwrap_or_default(), dates.published);
            }
            // An entry without a commit is published now.
            let now = self.today;
            self.tree.servers().iter().for_each(|server| add(&server.namespace, now));
        }
        Ok(ages)
    }
}
