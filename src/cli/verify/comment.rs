//! The one comment on a pull request, and the summary of a job: the verdict, what was tried, what to
//! do next.

use crate::diag::Code;
use crate::diag::format::markdown;
use crate::judge::{Judged, Judgement};
use crate::proof::{Ending, Verdict};
use crate::text::{escape_markdown as escape, markdown_message as message, markdown_span as span};

/// The line by which a job finds its own comment again.
pub(in crate::cli) const MARKER: &str = "<!-- mcp-static verify -->";

/// Most namespaces and versions that are listed.
const MAX_ROWS: usize = 50;

/// Returns the comment. Foreign text in it is escaped.
pub(in crate::cli) fn render(judged: &Judged) -> String {
    let sign = match judged.judgement {
        Judgement::Proven => "✅",
        Judgement::Refused => "❌",
        Judgement::Unknown => "⏳",
        Judgement::NeedsMaintainer => "👤",
    };
    let mut text = format!("{MARKER}\n### {sign} {}\n", headline(judged));
    if !judged.outcomes.is_empty() {
        text.push('\n');
        for did in judged.outcomes.iter().take(MAX_ROWS) {
            let what = did.kind.as_str();
            text.push_str(&format!("- {what}: {} {}\n", span(&did.name), span(&did.version)));
        }
        more(&mut text, judged.outcomes.len());
    }
    if !judged.namespaces.is_empty() {
        text.push_str("\n| namespace | verdict | what was seen |\n|---|---|---|\n");
        for namespace in judged.namespaces.iter().take(MAX_ROWS) {
            let verdict = match &namespace.verdict {
                Verdict::Proven { by: "reviewed", .. } => "👤 decided by review".to_owned(),
                Verdict::Proven { by, .. } => format!("✅ {by}"),
                Verdict::Refuted => "❌ not proven".to_owned(),
                Verdict::Unknown => "⏳ no answer".to_owned(),
            };
            let seen: Vec<String> = namespace
                .tried
                .iter()
                .map(|attempt| {
                    let sign = match attempt.ending {
                        Ending::Proven { .. } => "✅",
                        Ending::Refuted { .. } => "❌",
                        Ending::Absent { .. } => "–",
                        Ending::Unknown => "⏳",
                    };
                    format!("{sign} {}: {}", attempt.method.as_str(), message(&attempt.saw))
                })
                .collect();
            let seen = seen.join("<br>");
            text.push_str(&format!("| {} | {verdict} | {seen} |\n", cell(&namespace.namespace)));
        }
        more(&mut text, judged.namespaces.len());
    }
    if !judged.held.is_empty() {
        text.push_str(
            "\n| held back | published instead | why | to release it |\n|---|---|---|---|\n",
        );
        for back in judged.held.iter().take(MAX_ROWS) {
            let instead = match &back.held.from {
                Some(commit) => format!("the state of {}", short(commit)),
                None => "nothing".to_owned(),
            };
            let (why, help) = (message(&back.why), message(&back.help));
            text.push_str(&format!("| {} | {instead} | {why} | {help} |\n", cell(&back.held.path)));
        }
        more(&mut text, judged.held.len());
    }
    if !judged.report.is_empty() {
        text.push('\n');
        text.push_str(&markdown(&judged.report));
    }
    if judged.judgement == Judgement::Refused {
        text.push_str(
            "\nCorrect this and push again. `mcp-static explain CODE` explains a finding.\n",
        );
    }
    if judged.safe {
        text.push_str(
            "\nOnly proven new versions of published servers: safe to merge without a person.\n",
        );
    }
    text
}

/// Returns the first 12 digits of a commit id.
pub(in crate::cli) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// Returns the verdict in one sentence.
pub(super) fn headline(judged: &Judged) -> &'static str {
    match judged.judgement {
        Judgement::Proven if !judged.held.is_empty() => {
            "Everything is proven except what is held back; the rest can be published."
        }
        Judgement::Proven if judged.report.items().iter().any(|d| d.code == Code::ChangeEmpty) => {
            "This change is empty."
        }
        Judgement::Proven if by_review(judged) => {
            "This change is valid; review decides who may publish it."
        }
        Judgement::Proven => "Everything in this change is proven.",
        Judgement::Refused => "This change is refused.",
        Judgement::Unknown => {
            "The result is not known yet: another host did not answer, or the network was not used. Run the check again."
        }
        Judgement::NeedsMaintainer => "This change needs a maintainer's decision.",
    }
}

/// Returns whether the verdict on a namespace is left to people.
pub(super) fn by_review(judged: &Judged) -> bool {
    judged.namespaces.iter().any(|n| matches!(n.verdict, Verdict::Proven { by: "reviewed", .. }))
}

/// Returns a name in a table, where a bar would end the cell even inside a code span.
fn cell(text: &str) -> String {
    if text.contains('|') { escape(text) } else { span(text) }
}

fn more(text: &mut String, rows: usize) {
    if rows > MAX_ROWS {
        text.push_str(&format!("\n…and {} more.\n", rows - MAX_ROWS));
    }
}
