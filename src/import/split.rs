//! Where the records of a text begin and end.
//!
//! A dump may be tens of megabytes of one line, and one record of it may be broken. So the brackets,
//! strings and commas around the records are walked byte by byte, and what stands between them is
//! left to whoever reads a record: bad UTF-8 or a bad number inside one spoils no other. Refused is a
//! text whose outline does not close.

use std::ops::Range;

/// The outline breaks at this byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) message: &'static str,
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    /// A walk over a part of `bytes`.
    pub(super) fn new(bytes: &'a [u8], part: Range<usize>) -> Self {
        Self { bytes: &bytes[..part.end], at: part.start }
    }

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    /// Where the walk stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// A fault at the place where the walk stands.
    fn fail<T>(&self, message: &'static str) -> Result<T, Fault> {
        Err(Fault { offset: self.at, message })
    }

    /// Passes the value that begins here.
    pub(super) fn value(&mut self) -> Result<Range<usize>, Fault> {
        let Some(first) = self.peek() else {
            return self.fail("the text ends where a value is expected");
        };
        let start = self.at;
        match first {
            b'"' => self.string()?,
            b'{' | b'[' => self.container()?,
            _ => self.word()?,
        }
        Ok(start..self.at)
    }

    /// Passes the string that begins here. Escapes are only skipped; whether they are sound is seen when
    /// the string is read.
    fn string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(b'\n') => return self.fail("a line ends inside a string"),
                Some(_) => self.at += 1,
                None => {
                    self.at = self.bytes.len();
                    return self.fail("the text ends inside a string");
                }
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Passes the object or array that begins here. Brackets are counted and not matched by kind: a
    /// mismatch is inside one record and is found when that is read.
    fn container(&mut self) -> Result<(), Fault> {
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(_) => {}
                None => return self.fail("the text ends before everything is closed"),
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Passes a number, `true`, `false` or `null`; anything else is no JSON.
    fn word(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let ends = |b: &u8| matches!(b, b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\r' | b'\t');
        while self.bytes.get(self.at).is_some_and(|b| !ends(b)) {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        let known = matches!(word, b"null" | b"true" | b"false")
            || matches!(word.first(), Some(b'-' | b'0'..=b'9'));
        self.at = if known { self.at } else { start };
        if known { Ok(()) } else { self.fail("this is not JSON") }
    }

    /// Passes what separates members or ends them; whether another one follows.
    fn goes_on(&mut self, end: u8) -> Result<bool, Fault> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => self.fail("a comma or a closing bracket is missing here"),
            None => self.fail("the text ends before everything is closed"),
        }
    }

    /// Whether the container that begins here is empty; its opening bracket is passed either way.
    fn opens_empty(&mut self, end: u8) -> bool {
        self.peek();
        self.at += 1;
        let empty = self.peek() == Some(end);
        self.at += usize::from(empty);
        empty
    }

    /// Passes the array that begins here and tells of every element.
    ///
    /// The range covers the element without the white space around it.
    pub(super) fn elements(
        &mut self,
        mut tell: impl FnMut(Range<usize>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.opens_empty(b']') {
            return Ok(());
        }
        loop {
            tell(self.value()?)?;
            if !self.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    /// Passes the object that begins here and tells of every member: its raw key and its value.
    ///
    /// Keys are given as they are written, without their quotes and with their escapes.
    pub(super) fn members(
        &mut self,
        mut tell: impl FnMut(&'a [u8], Range<usize>),
    ) -> Result<(), Fault> {
        if self.opens_empty(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.fail("a quoted key is expected here");
            }
            let start = self.at + 1;
            self.string()?;
            let key = &self.bytes[start..self.at - 1];
            if self.peek() != Some(b':') {
                return self.fail("a colon is expected after the key");
            }
            self.at += 1;
            tell(key, self.value()?);
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }
}

/// Line and column (in characters) of ever later bytes, counted once.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1, column: 1 }
    }

    /// Where the byte at `offset` stands; not before the one that was asked for last.
    pub(super) fn locate(&mut self, offset: usize) -> (u32, u32) {
        for byte in &self.bytes[self.at..offset.clamp(self.at, self.bytes.len())] {
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else if byte & 0xc0 != 0x80 {
                self.column = self.column.saturating_add(1);
            }
        }
        self.at = self.at.max(offset);
        (self.line, self.column)
    }
}
