//! Where the records of a text begin and end.
//!
//! A dump may be tens of megabytes in one line, and one record of it may be broken. So only brackets,
//! strings and commas are scanned here, byte by byte; each record is parsed alone, and invalid UTF-8 or
//! an invalid number in one does not affect the others. A text whose brackets do not close is refused.

use std::ops::Range;

/// The outline breaks at this byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SplitFault {
    pub(super) offset: usize,
    pub(super) message: &'static str,
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Makes a scanner over a part of `bytes`.
    pub(super) fn new(bytes: &'a [u8], part: Range<usize>) -> Self {
        Self { bytes: &bytes[..part.end], at: part.start }
    }

    /// Skips white space and returns the next byte.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    /// Returns the current offset.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns a fault at the current offset.
    fn fail<T>(&self, message: &'static str) -> Result<T, SplitFault> {
        Err(SplitFault { offset: self.at, message })
    }

    /// Skips the value that begins here.
    pub(super) fn value(&mut self) -> Result<Range<usize>, SplitFault> {
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

    /// Skips the string that begins here. Escapes are checked when the string is parsed.
    fn string(&mut self) -> Result<(), SplitFault> {
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

    /// Skips the object or array that begins here. Brackets are counted and not matched by kind: a
    /// mismatch is inside one record and is found when that is read.
    fn container(&mut self) -> Result<(), SplitFault> {
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

    /// Skips a number, `true`, `false` or `null`; anything else is not JSON.
    fn word(&mut self) -> Result<(), SplitFault> {
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

    /// Skips a comma or closing bracket; returns whether another element follows.
    fn goes_on(&mut self, end: u8) -> Result<bool, SplitFault> {
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

    /// Skips an opening bracket; returns whether the container is empty.
    fn opens_empty(&mut self, end: u8) -> bool {
        self.peek();
        self.at += 1;
        let empty = self.peek() == Some(end);
        self.at += usize::from(empty);
        empty
    }

    /// Skips the array that begins here and calls `visit` for every element.
    ///
    /// The range covers the element without the white space around it.
    pub(super) fn elements(
        &mut self,
        mut visit: impl FnMut(Range<usize>) -> Result<(), SplitFault>,
    ) -> Result<(), SplitFault> {
        if self.opens_empty(b']') {
            return Ok(());
        }
        loop {
            visit(self.value()?)?;
            if !self.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    /// Skips the object that begins here and calls `visit` for every member: its raw key and its value.
    ///
    /// Keys are given as they are written, without their quotes and with their escapes.
    pub(super) fn members(
        &mut self,
        mut visit: impl FnMut(&'a [u8], Range<usize>),
    ) -> Result<(), SplitFault> {
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
            visit(key, self.value()?);
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }
}

/// Line and column (in characters) of increasing offsets.
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

    /// Returns line and column of `offset`, which must not decrease between calls.
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
