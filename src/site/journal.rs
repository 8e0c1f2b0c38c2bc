//! The commit step: moving staged files into the site and removing stale ones, so that a run killed
//! at any moment leaves the old site or one that the next run completes.
//!
//! The journal names every move and removal. It is complete on disk before the first is done, and
//! each can be done twice.

use std::fs;
use std::io::{ErrorKind as Os, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// First and last line; without the last one nothing has been moved yet.
const HEAD: &str = "mcp-static journal 1";
const END: &str = "end";

/// What one commit does. Paths are below the site's root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) moves: Vec<String>,
    pub(super) removals: Vec<String>,
}

/// Where the parts of a commit lie.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) out: PathBuf,
    pub(super) stage: PathBuf,
    pub(super) journal: PathBuf,
}

impl Journal {
    fn render(&self) -> String {
        let moves = self.moves.iter().map(|path| format!("M {path}\n"));
        let removals = self.removals.iter().map(|path| format!("R {path}\n"));
        format!("{HEAD}\n{}{}{END}\n", moves.collect::<String>(), removals.collect::<String>())
    }

    /// Reads a complete journal; `None` when it is cut off, so that nothing was moved.
    fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(HEAD)?.strip_prefix('\n')?;
        let body = body.strip_suffix('\n')?.strip_suffix(END)?;
        let mut journal = Self::default();
        for line in body.lines() {
            match line.split_at_checked(2)? {
                ("M ", path) => journal.moves.push(path.to_owned()),
                ("R ", path) => journal.removals.push(path.to_owned()),
                _ => return None,
            }
        }
        Some(journal)
    }

    /// Writes the journal, then does what it says, then forgets it.
    pub(super) fn commit(&self, places: &Places) -> Result<()> {
        let fail = |e| Error::io("the journal cannot be written", &places.journal, e);
        let mut file = fs::File::create(&places.journal).map_err(fail)?;
        file.write_all(self.render().as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        drop(file);
        self.apply(places)?;
        fs::remove_file(&places.journal).map_err(fail)
    }

    fn apply(&self, places: &Places) -> Result<()> {
        let (early, late): (Vec<&String>, Vec<&String>) =
            self.removals.iter().partition(|path| self.is_in_the_way(path));
        for path in early {
            remove(&places.out, path)?;
        }
        for path in &self.moves {
            advance(&places.stage.join(path), &places.out.join(path))?;
        }
        for path in late {
            remove(&places.out, path)?;
        }
        Ok(())
    }

    /// Whether a stale file stands where a folder has to be, or inside a folder that becomes a file.
    fn is_in_the_way(&self, stale: &str) -> bool {
        let inside = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        self.moves.iter().any(|path| inside(stale, path) || inside(path, stale))
    }
}

/// Completes the commit of an earlier run that was killed. Gives whether there was one.
pub(super) fn recover(places: &Places) -> Result<bool> {
    let text = match fs::read_to_string(&places.journal) {
        Ok(text) => text,
        Err(e) if e.kind() == Os::NotFound => return Ok(false),
        Err(e) => return Err(Error::io("the journal cannot be read", &places.journal, e)),
    };
    let journal = Journal::parse(&text);
    if let Some(journal) = &journal {
        journal.apply(places)?;
    }
    fs::remove_file(&places.journal)
        .map_err(|e| Error::io("the journal cannot be removed", &places.journal, e))?;
    Ok(journal.is_some())
}

/// Moves a staged file to its place, unless an earlier run did.
fn advance(from: &Path, to: &Path) -> Result<()> {
    let fail = |e| Error::io("a file cannot be put in place", to, e);
    match fs::rename(from, to) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == Os::NotFound && !from.exists() && to.exists() => Ok(()),
        Err(e) if e.kind() == Os::NotFound => {
            fs::create_dir_all(to.parent().unwrap_or(to)).map_err(fail)?;
            fs::rename(from, to).map_err(fail)
        }
        Err(e) => Err(fail(e)),
    }
}

/// Removes a stale file and the folders that are empty without it.
fn remove(out: &Path, path: &str) -> Result<()> {
    let full = out.join(path);
    match fs::remove_file(&full) {
        Ok(()) => {}
        Err(e) if matches!(e.kind(), Os::NotFound | Os::NotADirectory) => {}
        Err(e) => return Err(Error::io("a stale file cannot be removed", &full, e)),
    }
    let mut folder = full.parent();
    while let Some(path) = folder.filter(|path| *path != out && path.starts_with(out)) {
        if fs::remove_dir(path).is_err() {
            break; // something else lives there
        }
        folder = path.parent();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_journal_is_read_back_and_a_cut_one_is_not() {
        let journal =
            Journal { moves: vec!["a/b".into(), "M x".into()], removals: vec!["c".into()] };
        let text = journal.render();
        assert_eq!(Journal::parse(&text), Some(journal));
        for cut in 0..text.len() - 1 {
            assert_eq!(Journal::parse(&text[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_commit_that_stopped_anywhere_is_completed() {
        for done in 0..4 {
            let dir = tempfile::tempdir().unwrap();
            let at = |name: &str| dir.path().join(name);
            let places = Places { out: at("out"), stage: at("stage"), journal: at("journal") };
            for (path, text) in
                [("out/old", "o"), ("out/x/y", "1"), ("stage/x/y", "2"), ("stage/z", "3")]
            {
                fs::create_dir_all(at(path).parent().unwrap()).unwrap();
                fs::write(at(path), text).unwrap();
            }
            let journal =
                Journal { moves: vec!["x/y".into(), "z".into()], removals: vec!["old".into()] };
            fs::write(&places.journal, journal.render()).unwrap();
            if done > 0 {
                advance(&at("stage/x/y"), &at("out/x/y")).unwrap();
            }
            if done > 1 {
                advance(&at("stage/z"), &at("out/z")).unwrap();
            }
            if done > 2 {
                remove(&places.out, "old").unwrap();
            }
            assert!(recover(&places).unwrap());
            assert_eq!(fs::read_to_string(at("out/x/y")).unwrap(), "2");
            assert_eq!(fs::read_to_string(at("out/z")).unwrap(), "3");
            assert!(!at("out/old").exists() && !places.journal.exists());
        }
    }
}
