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
    /// The names of members that are texts, and all other members.
    Struct(&'static str, &'static [(&'static str, &'static GoType)]),
}

static INPUT: GoType = GoType::Struct(
    "name type value default placeholder description format valueHint",
    &[
        ("isRequired", &GoType::Flag),
        ("isSecret", &GoType::Flag),
        ("isRepeated", &GoType::Flag),
        ("choices", &GoType::List(&GoType::Text)),
        ("variables", &GoType::Map(&INPUT)),
    ],
);

static TRANSPORT: GoType = GoType::Struct(
    "type url",
    &[("headers", &GoType::List(&INPUT)), ("variables", &GoType::Map(&INPUT))],
);

static PACKAGE: GoType = GoType::Struct(
    "registryType registryBaseUrl identifier version fileSha256 runtimeHint",
    &[
        ("transport", &TRANSPORT),
        ("runtimeArguments", &GoType::List(&INPUT)),
        ("packageArguments", &GoType::List(&INPUT)),
        ("environmentVariables", &GoType::List(&INPUT)),
    ],
);

static ICON: GoType =
    GoType::Struct("src mimeType theme", &[("sizes", &GoType::List(&GoType::Text))]);

static SERVER: GoType = GoType::Struct(
    "$schema name description title version websiteUrl",
    &[
        ("repository", &GoType::Struct("url source id subfolder", &[])),
        ("icons", &GoType::List(&ICON)),
        ("packages", &GoType::List(&PACKAGE)),
        ("remotes", &GoType::List(&TRANSPORT)),
    ],
);

static OFFICIAL_BLOCK: GoType = GoType::Struct(
    "status statusMessage",
    &[
        ("publishedAt", &GoType::Time),
        ("updatedAt", &GoType::Time),
        ("statusChangedAt", &GoType::Time),
        ("isLatest", &GoType::Flag),
    ],
);

static ENTRY: GoType = GoType::Struct(
    "",
    &[("server", &SERVER), ("_meta", &GoType::Struct("", &[(OFFICIAL, &OFFICIAL_BLOCK)]))],
);

static METADATA: GoType = GoType::Struct("nextCursor", &[("count", &GoType::Count)]);

/// Returns what Go rejects in the `metadata` of a list.
pub(super) fn metadata(list: &Value) -> Option<Flaw> {
    METADATA.fault(list.get("metadata")?, "/metadata")
}

/// Returns what Go rejects in the entry at `at`.
pub(super) fn entry(entry: &Value, at: &str) -> Option<Flaw> {
    ENTRY.fault(entry, at)
}

impl GoType {
    /// Returns the first value that cannot be decoded.
    fn fault(&self, value: &Value, at: &str) -> Option<Flaw> {
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
            (Self::Struct(texts, others), Value::Object(members)) => {
                let texts = texts.split_whitespace().map(|key| (key, &Self::Text));
                let mut all = texts.chain(others.iter().copied());
                all.find_map(|(key, kind)| kind.fault(members.get(key)?, &format!("{at}/{key}")))
            }
            _ => {
                let detail = format!("{at} is {}", type_of(value));
                Some(Flaw::fails(Trouble::WrongType, detail))
            }
        }
    }
}
