//! What a source holds: records of a registry, documents without a registry behind them, or both.

use std::collections::HashSet;

use crate::data::other_file;
use crate::diag::{Code, Diagnostic};
use crate::text::count;

use super::record::{Reading, Reason, Unreadable};
use super::shape::{Draft, Link, Shaped, read_shape};
use super::text::{Batch, read_text};

/// Everything that one import brings.
#[derive(Debug, Default)]
pub struct Found {
    /// Records of a registry, with their dates.
    pub batch: Batch,
    /// Documents.
    pub drafts: Vec<Draft>,
    /// What cannot be imported.
    pub refused: Vec<Unreadable>,
    /// What has to be fetched.
    pub links: Vec<Link>,
    /// What else is worth knowing.
    pub notes: Vec<Diagnostic>,
}

impl Found {
    /// Takes what a document of another format holds.
    pub(super) fn take(&mut self, shaped: Shaped) {
        self.drafts.extend(shaped.drafts);
        self.refused.extend(shaped.refused);
        self.links.extend(shaped.links);
        self.notes.extend(shaped.notes);
    }

    /// Adds what another file holds.
    pub(super) fn merge(&mut self, other: Self) {
        self.batch.readings.extend(other.batch.readings);
        self.batch.listed |= other.batch.listed;
        self.drafts.extend(other.drafts);
        self.refused.extend(other.refused);
        self.links.extend(other.links);
        self.notes.extend(other.notes);
    }

    /// Whether there is more than records that are none.
    pub(super) fn is_about_servers(&self) -> bool {
        let shaped = self.drafts.len() + self.refused.len() + self.links.len();
        shaped > 0 || self.batch.readings.iter().any(Result::is_ok)
    }

    /// Leaves out documents that are records too, and what was made of another format, such as a card, where the
    /// document itself is there.
    pub fn without_copies(&mut self) {
        let key = |draft: &Draft| {
            let text = |key| draft.document.get(key).and_then(|value| value.as_str());
            let (name, version) = (text("name")?, text("version")?);
            Some((name.to_owned(), version.to_owned()))
        };
        let records = self.batch.readings.iter().flatten();
        let known: HashSet<(String, String)> =
            records.map(|record| (record.name.clone(), record.version.clone())).collect();
        let is_written = |draft: &&Draft| draft.exact.is_some();
        let written: HashSet<_> = self.drafts.iter().filter(is_written).filter_map(key).collect();
        let mut first = None;
        let before = self.drafts.len();
        self.drafts.retain(|draft| {
            let key = key(draft);
            let is =
                |of: &HashSet<(String, String)>| key.as_ref().is_some_and(|key| of.contains(key));
            let keep = !is(&known) && (draft.exact.is_some() || !is(&written));
            if !keep && draft.exact.is_none() {
                first.get_or_insert(draft.place.clone());
            }
            keep
        });
        if let Some(place) = first {
            let count = count(before - self.drafts.len(), "description");
            let message = format!("left out what the source has as a whole document too: {count}");
            self.notes.push(Diagnostic::new(Code::ImportRepaired, place, message));
        }
    }

    /// Returns how many things were found.
    pub fn len(&self) -> usize {
        self.batch.readings.len() + self.drafts.len() + self.refused.len()
    }

    /// Makes own documents of the records, with the dates that they have.
    pub fn as_own(&mut self) {
        for reading in std::mem::take(&mut self.batch.readings) {
            match own(reading) {
                Ok(draft) => self.drafts.push(draft),
                Err(bad) => self.refused.push(*bad),
            }
        }
    }
}

fn own(reading: Reading) -> Result<Draft, Box<Unreadable>> {
    let record = reading?;
    let (place, name) = (record.place, record.name);
    let Ok(document) = serde_json::from_str(&record.server) else {
        let reason = Reason::new("its document is unreadable", "correct it in the source");
        return Err(Box::new(Unreadable { place, name, reason }));
    };
    Ok(Draft::of_record(place, name, document, record.server, record.facts.ok()))
}

/// Reads the bytes of a file or of an answer, which messages call `name`.
///
/// Records with dates of publication are those of a registry. Everything else is looked at as one of the other
/// formats.
///
/// # Errors
/// When the text is none of them.
pub fn read_found(name: &str, bytes: &[u8]) -> Result<Found, Box<Diagnostic>> {
    if let Some(other) = other_file(name, bytes) {
        return Err(other);
    }
    let batch = read_text(name, bytes);
    // Dates that are wrong are dates all the same: they are not overlooked by taking the record as an own one.
    let of_registry = |reading: &Reading| {
        let facts = reading.as_ref().map(|record| record.facts.as_ref());
        facts.is_ok_and(|facts| facts.err().is_none_or(|reason| !reason.is_undated()))
    };
    let is_registry = batch.as_ref().is_ok_and(|batch| batch.readings.iter().any(of_registry));
    let mut found = Found::default();
    match if is_registry { None } else { read_shape(name, bytes)? } {
        Some(shaped) => found.take(shaped),
        None => found.batch = batch?,
    }
    Ok(found)
}
