//! Signed commits of a change, and what their signatures cover.
//!
//! A signature covers all files of its commit, and anyone can propose that commit again. So it counts only if it
//! is the last change of the namespace, builds on what is published, and is for this registry.

use std::collections::{BTreeMap, HashMap};

use crate::config::Config;
use crate::error::Result;
use crate::proof::{Commits, Signed, SignedCommit};
use crate::world::git::{Oid, ancestors_among};

use super::changeset::{ChangeSet, read_settings};
use super::merge::MAX_COMMITS;

/// Most signed commits that are read, the newest first.
const MAX_SIGNED: usize = 16;

/// The line of a commit's message that names the registry it is meant for.
const TRAILER: &str = "MCP-Registry:";

/// Returns the names under which a registry accepts proofs: its id, its URL and former URLs.
pub(super) fn audiences(config: &Config) -> Vec<String> {
    let base = config.base_url.as_ref().map(|url| url.as_str().to_owned());
    let own = config.id.iter().cloned().chain(base);
    own.chain(config.previous_base_urls.iter().cloned()).collect()
}

impl Commits for ChangeSet<'_> {
    fn signed(&self, namespace: &str) -> Result<Vec<Signed>> {
        signed(self, namespace)
    }

    fn authors(&self) -> Result<Vec<String>> {
        let mut authors = Vec::new();
        for commit in &self.commits {
            let raw = self.git.raw_commit(commit.id)?;
            let head = raw.split(|b| *b == b'\n').take_while(|line| !line.is_empty());
            let author = head.filter_map(|line| line.strip_prefix(b"author ")).next();
            let text = String::from_utf8_lossy(author.unwrap_or_default()).into_owned();
            // The address ends at the last bracket; a time follows it.
            let end = text.rfind('>').map_or(text.len(), |at| at + 1);
            authors.push(text[..end].to_owned());
        }
        authors.sort();
        authors.dedup();
        Ok(authors)
    }
}

/// Returns the signed commits of a change, newest first.
fn signed(set: &ChangeSet<'_>, namespace: &str) -> Result<Vec<Signed>> {
    let mut found = Vec::new();
    for (at, commit) in set.commits.iter().enumerate().rev().take(MAX_COMMITS) {
        let raw = set.git.raw_commit(commit.id)?;
        match SignedCommit::parse(&raw) {
            Ok(None) => continue,
            Ok(Some(signed)) => found.push((at, raw, signed.verify().map_err(|e| e.to_string()))),
            Err(fault) => found.push((at, raw, Err(fault.to_string()))),
        }
        if found.len() == MAX_SIGNED {
            break;
        }
    }
    // Reading what every commit holds takes long, and most changes are not signed.
    if found.is_empty() || set.commits.len() > MAX_COMMITS {
        return Ok(Vec::new());
    }
    let mut coverage = Coverage::read(set, namespace)?;
    let mut signed = Vec::new();
    for (at, raw, signer) in found {
        let same_content = coverage.is_last_word(at);
        signed.push(Signed {
            commit: set.commits[at].id.to_string(),
            signer,
            same_content,
            current: same_content && coverage.is_current(at)?,
            for_this_registry: same_content && names_this_registry(set, at, &raw)?,
        });
    }
    Ok(signed)
}

/// Whether the settings that a commit holds name this registry, or its message does.
fn names_this_registry(set: &ChangeSet<'_>, at: usize, raw: &[u8]) -> Result<bool> {
    let own = audiences(&set.config);
    let text = String::from_utf8_lossy(raw);
    let message = text.split_once("\n\n").map_or("", |(_, message)| message);
    let mut named = message.lines().filter_map(|line| line.strip_prefix(TRAILER));
    if named.any(|name| own.iter().any(|own| own == name.trim())) {
        return Ok(true);
    }
    let there = read_settings(set.git, set.prefix, set.commits[at].id);
    Ok(there.is_ok_and(|there| audiences(&there).iter().any(|name| own.contains(name))))
}

/// What the commits of a change have in the folder of one namespace.
struct Coverage<'a> {
    set: &'a ChangeSet<'a>,
    /// The folder's tree by commit, for the commits and their parents.
    content: HashMap<Oid, Option<Oid>>,
    /// For each commit the ones among them that are its ancestors, or itself.
    ancestors: Vec<Vec<u64>>,
    /// The last commit of the published branch that changed the folder.
    last: Option<Oid>,
    /// Whether it is reached from these commits of the published branch.
    reached: BTreeMap<Vec<Oid>, bool>,
}

impl<'a> Coverage<'a> {
    fn read(set: &'a ChangeSet<'a>, namespace: &str) -> Result<Self> {
        let folder = set.display(&format!("servers/{namespace}"));
        let parents = set.commits.iter().flat_map(|commit| &commit.parents);
        let all = set.commits.iter().map(|commit| &commit.id).chain(parents);
        let mut content = HashMap::new();
        for commit in all.chain([&set.history.1]) {
            if !content.contains_key(commit) {
                let side = set.git.entry(*commit, &folder)?;
                content.insert(*commit, side.map(|side| side.oid));
            }
        }
        let last = match set.history.0 {
            Some(base) => set.git.last_change(base, &folder)?,
            None => None,
        };
        let ancestors = ancestors_among(&set.commits);
        Ok(Self { set, content, ancestors, last, reached: BTreeMap::new() })
    }

    fn has(&self, at: usize, other: usize) -> bool {
        self.ancestors[at][other / 64] >> (other % 64) & 1 == 1
    }

    /// Whether the change leaves the folder as the commit at `at` has it, and no commit that it does not
    /// build on touched it.
    fn is_last_word(&self, at: usize) -> bool {
        let commits = &self.set.commits;
        let content = |commit: &Oid| self.content.get(commit).copied().flatten();
        let signed = content(&commits[at].id);
        if signed != content(&self.set.history.1) {
            return false;
        }
        let mut others = commits.iter().enumerate().filter(|(other, _)| !self.has(at, *other));
        others.all(|(_, commit)| {
            let own = content(&commit.id);
            let parents = &commit.parents;
            let untouched = match parents.is_empty() {
                true => own.is_none(),
                false => parents.iter().all(|parent| content(parent) == own),
            };
            // A merge may choose between what its parents have: the signed one.
            let chosen = parents.len() > 1 && parents.iter().any(|p| content(p) == signed);
            untouched || own == signed && chosen
        })
    }

    /// Whether the commit at `at` builds on the published branch, and on its last change of the folder.
    fn is_current(&mut self, at: usize) -> Result<bool> {
        if self.set.history.0.is_none() {
            return Ok(true);
        }
        let commits = &self.set.commits;
        let own = commits.iter().enumerate().filter(|(other, _)| self.has(at, *other));
        let mut left: Vec<Oid> = own.flat_map(|(_, commit)| &commit.parents).copied().collect();
        left.sort();
        left.dedup();
        let gained: std::collections::HashSet<Oid> = commits.iter().map(|c| c.id).collect();
        left.retain(|parent| !gained.contains(parent));
        let Some(last) = self.last else { return Ok(!left.is_empty()) };
        if let Some(known) = self.reached.get(&left) {
            return Ok(*known);
        }
        let mut reached = false;
        for commit in &left {
            reached = reached || self.set.git.is_ancestor(last, *commit)?;
        }
        self.reached.insert(left, reached);
        Ok(reached)
    }
}
