//! Why a server is listed, or why it is not: what the other journeys know about it, in one place.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::Ruling;
use crate::config::Denied;
use crate::data::{DataPath, ServerFolder};
use crate::diag::{Diagnostic, Severity, nearest};
use crate::error::Result;
use crate::model::{Entry, ServerName};

use super::{LoadOptions, Loaded, take_proofs};

/// What is known about a server.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// Its name, as it was asked for.
    pub name: String,
    /// Its versions, newest publication first.
    pub versions: Vec<VersionWhy>,
    /// What a build refuses.
    #[serde(skip)]
    pub errors: Vec<Diagnostic>,
    /// Versions that were removed permanently, with the files that say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
    /// The name that was probably meant, when there is no such server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
}

/// A version that was removed permanently.
#[derive(Debug, Clone, Serialize)]
pub struct Removed {
    /// The version.
    pub version: String,
    /// Path of its tombstone.
    pub tombstone: String,
}

/// Whether clients see a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// They do.
    Listed,
    /// It was withdrawn.
    Withdrawn,
    /// The policy leaves it out.
    LeftOut,
    /// The policy refuses it, so that nothing is published.
    Refused,
}

/// What is known about a version.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionWhy {
    /// The version.
    pub version: String,
    /// Whether clients see it.
    pub state: State,
    /// `active`, `deprecated` or `deleted`.
    pub status: &'static str,
    /// Why it has this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// When it was published.
    pub published_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// The commit that brought it; `None` outside git, and while it is not committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<Brought>,
    /// What the policy says; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Ruling>,
    /// How ownership was proven, or `upstream`.
    pub proof: &'static str,
    /// Who was proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Fingerprint of the key that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The registry that it was mirrored from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirrored_from: Option<String>,
    /// Why this registry changed it.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
    /// What the registry says about it, as compact JSON.
    #[serde(skip)]
    pub annotations: Option<String>,
}

/// The commit that brought something.
#[derive(Debug, Clone, Serialize)]
pub struct Brought {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// The first line of its message.
    pub summary: String,
}

/// Finds out why the server `name`, or its `version`, is listed, or why it is not.
///
/// # Errors
/// When the data or its history cannot be read.
pub fn why(
    loaded: &Loaded,
    options: &LoadOptions,
    name: &str,
    version: Option<&str>,
) -> Result<Why> {
    let mut why = Why { name: name.to_owned(), ..Why::default() };
    let wanted = |text: &str| version.is_none_or(|version| version == text);
    for file in loaded.tree.tombstones() {
        let DataPath::Tombstone { namespace, name: part, version } = DataPath::of(&file.path)
        else {
            continue;
        };
        if format!("{namespace}/{part}").eq_ignore_ascii_case(name) && wanted(version) {
            let tombstone = loaded.tree.display(&file.path);
            why.removed.push(Removed { version: version.to_owned(), tombstone });
        }
    }
    let full = |server: &ServerFolder| format!("{}/{}", server.namespace, server.name);
    let servers = loaded.tree.servers();
    let found = ServerName::parse(name).ok().and_then(|name| loaded.tree.server(&name));
    let Some(server) = found else {
        let names: Vec<String> = servers.iter().map(full).collect();
        let half = name.rsplit('/').next().unwrap_or_default();
        let near = nearest(name, names.iter().map(String::as_str));
        let same =
            || names.iter().find(|it| it.rsplit('/').next() == Some(half)).map(String::as_str);
        why.near = near.or_else(same).map(str::to_owned);
        return Ok(why);
    };
    // Without the policy first, which would take entries out.
    let checker = loaded.checker();
    let mut files = loaded.tree.read_server(server)?;
    let proofs = take_proofs(server, &mut files.versions);
    let mut checked = checker.server_of(server, files)?;
    // Settings that are wrong stop a build, whatever the server is.
    why.errors = loaded.findings.clone();
    why.errors.append(&mut checked.findings);
    why.errors.retain(|it| it.severity == Severity::Error);
    let Some(mut listing) = checked.listing else { return Ok(why) };
    loaded.evidence.add(&mut listing, &proofs);
    let rulings = loaded.policing.rulings(&loaded.tree, &loaded.dates, server, &listing)?;
    let mut rulings = rulings.into_iter();
    let refuses =
        loaded.facts.policy.as_ref().is_some_and(|policy| policy.denied == Denied::Refuse);
    let mut commits = brought(options, server)?;
    for entry in listing.entries() {
        let ruling = rulings.next().flatten();
        if wanted(entry.version.as_str()) {
            let commit = commits.remove(entry.version.as_str());
            why.versions.push(explain(entry, ruling, refuses, commit));
        }
    }
    if let (Some(version), true) = (version, why.versions.is_empty() && why.removed.is_empty()) {
        let versions = || listing.entries().iter().map(|entry| entry.version.as_str());
        let near = nearest(version, versions()).or_else(|| versions().next());
        why.near = near.map(|near| format!("{name}@{near}"));
    }
    Ok(why)
}

/// Returns the commits that brought the versions of a server, by version.
#[cfg(feature = "git")]
fn brought(options: &LoadOptions, server: &ServerFolder) -> Result<BTreeMap<String, Brought>> {
    use crate::data::join;
    use crate::world::git::Git;
    let mut found = BTreeMap::new();
    let Some(mut git) = Git::discover(&options.data)? else { return Ok(found) };
    let head = match &options.revision {
        Some(revision) => Some(git.resolve(revision)?),
        None => git.head()?,
    };
    let prefix = git.relative(&options.data)?.unwrap_or_else(|| super::load::label(&options.data));
    let Some(head) = head else { return Ok(found) };
    let folder = join(&prefix, &format!("servers/{}/{}", server.namespace, server.name));
    let history = git.history(head, &folder, &mut |_| {})?;
    let mut line = git.first_parents(head)?;
    line.reverse();
    for path in history {
        let Some(version) = path.path.strip_suffix("/server.json") else { continue };
        let first = path.changes.first().and_then(|change| line.get(change.commit as usize));
        let Some(id) = first else { continue };
        let (author, summary) = git.describe(*id)?;
        found.insert(version.to_owned(), Brought { id: id.to_string(), author, summary });
    }
    Ok(found)
}

/// Without git nothing is known about commits.
#[cfg(not(feature = "git"))]
fn brought(_: &LoadOptions, _: &ServerFolder) -> Result<BTreeMap<String, Brought>> {
    Ok(BTreeMap::new())
}

fn explain(
    entry: &Entry,
    policy: Option<Ruling>,
    refuses: bool,
    commit: Option<Brought>,
) -> VersionWhy {
    let denied = policy.as_ref().is_some_and(|it| it.action == "deny");
    let evidence = &entry.evidence;
    VersionWhy {
        version: entry.version.as_str().to_owned(),
        state: match (entry.is_live(), denied) {
            (false, _) => State::Withdrawn,
            (true, true) if refuses => State::Refused,
            (true, true) => State::LeftOut,
            (true, false) => State::Listed,
        },
        status: entry.status.as_str(),
        status_message: entry.status_message.clone(),
        published_at: entry.dates.published.as_str().to_owned(),
        updated_at: entry.dates.updated.as_str().to_owned(),
        commit,
        policy,
        proof: if entry.mirrored_from().is_some() { "upstream" } else { evidence.method },
        subject: evidence.subject.clone(),
        key: evidence.key.clone(),
        mirrored_from: entry.mirrored_from().map(str::to_owned),
        overridden: entry.overridden.as_ref().map(|it| it.reason.clone()),
        annotations: entry.own_annotations().map(|own| own.text.to_string()),
    }
}
