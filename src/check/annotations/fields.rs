//! The fields under the registry's own key: which there are, and what they hold.

use serde_json::Value;

use super::Wrong;
use crate::check::words::{quote, type_of};
use crate::check::{hosts, template};
use crate::config::Day;
use crate::diag::{Code, Finding, Pointer, suggest};
use crate::model::RISKS;
use crate::text::is_lower_hex;

/// A field of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    kind: Kind,
    is_required: bool,
}

/// What a field holds.
enum Kind {
    /// One line of at most this number of characters.
    Line(usize),
    /// A word that can be a part of an address.
    Word,
    /// At most this number of different words.
    Words(usize),
    OneOf(&'static [&'static str]),
    /// A day such as `2027-01-31`.
    Day,
    /// An https URL.
    Link,
    Digest,
    Object(&'static [Field]),
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true }
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: false }
}

/// The fields of the registry's own key.
pub(super) static OWN: [Field; 8] = [
    field("owner", Kind::Line(100)),
    field("contact", Kind::Line(200)),
    field("tier", Kind::Word),
    field("risk", Kind::OneOf(&RISKS)),
    field("review", Kind::Object(&REVIEW)),
    field("tags", Kind::Words(24)),
    field("approval", Kind::Object(&APPROVAL)),
    field("scan", Kind::Object(&SCAN)),
];
static REVIEW: [Field; 2] = [required("date", Kind::Day), field("expires", Kind::Day)];
static APPROVAL: [Field; 2] = [required("by", Kind::Line(100)), required("date", Kind::Day)];
static SCAN: [Field; 3] =
    [required("link", Kind::Link), field("digest", Kind::Digest), required("date", Kind::Day)];

/// What the registry itself writes under its key.
const WRITTEN: [&str; 2] = ["ownership", "origin"];

pub(super) fn check_object(value: &Value, fields: &[Field], at: &Pointer, wrong: &mut Wrong) {
    let Some(members) = value.as_object() else {
        let message = format!("this is {} where an object belongs", type_of(value));
        return wrong.add(at.clone(), message, "write { … }");
    };
    let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
    for (key, value) in members {
        let here = at.key(key);
        match fields.iter().find(|field| field.name == key) {
            Some(field) => check_value(value, field, &here, wrong),
            None if WRITTEN.contains(&&**key) => {
                let message = format!("the field {} is not the maintainers'", quote(key));
                wrong.add(here, message, "remove it; the registry writes it");
            }
            None => {
                let message = format!("there is no field {}", quote(key));
                let finding = Finding::new(Code::AnnotationsInvalid, here, message);
                wrong.0.push(finding.help(suggest(key, &known)).on_key());
            }
        }
    }
    for field in fields.iter().filter(|f| f.is_required && !members.contains_key(f.name)) {
        let message = format!("{} is missing here", quote(field.name));
        wrong.add(at.clone(), message, format!("add {}", quote(field.name)));
    }
    let day = |key| members.get(key).and_then(Value::as_str).and_then(Day::parse);
    if let (Some(date), Some(expires)) = (day("date"), day("expires"))
        && expires.number() < date.number()
    {
        let message = format!("the review expires before {}, its own day", date.as_str());
        wrong.add(at.key("expires"), message, "write a later day");
    }
}

fn check_value(value: &Value, field: &Field, at: &Pointer, wrong: &mut Wrong) {
    let (name, text) = (quote(field.name), value.as_str());
    let (is_valid, help) = match &field.kind {
        Kind::Object(fields) => return check_object(value, fields, at, wrong),
        Kind::Line(max) => (
            text.is_some_and(|text| is_line(text, *max)),
            format!("write one line of at most {max} characters"),
        ),
        Kind::Word => (
            text.is_some_and(is_tag),
            "write lower-case letters, digits and single hyphens, such as \"approved\"".to_owned(),
        ),
        Kind::Words(max) => {
            let words = value.as_array().map(Vec::as_slice);
            for (i, word) in words.unwrap_or_default().iter().enumerate() {
                let here = at.index(i);
                let field = Field { kind: Kind::Word, name: field.name, is_required: false };
                check_value(word, &field, &here, wrong);
                if words.unwrap_or_default()[..i].contains(word) {
                    wrong.add(here, format!("{word} is here a second time"), "remove it");
                }
            }
            (
                words.is_some_and(|words| words.len() <= *max),
                format!("write a list of at most {max} words"),
            )
        }
        Kind::OneOf(words) => (
            text.is_some_and(|text| words.contains(&text)),
            suggest(text.unwrap_or_default(), words),
        ),
        Kind::Day => (
            text.is_some_and(|text| Day::parse(text).is_some()),
            "write a day such as \"2027-01-31\"".to_owned(),
        ),
        Kind::Link => (
            text.is_some_and(is_link),
            "write an https URL such as \"https://scans.example.com/report/17\"".to_owned(),
        ),
        Kind::Digest => (
            text.and_then(|text| text.strip_prefix("sha256:"))
                .is_some_and(|it| is_lower_hex(it, 64)),
            "write \"sha256:\" and the 64 digits that `sha256sum` prints for the report".to_owned(),
        ),
    };
    if !is_valid {
        let shown = match text {
            Some(text) => quote(text),
            None => type_of(value).to_owned(),
        };
        wrong.add(at.clone(), format!("{shown} cannot be the value of {name}"), help);
    }
}

fn is_line(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

fn is_tag(text: &str) -> bool {
    let word =
        |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 64 && text.split('-').all(word)
}

fn is_link(text: &str) -> bool {
    is_line(text, 500)
        && template::is_secure(text)
        && !text.contains(['{', ' '])
        && hosts::authority(text).is_some_and(|(user, host)| !user && !host.is_empty())
}
