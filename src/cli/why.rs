//! `why`: why a server is listed, or why it is not.

use crate::diag::Report;
use crate::diag::format::Format;
use crate::error::Result;
use crate::pipeline::{State, VersionWhy, Why, load, why};
use crate::text::shorten;

use super::args::{Global, WhyArgs};
use super::outcome::Outcome;
use super::talk::Talk;

/// Prints what is known about a server. The status is 0 if some version of it is listed, else 1.
pub(super) fn run(global: &Global, args: &WhyArgs, talk: &Talk) -> Result<Outcome> {
    let mut options = global.load_options()?;
    options.channel = args.channel.clone();
    let loaded = load(&options)?;
    let (name, version) = match args.what.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (args.what.as_str(), None),
    };
    let found = why(&loaded, &options, name, version)?;
    let is_listed =
        found.errors.is_empty() && found.versions.iter().any(|it| it.state == State::Listed);
    if global.format == Format::Json {
        talk.data(&format!("{}\n", json(&found)));
    } else {
        talk.data(&text(&found, version));
    }
    let mut report = Report::new();
    report.extend(found.errors);
    if global.format != Format::Json && report.has_errors() {
        talk.report(&report);
    }
    Ok(if is_listed { Outcome::Fine } else { Outcome::Refused })
}

fn json(why: &Why) -> serde_json::Value {
    let mut json = serde_json::to_value(why).unwrap_or_default();
    let said = why.versions.iter().map(|it| it.annotations.as_ref());
    for (version, said) in json["versions"].as_array_mut().into_iter().flatten().zip(said) {
        if let Some(said) = said.and_then(|text| serde_json::from_str(text).ok()) {
            version["annotations"] = said;
        }
    }
    json["errors"] =
        why.errors.iter().map(|it| format!("{}: {}", it.place.file, it.message)).collect();
    json
}

fn text(why: &Why, version: Option<&str>) -> String {
    let mut text = String::new();
    let mut line = |it: &str| {
        text.push_str(&crate::text::visible(it));
        text.push('\n');
    };
    for it in &why.removed {
        line(&format!("{} {} was removed permanently: {}", why.name, it.version, it.tombstone));
    }
    if why.versions.is_empty() && why.removed.is_empty() && why.errors.is_empty() {
        let what = version.map_or(String::new(), |version| format!(" {}", shorten(version)));
        line(&format!("{}{what} is not listed: it is not in the data", shorten(&why.name)));
        if let Some(near) = &why.near {
            line(&format!("  did you mean {near}?"));
        }
    }
    if !why.errors.is_empty() {
        line(&format!("{} is not listed: a build refuses these files", why.name));
    }
    for it in &why.versions {
        line(&format!("{} {} {}", why.name, it.version, verdict(it)));
        for (label, words) in facts(it) {
            line(&format!("  {label:<10} {words}"));
        }
    }
    text
}

fn verdict(it: &VersionWhy) -> &'static str {
    match it.state {
        State::Listed => "is listed",
        State::Withdrawn => "is not listed: it was withdrawn",
        State::LeftOut => "is not listed: the policy leaves it out",
        State::Refused => "is not listed: the policy refuses it, so nothing is published",
    }
}

/// Returns what is known, with a word for each fact.
fn facts(it: &VersionWhy) -> Vec<(&'static str, String)> {
    let mut facts = vec![("published", it.published_at.clone())];
    if it.updated_at != it.published_at {
        facts.push(("changed", it.updated_at.clone()));
    }
    if let Some(commit) = &it.commit {
        let id: String = commit.id.chars().take(7).collect();
        facts.push(("commit", format!("{id} by {}: {}", commit.author, commit.summary)));
    }
    let message = it.status_message.as_ref().map_or(String::new(), |text| format!(": {text}"));
    facts.push(("status", format!("{}{message}", it.status)));
    if let Some(ruling) = &it.policy {
        let reason = ruling.reason.as_ref().map_or(String::new(), |text| format!(": {text}"));
        facts.push(("policy", format!("{} by {}{reason}", ruling.action, ruling.rule)));
        facts.extend(ruling.exceptions.iter().map(|text| ("exception", text.clone())));
    }
    let subject = it.subject.as_ref().map_or(String::new(), |text| format!(", {text}"));
    let key = it.key.as_ref().map_or(String::new(), |text| format!(", key {text}"));
    facts.push(("ownership", format!("{}{subject}{key}", it.proof)));
    facts.extend(it.mirrored_from.iter().map(|from| ("mirrored", format!("from {from}"))));
    facts.extend(it.overridden.iter().map(|why| ("override", why.clone())));
    facts.extend(it.annotations.iter().map(|said| ("annotated", said.clone())));
    facts
}
