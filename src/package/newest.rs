//! The newest version that the registry of a package has. Prereleases count only if the entry uses one, and what was
//! withdrawn does not count.

use serde_json::Value;

use super::ask::{Asker, Wish, unexpected};
use super::oci::Image;
use super::question::{Question, Versions};
use super::{nuget, pypi};
use crate::model::newest_of;

/// What is known about the versions of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Newest {
    /// The newest one.
    Version(String),
    /// There is nothing to compare, and why.
    Nothing(&'static str),
    /// Nothing is known, and why.
    Unknown(String),
}

/// Asks for the newest version of a package.
pub fn newest(asker: &Asker<'_>, question: &Question) -> Newest {
    let current = question.current();
    let all = match question.kind.as_str() {
        "npm" => npm(asker, question),
        "pypi" => pypi(asker, question),
        "nuget" => nuget::all_versions(asker, question),
        "cargo" => cargo(asker, question),
        "oci" if current.is_empty() => {
            return Newest::Nothing("the image has no tag, so it has no version to compare");
        }
        "oci" => Image::new(asker, question).tags(),
        _ => return Newest::Nothing("a bundle is a single file, so there is no list of versions"),
    };
    let all = match all {
        Ok(Some(all)) => all,
        Ok(None) => return Newest::Nothing("its registry does not have the package"),
        Err(why) => return Newest::Unknown(why),
    };
    match newest_of(current, all.iter().map(String::as_str)) {
        Some(newest) => Newest::Version(newest.to_owned()),
        None => Newest::Nothing("its registry lists no version that can be compared"),
    }
}

/// Gets JSON and returns the versions in it.
fn list(asker: &Asker<'_>, url: String, read: impl Fn(&Value) -> Vec<String>) -> Versions {
    let wish = Wish::get(url, "application/json");
    let (reply, value) = asker.json(&wish)?;
    match reply.status {
        200..300 => Ok(Some(read(&value))),
        404 | 410 => Ok(None),
        status => Err(unexpected(&wish, status)),
    }
}

/// The author's own tags decide: `latest` is the newest release, and the others may be prereleases.
fn npm(asker: &Asker<'_>, question: &Question) -> Versions {
    list(asker, question.url("/-/package/{id}/dist-tags"), |tags| {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let early = crate::model::is_prerelease(&question.version);
        let all = tags.as_object().into_iter().flatten();
        all.filter(|(tag, _)| early || *tag == "latest").filter_map(|(_, v)| text(v)).collect()
    })
}

fn pypi(asker: &Asker<'_>, question: &Question) -> Versions {
    let url = pypi::with_api(question).url("/pypi/{id}/json");
    list(asker, url, |project| {
        let releases = project.get("releases").and_then(Value::as_object);
        let is_there = |files: &Value| {
            let yanked = |file: &Value| file.get("yanked").and_then(Value::as_bool) == Some(true);
            files.as_array().is_some_and(|files| !files.is_empty() && !files.iter().all(yanked))
        };
        let all = releases.into_iter().flatten().filter(|(_, files)| is_there(files));
        let newest = project.pointer("/info/version").and_then(Value::as_str);
        all.map(|(version, _)| version.clone()).chain(newest.map(str::to_owned)).collect()
    })
}

fn cargo(asker: &Asker<'_>, question: &Question) -> Versions {
    list(asker, question.url("/api/v1/crates/{id}"), |krate| {
        let all = krate.get("versions").and_then(Value::as_array).into_iter().flatten();
        let kept = all.filter(|it| it.get("yanked").and_then(Value::as_bool) != Some(true));
        kept.filter_map(|it| it.get("num")?.as_str().map(str::to_owned)).collect()
    })
}
