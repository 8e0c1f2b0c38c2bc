//! Repositories that are made of trees, without a file of their own for each path.

use std::path::Path;

use git2::{ObjectType, Oid, Repository};

/// A repository that is made of trees.
pub(crate) struct Repo {
    folder: tempfile::TempDir,
    git: Repository,
}

/// A name, and what stands there.
pub(crate) type Entry = (String, i32, Oid);

impl Repo {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let git = Repository::init_bare(folder.path()).unwrap();
        Self { folder, git }
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> Entry {
        (name.to_owned(), 0o100_644, self.git.blob(text.as_bytes()).unwrap())
    }

    pub(crate) fn folder(&self, name: &str, mut entries: Vec<Entry>) -> Entry {
        let order = |(name, mode, _): &Entry| match mode {
            0o40_000 => format!("{name}/"),
            _ => name.clone(),
        };
        entries.sort_by_key(order);
        let mut bytes = Vec::new();
        for (name, mode, oid) in entries {
            bytes.extend(format!("{mode:o} {name}\0").into_bytes());
            bytes.extend(oid.as_bytes());
        }
        let tree = self.git.odb().unwrap().write(ObjectType::Tree, &bytes).unwrap();
        (name.to_owned(), 0o40_000, tree)
    }

    /// A folder with one file in each of `n` version folders.
    pub(crate) fn versions(&self, name: &str, n: usize, file: &Entry) -> Entry {
        let version = self.folder("1.0.0", vec![file.clone()]);
        let server = |i| (format!("a{i}"), 0o40_000, self.folder("", vec![version.clone()]).2);
        self.folder(name, (0..n).map(server).collect())
    }

    pub(crate) fn commit(&self, entries: Vec<Entry>, parent: Option<Oid>) -> Oid {
        let top = self.folder("", entries).2;
        let parent = parent.map(|parent| format!("parent {parent}\n")).unwrap_or_default();
        let who = "A <a@b> 1760000000 +0000";
        let text = format!("tree {top}\n{parent}author {who}\ncommitter {who}\n\nx\n");
        self.git.odb().unwrap().write(ObjectType::Commit, text.as_bytes()).unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}
