//! The matrix: every way in which public registries are broken, and what each client makes of it.

use std::sync::Arc;

use mcp_static::internals::model::probe::{Capability, Grade, ProbeResult, Trouble};
use mcp_static::internals::probe::{self, Look, Options, probe};

use super::cases::CASES;
use super::good::{good, probe_over};
use super::host::{Asked, Imagined, Said};

/// A broken registry.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// What is appended to the base URL that is probed.
    pub(super) after: &'static str,
    /// Whether it stands at an https URL; then there is no socket.
    pub(super) https: bool,
    /// What it answers where the good registry answers `said`.
    pub(super) breaks: fn(&Asked, Said) -> Said,
    /// A line each: `client capability grade trouble`; a grade of `works` has no trouble; `others`
    /// alone on a line: no client that is not named fails anywhere.
    pub(super) expect: &'static str,
}

impl Case {
    fn findings(&self) -> ProbeResult {
        let breaks = self.breaks;
        let answers = Arc::new(move |asked: &Asked| breaks(asked, good(asked)));
        if !self.https {
            return probe_over(answers, self.after);
        }
        let base = format!("https://registry.example.com{}", self.after);
        probe(&base, &Options::default(), &Imagined(answers), &|_| {}).unwrap()
    }

    /// What was expected and not found.
    fn misses(&self, findings: &ProbeResult) -> Vec<String> {
        let lines: Vec<Vec<&str>> = self
            .expect
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|words| !words.is_empty())
            .collect();
        let mut misses = Vec::new();
        for words in &lines {
            if words[0] == "others" {
                let named = |id: &str| lines.iter().any(|words| words[0] == id);
                for row in &findings.clients {
                    if !named(&row.id) && row.verdict == Grade::Fails {
                        misses.push(format!("{} fails", row.id));
                    }
                }
                continue;
            }
            if !is_found(findings, words) {
                misses.push(words.join(" "));
            }
        }
        misses
    }
}

fn is_found(findings: &ProbeResult, words: &[&str]) -> bool {
    let row = findings.clients.iter().find(|row| row.id == words[0]).unwrap();
    let capability = Capability::ALL.into_iter().find(|c| c.as_str() == words[1]).unwrap();
    let cell = &row.capabilities[capability.as_str()];
    match words[2] {
        "works" => cell.grade == Some(Grade::Works),
        "untried" => cell.grade.is_none(),
        grade => {
            assert!(Trouble::parse(words[3]).is_some(), "there is no trouble {}", words[3]);
            cell.problems.iter().any(|p| p.id == words[3] && p.grade.as_str() == grade)
        }
    }
}

/// What a case expects and does not find, with the findings.
fn complaint(case: &Case) -> String {
    let findings = case.findings();
    let misses = case.misses(&findings);
    if misses.is_empty() {
        return String::new();
    }
    let said = probe::human(&findings, Look::default());
    format!("\n=== {}\nnot found: {}\n{said}", case.name, misses.join("; "))
}

#[test]
fn every_broken_registry_is_found_out() {
    assert!(CASES.len() >= 50, "{} cases", CASES.len());
    // Most of the time goes into waiting for sockets.
    let wrong: String = std::thread::scope(|scope| {
        let quarter = CASES.len().div_ceil(4);
        let judge = |cases: &[&Case]| cases.iter().map(|case| complaint(case)).collect::<String>();
        let threads: Vec<_> =
            CASES.chunks(quarter).map(|cases| scope.spawn(move || judge(cases))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_trouble_is_planted_somewhere() {
    // These need time, a broken connection or a network that tests do not have.
    let elsewhere = ["no-answer", "too-slow", "plain-http"]; // the last is in `good`
    for trouble in Trouble::ALL {
        let planted = CASES.iter().any(|case| case.expect.contains(trouble.id()));
        assert!(planted != elsewhere.contains(&trouble.id()), "{}", trouble.id());
    }
}

#[test]
fn every_text_that_a_case_reports_fits_its_columns() {
    for case in CASES.iter().step_by(7) {
        let findings = case.findings();
        for ascii in [false, true] {
            let text = probe::human(&findings, Look { ascii, color: false });
            let wide = text.lines().find(|line| line.chars().count() > 100);
            assert_eq!(wide, None, "{}", case.name);
            assert!(!ascii || text.is_ascii(), "{}", case.name);
        }
    }
}
