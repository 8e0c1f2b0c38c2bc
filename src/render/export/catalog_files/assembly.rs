//! Puts the files together while the entries of the list pass by.

use std::collections::HashSet;

use super::super::super::Facts;
use super::super::LeftOut;
use super::ard::{AGENTS, Ard};
use super::{CATALOG_FILES, CatalogFile, Element, Shown, Totals};
use crate::config::ExportSettings;
use crate::site::Artifact;

/// Whether there is a file at `path`.
pub fn is_catalog_file(path: &str) -> bool {
    let is_there = |at: &[&str]| at.iter().copied().eq(path.split('/'));
    CATALOG_FILES.iter().any(|file| is_there(file.path))
        || AGENTS.iter().any(|at| is_there(at))
        || path.starts_with(".well-known/ai-catalog/")
}

/// The files that are switched on, and how far each is.
#[derive(Debug, Default)]
pub struct CatalogFiles {
    files: Vec<Assembly>,
    ard: Option<Ard>,
    /// The servers that a file does not have, with its path.
    pub left_out: Vec<(String, LeftOut)>,
}

/// A file that is being put together.
#[derive(Debug)]
struct Assembly {
    file: &'static CatalogFile,
    keys: HashSet<String>,
    totals: Totals,
}

/// What one server adds to each file.
#[derive(Debug, Default)]
pub struct Elements {
    name: String,
    updated: String,
    of_files: Vec<Result<Element, String>>,
    ard: Option<String>,
}

/// A piece of what is made.
#[derive(Debug)]
pub enum Piece {
    /// Text at the end of the file with this number.
    Text(usize, String),
    /// A whole document.
    Whole(Artifact),
}

impl CatalogFiles {
    /// Begins the files that `settings` switch on.
    pub fn new(settings: &ExportSettings, facts: &Facts) -> Self {
        let on = CATALOG_FILES.iter().filter(|file| settings.has(file.id));
        let assembly = |file| Assembly { file, keys: HashSet::new(), totals: Totals::default() };
        let ard = Ard::new(settings, facts);
        Self { files: on.map(assembly).collect(), ard, left_out: Vec::new() }
    }

    /// Whether nothing is switched on.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.ard.is_none()
    }

    /// Returns the files with their beginnings, in the order of their numbers; they have no bytes yet.
    pub fn begin(&self, facts: &Facts) -> Vec<(Artifact, String)> {
        let begin = |it: &Assembly| Some((it.artifact(String::new())?, (it.file.start)(facts)));
        self.files.iter().filter_map(begin).collect()
    }

    /// Makes what a server adds; `entry` is its entry in the list. It needs nothing of the others, so it may run on
    /// any thread.
    pub fn elements(&self, entry: &[u8], facts: &Facts) -> Elements {
        let Some(shown) = Shown::read(entry, facts) else { return Elements::default() };
        Elements {
            of_files: self.files.iter().map(|it| (it.file.element)(&shown, facts)).collect(),
            ard: self.ard.as_ref().map(|ard| ard.entry(&shown, facts)),
            name: shown.server.name,
            updated: shown.updated,
        }
    }

    /// Adds what a server adds, in the order of names; the pieces are added to `made`.
    pub fn push(&mut self, elements: Elements, made: &mut Vec<Piece>) {
        let Elements { name, updated, of_files, ard } = elements;
        for (number, (file, element)) in self.files.iter_mut().zip(of_files).enumerate() {
            match element.and_then(|element| file.add(element, &updated)) {
                Ok(text) => made.push(Piece::Text(number, text)),
                Err(reason) => {
                    self.left_out.push((file.file.path.join("/"), LeftOut::new(&name, &reason)));
                }
            }
        }
        let nested = self.ard.as_mut().zip(ard).and_then(|(ard, entry)| ard.push(entry));
        made.extend(nested.map(Piece::Whole));
    }

    /// Makes the last pieces.
    pub fn finish(&mut self) -> Vec<Piece> {
        let ends = self.files.iter().map(|it| (it.file.end)(&it.totals)).enumerate();
        let ends = ends.map(|(number, text)| Piece::Text(number, text));
        let ard = self.ard.take().map(Ard::finish).unwrap_or_default().into_iter();
        ends.chain(ard.map(Piece::Whole)).collect()
    }

    /// Makes all files in memory; `entries` are those of the list, in the order of names.
    pub fn render<'a>(
        mut self,
        entries: impl Iterator<Item = &'a [u8]>,
        facts: &Facts,
    ) -> Vec<Artifact> {
        let mut texts: Vec<String> = self.begin(facts).into_iter().map(|(_, text)| text).collect();
        let mut pieces = Vec::new();
        for entry in entries {
            let elements = self.elements(entry, facts);
            self.push(elements, &mut pieces);
        }
        pieces.extend(self.finish());
        let mut artifacts = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(number, text) => texts[number].push_str(&text),
                Piece::Whole(artifact) => artifacts.push(artifact),
            }
        }
        artifacts.extend(self.files.iter().zip(texts).filter_map(|(it, text)| it.artifact(text)));
        artifacts
    }
}

impl Assembly {
    /// Returns what an element adds to the file, or why it is left out.
    fn add(&mut self, element: Element, updated: &str) -> Result<String, String> {
        if !self.keys.insert(element.key.clone()) {
            let (system, key) = (self.file.system, element.key);
            return Err(format!("{system} calls it {key}, like another server"));
        }
        let between = if self.totals.count > 0 { self.file.between } else { "" };
        self.totals.count += 1;
        if *updated > *self.totals.updated {
            updated.clone_into(&mut self.totals.updated);
        }
        Ok(format!("{between}{}", element.text))
    }

    fn artifact(&self, text: String) -> Option<Artifact> {
        Artifact::file(self.file.path.iter().copied(), self.file.media, text)
    }
}

impl std::fmt::Debug for CatalogFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CatalogFile").field("path", &self.path).finish_non_exhaustive()
    }
}
