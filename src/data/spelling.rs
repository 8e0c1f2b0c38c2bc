//! Which spellings of names and versions are taken.
//!
//! Two names that differ only by case cannot both be folders on every system, so the first one keeps
//! its spelling. A version with a tombstone is taken for good. Everything that adds an entry asks here first.

use std::collections::{HashMap, HashSet};

use crate::model::{ServerName, Version};

use super::layout::DataPath;
use super::tree::{ServerFolder, Tree, VersionFolder};

/// Why an entry cannot be added to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// The namespace is known in another spelling.
    Namespace(String),
    /// The name is known in another spelling.
    Name(String),
    /// The version is known in another spelling.
    Version(String),
    /// The namespace is a document of the output.
    Document(&'static str),
    /// The version was removed for good; where its tombstone is.
    Tombstone(String),
}

/// The spellings that are taken, by their lower-case form.
#[derive(Debug, Clone, Default)]
pub struct Spellings {
    namespaces: Taken,
    names: Taken,
    versions: Taken,
    tombstones: HashMap<String, String>,
}

#[derive(Debug, Clone, Default)]
struct Taken {
    exact: HashSet<String>,
    folded: HashMap<String, String>,
}

impl Taken {
    fn take(&mut self, text: String) {
        self.folded.entry(text.to_ascii_lowercase()).or_insert_with(|| text.clone());
        self.exact.insert(text);
    }

    /// Returns the spelling that is known, when it is another one.
    fn other(&self, text: &str) -> Option<String> {
        let known = || self.folded.get(&text.to_ascii_lowercase()).cloned();
        if self.exact.contains(text) { None } else { known() }
    }
}

impl Spellings {
    /// Returns everything that `tree` has taken.
    pub fn of(tree: &Tree) -> Self {
        let mut taken = Self::default();
        for server in tree.servers() {
            let name = format!("{}/{}", server.namespace, server.name);
            for version in &server.versions {
                taken.versions.take(format!("{name}/{}", version.version));
            }
            taken.names.take(name);
            taken.namespaces.take(server.namespace.to_string());
        }
        for file in tree.tombstones() {
            if let DataPath::Tombstone { namespace, name, version } = DataPath::of(&file.path) {
                let key = format!("{namespace}/{name}/{version}").to_ascii_lowercase();
                taken.tombstones.insert(key, tree.display(&file.path));
            }
        }
        taken
    }

    /// Returns why `version` of `name` cannot be added, if anything.
    pub fn clash(&self, name: &ServerName, version: &Version) -> Option<Clash> {
        let key = format!("{name}/{version}");
        if let Some(tombstone) = self.tombstones.get(&key.to_ascii_lowercase()) {
            return Some(Clash::Tombstone(tombstone.clone()));
        }
        let namespace = name.namespace();
        // The list document has the path that this namespace's folder would have.
        let mut documents = ["index.json", "index.html"].into_iter();
        if let Some(name) = documents.find(|d| namespace.as_str().eq_ignore_ascii_case(d)) {
            return Some(Clash::Document(name));
        }
        let last = |text: String| text.rsplit('/').next().unwrap_or_default().to_owned();
        let namespace = self.namespaces.other(namespace.as_str());
        namespace
            .map(Clash::Namespace)
            .or_else(|| self.names.other(name.as_str()).map(Clash::Name))
            .or_else(|| self.versions.other(&key).map(last).map(Clash::Version))
    }

    /// Takes the spelling of an entry.
    pub fn take(&mut self, name: &ServerName, version: &Version) {
        self.namespaces.take(name.namespace().as_str().to_owned());
        self.names.take(name.as_str().to_owned());
        self.versions.take(format!("{name}/{version}"));
    }
}

impl Tree {
    /// Returns the folder of a server.
    pub fn server(&self, name: &ServerName) -> Option<&ServerFolder> {
        let servers = self.servers();
        let at = servers.binary_search_by(|s| s.rank().cmp(name.as_str().bytes())).ok()?;
        servers.get(at)
    }
}

impl ServerFolder {
    /// Returns the folder of a version.
    pub fn version(&self, version: &Version) -> Option<&VersionFolder> {
        let at = self.versions.binary_search_by(|v| (*v.version).cmp(version.as_str())).ok()?;
        self.versions.get(at)
    }
}
