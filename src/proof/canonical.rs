//! The canonical form of a JSON document (RFC 8785), and its hash.
//!
//! A proof names this hash, so white space, the order of keys and the choice of escapes do not matter. Documents
//! that readers would understand differently (a key twice, half a surrogate pair, a number that loses precision)
//! are refused.

use crate::data::{Document, digest};
use crate::diag::Code;
use crate::diag::json::{TokenKind, Tokenizer, unescape};
use crate::text::push_json_string;

/// Why a document has no canonical form; the code of what was found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{summary} ({code})", summary = .0.summary(), code = .0)]
pub struct CanonicalFault(pub Code);

/// Returns the SHA-256 of the document's canonical form, as 64 lower-case hex digits.
pub fn content_hash(document: &Document) -> Result<String, CanonicalFault> {
    canonical(document).map(|text| digest(text.as_bytes()))
}

/// Returns the document in the form of RFC 8785: no white space, keys in the order of their UTF-16 units,
/// strings and numbers as ECMAScript writes them.
pub fn canonical(document: &Document) -> Result<String, CanonicalFault> {
    use Code::{JsonDuplicateKey, JsonLoneSurrogate, JsonNumberPrecision};
    let ambiguous = [JsonDuplicateKey, JsonLoneSurrogate, JsonNumberPrecision];
    if let Some(found) = document.findings.iter().find(|d| ambiguous.contains(&d.code)) {
        return Err(CanonicalFault(found.code));
    }
    write(&document.compact).ok_or(CanonicalFault(Code::JsonSyntax))
}

/// An open container and what it holds so far.
enum Open {
    /// Members by the UTF-16 units of their names, and the name that waits for its value.
    Object(Vec<(Vec<u16>, String)>, String),
    Array(Vec<String>),
}

impl Open {
    fn close(self) -> String {
        match self {
            Self::Object(mut members, _) => {
                members.sort_by(|a, b| a.0.cmp(&b.0));
                let members: Vec<String> = members.into_iter().map(|(_, text)| text).collect();
                format!("{{{}}}", members.join(","))
            }
            Self::Array(elements) => format!("[{}]", elements.join(",")),
        }
    }
}

/// Rewrites a text that is known to be JSON; `None` if it is not after all. Numbers are read from
/// their digits here, because value trees may round them another way.
fn write(text: &str) -> Option<String> {
    let mut tokens = Tokenizer::new(text);
    let mut open: Vec<Open> = Vec::new();
    while let Some(token) = tokens.next().ok()? {
        let value = match token.kind {
            TokenKind::BeginObject => {
                open.push(Open::Object(Vec::new(), String::new()));
                continue;
            }
            TokenKind::BeginArray => {
                open.push(Open::Array(Vec::new()));
                continue;
            }
            TokenKind::Key(raw) => {
                if let Some(Open::Object(_, name)) = open.last_mut() {
                    *name = unescape(raw).0.into_owned();
                }
                continue;
            }
            TokenKind::EndObject | TokenKind::EndArray => open.pop()?.close(),
            TokenKind::String(raw) => string(&unescape(raw).0),
            TokenKind::Number(raw) => number(raw.parse().ok()?)?,
            TokenKind::True => "true".to_owned(),
            TokenKind::False => "false".to_owned(),
            TokenKind::Null => "null".to_owned(),
        };
        match open.last_mut() {
            Some(Open::Object(members, name)) => {
                let text = format!("{}:{value}", string(name));
                members.push((name.encode_utf16().collect(), text));
            }
            Some(Open::Array(elements)) => elements.push(value),
            None => return Some(value),
        }
    }
    None
}

/// Returns `text` as a JSON string, as `JSON.stringify` writes it.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_json_string(&mut out, text, |_| false);
    out
}

/// Returns a number as ECMAScript writes it (`Number::toString`, radix 10); `None` when it is not finite.
fn number(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    if value == 0.0 {
        return Some("0".to_owned());
    }
    // Rust finds the fewest digits that read back as the value. Where two such texts are equally near,
    // ECMAScript wants the even one, which is how a given number of digits is rounded.
    let shortest = format!("{:e}", value.abs());
    let digits = shortest.bytes().take_while(|b| *b != b'e').filter(u8::is_ascii_digit).count();
    let nearest = format!("{:.*e}", digits - 1, value.abs());
    let text = if nearest.parse() == Ok(value.abs()) { nearest } else { shortest };
    let (mantissa, exponent) = text.split_once('e')?;
    let digits = mantissa.replace('.', "");
    let count = i32::try_from(digits.len()).ok()?;
    let point = exponent.parse::<i32>().ok()? + 1;
    let sign = if value < 0.0 { "-" } else { "" };
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    Some(match point {
        _ if count <= point && point <= 21 => format!("{sign}{digits}{}", zeros(point - count)),
        1..=21 => {
            let (whole, part) = digits.split_at(usize::try_from(point).ok()?);
            format!("{sign}{whole}.{part}")
        }
        -5..=0 => format!("{sign}0.{}{digits}", zeros(-point)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            let plus = if point > 0 { "+" } else { "" };
            format!("{sign}{first}{dot}{rest}e{plus}{}", point - 1)
        }
    })
}

#[cfg(test)]
mod tests;
