//! The document after it passed through the registry's typed structs.
//!
//! The official API reads a document into structs and writes it out again before it applies the
//! JSON Schema, so empty optional members are gone by then, while an empty `repository` stays. This
//! form exists only to be judged; what an author committed is never replaced by it.

use serde_json::{Map, Value};

use super::shape::{FieldType, Shape};

/// Returns the value as the structs would write it. Unknown and mistyped members stay as they are.
pub(super) fn normalised(value: &Value, shape: &Shape) -> Value {
    let Some(members) = value.as_object() else { return value.clone() };
    let kept = members.iter().filter_map(|(key, value)| {
        let Some(field) = shape.fields.iter().find(|field| field.name == key) else {
            return Some((key.clone(), value.clone()));
        };
        let kept = field.required || !is_dropped(value, &field.kind);
        kept.then(|| (key.clone(), inner(value, &field.kind)))
    });
    Value::Object(kept.collect::<Map<_, _>>())
}

/// Whether an optional member with this value is left out when the structs are written.
///
/// Objects are pointers in those structs, so an empty one stays; everything else goes when empty.
pub(super) fn is_dropped(value: &Value, kind: &FieldType) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty() && !matches!(kind, FieldType::Object(_)),
        Value::Number(_) => false,
    }
}

fn inner(value: &Value, kind: &FieldType) -> Value {
    match (kind, value) {
        (FieldType::Object(shape), _) => normalised(value, shape),
        (FieldType::List(kind), Value::Array(items)) => {
            Value::Array(items.iter().map(|item| inner(item, kind)).collect())
        }
        (FieldType::Map(shape), Value::Object(members)) => {
            let members = members.iter();
            Value::Object(members.map(|(k, v)| (k.clone(), normalised(v, shape))).collect())
        }
        _ => value.clone(),
    }
}
