//! The records by which a domain lists a key or an account: the `MCPv1` record of the official registry (in
//! DNS and in the well-known document), and the account record.
//!
//! The official registry finds its pattern anywhere in a text; here the whole text must be a record. A text
//! that only the official registry accepts has its own fault ([`RecordFault::OfficialOnly`]).

use super::key::{Algorithm, KeyFault, PublicKey};

/// Longest record that is read, in bytes.
pub const MAX_RECORD: usize = 2048;

/// Most lines of a well-known document.
pub const MAX_LINES: usize = 4;

/// Why a text is not a record that counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// It is something else, such as another service's TXT record.
    #[error("is not an ownership record")]
    NotARecord,
    /// The official registry would take it, because it looks for the pattern anywhere in the text.
    #[error(
        "holds more than the record; the official registry finds it there, but here the whole text must be `v=MCPv1; k=…; p=…`"
    )]
    OfficialOnly,
    /// The fields are not the three in their order.
    #[error("is not of the form `v=MCPv1; k=ed25519; p=<base64>`")]
    Form,
    /// It is longer than [`MAX_RECORD`].
    #[error("is longer than {} bytes", MAX_RECORD)]
    TooLong,
    /// `k=` names no known algorithm; the first characters of its value.
    #[error("names the algorithm {0:?}; known are ed25519 and ecdsap384")]
    Algorithm(String),
    /// `p=` is not a key.
    #[error("has a key that {0}")]
    Key(KeyFault),
    /// `forge=` or `id=` of an account record has the wrong form.
    #[error("is not of the form `v=MCPPUB1; forge=github.com; id=1001`")]
    Account,
}

/// White space as the official pattern's `\s` means it.
const SPACE: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];

/// Reads a whole `MCPv1` record. White space is allowed around it and after its semicolons, and one
/// semicolon at its end.
pub fn parse_record(text: &str) -> Result<PublicKey, RecordFault> {
    let whole = text.trim_matches(SPACE);
    let is_ours = whole.starts_with("v=MCPv1");
    if whole.len() > MAX_RECORD {
        return Err(if is_ours { RecordFault::TooLong } else { RecordFault::NotARecord });
    }
    let Some((word, base64)) = fields(whole, ["v=MCPv1", "k=", "p="]) else {
        return Err(match official(whole) {
            true => RecordFault::OfficialOnly,
            false if is_ours => RecordFault::Form,
            false => RecordFault::NotARecord,
        });
    };
    let Some(algorithm) = Algorithm::parse(word) else {
        return Err(RecordFault::Algorithm(word.chars().take(24).collect()));
    };
    PublicKey::parse(algorithm, base64).map_err(RecordFault::Key)
}

/// Returns the values of the second and third field of a record of exactly three.
fn fields<'a>(text: &'a str, [version, second, third]: [&str; 3]) -> Option<(&'a str, &'a str)> {
    let text = text.strip_suffix(';').unwrap_or(text);
    let mut parts = text.split(';');
    let (first, a, b) = (parts.next()?, parts.next()?, parts.next()?);
    let ours = first == version && parts.next().is_none();
    let value = |part: &'a str, name: &str| part.trim_start_matches(SPACE).strip_prefix(name);
    let (a, b) = (value(a, second)?, value(b, third)?);
    // White space is allowed after a semicolon and nowhere else.
    (ours && !a.contains(SPACE) && !b.contains(SPACE)).then_some((a, b))
}

/// Whether the official registry's pattern, `v=MCPv1;\s*k=([^;]+);\s*p=([A-Za-z0-9+/=]+)`, is found
/// anywhere in the text with an algorithm that it knows.
fn official(text: &str) -> bool {
    let found = |rest: &str| {
        let rest = rest.trim_start_matches(SPACE).strip_prefix("k=")?;
        let (word, rest) = rest.split_once(';')?;
        let rest = rest.trim_start_matches(SPACE).strip_prefix("p=")?;
        let base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        (Algorithm::parse(word).is_some() && rest.starts_with(base64)).then_some(())
    };
    text.match_indices("v=MCPv1;").any(|(at, start)| found(&text[at + start.len()..]).is_some())
}

/// A parsed well-known document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WellKnownBody {
    /// Its keys in their order; none unless every line is a record.
    pub keys: Vec<PublicKey>,
    /// What its owner should know. The document itself is never quoted.
    pub hints: Vec<BodyHint>,
}

/// Something to report about a well-known document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyHint {
    /// It is not UTF-8.
    #[error("the document is not UTF-8 text")]
    NotUtf8,
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// A page for people, as hosts answer for anything they do not have.
    #[error(
        "the host answers with an HTML page; serve the record as a plain text file at this path"
    )]
    HtmlPage,
    /// More lines than [`MAX_LINES`].
    #[error("the document has {0} lines; at most {max} records are read", max = MAX_LINES)]
    TooManyLines(usize),
    /// A line that is not a record.
    #[error("line {line} {fault}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        fault: RecordFault,
    },
    /// There are several keys, and the official registry reads only the first.
    #[error("the official registry reads only the first of these keys")]
    OfficialReadsFirst,
}

/// Reads the body of `/.well-known/mcp-registry-auth`: one to four lines, each a whole record. One
/// line that is not a record makes the whole document invalid.
pub fn parse_body(bytes: &[u8]) -> WellKnownBody {
    let invalid = |hint| WellKnownBody { keys: Vec::new(), hints: vec![hint] };
    let Ok(text) = std::str::from_utf8(bytes) else { return invalid(BodyHint::NotUtf8) };
    let text = text.trim_matches(SPACE);
    if text.is_empty() {
        return invalid(BodyHint::Empty);
    }
    if text.starts_with('<') {
        return invalid(BodyHint::HtmlPage);
    }
    let lines = text.lines().count();
    if lines > MAX_LINES {
        return invalid(BodyHint::TooManyLines(lines));
    }
    let mut body = WellKnownBody::default();
    for (i, line) in text.lines().enumerate() {
        match parse_record(line) {
            Ok(key) => body.keys.push(key),
            Err(fault) => body.hints.push(BodyHint::Line { line: i + 1, fault }),
        }
    }
    if !body.hints.is_empty() {
        body.keys.clear();
    } else if body.keys.len() > 1 {
        body.hints.push(BodyHint::OfficialReadsFirst);
    }
    body
}

/// An account of a forge that a domain lets publish for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountRecord {
    /// The forge's host in lower case, such as `github.com`.
    pub forge: String,
    /// The account's number there, which outlives renaming.
    pub id: u64,
}

/// Reads the TXT record at `_mcp-publisher.<domain>`: `v=MCPPUB1; forge=github.com; id=1001`.
pub fn parse_account_record(text: &str) -> Result<AccountRecord, RecordFault> {
    let whole = text.trim_matches(SPACE);
    let wrong =
        |fault| if whole.starts_with("v=MCPPUB1") { fault } else { RecordFault::NotARecord };
    if whole.len() > MAX_RECORD {
        return Err(wrong(RecordFault::TooLong));
    }
    let values = fields(whole, ["v=MCPPUB1", "forge=", "id="]);
    let (forge, id) = values.ok_or_else(|| wrong(RecordFault::Account))?;
    let host = forge.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let plain = !id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit());
    match id.parse() {
        Ok(id) if host && plain => Ok(AccountRecord { forge: forge.to_ascii_lowercase(), id }),
        _ => Err(wrong(RecordFault::Account)),
    }
}

#[cfg(test)]
mod tests;
