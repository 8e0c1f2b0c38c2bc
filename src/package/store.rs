//! Packages that were proven, so that a second run does not ask for them again.
//!
//! They are stored in `.mcp-static/packages/` beside the data folder, never in it. The name of a file is the digest of
//! what was asked. Only accepted answers are kept, and for a week: a published version does not change, but it can be
//! withdrawn. The folder is safe to delete.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::question::{Answer, Question};
use crate::data::{digest, open_folder, work_folder};
use crate::model::PackageOutcome;
use crate::site::WORK;
use crate::world::file;

/// How long an answer is kept, in seconds.
const KEEP: i64 = 7 * 24 * 60 * 60;

/// Largest stored answer, in bytes.
const MAX: u64 = 64 * 1024;

/// Where answers are kept, if they are kept.
#[derive(Debug, Clone, Default)]
pub struct AnswerStore {
    /// The folder beside which they are.
    home: Option<PathBuf>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    asked: String,
    at: i64,
    outcome: String,
    saw: String,
}

impl AnswerStore {
    /// Returns the store beside the data folder `data`.
    pub fn beside(data: &Path) -> Self {
        let work = work_folder(data);
        Self { home: work.and_then(|work| work.parent().map(Path::to_path_buf)) }
    }

    /// Returns the kept answer to a question.
    pub fn get(&self, question: &Question, now: i64) -> Option<Answer> {
        let (asked, name) = key(question);
        let path = self.home.as_ref()?.join(WORK).join("packages").join(name);
        let stored: Stored = serde_json::from_slice(&file::read(&path, MAX).ok()?).ok()?;
        let age = now.checked_sub(stored.at)?;
        let outcome = PackageOutcome::parse(&stored.outcome).filter(|it| it.is_accepted())?;
        let is_valid = stored.asked == asked && (0..=KEEP).contains(&age);
        is_valid.then(|| Answer::known(outcome, stored.saw, ""))
    }

    /// Keeps an accepted answer. That it could not be kept is no reason to stop.
    pub fn keep(&self, question: &Question, answer: &Answer, now: i64) {
        let Answer::Known { outcome, saw, .. } = answer else { return };
        let (Some(home), true) = (&self.home, outcome.is_accepted()) else { return };
        let (asked, name) = key(question);
        let stored =
            Stored { asked, at: now, outcome: outcome.as_str().to_owned(), saw: saw.clone() };
        let Ok(text) = serde_json::to_vec(&stored) else { return };
        let Ok(work) = open_folder(home, WORK) else { return };
        let Ok(folder) = open_folder(&work, "packages") else { return };
        let (path, beside) = (folder.join(&name), folder.join(format!("{name}.tmp")));
        let _ = fs::remove_file(&beside); // left by a run that was killed
        let written = file::create(&beside, file::SHARED)
            .and_then(|mut file| file.write_all(&text))
            .and_then(|()| fs::rename(&beside, &path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
    }
}

/// Returns what identifies a question, and the name of its file.
fn key(question: &Question) -> (String, String) {
    let parts =
        [&question.kind, &question.base, &question.identifier, &question.version, &question.server];
    let asked = parts.map(|part| part.as_str()).join("\n");
    let name = format!("{}.json", digest(asked.as_bytes()));
    (asked, name)
}
