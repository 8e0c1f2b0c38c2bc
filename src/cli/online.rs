//! `check --online`: asks the registries of packages whether the packages name their servers.
//!
//! Only documents without errors are asked about: what a rule refuses already needs no second opinion, and its hosts
//! are not to be trusted.

use std::path::Path;

use crate::config::PackageSettings;
use crate::data::{
    Edits, EntryFile, PackagesRecord, ServerFolder, Tree, VersionFolder, digest, read_json,
    read_packages,
};
use crate::diag::{Diagnostic, Report, Severity, SourceFile};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{PackageOutcome, Timestamp};
use crate::package::{
    Answer, AnswerStore, Asker, Newest, Question, finding, for_each, merge, newest, prove,
    questions,
};
use crate::text::count;
use crate::world::clock::{Clock as _, SystemClock};

use super::args::Global;
use super::changes::write;
use super::net::PackageDoors;
use super::talk::Talk;

/// Most packages that are listed one by one.
const LISTED: usize = 20;

/// A document, and what is asked about it.
struct Item {
    /// The file as reports name it.
    path: String,
    text: String,
    questions: Vec<Question>,
    /// The path of its record below the data folder, and the record that is there.
    record: Option<(String, Option<PackagesRecord>)>,
}

/// The documents whose packages are asked about.
#[derive(Default)]
pub(super) struct Online {
    items: Vec<Item>,
}

/// What was found.
pub(super) struct Asked {
    /// About packages that are not accepted, or not known.
    pub(super) findings: Vec<Diagnostic>,
    /// The result in lines.
    pub(super) lines: Vec<String>,
    /// The records, when they were asked for.
    pub(super) edits: Edits,
}

impl Online {
    /// Adds a document that stands alone, unless it has errors.
    pub(super) fn add_file(&mut self, path: &str, bytes: Vec<u8>, report: &Report) {
        self.add(path.to_owned(), bytes, report, None);
    }

    /// Adds the documents of a data folder that are not withdrawn and for which `wanted` holds.
    pub(super) fn add_tree(
        &mut self,
        tree: &Tree,
        wanted: &dyn Fn(&str) -> bool,
        report: &Report,
    ) -> Result<()> {
        for server in tree.servers() {
            for version in &server.versions {
                let path = tree.display(&server.path(version, EntryFile::Server));
                if !wanted(&path) || is_withdrawn(tree, server, version)? {
                    continue;
                }
                let Some(content) = tree.read_entry(server, version, EntryFile::Server)? else {
                    continue;
                };
                let record = server.path(version, EntryFile::Packages);
                let old = tree.read_entry(server, version, EntryFile::Packages)?.and_then(|it| {
                    let document = read_json(&record, it.bytes).ok()?;
                    Some(read_packages(&record, &document)).filter(|(_, wrong)| wrong.is_empty())
                });
                let old = old.map(|(old, _)| old);
                self.add(path, content.bytes, report, Some((record, old)));
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        path: String,
        bytes: Vec<u8>,
        report: &Report,
        record: Option<(String, Option<PackagesRecord>)>,
    ) {
        let mut errors = report.items().iter().filter(|d| d.severity == Severity::Error);
        if errors.any(|d| d.place.file == path) {
            return;
        }
        let Ok(text) = String::from_utf8(bytes) else { return };
        let Ok(document) = serde_json::from_str(&text) else { return };
        let questions = questions(&document);
        if !questions.is_empty() {
            self.items.push(Item { path, text, questions, record });
        }
    }

    /// Asks about every package, and for a record about its newest version too.
    pub(super) fn ask(
        &self,
        global: &Global,
        settings: &PackageSettings,
        is_recorded: bool,
        talk: &Talk,
    ) -> Result<Asked> {
        let doors = PackageDoors::new(global)?;
        let clock = SystemClock { pinned: global.load_options()?.epoch };
        let (asker, store) = (Asker::new(doors.doors(settings), settings), store(global));
        let all: Vec<Question> = self.items.iter().flat_map(|it| it.questions.clone()).collect();
        let observer = talk.observer();
        observer.stage("asking package registries", all.len() as u64);
        let now = clock.now();
        let answers = for_each(&all, &|| observer.step(1), |question| {
            let answer = store.get(question, now).or_else(|| {
                let answer = prove(&asker, question)?;
                store.keep(question, &answer, now);
                Some(answer)
            });
            let known = matches!(answer, Some(Answer::Known { .. })) && is_recorded;
            let newest = known.then(|| newest(&asker, question)).and_then(|newest| match newest {
                Newest::Version(version) => Some(version),
                _ => None,
            });
            (answer, newest)
        });
        observer.done();
        Ok(self.results(&answers, now))
    }

    fn results(&self, answers: &[(Option<Answer>, Option<String>)], now: i64) -> Asked {
        let today = Timestamp::from_unix(now);
        let day = today.as_str().get(..10).unwrap_or_default();
        let (mut findings, mut edits, mut at) = (Vec::new(), Edits::default(), 0);
        for item in &self.items {
            let mut pairs = Vec::new();
            let mut wrong = Vec::new();
            for question in &item.questions {
                if let (Some(answer), newest) = &answers[at] {
                    wrong.extend(finding(question, answer));
                    pairs.push((question, answer, newest.clone()));
                }
                at += 1;
            }
            findings.extend(SourceFile::new(&item.path, &item.text).diagnose_all(wrong));
            if let Some((path, old)) = &item.record {
                let sha256 = digest(item.text.as_bytes());
                let record = merge(old.as_ref(), &sha256, day, &pairs);
                if !record.packages.is_empty() {
                    edits.write(path.clone(), record.to_json());
                }
            }
        }
        let answers: Vec<&Answer> = answers.iter().filter_map(|(it, _)| it.as_ref()).collect();
        Asked { findings, lines: lines(&answers), edits }
    }
}

fn is_withdrawn(tree: &Tree, server: &ServerFolder, version: &VersionFolder) -> Result<bool> {
    let Some(status) = tree.read_entry(server, version, EntryFile::Status)? else {
        return Ok(false);
    };
    let read = read_json("status.json", status.bytes);
    let status = read.map(|document| crate::data::read_status("status.json", &document).0);
    Ok(status.is_ok_and(|record| record.status == crate::model::Status::Deleted))
}

fn store(global: &Global) -> AnswerStore {
    match Path::new(&global.data).is_dir() {
        true => AnswerStore::beside(&global.data),
        false => AnswerStore::default(),
    }
}

/// Returns what was seen of accepted packages, and the numbers.
fn lines(answers: &[&Answer]) -> Vec<String> {
    let number = |wanted: Option<PackageOutcome>| {
        let has = |answer: &&&Answer| match answer {
            Answer::Known { outcome, .. } => Some(*outcome) == wanted,
            Answer::Unknown(_) => wanted.is_none(),
        };
        answers.iter().filter(has).count()
    };
    let mut lines = Vec::new();
    if answers.len() <= LISTED {
        lines.extend(answers.iter().filter_map(|answer| match answer {
            Answer::Known { outcome, saw, .. } if outcome.is_accepted() => Some(saw.clone()),
            _ => None,
        }));
    }
    let parts = [
        (Some(PackageOutcome::Proven), "names its server", "name their servers"),
        (
            Some(PackageOutcome::Present),
            "is there and cannot name one",
            "are there and cannot name one",
        ),
        (Some(PackageOutcome::Unproven), "does not name its server", "do not name their servers"),
        (Some(PackageOutcome::Missing), "does not exist", "do not exist"),
        (None, "without an answer", "without an answer"),
    ];
    let parts = parts.iter().map(|(outcome, one, more)| match number(*outcome) {
        1 => (1, one),
        n => (n, more),
    });
    let parts: Vec<String> =
        parts.filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let colon = if parts.is_empty() { "" } else { ": " };
    lines.push(format!(
        "asked about {}{colon}{}",
        count(answers.len(), "package"),
        parts.join(", ")
    ));
    lines
}

/// Writes the records.
pub(super) fn record(global: &Global, edits: &Edits, talk: &Talk) -> Result<()> {
    if global.rev.is_some() {
        return Err(Error::new(ErrorKind::Usage, "a revision cannot be written to")
            .help("leave out --rev or --record"));
    }
    write(global, edits, false, talk)?;
    talk.say(&format!("wrote packages.json of {}", count(edits.len(), "version")));
    Ok(())
}
