//! Hand-made lists and single documents: pages of the API without its `_meta`, the flat form of v0, bare arrays,
//! and what other generators call the list.

use serde_json::Value;

use crate::data::is_suspicious;
use crate::diag::{Place, Pointer, SourceFile};
use crate::model::{Status, Timestamp};

use super::value::{first, text};
use super::{Draft, Shaped, Source};

/// Where lists have their servers. The empty path is the document itself.
const LISTS: [&[&str]; 6] =
    [&["servers"], &["data", "servers"], &["data"], &["items"], &["results"], &[]];

/// Keys of what a registry adds to a record.
const META: [&str; 2] =
    ["io.modelcontextprotocol.registry/official", "x-io.modelcontextprotocol.registry"];

fn below<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(*key))
}

/// Whether a value is a server or a record that holds one.
fn is_record(value: &Value) -> bool {
    let server = value.get("server").filter(|server| server.is_object()).unwrap_or(value);
    let about = ["version", "version_detail", "description", "packages", "remotes"];
    text(server, "name").is_some() && about.iter().any(|key| server.get(*key).is_some())
}

fn find(value: &Value) -> Option<(&'static [&'static str], &[Value])> {
    let lists = LISTS.iter().filter_map(|path| Some((*path, below(value, path)?.as_array()?)));
    let mut lists = lists.map(|(path, items)| (path, items.as_slice()));
    lists.find(|(_, items)| items.iter().any(is_record))
}

/// Whether a document is a list of servers.
pub(super) fn is(value: &Value) -> bool {
    text(value, "name").is_none() && find(value).is_some()
}

/// Whether a document is one server, or the answer of an API that holds one.
pub(super) fn is_document(value: &Value) -> bool {
    value.is_object() && is_record(value)
}

/// Reads every server of a list.
pub(super) fn read(source: &Source<'_>, shaped: &mut Shaped) {
    let Some((path, items)) = find(source.value) else { return };
    let root = path.iter().fold(Pointer::root(), |pointer, key| pointer.key(key));
    for (index, item) in items.iter().enumerate() {
        record(source, item, root.index(index), shaped);
    }
    if source
        .value
        .pointer("/metadata/nextCursor")
        .and_then(Value::as_str)
        .is_some_and(|c| !c.is_empty())
    {
        let message = "the list names a next page, which is not part of this file".to_owned();
        shaped.note(source.place(&Pointer::root().key("metadata")), message);
    }
    exact(source, shaped);
}

/// Reads one server.
pub(super) fn read_document(source: &Source<'_>, shaped: &mut Shaped) {
    record(source, source.value, Pointer::root(), shaped);
    exact(source, shaped);
}

fn record(source: &Source<'_>, item: &Value, at: Pointer, shaped: &mut Shaped) {
    let wrapped = item.get("server").filter(|server| server.is_object());
    let (server, pointer) = wrapped.map_or((item, at.clone()), |server| (server, at.key("server")));
    let Some(name) = text(server, "name") else {
        let why = "it has no name";
        let help = "write \"name\", \"description\" and \"version\", and the package or the URL";
        return shaped.refuse(source.place(&at), "", why, help);
    };
    let runs = ["command", "env", "headers"].iter().any(|key| server.get(key).is_some());
    if runs && super::client::is_setting(server) {
        // The settings of a client in the form of a list; their values may be secrets.
        return shaped.draft(super::client::draft(source.place(&pointer), &name, server, &[]));
    }
    let mut draft = Draft::new(source.place(&pointer), name, server.clone());
    let holders = [item, server].into_iter();
    let meta = holders.clone().filter_map(|of| of.get("_meta")).chain(holders);
    let facts: Vec<&Value> =
        (META.iter().filter_map(|key| meta.clone().find_map(|of| of.get(*key))))
            .chain(server.get("version_detail"))
            .chain([item, server])
            .collect();
    let date =
        |keys: &[&str]| facts.iter().find_map(|of| first(of, keys)).and_then(|text| date(&text));
    draft.published = date(&["publishedAt", "published_at", "release_date", "releaseDate"]);
    draft.updated = date(&["updatedAt", "updated_at"]).filter(|_| draft.published.is_some());
    let status = facts.iter().find_map(|of| Status::parse(&text(of, "status")?));
    if let Some(status) = status.filter(|status| *status != Status::Active) {
        let message = facts.iter().find_map(|of| first(of, &["statusMessage", "status_message"]));
        let mut message = message.map(|text| super::value::cut(&text, Status::MESSAGE_MAX));
        if message.as_ref().is_some_and(|text| text.contains(is_suspicious)) {
            message = None;
            draft.notes.push(
                "its status message has characters that nobody sees, and was left out".to_owned(),
            );
        }
        draft.status = (status, message);
    }
    shaped.draft(draft);
}

/// Reads a date or a time, as `origin.json` writes it.
fn date(text: &str) -> Option<Timestamp> {
    let time = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let time = Timestamp::parse(&time).filter(|_| time.len() <= 40)?;
    Some(if time.is_canonical() { time } else { Timestamp::from_unix(time.unix()) })
}

/// Adds the text of each document as its author wrote it.
fn exact(source: &Source<'_>, shaped: &mut Shaped) {
    let Some(json) = source.json else { return };
    let pointers: Vec<Pointer> = shaped.drafts.iter().map(|d| d.place.pointer.clone()).collect();
    let spans = SourceFile::new(source.file, json).spans(&pointers);
    for (draft, span) in shaped.drafts.iter_mut().zip(spans) {
        draft.exact = span.map(|span| alone(json, span.start, span.end));
    }
}

/// Returns a part of a text with the indentation that it has by itself.
fn alone(text: &str, start: usize, end: usize) -> String {
    let part = &text[start..end];
    let last = part.rsplit('\n').next().unwrap_or_default();
    let indent = &last[..last.len() - last.trim_start().len()];
    let lines = part.split('\n').enumerate().map(|(i, line)| match i {
        0 => line,
        _ => line.strip_prefix(indent).unwrap_or(line),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Returns the document of one version, as some generators keep it: a base document, and beside it what each version
/// adds. `None` when the version is a document by itself.
pub(in crate::import) fn dated_version(
    place: Place,
    base: &Value,
    version: &Value,
) -> Option<Draft> {
    const MEMBERS: [&str; 9] = [
        "version",
        "title",
        "description",
        "packages",
        "remotes",
        "repository",
        "websiteUrl",
        "icons",
        "$schema",
    ];
    if version.get("name").is_some() || version.get("server").is_some() {
        return None;
    }
    let mut document = base.as_object()?.clone();
    text(version, "version")?;
    for key in MEMBERS {
        if let Some(value) = version.get(key) {
            document.insert(key.to_owned(), value.clone());
        }
    }
    let mut draft = Draft::new(place, text(base, "name")?, Value::Null);
    let installs = text(version, "installCommand").filter(|_| !document.contains_key("packages"));
    if let Some(Value::Object(mut package)) =
        installs.and_then(|line| super::command::installed(&line))
    {
        let number = text(version, "version");
        package.entry("version").or_insert(number.into());
        draft.notes.push("its package was taken from the command that installs it".to_owned());
        document.insert("packages".to_owned(), Value::Array(vec![Value::Object(package)]));
    }
    draft.published = first(version, &["releaseDate", "release_date"]).and_then(|text| date(&text));
    draft.document = Value::Object(document);
    Some(draft)
}
