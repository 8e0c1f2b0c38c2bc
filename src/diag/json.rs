//! A strict JSON tokenizer (RFC 8259) that knows the position of every token.
//!
//! Two readers share it: the one that finds the line of a pointer, and the one that looks for what a
//! value tree hides (duplicate keys, lone surrogates, invisible characters). It refuses what the
//! grammar refuses, nesting deeper than [`MAX_DEPTH`] and the private keys of `serde_json`. It does not
//! build a tree.

mod escape;

pub use escape::unescape;

use escape::hex4;

/// Deepest nesting accepted, the same as `serde_json`'s.
pub const MAX_DEPTH: usize = 127;

/// Keys that begin so make `serde_json` read their value as something else: an object with the right
/// one becomes whatever JSON its text holds. A document with such a key would be judged by another
/// content than clients receive.
const PARSER_KEYS: &str = "$serde_json::private::";

/// What a token is. Strings keep their raw text between the quotes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TokenKind<'a> {
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
    /// A member's name.
    Key(&'a str),
    String(&'a str),
    Number(&'a str),
    True,
    False,
    Null,
}

/// A token and the bytes it covers, quotes included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Token<'a> {
    pub kind: TokenKind<'a>,
    pub start: usize,
    pub end: usize,
    /// Whether a key or string is printable ASCII without an escape, so that it needs no second look.
    pub plain: bool,
}

/// Why the text is not JSON, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub offset: usize,
    pub message: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Value,
    /// The first key of an object, or its end.
    KeyOrEnd,
    Key,
    /// The first element of an array, or its end.
    ValueOrEnd,
    CommaOrEnd,
    Nothing,
}

/// Bytes of a string that need no second look: printable ASCII except the quote and the backslash.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        plain[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    plain
};

/// Returns how many bytes at the beginning of `bytes` are [`PLAIN`].
fn plain_run(bytes: &[u8]) -> usize {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = EACH << 7;
    // Sets the high bit of the first byte that is zero, and of none before it.
    let zeros = |word: u64| word.wrapping_sub(EACH) & !word & HIGH;
    let (words, _) = bytes.as_chunks::<8>();
    let mut run = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let [quote, backslash, delete] =
            [b'"', b'\\', 0x7f].map(|b| zeros(word ^ (EACH * u64::from(b))));
        let control = word.wrapping_sub(EACH * 0x20) & !word & HIGH;
        let special = quote | backslash | delete | control | (word & HIGH);
        if special != 0 {
            return run + (special.trailing_zeros() / 8) as usize;
        }
        run += 8;
    }
    let rest = &bytes[run..];
    run + rest.iter().position(|byte| !PLAIN[usize::from(*byte)]).unwrap_or(rest.len())
}

/// Walks a text token by token.
pub struct Tokenizer<'a> {
    text: &'a str,
    at: usize,
    /// Open containers, `true` for an object.
    open: Vec<bool>,
    expect: Expect,
    /// The first error; it stays, because after it brackets and quotes mean nothing any more.
    failed: Option<SyntaxError>,
    /// Whether the last string was plain.
    plain: bool,
}

impl<'a> Tokenizer<'a> {
    /// Makes a tokenizer at the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::with_capacity(8),
            expect: Expect::Value,
            failed: None,
            plain: false,
        }
    }

    /// Returns the byte to be read next.
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes the next byte if it is one of `wanted`, and returns whether it was.
    fn skip(&mut self, wanted: &[u8]) -> bool {
        let found = self.byte().is_some_and(|byte| wanted.contains(&byte));
        self.at += usize::from(found);
        found
    }

    /// Skips the four characters that JSON takes for white space.
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// Returns an error at the current byte.
    fn fail<T>(&self, message: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { offset: self.at, message })
    }

    /// Returns the next token, or `None` at the end of a complete document. After an error there is
    /// nothing but this error.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, SyntaxError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.advance();
        self.failed = next.as_ref().err().cloned();
        next
    }

    /// Passes what is left of the container that was opened last. Returns the byte after it, or after the
    /// last token before an error.
    pub fn pass_container(&mut self) -> usize {
        let outside = self.open.len().saturating_sub(1);
        let mut end = self.at;
        while self.open.len() > outside
            && let Ok(Some(token)) = self.next()
        {
            end = token.end;
        }
        end
    }

    /// Passes a comma where one must be and reads the token behind it.
    fn advance(&mut self) -> Result<Option<Token<'a>>, SyntaxError> {
        self.skip_space();
        let Some(mut byte) = self.byte() else {
            return match self.expect {
                Expect::Nothing => Ok(None),
                _ => self.fail("the text ends before the document is complete"),
            };
        };
        match self.expect {
            Expect::Nothing => return self.fail("there is text after the end of the document"),
            Expect::CommaOrEnd if byte == b',' => {
                self.at += 1;
                self.skip_space();
                self.expect =
                    if self.open.last() == Some(&true) { Expect::Key } else { Expect::Value };
                match self.byte() {
                    Some(next) => byte = next,
                    None => return self.fail("the text ends after a comma"),
                }
            }
            Expect::CommaOrEnd if byte != b'}' && byte != b']' => {
                return self.fail("a comma or a closing bracket is missing here");
            }
            _ => {}
        }
        self.token(byte).map(Some)
    }

    /// Reads the token that begins with `byte`, if one is allowed here.
    fn token(&mut self, byte: u8) -> Result<Token<'a>, SyntaxError> {
        let start = self.at;
        let kind = match (self.expect, byte) {
            (Expect::KeyOrEnd | Expect::CommaOrEnd, b'}') => self.close(true)?,
            (Expect::ValueOrEnd | Expect::CommaOrEnd, b']') => self.close(false)?,
            (Expect::KeyOrEnd | Expect::Key, b'"') => return self.key(start),
            (Expect::Key, b'}') => return self.fail("a trailing comma before the closing brace"),
            (Expect::KeyOrEnd | Expect::Key, _) => {
                return self.fail("a quoted key is expected here");
            }
            (Expect::Value, b']') => {
                return self.fail("a trailing comma before the closing bracket");
            }
            (_, b'{') => self.open(true)?,
            (_, b'[') => self.open(false)?,
            (_, b'"') => TokenKind::String(self.string()?),
            (_, b'-' | b'0'..=b'9') => self.number()?,
            (_, b't') => self.word("true", TokenKind::True)?,
            (_, b'f') => self.word("false", TokenKind::False)?,
            (_, b'n') => self.word("null", TokenKind::Null)?,
            _ => return self.fail("a value is expected here"),
        };
        self.expect = match kind {
            TokenKind::BeginObject => Expect::KeyOrEnd,
            TokenKind::BeginArray => Expect::ValueOrEnd,
            _ if self.open.is_empty() => Expect::Nothing,
            _ => Expect::CommaOrEnd,
        };
        Ok(Token { kind, start, end: self.at, plain: self.plain })
    }

    /// Enters an object or array.
    fn open(&mut self, object: bool) -> Result<TokenKind<'a>, SyntaxError> {
        if self.open.len() >= MAX_DEPTH {
            return self.fail("the document is nested too deeply");
        }
        self.open.push(object);
        self.at += 1;
        Ok(if object { TokenKind::BeginObject } else { TokenKind::BeginArray })
    }

    /// Leaves the innermost container, which must be of the same kind.
    fn close(&mut self, object: bool) -> Result<TokenKind<'a>, SyntaxError> {
        if self.open.last() != Some(&object) {
            return self.fail("this bracket does not match the one that was opened");
        }
        self.open.pop();
        self.at += 1;
        Ok(if object { TokenKind::EndObject } else { TokenKind::EndArray })
    }

    /// Reads a key and its colon; the token covers the key alone.
    fn key(&mut self, start: usize) -> Result<Token<'a>, SyntaxError> {
        let text = self.string()?;
        let end = self.at;
        if text.starts_with(['$', '\\']) && unescape(text).0.starts_with(PARSER_KEYS) {
            self.at = start;
            return self.fail("this key is reserved by the JSON parser");
        }
        self.skip_space();
        if !self.skip(b":") {
            return self.fail("a colon is expected after the key");
        }
        self.expect = Expect::Value;
        Ok(Token { kind: TokenKind::Key(text), start, end, plain: self.plain })
    }

    fn word(&mut self, word: &str, kind: TokenKind<'a>) -> Result<TokenKind<'a>, SyntaxError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.fail("a value is expected here");
        }
        self.at += word.len();
        Ok(kind)
    }

    /// Reads a string and returns the text between its quotes, with escapes checked but not resolved.
    fn string(&mut self) -> Result<&'a str, SyntaxError> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        let start = self.at;
        self.plain = true;
        loop {
            self.at += plain_run(&bytes[self.at..]);
            match bytes.get(self.at) {
                Some(b'"') => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => self.escape()?,
                Some(0..=0x1f) => {
                    return self.fail("a control character inside a string is not escaped");
                }
                Some(_) => self.at += 1,
                None => return self.fail("the text ends inside a string"),
            }
            self.plain = false;
        }
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        let bytes = self.text.as_bytes();
        match bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') if hex4(bytes, self.at + 2).is_some() => self.at += 6,
            _ => return self.fail("this is not an escape that JSON knows"),
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == start { self.fail("a digit is expected here") } else { Ok(()) }
    }

    /// Reads a number without computing its value.
    fn number(&mut self) -> Result<TokenKind<'a>, SyntaxError> {
        let start = self.at;
        self.skip(b"-");
        if self.skip(b"0") {
            if let Some(b'0'..=b'9') = self.byte() {
                return self.fail("a number cannot begin with a zero");
            }
        } else {
            self.digits()?;
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        Ok(TokenKind::Number(&self.text[start..self.at]))
    }
}

#[cfg(test)]
mod tests;
