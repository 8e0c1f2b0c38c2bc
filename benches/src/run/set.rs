//! A corpus with what measuring it takes: the floor's table, and the proof that the floor is honest.

use super::Run;
use super::bars::Shape;
use super::report::Row;
use crate::Res;
use crate::corpus::{Corpus, History};
use crate::{floor, tree};
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

/// One registry, ready to be built; its folder is removed when dropped.
pub(super) struct Set {
    root: PathBuf,
    pub(super) shape: Shape,
    published: Cell<usize>,
}

impl Set {
    /// Writes the corpus.
    pub(super) fn make(work: &Path, shape: Shape, history: History) -> Res<Self> {
        let name = format!("set-{}x{}-{history:?}", shape.servers, shape.versions);
        let set = Self { root: work.join(name), shape, published: Cell::new(0) };
        let Shape { servers, versions } = shape;
        let pins = history == History::None;
        Corpus { servers, versions, history, pins }.write(&set.repository())?;
        Ok(set)
    }

    /// Lets the tool build the API once, draws the floor's table from that site and proves that the
    /// floor makes the same tree: without it, the ratios mean nothing.
    pub(super) fn prove(&self, run: &mut Run) -> Res<()> {
        let (site, copy) = (self.root.join("like/site"), self.root.join("floor/site"));
        make_parent(&site)?;
        run.api(&self.data(), &site).cost()?;
        let (verbatim, _) = floor::table::draw(&site, &self.table())?;
        run.floor(self, &copy).cost()?;
        let differences = tree::differences(&site, &copy)?;
        for line in differences.iter().take(10) {
            eprintln!("floor and tool differ: {line}");
        }
        run.report.add(
            Row::new(format!("the floor makes the same tree, {}", self.shape))
                .most(tree::files(&site)?.len() as f64, "files", None)
                .most(differences.len() as f64, "differ", 0.0)
                .most(verbatim as f64, "copied", None),
        );
        fs::remove_dir_all(self.root.join("like"))?;
        Ok(fs::remove_dir_all(self.root.join("floor"))?)
    }

    /// The repository, or what would be one.
    pub(super) fn repository(&self) -> PathBuf {
        self.root.join("repo")
    }

    /// The data folder.
    pub(super) fn data(&self) -> PathBuf {
        self.repository().join("registry-data")
    }

    /// The floor's table.
    pub(super) fn table(&self) -> PathBuf {
        self.root.join("table")
    }

    /// A number that was not handed out before, for the next publication.
    pub(super) fn next(&self) -> usize {
        self.published.replace(self.published.get() + 1)
    }

    /// Names of all servers, as folders are sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let servers = self.data().join("servers");
        let mut all = Vec::new();
        for ns in tree::names(&servers) {
            let names = tree::names(&servers.join(&ns)).into_iter();
            all.extend(names.map(|name| format!("{ns}/{name}")));
        }
        all
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// A folder for an output and the cache beside it.
pub(super) fn make_parent(out: &Path) -> Res<()> {
    Ok(fs::create_dir_all(out.parent().ok_or("no folder")?)?)
}
