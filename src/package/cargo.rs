//! Cargo: the text `mcp-name: …` in the README that the registry renders.
//!
//! crates.io leaves out HTML comments, so the text has to be visible.

use serde_json::Value;

use super::ask::{Asker, Held, Redirects, Wish, unexpected};
use super::question::{Answer, Question};
use super::{marker, npm};
use crate::model::PackageType;
use crate::world::http::Url;

/// The hosts that serve the READMEs of the public registry.
const HOSTS: [&str; 2] = ["crates.io", "static.crates.io"];

pub(super) fn prove(asker: &Asker<'_>, question: &Question) -> Answer {
    answer(asker, question).unwrap_or_else(Answer::Unknown)
}

fn answer(asker: &Asker<'_>, question: &Question) -> Result<Answer, String> {
    let version = || question.url("/api/v1/crates/{id}/{version}");
    let wish = Wish::get(format!("{}/readme", version()), "application/json");
    let (reply, place) = asker.json(&wish)?;
    match reply.status {
        200..300 => {}
        403 | 404 | 410 => return Ok(absent(asker, question, asker.holds(version()))),
        status => return Err(unexpected(&wish, status)),
    }
    let place = place.get("url").and_then(Value::as_str).unwrap_or_default();
    let url = readme_url(question, place)?;
    let wish = Wish { redirects: Redirects::SameHost, ..Wish::get(url, "text/html") };
    let reply = asker.send(&wish)?;
    match reply.status {
        200..300 if !reply.whole => Err(format!("the README of {} is too large", question.title())),
        200..300 => {
            Ok(marker::judge(question, &String::from_utf8_lossy(&reply.body), "the README"))
        }
        403 | 404 | 410 => Ok(absent(asker, question, asker.holds(version()))),
        status => Err(unexpected(&wish, status)),
    }
}

/// Returns where the README is, if it is where this registry keeps READMEs.
fn readme_url(question: &Question, place: &str) -> Result<String, String> {
    let (base, place) = (Url::parse(&question.base), Url::parse(place));
    let usual =
        PackageType::named("cargo").is_some_and(|it| it.base_urls.contains(&&*question.base));
    match (base, place) {
        (Ok(_), Ok(place)) if usual && place.is_https() && is_public(&place) => {
            Ok(place.to_string())
        }
        (Ok(base), Ok(place)) if !usual && base.host() == place.host() => Ok(place.to_string()),
        _ => Err(format!("{} names a README on another host", question.base)),
    }
}

/// Whether a README is on a host of crates.io, at the usual port.
fn is_public(place: &Url) -> bool {
    HOSTS.iter().any(|host| place.origin() == format!("https://{host}"))
}

/// Returns the answer for a crate without a README; `held` is whether the version exists.
fn absent(asker: &Asker<'_>, question: &Question, held: Held) -> Answer {
    match held {
        Held::Yes => Answer::unproven(
            format!("{} has no README", question.title()),
            format!(
                "add a README with the visible text mcp-name: {} (not in a comment), and publish a new version",
                question.server
            ),
        ),
        _ => npm::missing(question, asker.holds(question.url("/api/v1/crates/{id}"))),
    }
}
