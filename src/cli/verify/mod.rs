//! `verify`: checks who may publish, and what may change.

mod comment;
mod outside;
mod radius;

use std::path::Path;

use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::judge::{Judged, Judgement, VerifyOptions, verify};
use crate::pipeline::{verify_all, verify_by_commit};
use crate::proof::event::Event;
use crate::proof::{Attempt, Ending, Verdict};
use crate::text::{count, escape_markdown};
use crate::world::file;

use super::args::{Global, VerifyArgs};
use super::outcome::Outcome;
use super::talk::Talk;
use comment::headline;

pub(super) use comment::{MARKER, render as verdict, short};
pub(super) use outside::event;

/// Judges a change and prints the verdict.
pub(super) fn run(global: &Global, args: &VerifyArgs, talk: &Talk) -> Result<Outcome> {
    if args.all {
        return verify_again(global, talk);
    }
    let Some(base) = args.base.as_deref() else {
        return Err(Error::new(ErrorKind::Usage, "--base is missing").help(
            "for example: `mcp-static verify --base origin/main`, or --all for every proof",
        ));
    };
    let change = Change {
        base: (base != "none").then(|| base.to_owned()),
        head: args.head.clone().or_else(|| global.rev.clone()),
        published: args.published.clone(),
        event: event(args.event.as_deref())?,
        by_commit: args.hold.is_some(),
    };
    let judged = judge(global, &change, talk)?;
    let comment = comment(global, &change, &judged, talk);
    if let Some(path) = &args.hold {
        let lines: String = judged.held.iter().map(|back| format!("{}\n", back.held)).collect();
        write(path, &lines)?;
    }
    if let Some(path) = &args.report {
        write(path, &format!("{:#}\n", to_json(&judged)))?;
    }
    if let Some(path) = &args.comment {
        write(path, &comment)?;
    }
    Ok(outcome(&judged))
}

/// A change that is judged.
#[derive(Clone)]
pub(super) struct Change {
    /// The commit or branch that it will be merged into; `None` for a first publication.
    pub(super) base: Option<String>,
    /// Its tip; `HEAD` when absent.
    pub(super) head: Option<String>,
    /// Commit of the last deployed site, if it is later than the base.
    pub(super) published: Option<String>,
    /// What the forge reports about it.
    pub(super) event: Option<Event>,
    /// Whether each commit is judged, as before a deployment.
    pub(super) by_commit: bool,
}

/// Returns the comment on a change that was judged, with what it does to clients.
pub(super) fn comment(global: &Global, change: &Change, judged: &Judged, talk: &Talk) -> String {
    let mut text = verdict(judged);
    match radius::of(global, change, judged) {
        Ok(None) => {}
        Ok(Some(radius)) => {
            text.push_str(&radius::section(&radius));
            talk.say(&radius::line(&radius));
        }
        // The verdict stands without it.
        Err(error) => {
            let why = format!("what this does to clients that enforce is not known: {error:#}");
            text.push_str(&format!("\n{}\n", escape_markdown(&why)));
            talk.say(&why);
        }
    }
    text
}

/// Judges a change, and prints what was found.
pub(super) fn judge(global: &Global, change: &Change, talk: &Talk) -> Result<Judged> {
    let Change { base, head, published, event, by_commit } = change.clone();
    let (data, levels) = (global.data.clone(), global.levels()?);
    let options = VerifyOptions { data, base, head, published, event, levels };
    let doors = outside::Outside::new(global)?;
    let judged = match by_commit {
        true => verify_by_commit(&options, &doors)?,
        false => verify(&options, &doors)?,
    };
    talk.report(&judged.report);
    print(&judged, talk);
    Ok(judged)
}

/// Returns how a run ends after this judgement.
pub(super) fn outcome(judged: &Judged) -> Outcome {
    match judged.judgement {
        Judgement::Proven => Outcome::Fine,
        Judgement::Refused => Outcome::Refused,
        Judgement::Unknown => Outcome::Indeterminate,
        Judgement::NeedsMaintainer => Outcome::NeedsMaintainer,
    }
}

/// Checks every proof again.
fn verify_again(global: &Global, talk: &Talk) -> Result<Outcome> {
    let doors = outside::Outside::new(global)?;
    let (report, counts) = verify_all(&global.load_options()?, &doors)?;
    talk.report(&report);
    talk.say(&format!(
        "{} in {}: {} valid, {} without an answer",
        count(counts.proofs, "proof"),
        count(counts.versions, "version"),
        counts.live,
        counts.open
    ));
    Ok(Outcome::refused_if(report.has_errors()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    file::write(path, text.as_bytes())
        .map_err(|e| Error::io("the report cannot be written", path, e).help("name another file"))
}

/// Prints the changes and their verdicts.
fn print(judged: &Judged, talk: &Talk) {
    let changes = judged.outcomes.iter();
    talk.list(changes.map(|did| format!("{}: {} {}", did.kind.as_str(), did.name, did.version)));
    let mut proven = Vec::new();
    for namespace in &judged.namespaces {
        if let Verdict::Proven { by, subject } = &namespace.verdict {
            let saw = namespace.tried.last().map(|a| format!(": {}", a.saw)).unwrap_or_default();
            let how = match *by {
                "reviewed" => "decided by review".to_owned(),
                by => format!("proven by {by}"),
            };
            proven.push(format!("{} is {how} ({subject}){saw}", namespace.namespace));
        }
    }
    talk.list(proven.into_iter());
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
    match judged.judgement {
        Judgement::Proven if judged.held.is_empty() && comment::by_review(judged) => {
            talk.next("review it, then merge it");
        }
        Judgement::Proven if judged.held.is_empty() => talk.next("merge it"),
        Judgement::Proven => talk.next("`mcp-static build --without FILE` with the file of --hold"),
        Judgement::Refused => {
            talk.next("correct it and push again; `mcp-static explain CODE` explains a finding");
        }
        Judgement::Unknown => {}
        Judgement::NeedsMaintainer => talk.next("ask a maintainer to review and merge it"),
    }
}

/// Returns the report that other jobs read. Foreign text in it has no control characters.
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
