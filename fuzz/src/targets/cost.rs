//! Documents made large, judged and printed, against the time that plain ones of the same size take.

use std::time::{Duration, Instant};

use mcp_static::internals::check::{DocumentRules, Profile, check_document};
use mcp_static::internals::diag::format::{Format, Style, render};
use mcp_static::internals::diag::{Code, Levels, MAX_ALIKE, Report};

use super::Target;

/// What reading costs: parts of a document, repeated until they are large.
pub const COST: Target = Target {
    name: "cost",
    about: "what the size of a document costs",
    seeds: || {
        super::texts(&[
            "{\"name\":\"com.example/a\",\t\"a\":1,",
            "{\"packages\":[\t{\"registryType\":\"npm\",\"x\":\"\\u0001\"},",
            "{\"remotes\":[{\"type\":\"sse\",\"variables\":{\"\tL",
            "{\"remotes\":[{\"type\":\"sse\",\"url\":\"https://a.example/\t:{",
            "{\"a\":\t[\"\\ud800\",12345678901234567890],",
        ])
    },
    words: &[
        "{\"a\":",
        "[",
        "{",
        "}",
        "]",
        ",",
        "\"",
        ":{",
        "}x",
        "\\u0001",
        "\"a\":1,",
        "\\ud800",
        "1e400",
        "\"$schema\":",
        "\"variables\":{",
        "\"choices\":[",
        "\t",
        " ",
        "::",
        "é",
        "\n",
    ],
    prepare,
};

/// Bytes that an input is repeated to.
const SIZE: usize = 64 * 1024;

/// How much more than a plain document of the same size one may cost.
const MOST: u32 = 60;

fn prepare(hunt: &mut dyn FnMut(&super::Check<'_>)) {
    let plain = format!("{{\"a\":[{}1]}}", "\"abc\",".repeat(SIZE / 6));
    let usual = (0..20).map(|_| cost(&plain)).min().unwrap_or_default();
    hunt(&|bytes| {
        let text = super::text(bytes);
        // What stands behind a tab is repeated; what stands before it comes once, and is closed again.
        let (once, again) = text.split_once('\t').unwrap_or(("", &text));
        let times = SIZE.saturating_sub(once.len()) / again.len().max(1);
        let large = format!("{once}{}", again.repeat(times));
        for end in ["", "\"", "1}", "\"\":1}", "1]}", "\":1}}}]}"] {
            let large = format!("{large}{end}");
            let limit = usual * MOST + Duration::from_millis(20);
            let found = (0..5).any(|_| cost(&large) <= limit);
            assert!(found, "{} bytes cost more than {limit:?}", large.len());
        }
    });
}

/// Judges and prints a document; how long that took.
fn cost(text: &str) -> Duration {
    let start = Instant::now();
    let mut report = Report::new();
    let rules = DocumentRules::new(Profile::Strict);
    report.extend(check_document("x.json", text.as_bytes().to_vec(), &rules));
    let report = report.finish(&Levels::default());
    assert!(report.items().len() <= Code::ALL.len() * (MAX_ALIKE + 1), "findings are not counted");
    for format in Format::ALL {
        let printed = render(&report, format, &Style::default());
        assert!(
            printed.len() < 64 * (text.len() + SIZE),
            "{format} prints {} bytes",
            printed.len()
        );
    }
    start.elapsed()
}
