//! Writes a new version of an entry: the text of its newest `server.json` with other versions in it.

use crate::data::{Edits, EntryFile, entry_folder, replace_texts};
use crate::diag::Pointer;
use crate::error::Result;
use crate::model::{OciReference, PackageType, Version};
use crate::package::{Asker, Question, image_digest};
use crate::pipeline::Loaded;

use super::Subject;
use super::rows::{Row, State};

/// Plans the new version of a server whose packages have newer versions; why there is none goes to its rows.
pub(super) fn plan(
    loaded: &Loaded,
    subject: &Subject,
    found: &[(Row, Option<String>)],
    asker: &Asker<'_>,
    edits: &mut Edits,
    rows: &mut [Row],
) -> Result<()> {
    if found.iter().all(|(_, newest)| newest.is_none()) {
        return Ok(());
    }
    let Some(text) = text(loaded, subject)? else { return Ok(()) };
    let note = match bump(loaded, subject, found, asker, &text) {
        Ok((version, text)) => {
            let folder = entry_folder(&subject.name, &version);
            edits.write(format!("{folder}/{}", EntryFile::Server.file_name()), text);
            format!("new version {version}")
        }
        Err(why) => format!("not written: {why}"),
    };
    let name = subject.name.to_string();
    let mine = |row: &&mut Row| row.server == name && row.state == State::Outdated;
    rows.iter_mut().filter(mine).for_each(|row| row.why.clone_from(&note));
    Ok(())
}

/// Returns the text of the newest version, as it is stored.
fn text(loaded: &Loaded, subject: &Subject) -> Result<Option<String>> {
    let tree = &loaded.tree;
    let (namespace, name) = (subject.name.namespace(), subject.name.name());
    let is_server =
        |namespace_of: &str, name_of: &str| namespace_of == namespace.as_str() && name_of == name;
    let servers = tree.servers();
    let Some(server) = servers.iter().find(|it| is_server(&it.namespace, &it.name)) else {
        return Ok(None);
    };
    let version = subject.entry.version.as_str();
    let Some(folder) = server.versions.iter().find(|it| &*it.version == version) else {
        return Ok(None);
    };
    let content = tree.read_entry(server, folder, EntryFile::Server)?;
    Ok(content.and_then(|content| String::from_utf8(content.bytes).ok()))
}

/// Returns the new version and its document; the error is why there is none.
fn bump(
    loaded: &Loaded,
    subject: &Subject,
    found: &[(Row, Option<String>)],
    asker: &Asker<'_>,
    text: &str,
) -> Result<(Version, String), String> {
    let has_file = |question: &Question| {
        PackageType::named(&question.kind)
            .is_some_and(|kind| kind.naming == crate::model::Naming::Url)
    };
    if subject.questions.iter().any(has_file) {
        return Err("the fileSha256 of its bundle cannot be known before the file is".to_owned());
    }
    let version = next_version(loaded, subject, found)?;
    let mut texts = vec![(Pointer::root().key("version"), version.to_string())];
    for (question, (_, newest)) in subject.questions.iter().zip(found) {
        let Some(newest) = newest else { continue };
        let at = Pointer::root().key("packages").index(question.index);
        texts.push(match question.kind.as_str() {
            "oci" => (at.key("identifier"), image(asker, question, newest)?),
            _ => (at.key("version"), newest.clone()),
        });
    }
    let text = replace_texts(text, &texts).ok_or("its document has an unexpected form")?;
    Ok((version, text))
}

/// Returns the reference to an image with another tag, and with the digest of that tag where there was one.
fn image(asker: &Asker<'_>, question: &Question, tag: &str) -> Result<String, String> {
    let image = OciReference::split(&question.identifier);
    let name = format!("{}:{tag}", image.name);
    match image.digest {
        None => Ok(name),
        Some(_) => Ok(format!("{name}@{}", image_digest(asker, question, tag)?)),
    }
}

/// Returns the version of the new entry: that of its packages where all had the entry's own, else the next patch.
fn next_version(
    loaded: &Loaded,
    subject: &Subject,
    found: &[(Row, Option<String>)],
) -> Result<Version, String> {
    let current = subject.entry.version.as_str();
    let plain = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    let follows = |(row, newest): &(Row, Option<String>)| {
        newest.is_some() && plain(&row.current) == plain(current)
    };
    let first = found.first().and_then(|(_, newest)| newest.clone());
    let is_same = found.iter().all(|(_, newest)| *newest == first);
    let next = match first {
        Some(newest) if is_same && found.iter().all(follows) => match current.starts_with('v') {
            true => newest,
            false => plain(&newest),
        },
        _ => next_patch(current).ok_or("the entry's version does not tell what comes after it")?,
    };
    let version = Version::parse(&next).map_err(|e| format!("{next} {e}"))?;
    if !version.is_strict_semver() && !loaded.config.allow_non_semver {
        return Err(format!("{next} is not a semantic version"));
    }
    let (namespace, name) = (subject.name.namespace().as_str(), subject.name.name());
    let mut servers = loaded.tree.servers().iter();
    let server = servers.find(|it| &*it.namespace == namespace && &*it.name == name);
    let is_taken = |other: &str| other.eq_ignore_ascii_case(&next);
    if server.is_some_and(|server| server.versions.iter().any(|it| is_taken(&it.version))) {
        return Err(format!("version {next} is there already"));
    }
    Ok(version)
}

/// Returns `1.2.4` for `1.2.3`.
fn next_patch(version: &str) -> Option<String> {
    let parts: Vec<&str> = version.split('.').collect();
    let [major, minor, patch] = parts.as_slice() else { return None };
    let patch: u64 = patch.parse().ok()?;
    Some(format!("{major}.{minor}.{}", patch.checked_add(1)?))
}
