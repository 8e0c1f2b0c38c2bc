//! Writes a value of the wrong type in the shape that the document needs, when what was meant is certain.
//!
//! People write lists as objects that are keyed by what tells the elements apart, and objects as the one text
//! that matters in them, because other formats have them so.

use serde_json::{Map, Value, json};

use super::shape::{FieldType, Shape};
use crate::model::TransportType;
use crate::text::is_invisible;

/// Longest value that is proposed, in bytes.
const LONGEST: usize = 400;

/// Returns the value in the shape of `kind`, as JSON; `None` when it is not clear what was meant.
pub(super) fn reshaped(value: &Value, kind: &FieldType) -> Option<String> {
    let text = shaped(value, kind)?.to_string();
    (text.len() <= LONGEST && !text.contains(is_invisible)).then_some(text)
}

fn shaped(value: &Value, kind: &FieldType) -> Option<Value> {
    match (kind, value) {
        (FieldType::Text(_), Value::Number(_) | Value::Bool(_)) => Some(json!(value.to_string())),
        (FieldType::Flag, Value::String(text)) => text.parse().ok().map(Value::Bool),
        (FieldType::Object(shape), Value::String(text)) => element(text, shape),
        (FieldType::List(FieldType::Text(_)), Value::String(_)) => Some(json!([value])),
        (FieldType::List(kind), Value::Object(members)) => {
            let FieldType::Object(shape) = kind else { return None };
            Some(match members.keys().any(|key| shape.has(key)) {
                true => json!([value]),
                false => json!(keyed(members, shape)?),
            })
        }
        (FieldType::List(kind), Value::String(_)) => Some(json!([shaped(value, kind)?])),
        (FieldType::Map(_), Value::Array(items)) => {
            let mut members = Map::new();
            for item in items {
                let mut member = item.as_object()?.clone();
                let Value::String(name) = member.remove("name")? else { return None };
                members.insert(name, Value::Object(member));
            }
            (!members.is_empty()).then_some(Value::Object(members))
        }
        _ => None,
    }
}

/// Returns the elements of an object whose keys tell them apart.
fn keyed(members: &Map<String, Value>, shape: &Shape) -> Option<Vec<Value>> {
    let element = |(key, value): (&String, &Value)| {
        let (name, word) = match shape.name {
            "a package" => ("registryType", key.as_str()),
            "a transport" => ("type", transport(key)?),
            "a header or environment variable" => ("name", key.as_str()),
            _ => return None,
        };
        let mut element = match value {
            Value::Object(members) => members.clone(),
            Value::String(text) => {
                let member = match name {
                    "registryType" => "identifier",
                    "type" => "url",
                    _ => "value",
                };
                Map::from_iter([(member.to_owned(), json!(text))])
            }
            _ => return None,
        };
        element.insert(name.to_owned(), json!(word));
        Some(Value::Object(element))
    };
    members.iter().map(element).collect()
}

/// Returns the type of a transport that other tools call `word`.
pub(super) fn transport(word: &str) -> Option<&'static str> {
    let plain: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    let known = TransportType::ALL.map(TransportType::as_str);
    match plain.to_ascii_lowercase().as_str() {
        "http" | "streamable" | "streamablehttp" => Some("streamable-http"),
        plain => known.into_iter().find(|known| *known == plain),
    }
}

/// Returns the object that a text is short for.
fn element(text: &str, shape: &Shape) -> Option<Value> {
    let is_url = text.starts_with("https://") || text.starts_with("http://");
    Some(match shape.name {
        "a transport" if is_url => json!({"type": "streamable-http", "url": text}),
        "a transport" => json!({"type": transport(text)?}),
        "a repository" => repository(text)?,
        "an icon" if is_url => json!({"src": text}),
        "an argument" => json!({"type": "positional", "value": text}),
        "a header or environment variable" => match text.split_once('=') {
            Some((name, value)) => json!({"name": name, "value": value}),
            None => json!({"name": text}),
        },
        "a variable" => json!({"value": text}),
        _ => return None,
    })
}

/// Returns the repository that npm's short forms name: a URL of git, or `github:owner/name`.
fn repository(text: &str) -> Option<Value> {
    let (source, rest) = ["github", "gitlab"].into_iter().find_map(|source| {
        let rest = text.strip_prefix("git+").unwrap_or(text);
        let rest = rest.strip_prefix(&format!("{source}:")).or_else(|| {
            let rest = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("git@"))?;
            rest.strip_prefix(&format!("{source}.com"))?.strip_prefix(['/', ':'])
        });
        Some((source, rest?))
    })?;
    let path = rest.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some(json!({"url": format!("https://{source}.com/{path}"), "source": source}))
}
