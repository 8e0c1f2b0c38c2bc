//! The registry's published Go types (ran): `null` and absent members are fine, unknown ones too; a
//! date that is not an RFC 3339 date-time or a value of another JSON type makes the whole answer fail.

use serde_json::Value;

use super::flaw::{Flaw, OFFICIAL, type_of};
use crate::model::Timestamp;
use crate::model::probe::Trouble;

/// What Go expects of a value.
enum GoType {
    Text,
    Flag,
    Count,
    Time,
    List(&'static GoType),
    Map(&'static GoType),
    Struct(&'static [(&'static str, &'static GoType)]),
}

static TEXT: GoType = GoType::Text;
static FLAG: GoType = GoType::Flag;
static TIME: GoType = GoType::Time;
static TEXTS: GoType = GoType::List(&TEXT);

static INPUT: GoType = GoType::Struct(&[
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
    ("variables", &GoType::Map(&INPUT)),
]);

static TRANSPORT: GoType = GoType::Struct(&[
    ("type", &TEXT),
    ("url", &TEXT),
    ("headers", &GoType::List(&INPUT)),
    ("variables", &GoType::Map(&INPUT)),
]);

static PACKAGE: GoType = GoType::Struct(&[
    ("registryType", &TEXT),
    ("registryBaseUrl", &TEXT),
    ("identifier", &TEXT),
    ("version", &TEXT),
    ("fileSha256", &TEXT),
    ("runtimeHint", &TEXT),
    ("transport", &TRANSPORT),
    ("runtimeArguments", &GoType::List(&INPUT)),
    ("packageArguments", &GoType::List(&INPUT)),
    ("environmentVariables", &GoType::List(&INPUT)),
]);

static ICON: GoType =
    GoType::Struct(&[("src", &TEXT), ("mimeType", &TEXT), ("theme", &TEXT), ("sizes", &TEXTS)]);

static ENTRY: GoType = GoType::Struct(&[
    (
        "server",
        &GoType::Struct(&[
            ("$schema", &TEXT),
            ("name", &TEXT),
            ("description", &TEXT),
            ("title", &TEXT),
            ("version", &TEXT),
            ("websiteUrl", &TEXT),
            (
                "repository",
                &GoType::Struct(&[
                    ("url", &TEXT),
                    ("source", &TEXT),
                    ("id", &TEXT),
                    ("subfolder", &TEXT),
                ]),
            ),
            ("icons", &GoType::List(&ICON)),
            ("packages", &GoType::List(&PACKAGE)),
            ("remotes", &GoType::List(&TRANSPORT)),
        ]),
    ),
    (
        "_meta",
        &GoType::Struct(&[(
            OFFICIAL,
            &GoType::Struct(&[
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

static METADATA: GoType = GoType::Struct(&[("nextCursor", &TEXT), ("count", &GoType::Count)]);

/// Returns what Go rejects in a list.
pub(super) fn list(list: &Value, entries: &[Value]) -> Vec<Flaw> {
    let metadata = list.get("metadata").and_then(|metadata| METADATA.fault(metadata, "/metadata"));
    let mut entries = entries.iter().enumerate();
    metadata
        .or_else(|| entries.find_map(|(i, e)| entry(e, &format!("/servers/{i}"))))
        .into_iter()
        .collect()
}

/// Returns what Go rejects in the entry at `at`.
pub(super) fn entry(entry: &Value, at: &str) -> Option<Flaw> {
    ENTRY.fault(entry, at)
}

impl GoType {
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
