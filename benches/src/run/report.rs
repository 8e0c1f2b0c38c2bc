//! One line for each scenario, and the verdict over all.

use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// What a line says about its bar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The bar is kept.
    Pass,
    /// The bar is missed.
    Miss,
    /// There is no bar; the figure is for information.
    Info,
    /// It could not be measured here.
    Skip,
}

impl Verdict {
    /// Pass or miss.
    pub(super) fn of(kept: bool) -> Self {
        if kept { Self::Pass } else { Self::Miss }
    }

    /// How the verdict is printed.
    fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Miss => "MISS",
            Self::Info => "info",
            Self::Skip => "skip",
        }
    }
}

/// Collects verdicts and prints every line as soon as it is known.
pub(super) struct Report {
    json: bool,
    seen: Vec<Verdict>,
}

impl Report {
    /// A report for people, or one JSON object a line.
    pub(super) fn new(json: bool) -> Self {
        if !json {
            println!("{:<4}  {:<42}  {:<44}  bar", "", "what", "measured");
        }
        Self { json, seen: Vec::new() }
    }

    /// Adds a line: what was measured, in words and in figures, and the bar in words.
    pub(super) fn line(
        &mut self,
        verdict: Verdict,
        what: &str,
        measured: &str,
        bar: &str,
        figures: Value,
    ) {
        self.seen.push(verdict);
        if !self.json {
            println!("{:<4}  {what:<42}  {measured:<44}  {bar}", verdict.word());
            return;
        }
        let mut object = Map::new();
        object.insert("what".into(), json!(what));
        object.insert("verdict".into(), json!(verdict.word()));
        object.insert("measured".into(), json!(measured));
        object.insert("bar".into(), json!(bar));
        object.insert("figures".into(), figures);
        println!("{}", Value::Object(object));
    }

    /// A line for something that could not be measured.
    pub(super) fn skip(&mut self, what: &str, why: &str) {
        self.line(Verdict::Skip, what, why, "", Value::Null);
    }

    /// A line for something that ended in an error: as bad as a missed bar.
    pub(super) fn failed(&mut self, what: &str, why: &str) {
        self.line(Verdict::Miss, what, "failed, see stderr", "", json!({ "error": why }));
    }

    /// The last line; status 1 if a bar was missed.
    pub(super) fn end(&self) -> ExitCode {
        let count = |verdict| self.seen.iter().filter(|v| **v == verdict).count();
        let (kept, missed) = (count(Verdict::Pass), count(Verdict::Miss));
        let word = Verdict::of(missed == 0).word();
        if self.json {
            println!("{}", json!({ "verdict": word, "kept": kept, "missed": missed }));
        } else {
            println!("{word}  {kept} bars kept, {missed} missed");
        }
        if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
