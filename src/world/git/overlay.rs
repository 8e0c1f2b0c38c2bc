//! A commit in memory: another commit with some of its paths replaced.
//!
//! What the gate holds back is judged and published as if it had never been merged, which takes a commit without
//! it. Its objects stay in the memory of this handle.

use std::collections::BTreeMap;

use git2::{ObjectType, Odb};

use super::Git;
use super::compare::Side;
use super::objects::{self, Entry, FileMode, Hashing, Oid};
use super::place::said;
use crate::error::{Error, ErrorKind, Result};

/// Before every store on disk, so that it takes what is written.
const FIRST: i32 = 10_000;

impl Git {
    /// Makes a commit whose first parent and time are those of `commit`, and whose files are too, except that each
    /// path holds what is given for it (a file or a folder; `None`: nothing). A folder wins over
    /// what is given for paths below it. Known to this handle only.
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
        let mut wanted = OverlayNode::default();
        for (path, side) in paths {
            objects::names(path)
                .fold(&mut wanted, |at, name| at.below.entry(name).or_default())
                .is = Some(*side);
        }
        let tree = match self.replace(&odb, Some(base.tree), &wanted)? {
            Some(tree) => tree,
            None => write(&odb, ObjectType::Tree, b"")?,
        };
        let who = format!("mcp-static <mcp-static@localhost> {} +0000", base.time);
        let parent = base.first_parent().map(|id| format!("parent {id}\n")).unwrap_or_default();
        let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n");
        write(&odb, ObjectType::Commit, text.as_bytes())
    }

    /// Returns the tree `tree` with what is wanted below it; `None` when nothing is left in it.
    fn replace(
        &self,
        odb: &Odb<'_>,
        tree: Option<Oid>,
        wanted: &OverlayNode<'_>,
    ) -> Result<Option<Oid>> {
        let data = match tree {
            Some(tree) => self.read(odb, tree, ObjectType::Tree, Hashing::Verify)?.data().to_vec(),
            None => Vec::new(),
        };
        let mut left = data.as_slice();
        let mut entries: Vec<Entry<'_>> = Vec::new();
        let mut folders: BTreeMap<&str, Oid> = BTreeMap::new();
        while let Some(entry) = objects::next_entry(&mut left) {
            // A name that is not Unicode is meant by what reports show of it.
            let name = String::from_utf8_lossy(entry.name);
            match wanted.below.get_key_value(&*name) {
                None => entries.push(entry),
                Some((name, _)) if entry.is_folder() => drop(folders.insert(name, entry.oid)),
                Some(_) => {}
            }
        }
        let mut lines = Vec::new();
        for (name, wanted) in &wanted.below {
            let side = match wanted.is {
                Some(side) => side,
                None => {
                    let below = self.replace(odb, folders.get(name).copied(), wanted)?;
                    below.map(|oid| Side { mode: super::compare::FOLDER, oid })
                }
            };
            lines.extend(side.map(|side| line(name, side)));
        }
        entries.extend(lines.iter().filter_map(|line| objects::next_entry(&mut line.as_slice())));
        entries.sort_by(Entry::order);
        if entries.is_empty() {
            return Ok(None);
        }
        let bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.raw).copied().collect();
        write(odb, ObjectType::Tree, &bytes).map(Some)
    }
}

/// What is wanted at a path and below it.
#[derive(Default)]
struct OverlayNode<'a> {
    /// What is at the path itself, whatever is wanted below.
    is: Option<Option<Side>>,
    below: BTreeMap<&'a str, OverlayNode<'a>>,
}

/// Returns an entry of a tree as it is stored.
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
