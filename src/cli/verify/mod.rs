//! `verify`: may this change be made by whoever makes it?

mod comment;
mod outside;

use std::path::Path;

use serde_json::json;

use crate::diag::Code;
use crate::error::{Error, Result};
use crate::judge::{Judged, Judgement, VerifyOptions, verify};
use crate::pipeline::{verify_all, verify_by_commit};
use crate::proof::{Attempt, Ending, Verdict};
use crate::world::file;

use super::Outcome;
use super::args::{Global, VerifyArgs};
use super::talk::Talk;

/// Judges a change, and says what became of it.
pub(super) fn run(global: &Global, args: &VerifyArgs, talk: &Talk) -> Result<Outcome> {
    if args.all {
        return again(global, talk);
    }
    let base = args.base.as_deref().unwrap_or("none");
    let options = VerifyOptions {
        data: global.data.clone(),
        base: (base != "none").then(|| base.to_owned()),
        head: args.head.clone().or_else(|| global.rev.clone()),
        published: args.published.clone(),
        event: outside::event(args.event.as_deref())?,
        levels: global.levels()?,
    };
    let doors = outside::Outside::new(global)?;
    let judged = match args.hold {
        Some(_) => verify_by_commit(&options, &doors)?,
        None => verify(&options, &doors)?,
    };
    if let Some(path) = &args.hold {
        let lines: String = judged.held.iter().map(|back| format!("{}\n", back.held)).collect();
        write(path, &lines)?;
    }
    if let Some(path) = &args.report {
        write(path, &format!("{:#}\n", to_json(&judged)))?;
    }
    if let Some(path) = &args.comment {
        write(path, &comment::render(&judged))?;
    }
    talk.report(&judged.report);
    say(&judged, talk);
    Ok(match judged.judgement {
        Judgement::Proven => Outcome::Fine,
        Judgement::Refused => Outcome::Refused,
        Judgement::Unknown => Outcome::Indeterminate,
        Judgement::NeedsMaintainer => Outcome::NeedsMaintainer,
    })
}

/// Checks every proof again.
fn again(global: &Global, talk: &Talk) -> Result<Outcome> {
    let doors = outside::Outside::new(global)?;
    let (report, counts) = verify_all(&global.load_options()?, &doors)?;
    talk.report(&report);
    talk.say(&format!(
        "{} of {} own versions have a proof: {} hold, {} without an answer",
        counts.proofs, counts.versions, counts.live, counts.open
    ));
    Ok(Outcome::refused_if(report.has_errors()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    file::write(path, text.as_bytes())
        .map_err(|e| Error::io("the report cannot be written", path, e).help("name another file"))
}

/// What was looked at and what became of it, for a person who reads along.
fn say(judged: &Judged, talk: &Talk) {
    for did in &judged.outcomes {
        talk.say(&format!("{}: {} {}", did.kind.as_str(), did.name, did.version));
    }
    for namespace in &judged.namespaces {
        if let Verdict::Proven { by, subject } = &namespace.verdict {
            let saw = namespace.tried.last().map(|a| format!(": {}", a.saw)).unwrap_or_default();
            let how = match *by {
                "reviewed" => "left to the review of a maintainer".to_owned(),
                by => format!("proven by {by}"),
            };
            talk.say(&format!("{} is {how} ({subject}){saw}", namespace.namespace));
        }
    }
    for back in &judged.held {
        talk.say(&format!("held back: {}", back.held.path));
        let instead = match &back.held.from {
            Some(commit) => format!("published as in commit {}", short(commit)),
            None => "not published".to_owned(),
        };
        talk.say(&format!("  {instead}; commit {} is refused: {}", short(&back.commit), back.why));
        talk.say(&format!("  to release it: {}", back.help));
    }
    talk.say(headline(judged));
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// The verdict in one sentence.
pub(super) fn headline(judged: &Judged) -> &'static str {
    match judged.judgement {
        Judgement::Proven if !judged.held.is_empty() => {
            "Everything is proven but what is held back; the rest can be published."
        }
        Judgement::Proven if judged.report.items().iter().any(|d| d.code == Code::ChangeEmpty) => {
            "Nothing is in this change."
        }
        Judgement::Proven => "Everything in this change is proven.",
        Judgement::Refused => "This change is refused.",
        Judgement::Unknown => {
            "Nothing is known yet: somebody outside did not answer. Run the check again."
        }
        Judgement::NeedsMaintainer => "This change needs a maintainer's decision.",
    }
}

/// The report that other jobs read. Texts of strangers in it have no control characters.
fn to_json(judged: &Judged) -> serde_json::Value {
    let clean = |text: &str| crate::text::visible(text).into_owned();
    let attempt = |attempt: &Attempt| {
        let ending = match &attempt.ending {
            Ending::Proven { .. } => "proven",
            Ending::Refuted { .. } => "refuted",
            Ending::Absent { .. } => "absent",
            Ending::Unknown => "unknown",
        };
        json!({ "method": attempt.method.as_str(), "ending": ending, "saw": clean(&attempt.saw) })
    };
    let namespaces: Vec<_> = judged
        .namespaces
        .iter()
        .map(|n| {
            let (verdict, by, subject) = match &n.verdict {
                Verdict::Proven { by, subject } => ("proven", Some(*by), Some(clean(subject))),
                Verdict::Refuted => ("refuted", None, None),
                Verdict::Unknown => ("unknown", None, None),
            };
            json!({
                "namespace": clean(&n.namespace), "verdict": verdict, "by": by, "subject": subject,
                "tried": n.tried.iter().map(attempt).collect::<Vec<_>>(),
            })
        })
        .collect();
    let changes: Vec<_> = judged
        .outcomes
        .iter()
        .map(|did| json!({ "kind": did.kind.as_str(), "name": clean(&did.name), "version": clean(&did.version) }))
        .collect();
    let findings: Vec<_> = judged
        .report
        .items()
        .iter()
        .map(|d| {
            json!({
                "code": d.code.as_str(), "severity": d.severity.as_str(),
                "file": clean(&d.place.file), "message": clean(&d.message),
                "help": d.help.as_deref().map(clean),
            })
        })
        .collect();
    json!({
        "judgement": judged.judgement.as_str(),
        "trust": match judged.trust { crate::config::Trust::Proof => "proof", crate::config::Trust::Review => "review" },
        "labels": judged.labels,
        "safeToMerge": judged.safe,
        "changes": changes,
        "namespaces": namespaces,
        "findings": findings,
        "held": judged.held.iter().map(|back| json!({
            "path": clean(&back.held.path), "from": back.held.from, "commit": back.commit,
            "why": clean(&back.why), "help": clean(&back.help),
        })).collect::<Vec<_>>(),
        "provenUpTo": judged.proven_up_to,
        "tool": env!("CARGO_PKG_VERSION"),
    })
}
