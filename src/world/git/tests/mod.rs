//! Repositories made in temporary folders, for the tests of this room.

#![allow(clippy::unwrap_used)]

mod files;
mod history;
mod opening;
mod remote;

use std::collections::BTreeMap;
use std::path::Path;

use git2::{ObjectType, Repository, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

use super::{Git, Oid};

/// A repository under construction.
struct Fixture {
    dir: TempDir,
    repo: Repository,
}

/// The content of a commit: path to mode and text.
type Files = BTreeMap<String, (i32, String)>;

impl Fixture {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main");
        let repo = Repository::init_opts(dir.path(), &options).unwrap();
        Self { dir, repo }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn git(&self) -> Git {
        Git::discover(self.path()).unwrap().unwrap()
    }

    /// Commits `files` as the whole content, on top of `parents`.
    fn commit(&self, files: &Files, time: i64, parents: &[Oid]) -> Oid {
        let entries: Vec<_> = files
            .iter()
            .map(|(path, (mode, text))| {
                (path.as_str(), *mode, self.repo.blob(text.as_bytes()).unwrap())
            })
            .collect();
        self.commit_tree(self.tree(&entries), time, parents)
    }

    fn commit_tree(&self, tree: git2::Oid, time: i64, parents: &[Oid]) -> Oid {
        let author = Signature::new("A", "a@example.org", &Time::new(1, 0)).unwrap();
        let committer = Signature::new("C D", "c@example.org", &Time::new(time, 120)).unwrap();
        let parents: Vec<_> =
            parents.iter().map(|p| self.repo.find_commit(raw(*p)).unwrap()).collect();
        let text = self
            .repo
            .commit_create_buffer(
                &author,
                &committer,
                "m\n\ncommitter no <> 7 +0000\n",
                &self.repo.find_tree(tree).unwrap(),
                &parents.iter().collect::<Vec<_>>(),
            )
            .unwrap();
        let oid = self.repo.odb().unwrap().write(ObjectType::Commit, &text).unwrap();
        self.repo.reference("refs/heads/main", oid, true, "test").unwrap();
        oid.into()
    }

    fn tree(&self, entries: &[(&str, i32, git2::Oid)]) -> git2::Oid {
        let mut builder = self.repo.treebuilder(None).unwrap();
        let mut folders: BTreeMap<&str, Vec<(&str, i32, git2::Oid)>> = BTreeMap::new();
        for (path, mode, oid) in entries {
            match path.split_once('/') {
                Some((folder, rest)) => {
                    folders.entry(folder).or_default().push((rest, *mode, *oid))
                }
                None => drop(builder.insert(path, *oid, *mode).unwrap()),
            }
        }
        for (name, inside) in folders {
            builder.insert(name, self.tree(&inside), 0o040_000).unwrap();
        }
        builder.write().unwrap()
    }

    /// A tree with exactly these entries, however wrong.
    fn raw_tree(&self, entries: &[(&str, &[u8], git2::Oid)]) -> git2::Oid {
        let mut bytes = Vec::new();
        for (mode, name, oid) in entries {
            bytes.extend_from_slice(mode.as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.extend_from_slice(oid.as_bytes());
        }
        self.repo.odb().unwrap().write(ObjectType::Tree, &bytes).unwrap()
    }

    fn set(&self, key: &str, value: &str) {
        self.repo.config().unwrap().set_str(key, value).unwrap();
    }
}

/// Plain files from pairs of path and text.
fn files(pairs: &[(&str, &str)]) -> Files {
    pairs.iter().map(|(path, text)| ((*path).to_owned(), (0o100_644, (*text).to_owned()))).collect()
}

fn raw(oid: Oid) -> git2::Oid {
    git2::Oid::from_bytes(oid.as_bytes()).unwrap()
}
