//! Reads and writes members of values whose form nobody has checked.

use serde_json::{Map, Value, json};

pub(super) type Object = Map<String, Value>;

/// Returns the text at `key`; numbers and truth values are text too, and empty text is none.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    plain(value.get(key)?)
}

/// Returns a value as text, unless it is empty, null, a list or an object.
pub(super) fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Returns the first text at one of `keys`.
pub(super) fn first(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| text(value, key))
}

/// Returns the elements at `key`; none when there is no array.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Returns the members at `key`; none when there is no object.
pub(super) fn members<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flatten()
}

/// Sets a member, unless there is nothing to set.
pub(super) fn set(object: &mut Object, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}

/// Sets a member to a list, unless the list is empty.
pub(super) fn set_list(object: &mut Object, key: &str, items: Vec<Value>) {
    if !items.is_empty() {
        object.insert(key.to_owned(), json!(items));
    }
}

/// Returns a text of at most `most` characters, cut after a word.
pub(super) fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(most) else { return line };
    let last = line[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    let kept = line[..last].rsplit_once(' ').map_or(&line[..last], |(words, _)| words);
    format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '-', '.']))
}
