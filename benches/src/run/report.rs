//! A row of a Markdown table for each line, and the verdict over all.

use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// What a row says about its bars.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All bars are kept.
    Pass,
    /// A bar is missed, or nothing could be measured where it should have been.
    Miss,
    /// There is no bar; the figures are for information.
    Info,
    /// It could not be measured here.
    Skip,
}

impl Verdict {
    /// How the verdict is printed.
    fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Miss => "**MISS**",
            Self::Info => "info",
            Self::Skip => "skip",
        }
    }
}

/// One row: what was measured, its figures, their bars.
pub(super) struct Row {
    what: String,
    measured: Vec<String>,
    bars: Vec<String>,
    figures: Map<String, Value>,
    verdict: Verdict,
}

impl Row {
    /// A row without figures.
    pub(super) fn new(what: impl Into<String>) -> Self {
        let (measured, bars) = (Vec::new(), Vec::new());
        Self { what: what.into(), measured, bars, figures: Map::new(), verdict: Verdict::Info }
    }

    /// A figure, and the most that it may be.
    pub(super) fn most(self, value: f64, unit: &str, bar: impl Into<Option<f64>>) -> Self {
        let bar = bar.into();
        self.figure(value, unit, bar.map(|bar| (value <= bar, "≤", bar)))
    }

    /// A figure, and the least that it may be.
    pub(super) fn least(self, value: f64, unit: &str, bar: impl Into<Option<f64>>) -> Self {
        let bar = bar.into();
        self.figure(value, unit, bar.map(|bar| (value >= bar, "≥", bar)))
    }

    /// A figure with its unit; what the unit says is also its name in JSON.
    fn figure(mut self, value: f64, unit: &str, bar: Option<(bool, &str, f64)>) -> Self {
        self.figures.insert(unit.into(), json!(value));
        self.measured.push(format!("{} {unit}", short(value)));
        if let Some((kept, sign, bar)) = bar {
            self.bars.push(format!("{sign} {} {unit}", short(bar)));
            if self.verdict != Verdict::Miss {
                self.verdict = if kept { Verdict::Pass } else { Verdict::Miss };
            }
        }
        self
    }

    /// Something in words.
    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.measured.push(text.into());
        self
    }

    /// Raw figures, for JSON only.
    pub(super) fn raw(mut self, name: &str, value: Value) -> Self {
        self.figures.insert(name.into(), value);
        self
    }
}

/// Prints every row as soon as it is known.
pub(super) struct Report {
    json: bool,
    seen: Vec<Verdict>,
}

impl Report {
    /// A Markdown table, or one JSON object a line.
    pub(super) fn new(json: bool) -> Self {
        if !json {
            println!("| what | measured | bar | |\n|---|---|---|---|");
        }
        Self { json, seen: Vec::new() }
    }

    /// Prints a row.
    pub(super) fn add(&mut self, row: Row) {
        self.seen.push(row.verdict);
        let (measured, bar, word) =
            (row.measured.join(", "), row.bars.join(", "), row.verdict.word());
        if self.json {
            let verdict = word.trim_matches('*');
            println!(
                "{}",
                json!({ "what": row.what, "verdict": verdict, "measured": measured, "bar": bar, "figures": row.figures })
            );
        } else {
            println!("| {} | {measured} | {bar} | {word} |", row.what);
        }
    }

    /// A row for something that cannot be measured here.
    pub(super) fn skip(&mut self, what: &str, why: &str) {
        self.add(Row { verdict: Verdict::Skip, ..Row::new(what).note(why) });
    }

    /// A row for something that ended in an error: as bad as a missed bar.
    pub(super) fn failed(&mut self, what: &str, why: &str) {
        let row = Row::new(what).note("failed, see stderr").raw("error", json!(why));
        self.add(Row { verdict: Verdict::Miss, ..row });
    }

    /// The verdict, after the table; status 1 if a bar was missed.
    pub(super) fn end(&self) -> ExitCode {
        let count = |verdict| self.seen.iter().filter(|v| **v == verdict).count();
        let (kept, missed) = (count(Verdict::Pass), count(Verdict::Miss));
        if self.json {
            println!("{}", json!({ "kept": kept, "missed": missed }));
        } else {
            println!("\n{kept} rows within their bars, {missed} not.");
        }
        if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// As many digits as say something.
fn short(value: f64) -> String {
    match value.abs() {
        v if v.fract() == 0.0 || v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_missed_by_any_of_its_bars_and_only_by_a_bar() {
        let row = || Row::new("r").most(2.0, "MiB", None);
        assert!(row().verdict == Verdict::Info);
        assert!(row().most(1.0, "×", 1.0).verdict == Verdict::Pass);
        assert!(row().least(1.0, "a second", 1.0).verdict == Verdict::Pass);
        assert!(row().most(1.1, "×", 1.0).most(1.0, "s", 1.0).verdict == Verdict::Miss);
        assert!(row().least(0.9, "a second", 1.0).verdict == Verdict::Miss);
        // What cannot be measured must not pass.
        assert!(row().most(f64::NAN, "×", 1.0).verdict == Verdict::Miss);
    }

    #[test]
    fn one_missed_row_is_a_failure() {
        let mut report = Report::new(true);
        report.add(Row::new("kept").most(1.0, "×", 1.0));
        report.skip("absent", "not here");
        assert_eq!(report.end(), ExitCode::SUCCESS);
        report.add(Row::new("missed").most(2.0, "×", 1.0));
        assert_eq!(report.end(), ExitCode::FAILURE);
    }

    #[test]
    fn figures_are_as_short_as_they_may_be() {
        let all = [0.0, 0.0171, 0.5, 1.306, 12.345, 300.0, 1041.4].map(short);
        assert_eq!(all, ["0", "0.017", "0.50", "1.31", "12.3", "300", "1041"]);
    }
}
