//! The input rules: which members a document has, of which type, and within which limits.
//!
//! They are those of the official API, which answers 422 before it validates anything else. Unlike
//! that API, key names are compared exactly, because clients read the author's own text.

use serde_json::{Map, Value};

use super::look::Path;
use super::misplaced::unknown_help;
use super::reshape::reshaped;
use super::shape::{Field, FieldType, SERVER, Shape, TextForm, TextLimits};
use super::words::{is_word, one_of, quote, type_of};
use super::{DocumentRules, Profile, normal, url};
use crate::diag::{Code, Finding, nearest};
use crate::model::{PUBLISHER_KEY, TransportType, is_other_key, package_type_names};
use crate::text::is_lower_hex;

/// What the input rules found.
#[derive(Debug, Default)]
pub(super) struct Verdict<'r> {
    /// Prefixes of keys that may be below `_meta`; `None` where no key of one's own may be.
    meta_keys: Option<&'r [String]>,
    /// Every breach.
    pub(super) findings: Vec<Finding>,
    /// Whether the structs would drop a member, so that the schema has to see another document.
    pub(super) has_empty_members: bool,
}

static DOCUMENT: FieldType = FieldType::Object(&SERVER);

/// Applies the input rules to a whole document.
pub(super) fn check<'r>(document: &Value, rules: &'r DocumentRules) -> Verdict<'r> {
    let listed = (rules.profile == Profile::Strict).then_some(&*rules.config.meta_keys);
    let mut verdict = Verdict { meta_keys: listed, ..Verdict::default() };
    verdict.value(document, &DOCUMENT, &Path::Root);
    verdict
}

impl Verdict<'_> {
    /// Checks every member, then which required ones are absent.
    fn object(&mut self, members: &Map<String, Value>, shape: &'static Shape, path: &Path<'_>) {
        let mut required = shape.fields.iter().filter(|field| field.required).count();
        for (key, value) in members {
            match shape.fields.iter().find(|field| field.name == key) {
                Some(field) => {
                    required -= usize::from(field.required);
                    self.member(value, field, &path.key(key));
                }
                None => self.findings.extend(self.unknown(key, shape, path)),
            }
        }
        if required > 0 {
            let absent = |field: &&Field| field.required && !members.contains_key(field.name);
            let absent = shape.fields.iter().filter(absent);
            self.findings.extend(absent.filter_map(|field| missing(field, shape, path)));
        }
    }

    /// Makes a finding for a member that the shape does not have; the key itself is what is wrong.
    fn unknown(&self, key: &str, shape: &Shape, path: &Path<'_>) -> Option<Finding> {
        let own = self.meta_keys.filter(|_| is_own_key(key, shape));
        // One without a slash is a whole key.
        let lists = |listed: &String| match listed.contains('/') {
            true => key.starts_with(listed.as_str()),
            false => key == listed,
        };
        if own.is_some_and(|listed| listed.iter().any(lists)) {
            return None;
        }
        if own.is_some() {
            let message = format!("{} is not a key that the settings list", quote(key));
            let prefix = key.split_inclusive('/').next().unwrap_or(key);
            let help = format!(
                "move it into {}, or write meta_keys = [{}] below [check] in registry.toml",
                quote(PUBLISHER_KEY),
                quote(prefix)
            );
            return Some(path.key(key).finding(Code::MetaKeyUnlisted, message, help).on_key());
        }
        let message = format!("{} has no property {}", shape.name, quote(key));
        let help = unknown_help(key, shape);
        Some(path.key(key).finding(Code::PropertyUnknown, message, help).on_key())
    }

    /// Checks a member; an optional one may be null.
    fn member(&mut self, value: &Value, field: &'static Field, path: &Path<'_>) {
        if !field.required {
            // A false flag makes no difference to the schema, so it needs no second document.
            self.has_empty_members |= !value.is_boolean() && normal::is_dropped(value, &field.kind);
            if value.is_null() {
                return;
            }
        }
        self.value(value, &field.kind, path);
    }

    /// Checks a value and everything inside it.
    fn value(&mut self, value: &Value, kind: &'static FieldType, path: &Path<'_>) {
        match (kind, value) {
            (FieldType::Text(limits), Value::String(text)) => {
                self.findings.extend(breach(text, limits, path));
            }
            (FieldType::Flag, Value::Bool(_)) | (FieldType::Free, Value::Object(_)) => {}
            (FieldType::Object(shape), Value::Object(members)) => self.object(members, shape, path),
            (FieldType::List(kind), Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.value(item, kind, &path.index(i));
                }
            }
            (FieldType::Map(shape), Value::Object(members)) => {
                for (key, value) in members {
                    let path = path.key(key);
                    match value {
                        Value::Object(members) => self.object(members, shape, &path),
                        _ => self.wrong_type(value, &FieldType::Object(shape), &path),
                    }
                }
            }
            _ => self.wrong_type(value, kind, path),
        }
    }

    fn wrong_type(&mut self, value: &Value, kind: &FieldType, path: &Path<'_>) {
        let wanted = match kind {
            FieldType::Text(_) => "a string",
            FieldType::Flag => "a boolean",
            FieldType::List(_) => "an array",
            FieldType::Object(_) | FieldType::Map(_) | FieldType::Free => "an object",
        };
        let place = match path {
            Path::Root => "the document".to_owned(),
            Path::Key(_, key) => quote(key),
            Path::Index(_, index) => format!("element {index}"),
        };
        let message = format!("{place} is {} where {wanted} belongs", type_of(value));
        let help = match (value, reshaped(value, kind)) {
            (Value::Null, _) => "remove the null or write a value".to_owned(),
            (_, Some(right)) => format!("write {right}"),
            _ => format!("write {wanted}"),
        };
        self.findings.push(path.finding(Code::ValueWrongType, message, help));
    }
}

/// Makes a finding for a required member that is not there. The semantic rule about `$schema` has
/// its own.
fn missing(field: &Field, shape: &Shape, path: &Path<'_>) -> Option<Finding> {
    let message = format!("{} needs {}", shape.name, quote(field.name));
    let path = path.key(field.name);
    let finding = || path.finding(Code::PropertyMissing, message, missing_help(shape, field));
    (field.name != "$schema").then(finding)
}

/// Returns what to add for a missing member.
fn missing_help(shape: &Shape, field: &Field) -> String {
    let example = match (shape.name, field.name) {
        ("a server", "name") => "\"name\": \"com.example/weather\"",
        ("a server", "version") => "\"version\": \"1.0.0\"",
        ("a server", "description") => {
            "\"description\" with one sentence of at most 100 characters"
        }
        ("a package", "registryType") => {
            &format!("\"registryType\" with {}", one_of(package_type_names()))
        }
        ("a package", "identifier") => "\"identifier\" with the package's name or address",
        ("a package", "transport") => "\"transport\": {\"type\": \"stdio\"}",
        ("a transport", "type") => {
            &format!("\"type\" with {}", one_of(TransportType::ALL.map(TransportType::as_str)))
        }
        ("an argument", "type") => "\"type\" with named or positional",
        ("an icon", "src") => "\"src\" with an https URL",
        (_, name) => &quote(name),
    };
    format!("add {example}")
}

/// Whether a key of `_meta` is one of the author's own, and not a misspelled one.
fn is_own_key(key: &str, shape: &Shape) -> bool {
    shape.name == "_meta" && is_other_key(key) && nearest(key, [PUBLISHER_KEY]).is_none()
}

/// Returns the first limit that a text breaks.
fn breach(text: &str, limits: &TextLimits, path: &Path<'_>) -> Option<Finding> {
    let (fault, help) = length_fault(text, limits).or_else(|| form_fault(text, &limits.form))?;
    let message = format!("{} {fault}", quote(text));
    Some(path.finding(Code::ValueNotAllowed, message, help))
}

/// Returns which limit of length is broken, counted in characters, and what to do.
fn length_fault(text: &str, limits: &TextLimits) -> Option<(String, String)> {
    // Bytes bound characters from above, so most texts are never counted.
    let (min, max) = (limits.min, limits.max);
    if min <= 1 && (min..=max).contains(&text.len()) {
        return None;
    }
    let count = text.chars().count();
    let (fault, help) = if count == 0 && min > 0 {
        ("is empty".to_owned(), "write a value or remove the property".to_owned())
    } else if count < min {
        (format!("is shorter than {min} characters"), "write the whole value".to_owned())
    } else if count > max {
        let fault = format!("has {count} characters, more than {max}");
        (fault, format!("shorten it to at most {max} characters"))
    } else {
        return None;
    };
    Some((fault, help))
}

/// Returns which form is missed, and what to do.
fn form_fault(text: &str, form: &TextForm) -> Option<(String, String)> {
    let (is_valid, fault, help) = match form {
        TextForm::Any => return None,
        TextForm::Url => {
            let fault = url::parse(text).err()?;
            (false, fault, "write a complete URL such as https://example.com/")
        }
        TextForm::Name => (
            is_loose_name(text),
            "is not of the form namespace/name",
            "write a reversed domain, a slash and a name, such as com.example/weather",
        ),
        TextForm::Sha256 => (
            is_lower_hex(text, 64),
            "is not 64 lower-case hexadecimal digits",
            "write the SHA-256 of the file, as `sha256sum` prints it",
        ),
        TextForm::IconSize => {
            let help = "write width x height such as 48x48, or any";
            (is_icon_size(text), "is not an icon size", help)
        }
        TextForm::OneOf(words) if words.contains(&text) => return None,
        TextForm::OneOf(words) => {
            let help = match nearest(text, words.iter().copied()) {
                Some(word) => format!("write {}", quote(word)),
                None => "write one of these words or remove the property".to_owned(),
            };
            return Some((format!("is not {}", one_of(words.iter().copied())), help));
        }
    };
    (!is_valid).then(|| (fault.to_owned(), help.to_owned()))
}

/// Whether a name matches the schema's pattern, which is looser than the rule of names.
fn is_loose_name(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(namespace, name)| is_word(namespace, b".-") && is_word(name, b"._-"))
}

/// Whether the text is two numbers with an x between them, or the word any.
fn is_icon_size(text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text == "any" || text.split_once('x').is_some_and(|(w, h)| number(w) && number(h))
}
