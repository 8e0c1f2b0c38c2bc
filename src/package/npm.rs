//! npm: the field `mcpName` of the version's `package.json`.

use serde_json::Value;

use super::ask::{Asker, Held, Wish, unexpected};
use super::question::{Answer, Question};
use crate::text::quote;

pub(super) fn prove(asker: &Asker<'_>, question: &Question) -> Answer {
    let wish = Wish::get(question.url("/{id}/{version}"), "application/json");
    match asker.json(&wish) {
        Err(why) => Answer::Unknown(why),
        Ok((reply, manifest)) => match reply.status {
            200..300 => judge(question, &manifest),
            404 | 410 => missing(question, asker.holds(question.url("/{id}"))),
            status => Answer::Unknown(unexpected(&wish, status)),
        },
    }
}

/// Judges the document of a version.
fn judge(question: &Question, manifest: &Value) -> Answer {
    let (title, server) = (question.title(), &question.server);
    let help = format!(
        "write \"mcpName\": {} in package.json, and publish a new version of the package",
        quote(server)
    );
    match manifest.get("mcpName").and_then(Value::as_str) {
        Some(name) if name == server => {
            Answer::proven(format!("the package.json of {title} has \"mcpName\": {}", quote(name)))
        }
        Some(name) => Answer::unproven(
            format!("{title} has mcpName {}, not {}", quote(name), quote(server)),
            help,
        ),
        None => Answer::unproven(format!("{title} has no mcpName"), help),
    }
}

/// Returns the answer for a version that is not there; `held` is whether the package is.
pub(super) fn missing(question: &Question, held: Held) -> Answer {
    let title = question.title();
    match held {
        Held::Yes => Answer::missing(
            format!("{title} does not exist, but the package has other versions"),
            "publish this version of the package first, or correct the version",
        ),
        Held::No => Answer::missing(
            format!("{title} does not exist, nor does any other version"),
            "publish the package first, or correct the identifier",
        ),
        Held::Unclear => Answer::missing(
            format!("{title} does not exist"),
            "publish the package first, or correct identifier and version",
        ),
    }
}
