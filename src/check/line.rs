//! Texts that are one line, and names that are nothing but a name.
//!
//! Values become headers, environments and command lines, titles become rows of lists. A line break
//! in one of them adds a header, a row or a command that nobody sees in the document; an equals sign
//! in a variable's name moves a part of it into the value; a hyphen at the front turns what is
//! installed into an option.

use serde_json::Value;

use super::look::{Path, each, text};
use super::shape::{FieldType, SERVER, Shape};
use super::words::{is_word, quote};
use crate::diag::{Code, Finding};

/// Applies these rules to a whole document.
pub(super) fn check(document: &Value, found: &mut Vec<Finding>) {
    object(document, &SERVER, &Path::Root, found);
    each(document, "packages", &Path::Root, |package, path| check_package(package, path, found));
}

/// Checks the texts of an object. Descriptions of inputs may have paragraphs.
fn object(holder: &Value, shape: &Shape, path: &Path<'_>, found: &mut Vec<Finding>) {
    for (key, member) in holder.as_object().into_iter().flatten() {
        let Some(field) = shape.fields.iter().find(|field| field.name == key) else { continue };
        if shape.name == SERVER.name || key != "description" {
            value(member, &field.kind, &path.key(key), found);
        }
        let kind = match key.as_str() {
            "headers" => HEADER,
            "environmentVariables" => ENVIRONMENT,
            _ => continue,
        };
        each(holder, key, path, |input, path| {
            let name = text(input, "name");
            if break_in(name, path).is_none() {
                found.extend(check_name(name, kind, &path.key("name")));
            }
        });
    }
}

fn value(member: &Value, kind: &FieldType, path: &Path<'_>, found: &mut Vec<Finding>) {
    match (kind, member) {
        (FieldType::Text(_), Value::String(text)) => found.extend(break_in(text, path)),
        (FieldType::Object(shape), member) => object(member, shape, path, found),
        (FieldType::List(kind), Value::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                value(item, kind, &path.index(i), found);
            }
        }
        (FieldType::Map(shape), Value::Object(members)) => {
            for (key, member) in members {
                let path = path.key(key);
                found.extend(check_name(key, VARIABLE, &path).map(Finding::on_key));
                object(member, shape, &path, found);
            }
        }
        _ => {}
    }
}

/// Reports a line break or tab in a text that is one line. Other controls are refused when a
/// document is read.
fn break_in(text: &str, path: &Path<'_>) -> Option<Finding> {
    let (at, c) = text.char_indices().find(|(_, c)| is_break(*c))?;
    let position = text[..at].chars().count() + 1;
    let what = if c == '\t' { "a tab" } else { "a line break" };
    let message = format!("{} contains {what} as character {position}", quote(text));
    Some(path.finding(
        Code::TextLineBreak,
        message,
        "write the text on one line, with plain spaces",
    ))
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t')
}

/// What a kind of name may not hold, and what it is called.
type Name = (&'static str, fn(char) -> bool);

const VARIABLE: Name = ("variable", |c| matches!(c, '=' | '{' | '}') || is_break(c));
const ENVIRONMENT: Name = ("environment variable", |c| c == '=');
/// A token of RFC 9110, section 5.6.2.
const HEADER: Name = ("header", |c| !(c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)));

fn check_name(name: &str, (what, refused): Name, path: &Path<'_>) -> Option<Finding> {
    let c = name.chars().find(|c| refused(*c))?;
    let message = format!("the {what} name {} contains {}", quote(name), quote(&c.to_string()));
    let help = "write the bare name, and what belongs to the value as value or default";
    Some(path.finding(Code::InputNameInvalid, message, help))
}

fn check_package(package: &Value, path: &Path<'_>, found: &mut Vec<Finding>) {
    for key in ["identifier", "version"] {
        let given = text(package, key);
        if given.starts_with('-') {
            let message =
                format!("the package {key} {} begins with a hyphen, as options do", quote(given));
            let help = "write it exactly as the package registry has it";
            found.push(path.key(key).finding(Code::PackageLeadingHyphen, message, help));
        }
    }
    let hint = text(package, "runtimeHint");
    // The name of a program on the search path is not a folder, an option or two words.
    let is_program = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && is_word(name, b"._+-")
    };
    if !hint.is_empty() && !is_program(hint) {
        let message = format!("the runtimeHint {} is not the name of a program", quote(hint));
        let help =
            "write one plain name such as npx, uvx or docker, and the rest as runtimeArguments";
        found.push(path.key("runtimeHint").finding(Code::RuntimeHintInvalid, message, help));
    }
}
