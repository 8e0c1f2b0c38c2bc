//! Finds placeholders of a template that nobody filled in.
//!
//! Names, versions, identifiers and addresses never contain `${…}`, `{{…}}`, `<…>` and the like, so one of
//! these in them is a placeholder. Sentences may contain any of them, and count only when they are nothing
//! but a placeholder. Inputs describe values that users write, so their texts are not searched.

use serde_json::Value;

use super::look::Path;
use super::shape::{FieldType, SERVER, Shape};
use super::words::quote;
use crate::diag::{Code, Finding};

/// Reports every placeholder of a document.
pub(super) fn check(document: &Value, found: &mut Vec<Finding>) {
    object(document, &SERVER, &Path::Root, found);
}

fn object(holder: &Value, shape: &Shape, path: &Path<'_>, found: &mut Vec<Finding>) {
    for (key, member) in holder.as_object().into_iter().flatten() {
        if let Some(field) = shape.fields.iter().find(|field| field.name == key) {
            value(member, &field.kind, &path.key(key), found);
        }
    }
}

fn value(member: &Value, kind: &FieldType, path: &Path<'_>, found: &mut Vec<Finding>) {
    match (kind, member) {
        (FieldType::Text(_), Value::String(text)) => found.extend(left(text, path)),
        (FieldType::Object(shape), member) if !shape.is_input() => {
            object(member, shape, path, found);
        }
        (FieldType::List(kind), Value::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                value(item, kind, &path.index(i), found);
            }
        }
        _ => {}
    }
}

fn left(text: &str, path: &Path<'_>) -> Option<Finding> {
    let Path::Key(parent, key) = path else { return None };
    if *key == "runtimeHint" {
        return None; // a name with a dollar sign is somebody's shell, and has a rule of its own
    }
    // The URL of a transport may have variables, in single braces.
    let has_variables = *key == "url" && !matches!(parent, Path::Key(_, "repository"));
    let placeholder = first(text, has_variables)?;
    let whole = placeholder == text.trim();
    if *key == "title" && placeholder == "TODO" {
        return None; // a list of things to do may be called so
    }
    if matches!(*key, "title" | "description") && !whole {
        return None;
    }
    let message = match whole {
        true => format!("{} is a placeholder that was not filled in", quote(text)),
        false => {
            let placeholder = quote(placeholder);
            format!(
                "{} contains the placeholder {placeholder}, which was not filled in",
                quote(text)
            )
        }
    };
    let help = match *key {
        "name" => "write your domain or account and the server's name, such as com.example/weather",
        "version" => {
            "write the version, such as 1.0.0; if a build fills it in, check the file that it writes"
        }
        "url" if has_variables => {
            "write the value, or write {name} and declare the name in \"variables\""
        }
        _ => "write the value; if a build fills it in, check the file that it writes",
    };
    Some(path.finding(Code::PlaceholderLeft, message, help))
}

/// Pairs that enclose the name of a placeholder, longer ones first.
const PAIRS: [(&str, &str); 7] =
    [("${", "}"), ("{{", "}}"), ("<", ">"), ("%", "%"), ("__", "__"), ("@", "@"), ("[", "]")];

/// Texts that are placeholders as a whole.
const BARE: [&str; 3] = ["TODO", "x.y.z", "X.Y.Z"];

/// Returns the first placeholder of a name or version.
pub fn placeholder(text: &str) -> Option<&str> {
    first(text, false)
}

/// Returns the first placeholder of a text.
fn first(text: &str, has_variables: bool) -> Option<&str> {
    if BARE.contains(&text.trim()) {
        return Some(text.trim());
    }
    if !text.contains(['$', '{', '<', '%', '_', '@', '[']) {
        return None;
    }
    let single = [("{", "}")];
    let pairs = PAIRS.iter().chain(single.iter().filter(|_| !has_variables));
    let enclosed = pairs.filter_map(|(open, close)| {
        text.match_indices(open).find_map(|(start, _)| {
            let inside = start + open.len();
            let end = inside + text[inside..].find(close)?;
            let name = &text[inside..end];
            let is_name = match *open {
                // These are also in plain texts, such as escapes of a URL and scopes of a package.
                "%" | "__" | "@" | "[" => is_upper(name),
                _ => name.trim().starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'),
            };
            is_name.then_some(start..end + close.len())
        })
    });
    let bare = ["$", "YOUR_"].into_iter().filter_map(|open| {
        let start = text.find(open)?;
        let name = start + open.len();
        let length = text[name..].find(|c| !is_upper_char(c)).unwrap_or(text.len() - name);
        is_upper(&text[name..name + length]).then_some(start..name + length)
    });
    enclosed.chain(bare).min_by_key(|found| found.start).map(|found| &text[found])
}

fn is_upper_char(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
}

/// Whether a text is a name as environment variables have them. An escape of a URL has two characters.
fn is_upper(name: &str) -> bool {
    name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(is_upper_char)
}

#[cfg(test)]
mod tests {
    use super::placeholder;

    #[test]
    fn words_in_brackets_and_words_of_templates_are_placeholders() {
        for text in ["[VERSION]", "TODO", " x.y.z", "X.Y.Z"] {
            assert_eq!(placeholder(text), Some(text.trim()), "{text}");
        }
        assert_eq!(placeholder("v[VERSION]-a"), Some("[VERSION]"));
        for text in ["mcp[cli]", "com.example/TODO-list", "https://[::1]/", "1.2.x", "[12]"] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }
}
