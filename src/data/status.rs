//! Setting the status of entries: what changes on disk when a version is deprecated, deleted or back.
//!
//! The rules are those of the official registry's status endpoints: any of the three states may
//! follow any other, an active version has no message, and a change of nothing is refused. Where the
//! dates are pinned they move with the change, as git's would.

use crate::diag::{Diagnostic, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ServerName, Status, Timestamp};

use super::edit::Edits;
use super::json::{Document, read_json};
use super::layout::EntryFile;
use super::records::{StatusRecord, read_origin, read_status};
use super::tree::{ServerFolder, Tree, VersionFolder};

/// A change of status, not yet on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusChange {
    /// The change; empty when every version has the status and message already.
    pub edits: Edits,
    /// Versions that change.
    pub changed: Vec<String>,
    /// Versions that have the status and message already.
    pub unchanged: Vec<String>,
}

/// Returns what changes when `name` (one version of it, or all) has the status `to` from the time
/// `now` on.
///
/// Where the status is set already, no message keeps the one there was; an empty one removes it.
///
/// All or nothing: an [`Error`] when the server or version is not known, the message cannot be, or
/// one of the files cannot be read.
pub fn change_status(
    tree: &Tree,
    (name, version): (&str, Option<&str>),
    to: &StatusRecord,
    now: i64,
) -> Result<StatusChange> {
    validate(to)?;
    let server = find_server(tree, name)?;
    let mut change = StatusChange::default();
    for version in find_versions(server, name, version)? {
        let from = record(tree, server, version, EntryFile::Status, read_status)?;
        let kept = from.as_ref().filter(|from| from.status == to.status && to.message.is_none());
        let message = kept.map_or(&to.message, |from| &from.message).clone();
        let to = StatusRecord { status: to.status, message: message.filter(|it| !it.is_empty()) };
        if from.clone().unwrap_or_default() == to {
            change.unchanged.push(version.version.to_string());
            continue;
        }
        let path = server.path(version, EntryFile::Status);
        if to.status == Status::Active {
            change.edits.remove(path);
        } else {
            change.edits.write(path, to.to_json());
        }
        let value_changes = from.unwrap_or_default().status != to.status;
        move_pins(tree, server, version, value_changes, now, &mut change.edits)?;
        change.changed.push(version.version.to_string());
    }
    Ok(change)
}

fn validate(to: &StatusRecord) -> Result<()> {
    let Some(message) = to.message.as_deref().filter(|it| !it.is_empty()) else { return Ok(()) };
    let fail = |what: &str, help: &str| Err(Error::new(ErrorKind::Usage, what).help(help));
    match message.chars().count() {
        _ if to.status == Status::Active => {
            fail("an active version has no status message", "leave out --message")
        }
        0..=Status::MESSAGE_MAX => Ok(()),
        length => fail(
            &format!("the message has {length} characters"),
            &format!("shorten it to {} characters", Status::MESSAGE_MAX),
        ),
    }
}

/// Returns the server called `name`, or an error that suggests the one that was meant.
pub fn find_server<'a>(tree: &'a Tree, name: &str) -> Result<&'a ServerFolder> {
    let parsed = ServerName::parse(name);
    if let Some(server) = parsed.as_ref().ok().and_then(|name| tree.server(name)) {
        return Ok(server);
    }
    let names: Vec<String> =
        tree.servers().iter().map(|s| format!("{}/{}", s.namespace, s.name)).collect();
    let error = Error::new(ErrorKind::Usage, format!("there is no server {name:?}"));
    Err(match (nearest(name, names.iter().map(String::as_str)), parsed) {
        (Some(near), _) => error.help(format!("did you mean {near}?")),
        (None, Err(fault)) => error.help(format!("this name {fault}")),
        (None, Ok(_)) => error.help("the folders below servers/ in the data folder show the names"),
    })
}

/// Returns the versions that are meant and have a document.
pub fn find_versions<'a>(
    server: &'a ServerFolder,
    name: &str,
    version: Option<&str>,
) -> Result<Vec<&'a VersionFolder>> {
    let whole = |v: &&VersionFolder| v.files().any(|file| file == EntryFile::Server);
    let versions: Vec<_> = server.versions.iter().filter(whole).collect();
    let Some(wanted) = version else {
        let what = || format!("no version of {name} has a server.json");
        let error = || Error::new(ErrorKind::Usage, what()).help("run `mcp-static check`");
        return if versions.is_empty() { Err(error()) } else { Ok(versions) };
    };
    if let Some(version) = versions.iter().find(|v| *v.version == *wanted) {
        return Ok(vec![version]);
    }
    let error = Error::new(ErrorKind::Usage, format!("{name} has no version {wanted:?}"));
    let known: Vec<&str> = versions.iter().map(|v| &*v.version).collect();
    Err(match nearest(wanted, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean {name}@{near}?")),
        None => error.help(format!("it has {}", known.join(", "))),
    })
}

/// Reads the record `file` with `read`; `None` when it is not there.
fn record<T>(
    tree: &Tree,
    server: &ServerFolder,
    version: &VersionFolder,
    file: EntryFile,
    read: fn(&str, &Document) -> (T, Vec<Diagnostic>),
) -> Result<Option<T>> {
    let Some(content) = tree.read_entry(server, version, file)? else { return Ok(None) };
    let path = tree.display(&server.path(version, file));
    match read_json(&path, content.bytes).map(|document| read(&path, &document)) {
        Ok((record, wrong)) if wrong.is_empty() => Ok(Some(record)),
        _ => Err(Error::new(ErrorKind::Usage, "the file is not as it should be")
            .at(path)
            .help("run `mcp-static check` and correct it first")),
    }
}

/// Moves pinned dates to `now`, never backwards.
fn move_pins(
    tree: &Tree,
    server: &ServerFolder,
    version: &VersionFolder,
    value_changes: bool,
    now: i64,
    edits: &mut Edits,
) -> Result<()> {
    let origin = record(tree, server, version, EntryFile::Origin, read_origin)?;
    let Some(mut record) = origin else { return Ok(()) };
    let Some(dates) = record.dates() else { return Ok(()) };
    let now = Timestamp::from_unix(now).max(dates.updated);
    if value_changes {
        record.status_changed = Some(now.clone());
    }
    record.updated = Some(now);
    edits.write(server.path(version, EntryFile::Origin), record.to_json());
    Ok(())
}
