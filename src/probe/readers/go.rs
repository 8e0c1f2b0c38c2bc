//! The registry's published Go types (ran): `null` and absent members are fine, unknown ones too; a
//! date that is no RFC 3339 date-time or a value of another JSON type costs the whole answer.

use serde_json::Value;

use super::super::trouble::Trouble;
use super::{Flaw, OFFICIAL, type_of};
use crate::model::Timestamp;

/// What Go expects of a value.
enum Kind {
    Text,
    Flag,
    Count,
    Time,
    List(&'static Kind),
    Map(&'static Kind),
    Struct(&'static [(&'static str, &'static Kind)]),
}

static TEXT: Kind = Kind::Text;
static FLAG: Kind = Kind::Flag;
static TIME: Kind = Kind::Time;
static TEXTS: Kind = Kind::List(&TEXT);

static INPUT: Kind = Kind::Struct(&[
    ("name", &TEXT),
    ("type", &TEXT),
    ("value", &TEXT),
    ("default", &TEXT),
    ("placeholder", &TEXT),
    ("description", &TEXT),
    ("format", &TEXT),
    ("valueHint", &TEXT),
    ("isRequired", &FLAG),
    ("isSecret", &FLAG),
    ("isRepeated", &FLAG),
    ("choices", &TEXTS),
    ("variables", &Kind::Map(&INPUT)),
]);

static TRANSPORT: Kind = Kind::Struct(&[
    ("type", &TEXT),
    ("url", &TEXT),
    ("headers", &Kind::List(&INPUT)),
    ("variables", &Kind::Map(&INPUT)),
]);

static PACKAGE: Kind = Kind::Struct(&[
    ("registryType", &TEXT),
    ("registryBaseUrl", &TEXT),
    ("identifier", &TEXT),
    ("version", &TEXT),
    ("fileSha256", &TEXT),
    ("runtimeHint", &TEXT),
    ("transport", &TRANSPORT),
    ("runtimeArguments", &Kind::List(&INPUT)),
    ("packageArguments", &Kind::List(&INPUT)),
    ("environmentVariables", &Kind::List(&INPUT)),
]);

static ICON: Kind =
    Kind::Struct(&[("src", &TEXT), ("mimeType", &TEXT), ("theme", &TEXT), ("sizes", &TEXTS)]);

static ENTRY: Kind = Kind::Struct(&[
    (
        "server",
        &Kind::Struct(&[
            ("$schema", &TEXT),
            ("name", &TEXT),
            ("description", &TEXT),
            ("title", &TEXT),
            ("version", &TEXT),
            ("websiteUrl", &TEXT),
            (
                "repository",
                &Kind::Struct(&[
                    ("url", &TEXT),
                    ("source", &TEXT),
                    ("id", &TEXT),
                    ("subfolder", &TEXT),
                ]),
            ),
            ("icons", &Kind::List(&ICON)),
            ("packages", &Kind::List(&PACKAGE)),
            ("remotes", &Kind::List(&TRANSPORT)),
        ]),
    ),
    (
        "_meta",
        &Kind::Struct(&[(
            OFFICIAL,
            &Kind::Struct(&[
                ("status", &TEXT),
                ("statusMessage", &TEXT),
                ("publishedAt", &TIME),
                ("updatedAt", &TIME),
                ("statusChangedAt", &TIME),
                ("isLatest", &FLAG),
            ]),
        )]),
    ),
]);

static METADATA: Kind = Kind::Struct(&[("nextCursor", &TEXT), ("count", &Kind::Count)]);

/// What Go stumbles over in a list.
pub(super) fn list(list: &Value, entries: &[Value]) -> Vec<Flaw> {
    let metadata = list.get("metadata").and_then(|metadata| METADATA.fault(metadata, "/metadata"));
    let mut entries = entries.iter().enumerate();
    metadata
        .or_else(|| entries.find_map(|(i, e)| entry(e, &format!("/servers/{i}"))))
        .into_iter()
        .collect()
}

/// What Go stumbles over in an entry that stands at `at`.
pub(super) fn entry(entry: &Value, at: &str) -> Option<Flaw> {
    ENTRY.fault(entry, at)
}

impl Kind {
    /// The first value that cannot be decoded.
    fn fault(&self, value: &Value, at: &str) -> Option<Flaw> {
        let wrong = || {
            let detail = format!("{at} is {}", type_of(value));
            Some(Flaw::fails(Trouble::WrongType, detail))
        };
        match (self, value) {
            (_, Value::Null) | (Self::Text, Value::String(_)) | (Self::Flag, Value::Bool(_)) => {
                None
            }
            (Self::Count, Value::Number(n)) if n.is_i64() || n.is_u64() => None,
            (Self::Time, Value::String(text)) => Timestamp::parse(text)
                .is_none()
                .then(|| Flaw::fails(Trouble::BadDate, format!("{at} is {text:?}"))),
            (Self::List(of), Value::Array(items)) => {
                let mut items = items.iter().enumerate();
                items.find_map(|(i, item)| of.fault(item, &format!("{at}/{i}")))
            }
            (Self::Map(of), Value::Object(members)) => {
                members.iter().find_map(|(key, item)| of.fault(item, &format!("{at}/{key}")))
            }
            (Self::Struct(fields), Value::Object(members)) => fields
                .iter()
                .find_map(|(key, kind)| kind.fault(members.get(*key)?, &format!("{at}/{key}"))),
            _ => wrong(),
        }
    }
}
