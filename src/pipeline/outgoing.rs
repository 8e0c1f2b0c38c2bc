//! The files for other systems while servers pass by in the order of their names.

use rayon::prelude::*;

use crate::error::Result;
use crate::render::Facts;
use crate::render::export::{Bulk, CatalogFiles, Elements, LeftOut, Piece};
use crate::site::Body;

use super::Loaded;
use super::sink::Sink;

/// The files that are switched on.
pub(super) struct Outgoing<'a> {
    facts: &'a Facts,
    files: CatalogFiles,
    bulk: Option<(usize, Bulk)>,
}

impl Loaded {
    /// Whether there is a file of all entries.
    pub(super) fn has_bulk(&self) -> bool {
        self.renderer().catalog.is_some_and(|catalog| catalog.bulk().is_some())
    }
}

impl<'a> Outgoing<'a> {
    /// Begins the files in every output.
    pub(super) fn begin(loaded: &'a Loaded, sinks: &mut [Sink<'_>]) -> Result<Self> {
        let (facts, catalog) = (&loaded.facts, loaded.renderer().catalog);
        let files = catalog.map(|catalog| catalog.files(facts)).unwrap_or_default();
        let mut number = 0;
        for (outline, start) in files.begin(facts) {
            sinks.iter_mut().try_for_each(|sink| sink.begin_export(&outline, start.as_bytes()))?;
            number += 1;
        }
        let bulk = catalog.and_then(|catalog| catalog.bulk()).map(|bulk| (number, bulk));
        if let Some(outline) = bulk.as_ref().and_then(|_| Bulk::artifact(Vec::new())) {
            sinks.iter_mut().try_for_each(|sink| sink.begin_export(&outline, &[]))?;
        }
        Ok(Self { facts, files, bulk })
    }

    /// Adds servers: their entries in the list, and the lists of their versions where there is a file of all.
    pub(super) fn add(
        &mut self,
        entries: &[Body],
        versions: &[Body],
        sinks: &mut [Sink<'_>],
    ) -> Result<()> {
        if !self.files.is_empty() {
            let elements = |entry: &Body| self.files.elements(entry, self.facts);
            let all: Vec<Elements> = entries.par_iter().map(elements).collect();
            let mut pieces = Vec::new();
            all.into_iter().for_each(|elements| self.files.push(elements, &mut pieces));
            put(sinks, &pieces)?;
        }
        let Some((number, bulk)) = &mut self.bulk else { return Ok(()) };
        versions.iter().for_each(|list| bulk.add_list(list));
        let bytes = bulk.take();
        sinks.iter_mut().try_for_each(|sink| sink.add_to_export(*number, &bytes))
    }

    /// Ends the files. Returns what they leave out, with their paths.
    pub(super) fn end(mut self, sinks: &mut [Sink<'_>]) -> Result<Vec<(String, LeftOut)>> {
        put(sinks, &self.files.finish())?;
        if let Some((number, bulk)) = self.bulk {
            let bytes = bulk.finish();
            sinks.iter_mut().try_for_each(|sink| sink.add_to_export(number, &bytes))?;
        }
        sinks.iter_mut().try_for_each(Sink::end_exports)?;
        Ok(self.files.left_out)
    }
}

fn put(sinks: &mut [Sink<'_>], pieces: &[Piece]) -> Result<()> {
    for piece in pieces {
        for sink in sinks.iter_mut() {
            match piece {
                Piece::Text(number, text) => sink.add_to_export(*number, text.as_bytes())?,
                Piece::Whole(artifact) => sink.put_spanning(artifact)?,
            }
        }
    }
    Ok(())
}
