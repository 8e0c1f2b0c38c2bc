//! A commit that nobody made: another commit with some of its paths replaced.
//!
//! What the gate holds back is judged and published as if it had never been merged, so there has to be
//! a commit without it. Its objects stay in the memory of this handle and are never written.

use git2::{ObjectType, Odb};

use super::compare::Side;
use super::files::FileMode;
use super::objects::{self, Entry, Hashing, Oid};
use super::{Git, said};
use crate::error::{Error, ErrorKind, Result};

/// Before every store on disk, so that it takes what is written.
const FIRST: i32 = 10_000;

impl Git {
    /// A commit whose first parent and time are those of `commit`, and whose files are too, except that each
    /// path holds what is given for it (a file or a folder; `None`: nothing). Later paths win over
    /// earlier ones. Known to this handle only.
    ///
    /// # Errors
    /// When an object is missing or damaged.
    pub fn overlay(&self, commit: Oid, paths: &[(String, Option<Side>)]) -> Result<Oid> {
        if paths.is_empty() {
            return Ok(commit);
        }
        let odb = self.objects()?;
        if !self.in_memory.replace(true) {
            odb.add_new_mempack_backend(FIRST).map_err(|e| failed(&e))?;
        }
        let base = self.commit(&odb, commit, Hashing::Verify)?;
        let mut tree = Some(base.tree);
        for (path, side) in paths {
            let names: Vec<&str> = objects::names(path).collect();
            tree = self.replace(&odb, tree, &names, *side)?;
        }
        let tree = match tree {
            Some(tree) => tree,
            None => write(&odb, ObjectType::Tree, b"")?,
        };
        let who = format!("mcp-static <mcp-static@localhost> {} +0000", base.time);
        let parent = base.parent.map(|id| format!("parent {id}\n")).unwrap_or_default();
        let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n");
        write(&odb, ObjectType::Commit, text.as_bytes())
    }

    /// The tree `tree` with `side` at a path; `None` when nothing is left in it.
    fn replace(
        &self,
        odb: &Odb<'_>,
        tree: Option<Oid>,
        names: &[&str],
        side: Option<Side>,
    ) -> Result<Option<Oid>> {
        let Some((name, rest)) = names.split_first() else { return Ok(side.map(|side| side.oid)) };
        let data = match tree {
            Some(tree) => self.read(odb, tree, ObjectType::Tree, Hashing::Verify)?.data().to_vec(),
            None => Vec::new(),
        };
        let mut left = data.as_slice();
        let entries: Vec<Entry<'_>> =
            std::iter::from_fn(|| objects::next_entry(&mut left)).collect();
        // A name that is not Unicode is meant by what reports show of it.
        let is_meant = |entry: &Entry<'_>| String::from_utf8_lossy(entry.name) == **name;
        let side = if rest.is_empty() {
            side
        } else {
            let folder = entries.iter().find(|e| is_meant(e) && e.is_folder()).map(|e| e.oid);
            let below = self.replace(odb, folder, rest, side)?;
            below.map(|oid| Side { mode: super::compare::FOLDER, oid })
        };
        let line = side.map(|side| line(name, side));
        let mut kept: Vec<Entry<'_>> = entries.into_iter().filter(|e| !is_meant(e)).collect();
        kept.extend(line.as_deref().and_then(|mut line| objects::next_entry(&mut line)));
        kept.sort_by(Entry::order);
        if kept.is_empty() {
            return Ok(None);
        }
        let bytes: Vec<u8> = kept.iter().flat_map(|entry| entry.raw).copied().collect();
        write(odb, ObjectType::Tree, &bytes).map(Some)
    }
}

/// A line of a tree.
fn line(name: &str, side: Side) -> Vec<u8> {
    let mode = match side.mode {
        FileMode::Regular => "100644".to_owned(),
        FileMode::Executable => "100755".to_owned(),
        FileMode::Symlink => "120000".to_owned(),
        FileMode::Submodule => "160000".to_owned(),
        FileMode::Other(mode) => format!("{mode:o}"),
    };
    let mut line = format!("{mode} {name}\0").into_bytes();
    line.extend_from_slice(side.oid.as_bytes());
    line
}

fn write(odb: &Odb<'_>, kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
    odb.write(kind, bytes).map(Oid::from).map_err(|e| failed(&e))
}

fn failed(e: &git2::Error) -> Error {
    Error::new(ErrorKind::Git, "could not keep an object in memory").because(said(e))
}
