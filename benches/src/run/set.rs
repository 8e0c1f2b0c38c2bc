//! A corpus with what measuring it takes: the floor's table, and the proof that the floor is honest.

use super::report::Verdict;
use super::{Run, VERSIONS};
use crate::Res;
use crate::corpus::{Corpus, History};
use crate::{floor, tree};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// One size, ready to be measured; its folder is removed when dropped.
pub(super) struct Set {
    root: PathBuf,
    /// Versions in it.
    pub(super) size: usize,
}

impl Set {
    /// Writes the corpus, lets the tool build it once, draws the table from that site and proves that
    /// the floor makes the same tree.
    pub(super) fn make(run: &mut Run, size: usize) -> Res<Self> {
        let set = Self { root: run.work.join(format!("set-{size}")), size };
        let (history, pins) = (run.history, run.history == History::None);
        Corpus { servers: size / VERSIONS, versions: VERSIONS, history, pins }
            .write(&set.repository())?;
        let (site, copy) = (set.root.join("like/site"), set.root.join("floor/site"));
        make_parent(&site)?;
        run.build(&set.data(), &site).cost()?;
        let (verbatim, bytes) = floor::table::draw(&site, &set.table())?;
        run.floor(&set, &copy).cost()?;
        let differences = tree::differences(&site, &copy)?;
        for line in differences.iter().take(10) {
            eprintln!("floor and tool differ: {line}");
        }
        let files = tree::files(&site)?.len();
        run.report.line(
            if differences.is_empty() { Verdict::Info } else { Verdict::Miss },
            &format!("floor makes the same tree, {size}"),
            &format!("{files} files, {} differ, {verbatim} copied", differences.len()),
            "",
            json!({ "files": files, "differences": differences.len(), "copied": verbatim, "copiedBytes": bytes }),
        );
        fs::remove_dir_all(set.root.join("like"))?;
        fs::remove_dir_all(set.root.join("floor"))?;
        Ok(set)
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
