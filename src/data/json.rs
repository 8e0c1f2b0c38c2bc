//! Strict reading of JSON: everything that a value tree would hide is reported.
//!
//! Parsers silently merge duplicate keys, replace lone surrogates and round long numbers, and each
//! does it differently. A document that means different things to different readers cannot be
//! published, so each of these is a diagnostic with line and column. What the author wrote is kept as
//! text: [`Document::compact`] is the same tokens without the white space between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Number, Value};

use super::fault;
use crate::diag::json::{SyntaxError, Token, TokenKind, Tokenizer, unescape};
use crate::diag::{Code, Diagnostic, Finding, MAX_ALIKE, Place, Pointer, SourceFile, Span};
use crate::text::is_invisible;

/// Largest data file, in bytes.
pub const MAX_FILE: u64 = 256 * 1024;

/// Reports that a file is larger than [`MAX_FILE`], so that its content is not looked at.
pub fn too_large(path: &str, size: u64) -> Diagnostic {
    let message = format!("the file has {size} bytes; at most {MAX_FILE} are read");
    Diagnostic::new(Code::FileTooLarge, Place::file(path), message)
        .help(format!("shorten it to at most {MAX_FILE} bytes"))
}

/// A JSON document that could be read.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text of the file, without a byte order mark.
    pub text: String,
    /// The same tokens without white space between them.
    pub compact: Box<str>,
    /// The value, as a lenient parser would see it.
    pub value: Value,
    /// What the strict reading reports; empty when every parser reads the document alike.
    pub findings: Vec<Diagnostic>,
}

/// Reads JSON. The error reports why `bytes` are not JSON at all.
pub fn read_json(path: &str, bytes: Vec<u8>) -> Result<Document, Box<Diagnostic>> {
    if let Some(other) = fault::other_file(path, &bytes) {
        return Err(other);
    }
    let mut findings = Vec::new();
    let mut text = String::from_utf8(bytes).map_err(|e| fault::not_utf8(path, &e))?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
        let code = Code::JsonByteOrderMark;
        let finding = Finding::new(code, Pointer::root(), code.summary())
            .help("save the file as UTF-8 without a byte order mark");
        let source = SourceFile::new(path, &text);
        findings.push(source.diagnose_span(finding, Span { start: 0, end: 0 }));
    }
    let mut scan = Scan {
        text: &text,
        compact: String::with_capacity(text.len()),
        open: Vec::new(),
        suspicious: Vec::new(),
        counts: BTreeMap::new(),
    };
    if let Err(e) = scan.run() {
        return Err(Box::new(fault::syntax(&SourceFile::new(path, &text), &e)));
    }
    let compact = scan.compact.into_boxed_str();
    // Lone surrogates and overflowing numbers are JSON, but not to every parser.
    let value = serde_json::from_str(&compact).unwrap_or_else(|_| lenient(&compact));
    findings.extend(SourceFile::new(path, &text).diagnose_spans(scan.suspicious));
    Ok(Document { text, compact, value, findings })
}

/// An open container: the keys of an object so far, or an array, and which member is being read.
struct Open<'a> {
    keys: Option<Keys<'a>>,
    /// The key of an object's member.
    key: Cow<'a, str>,
    /// How many elements or members have begun.
    count: usize,
}

/// The keys of an object so far. Most objects have few; one that has many must not cost their square.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    /// Adds a key; false when it is there.
    fn insert(&mut self, key: Cow<'a, str>) -> bool {
        if self.many.is_empty() && self.few.len() < 24 {
            let new = !self.few.contains(&key);
            self.few.push(key);
            return new;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(key)
    }
}

struct Scan<'a> {
    text: &'a str,
    compact: String,
    open: Vec<Open<'a>>,
    suspicious: Vec<(Finding, Span)>,
    /// How many findings there are of each code.
    counts: BTreeMap<Code, usize>,
}

impl<'a> Scan<'a> {
    fn run(&mut self) -> Result<(), SyntaxError> {
        let mut tokens = Tokenizer::new(self.text);
        let mut after_key = false;
        while let Some(token) = tokens.next()? {
            let ends = matches!(token.kind, TokenKind::EndObject | TokenKind::EndArray);
            if let Some(open) = self.open.last_mut().filter(|_| !ends && !after_key) {
                if open.count > 0 {
                    self.compact.push(',');
                }
                open.count += 1;
            }
            self.compact.push_str(&self.text[token.start..token.end]);
            after_key = matches!(token.kind, TokenKind::Key(_));
            match token.kind {
                TokenKind::Key(raw) => {
                    self.compact.push(':');
                    self.key(raw, token);
                }
                TokenKind::String(raw) => self.string(raw, token),
                TokenKind::Number(raw) => self.number(raw, token),
                TokenKind::BeginObject | TokenKind::BeginArray => {
                    let keys = (token.kind == TokenKind::BeginObject).then(Keys::default);
                    self.open.push(Open { keys, key: Cow::Borrowed(""), count: 0 });
                }
                _ if ends => drop(self.open.pop()),
                _ => {}
            }
        }
        Ok(())
    }

    fn report(&mut self, code: Code, token: Token<'_>, message: String, help: &'static str) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        // Those that are only counted need no pointer, which may be long.
        let pointer = if *count > MAX_ALIKE { Pointer::root() } else { self.pointer() };
        let span = Span { start: token.start, end: token.end };
        self.suspicious.push((Finding::new(code, pointer, message).help(help), span));
    }

    /// Returns the place that is being read.
    fn pointer(&self) -> Pointer {
        self.open.iter().fold(Pointer::root(), |pointer, open| match &open.keys {
            Some(_) => pointer.key(&open.key),
            None => pointer.index(open.count.saturating_sub(1)),
        })
    }

    fn key(&mut self, raw: &'a str, token: Token<'a>) {
        let name = if token.plain { Cow::Borrowed(raw) } else { unescape(raw).0 };
        if let Some(open) = self.open.last_mut() {
            open.key = name.clone();
        }
        self.string(raw, token);
        let Some(Open { keys: Some(keys), .. }) = self.open.last_mut() else { return };
        if !keys.insert(name) {
            let message = format!("the key \"{}\" is here a second time", beginning(raw));
            self.report(Code::JsonDuplicateKey, token, message, "keep one of the two");
        }
    }

    fn string(&mut self, raw: &str, token: Token<'_>) {
        if token.plain {
            return;
        }
        let (text, lone) = unescape(raw);
        if lone {
            let message = "an escape here is half of a surrogate pair and not a character";
            let help = "write the character itself, or both halves";
            self.report(Code::JsonLoneSurrogate, token, message.to_owned(), help);
        }
        let suspicious: BTreeSet<char> = text.chars().filter(|c| is_suspicious(*c)).collect();
        if !suspicious.is_empty() {
            let list = suspicious.iter().take(MAX_LISTED).map(|c| format!("U+{:04X}", *c as u32));
            let list = list.collect::<Vec<_>>().join(", ");
            let more = if suspicious.len() > MAX_LISTED { " and others" } else { "" };
            let message = format!("the text contains {list}{more}, which readers cannot see");
            self.report(Code::JsonControlCharacter, token, message, "remove the character");
        }
    }

    fn number(&mut self, raw: &str, token: Token<'_>) {
        if !round_trips(raw) {
            let message =
                format!("the number {} becomes another one when it is read", beginning(raw));
            let help = "write it as a string, or with at most 15 digits";
            self.report(Code::JsonNumberPrecision, token, message, help);
        }
    }
}

/// Longest part of a text that a message quotes, in characters.
const MAX_QUOTED: usize = 80;

/// Most characters that a message lists.
const MAX_LISTED: usize = 10;

/// Returns the beginning of a text.
fn beginning(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Whether a character may not be in published text. Line breaks and tabs may, and so may the
/// joiners that emoji and some scripts need.
pub fn is_suspicious(c: char) -> bool {
    is_invisible(c) && !matches!(c, '\n' | '\r' | '\t' | '\u{200c}' | '\u{200d}')
}

/// Whether a number means the same after a reader turned it into a 64-bit float or integer.
fn round_trips(raw: &str) -> bool {
    if raw.len() <= 15 && !raw.contains(['e', 'E']) {
        return true;
    }
    if raw.parse::<i64>().is_ok() || raw.parse::<u64>().is_ok() {
        // JavaScript reads every number as a float.
        return raw.trim_start_matches('-').parse::<u64>().is_ok_and(|n| n <= 1 << 53);
    }
    let float = raw.parse::<f64>().unwrap_or(f64::NAN);
    float.is_finite() && decimal(raw) == decimal(&format!("{float:e}"))
}

/// Returns the sign, the digits without zeros at both ends, and the power of ten of the first
/// digit.
fn decimal(text: &str) -> (bool, String, i64) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let negative = mantissa.starts_with('-');
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let significant = digits.trim_matches('0').to_owned();
    if significant.is_empty() {
        return (false, significant, 0);
    }
    let power = exponent.parse::<i64>().unwrap_or(i64::MAX / 2);
    let shift = i64::try_from(whole.len()).unwrap_or(0) - i64::try_from(leading).unwrap_or(0);
    (negative, significant, power.saturating_add(shift))
}

/// Returns the value as a lenient parser sees it: lone surrogates become U+FFFD, numbers out of
/// range null.
fn lenient(text: &str) -> Value {
    let (mut tokens, mut fixed, mut at) = (Tokenizer::new(text), String::new(), 0);
    while let Ok(Some(token)) = tokens.next() {
        let replacement = match token.kind {
            TokenKind::Key(raw) | TokenKind::String(raw) => Value::from(unescape(raw).0),
            TokenKind::Number(raw) if raw.parse::<Number>().is_err() => Value::Null,
            _ => continue,
        };
        fixed.push_str(&text[at..token.start]);
        fixed.push_str(&replacement.to_string());
        at = token.end;
    }
    fixed.push_str(&text[at..]);
    serde_json::from_str(&fixed).unwrap_or_default()
}
