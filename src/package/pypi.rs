//! PyPI: the text `mcp-name: …` in the description of the release.

use serde_json::Value;

use super::ask::{Asker, Held, Wish, unexpected};
use super::question::{Answer, Question};
use super::{marker, npm};

pub(super) fn prove(asker: &Asker<'_>, question: &Question) -> Answer {
    answer(asker, &with_api(question)).unwrap_or_else(Answer::Unknown)
}

fn answer(asker: &Asker<'_>, question: &Question) -> Result<Answer, String> {
    let wish = Wish::get(question.url("/pypi/{id}/{version}/json"), "application/json");
    let (reply, release) = asker.json(&wish)?;
    match reply.status {
        200..300 => return Ok(judge(question, &release)),
        404 | 410 => {}
        status => return Err(unexpected(&wish, status)),
    }
    let wish = Wish::get(question.url("/pypi/{id}/json"), "application/json");
    let (reply, newest) = asker.json(&wish)?;
    Ok(match reply.status {
        // Some mirrors have a document of the newest release only.
        200..300
            if newest.pointer("/info/version").and_then(Value::as_str)
                == Some(&question.version) =>
        {
            judge(question, &newest)
        }
        200..300 => npm::missing(question, Held::Yes),
        404 | 410 => npm::missing(question, Held::No),
        _ => npm::missing(question, Held::Unclear),
    })
}

/// Judges the document of a release.
fn judge(question: &Question, release: &Value) -> Answer {
    let readme = release.pointer("/info/description").and_then(Value::as_str);
    marker::judge(question, readme.unwrap_or_default(), "the README")
}

/// Returns the question with the base URL of the JSON API: an index ends with `/simple`, the API is beside it.
pub(super) fn with_api(question: &Question) -> Question {
    let base = question.base.strip_suffix("/simple").unwrap_or(&question.base).to_owned();
    Question { base, ..question.clone() }
}
