//! NuGet: the text `mcp-name: …` in the README that is part of the package.
//!
//! The service index tells where READMEs and the lists of versions are.

use serde_json::Value;

use super::ask::{Asker, Redirects, Wish, unexpected};
use super::marker;
use super::question::{Answer, Question, Versions};
use crate::text::percent_encode;

const README: &str = "ReadmeUriTemplate/6.13.0";
const VERSIONS: &str = "PackageBaseAddress/3.0.0";

pub(super) fn prove(asker: &Asker<'_>, question: &Question) -> Answer {
    answer(asker, question).unwrap_or_else(Answer::Unknown)
}

fn answer(asker: &Asker<'_>, question: &Question) -> Result<Answer, String> {
    let index = index(asker, question)?;
    let template = resource(&index, README)
        .ok_or_else(|| format!("{} does not offer READMEs ({README})", question.base))?;
    let (id, version) = (lower(&question.identifier), lower_version(&question.version));
    let url = template.replace("{lower_id}", &id).replace("{lower_version}", &version);
    let wish = Wish { redirects: Redirects::SameHost, ..Wish::get(url, "text/plain, */*") };
    let reply = asker.send(&wish)?;
    match reply.status {
        200..300 if !reply.whole => Err(format!("the README of {} is too large", question.title())),
        200..300 => {
            Ok(marker::judge(question, &String::from_utf8_lossy(&reply.body), "the README"))
        }
        404 | 410 => missing(asker, question, &index),
        status => Err(unexpected(&wish, status)),
    }
}

/// Returns why there is no README.
fn missing(asker: &Asker<'_>, question: &Question, index: &Value) -> Result<Answer, String> {
    let title = question.title();
    Ok(match versions(asker, question, index)? {
        None => Answer::missing(
            format!("{title} does not exist, nor does any other version"),
            "publish the package first, or correct the identifier",
        ),
        Some(all) if !all.contains(&plain_version(&question.version)) => Answer::missing(
            format!("{title} does not exist, but the package has other versions"),
            "publish this version of the package first, or correct the version",
        ),
        Some(_) => Answer::unproven(
            format!("{title} has no README in it"),
            format!(
                "add a README with the text mcp-name: {} to the package (PackageReadmeFile), and publish a new version",
                question.server
            ),
        ),
    })
}

/// Returns every version of a package.
pub(super) fn all_versions(asker: &Asker<'_>, question: &Question) -> Versions {
    versions(asker, question, &index(asker, question)?)
}

/// Returns the service index.
fn index(asker: &Asker<'_>, question: &Question) -> Result<Value, String> {
    let url = match question.base.ends_with(".json") {
        true => question.base.clone(),
        false => format!("{}/v3/index.json", question.base),
    };
    let wish = Wish::get(url, "application/json");
    let (reply, index) = asker.json(&wish)?;
    match reply.status {
        200..300 => Ok(index),
        status => Err(unexpected(&wish, status)),
    }
}

/// Returns the address of a resource in a service index.
fn resource<'a>(index: &'a Value, kind: &str) -> Option<&'a str> {
    let resources = index.get("resources")?.as_array()?;
    let found =
        resources.iter().find(|it| it.get("@type").and_then(Value::as_str) == Some(kind))?;
    found.get("@id")?.as_str()
}

/// Returns the versions of a package in lower case; `None` when it does not exist.
fn versions(asker: &Asker<'_>, question: &Question, index: &Value) -> Versions {
    let base = resource(index, VERSIONS)
        .ok_or_else(|| format!("{} does not list versions ({VERSIONS})", question.base))?;
    let url = format!("{}/{}/index.json", base.trim_end_matches('/'), lower(&question.identifier));
    let wish = Wish::get(url, "application/json");
    let (reply, list) = asker.json(&wish)?;
    match reply.status {
        200..300 => {}
        404 | 410 => return Ok(None),
        status => return Err(unexpected(&wish, status)),
    }
    let all = list.get("versions").and_then(Value::as_array);
    let text = |version: &Value| version.as_str().map(str::to_lowercase);
    Ok(Some(all.map(|all| all.iter().filter_map(text).collect()).unwrap_or_default()))
}

fn lower(id: &str) -> String {
    percent_encode(&id.to_lowercase())
}

fn plain_version(version: &str) -> String {
    version.split('+').next().unwrap_or_default().to_lowercase()
}

fn lower_version(version: &str) -> String {
    percent_encode(&plain_version(version))
}
