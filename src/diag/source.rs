//! From a JSON pointer to a line and a column.
//!
//! One walk over the text finds the places of all findings of a file, and a second one counts lines
//! and columns, so that a file full of faults costs no more than its size.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::json::{Token, TokenKind, Tokenizer, unescape};
use super::pointer::shortened;
use super::{Code, Diagnostic, Finding, Place, Pointer, Severity, Snippet};

/// A range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A file's path and text; finds places in it on demand and keeps no index.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Path as the reader knows it.
    pub path: &'a str,
    /// The whole text.
    pub text: &'a str,
}

/// Longest part of a source line that a snippet shows, in characters.
const SNIPPET: usize = 120;

/// Most findings of one code and severity that are reported one by one in one file; the others are
/// counted.
pub const MAX_ALIKE: usize = 100;

impl<'a> SourceFile<'a> {
    /// Makes a source of `text` that was read from `path`.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        Self { path, text }
    }

    /// Returns the bytes of the value (or, with `on_key`, of the key) at `pointer`.
    ///
    /// Of a key written twice the last one counts, as for JSON parsers. `None` when there is no such
    /// place.
    pub fn span(&self, pointer: &Pointer, on_key: bool) -> Option<Span> {
        let (found, exact) = self.seek([pointer]).nearest(pointer);
        found.filter(|_| exact).map(|found| found.span(on_key))
    }

    /// Returns the bytes of the value at each of these pointers, in one walk.
    pub fn spans(&self, pointers: &[Pointer]) -> Vec<Option<Span>> {
        let seeker = self.seek(pointers);
        let span = |pointer| {
            let (found, exact) = seeker.nearest(pointer);
            found.filter(|_| exact).map(|found| found.span(false))
        };
        pointers.iter().map(span).collect()
    }

    /// Finds the places of several pointers in one walk.
    fn seek<'p>(&self, pointers: impl IntoIterator<Item = &'p Pointer>) -> Seeker<'a> {
        let mut seeker =
            Seeker { tokens: Tokenizer::new(self.text), wanted: vec![PathNode::default()] };
        pointers.into_iter().for_each(|pointer| seeker.add(pointer));
        if let Ok(Some(first)) = seeker.tokens.next() {
            seeker.value(first, Some(0), None);
        }
        seeker
    }

    /// Makes a diagnostic of a finding: the nearest place that exists is shown when the place
    /// itself is missing.
    pub fn diagnose(&self, finding: Finding) -> Diagnostic {
        let seeker = self.seek([&finding.pointer]);
        self.place(&mut Cursor::new(self.text), finding.clone(), seeker.span_of(&finding))
    }

    /// Makes diagnostics of all findings of one kind of reader in this file, in the order of their
    /// places. Of each code the first [`MAX_ALIKE`] are made; one more counts the others.
    pub fn diagnose_all(&self, findings: Vec<Finding>) -> Vec<Diagnostic> {
        let seeker = self.seek(findings.iter().map(|finding| &finding.pointer));
        let spans: Vec<_> = findings.iter().map(|finding| seeker.span_of(finding)).collect();
        self.gather(findings.into_iter().zip(spans).collect())
    }

    /// Does what [`SourceFile::diagnose_all`] does for findings whose bytes are known.
    pub fn diagnose_spans(&self, findings: Vec<(Finding, Span)>) -> Vec<Diagnostic> {
        self.gather(findings.into_iter().map(|(finding, span)| (finding, Some(span))).collect())
    }

    fn gather(&self, mut findings: Vec<(Finding, Option<Span>)>) -> Vec<Diagnostic> {
        findings.sort_by_key(|(_, span)| span.map(|span| span.start));
        let mut counts: BTreeMap<(Code, Severity), (usize, Option<usize>)> = BTreeMap::new();
        let mut cursor = Cursor::new(self.text);
        let mut made: Vec<Diagnostic> = Vec::new();
        for (finding, span) in findings {
            let (count, rest) = counts.entry((finding.code, finding.severity)).or_default();
            *count += 1;
            match rest {
                Some(at) => made[*at].count += 1,
                None => {
                    if *count > MAX_ALIKE {
                        *rest = Some(made.len());
                    }
                    made.push(self.place(&mut cursor, finding, span));
                }
            }
        }
        for at in counts.into_values().filter_map(|(_, rest)| rest) {
            made[at].summarize_others();
        }
        made
    }

    /// Makes a diagnostic of a finding whose bytes are known.
    pub fn diagnose_span(&self, finding: Finding, span: Span) -> Diagnostic {
        self.place(&mut Cursor::new(self.text), finding, Some(span))
    }

    /// Returns the places of pointers whose first bytes are known, in the same order.
    pub fn places(&self, starts: Vec<(String, usize)>) -> Vec<Place> {
        let mut order: Vec<usize> = (0..starts.len()).collect();
        order.sort_by_key(|at| starts[*at].1);
        let mut places = vec![Place::default(); starts.len()];
        let mut cursor = Cursor::new(self.text);
        for at in order {
            let (pointer, start) = &starts[at];
            cursor.advance(floor(self.text, *start));
            let pointer = Pointer::from(pointer.as_str());
            let (line, column) = (cursor.line, cursor.column);
            places[at] = Place { line, column, pointer, ..Place::file(self.path) };
        }
        places
    }

    /// Makes a diagnostic; `cursor` must not be past the place.
    fn place(&self, cursor: &mut Cursor<'_>, finding: Finding, span: Option<Span>) -> Diagnostic {
        let place = Place { pointer: finding.pointer, ..Place::file(self.path) };
        let mut diagnostic = Diagnostic::new(finding.code, place, finding.message);
        diagnostic.severity = finding.severity;
        diagnostic.help = finding.help;
        if let Some(span) = span {
            cursor.advance(floor(self.text, span.start));
            (diagnostic.place.line, diagnostic.place.column) = (cursor.line, cursor.column);
            diagnostic.snippet = Some(self.snippet(cursor, span));
        }
        diagnostic
    }

    /// Returns the part of a line around `span`, where `cursor` is. Nothing else of the line is read.
    fn snippet(&self, cursor: &Cursor<'_>, span: Span) -> Snippet {
        let text = self.text;
        let (mut start, mut before) = (cursor.at, cursor.column as usize - 1);
        if text[start..].starts_with('\n') && text[cursor.start..start].ends_with('\r') {
            (start, before) = (start - 1, before - 1); // the line ends before both
        }
        let end = span.end.max(start + 1);
        let skip = before.saturating_sub(SNIPPET / 3);
        let from = match skip {
            0 => cursor.start,
            _ => text[..start].char_indices().rev().nth(SNIPPET / 3 - 1).map_or(0, |(at, _)| at),
        };
        let (mut shown, mut width) = (String::new(), 0);
        if skip > 0 {
            shown.push('…');
            before = before - skip + 1;
        }
        for (count, (at, c)) in text[from..].char_indices().enumerate() {
            let at = from + at;
            if c == '\n' || text[at..].starts_with("\r\n") {
                break;
            }
            if count == SNIPPET {
                shown.push('…');
                break;
            }
            width += usize::from(at >= start && at + c.len_utf8() <= end);
            shown.push(c);
        }
        let width = width.clamp(1, SNIPPET - before.min(SNIPPET - 1));
        Snippet { text: shown, before, width }
    }
}

/// A reader of lines that only goes on.
struct Cursor<'a> {
    text: &'a str,
    /// The byte to be read next.
    at: usize,
    /// First byte of its line.
    start: usize,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, start: 0, line: 1, column: 1 }
    }

    /// Reads up to the byte at `offset`.
    fn advance(&mut self, offset: usize) {
        let end = offset.clamp(self.at, self.text.len());
        for byte in &self.text.as_bytes()[self.at..end] {
            self.at += 1;
            if *byte == b'\n' {
                (self.line, self.column, self.start) = (self.line.saturating_add(1), 1, self.at);
            } else if (*byte & 0xc0) != 0x80 {
                // Continuation bytes are not characters.
                self.column = self.column.saturating_add(1);
            }
        }
    }
}

/// Returns the largest character boundary that is not past `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

#[derive(Clone, Copy)]
struct Located {
    key: Option<Span>,
    value: Span,
}

impl Located {
    fn span(self, on_key: bool) -> Span {
        if on_key { self.key.unwrap_or(self.value) } else { self.value }
    }

    /// Whether the place is inside the value of another.
    fn is_in(self, other: Self) -> bool {
        other.value.start <= self.value.start && self.value.end <= other.value.end
    }
}

/// A place that is looked for, or on the way to one.
#[derive(Default)]
struct PathNode {
    /// Places below it, by the step that leads there.
    next: HashMap<String, usize>,
    /// Where it was seen last.
    found: Option<Located>,
}

/// A walk over the tokens that remembers where the wanted places are.
struct Seeker<'a> {
    tokens: Tokenizer<'a>,
    /// The first is the whole document.
    wanted: Vec<PathNode>,
}

impl Seeker<'_> {
    fn add(&mut self, pointer: &Pointer) {
        let mut at = 0;
        for step in pointer.steps() {
            let new = self.wanted.len();
            at = *self.wanted[at].next.entry(step).or_insert(new);
            if at == new {
                self.wanted.push(PathNode::default());
            }
        }
    }

    /// Returns the nearest place to `pointer` that exists, and whether it is that very place.
    fn nearest(&self, pointer: &Pointer) -> (Option<Located>, bool) {
        let Some(mut found) = self.wanted[0].found else { return (None, false) };
        let mut at = 0;
        for step in pointer.steps() {
            let next = self.wanted[at].next.get(&step).copied();
            let below = next.and_then(|next| Some((next, self.wanted[next].found?)));
            // Of a key written twice only what is below the last one counts.
            match below.filter(|(_, below)| below.is_in(found)) {
                Some(next) => (at, found) = next,
                None => return (Some(found), false),
            }
        }
        (Some(found), true)
    }

    /// Returns the bytes that a finding is about.
    fn span_of(&self, finding: &Finding) -> Option<Span> {
        let (found, exact) = self.nearest(&finding.pointer);
        found.map(|found| found.span(finding.on_key && exact))
    }

    /// Reads the value that begins with `first`; `at` is its place when it is looked for. Returns the byte
    /// after it.
    fn value(&mut self, first: Token<'_>, at: Option<usize>, key: Option<Span>) -> usize {
        let end = match (first.kind, at.filter(|at| !self.wanted[*at].next.is_empty())) {
            (TokenKind::BeginObject, Some(at)) => self.members(at),
            (TokenKind::BeginArray, Some(at)) => self.elements(at),
            (TokenKind::BeginObject | TokenKind::BeginArray, None) => self.tokens.pass_container(),
            _ => first.end,
        };
        if let Some(at) = at {
            self.wanted[at].found = Some(Located { key, value: Span { start: first.start, end } });
        }
        end
    }

    /// Returns the wanted place one step below another.
    fn below(&self, at: usize, step: &str) -> Option<usize> {
        self.wanted[at].next.get(step).copied()
    }

    fn members(&mut self, at: usize) -> usize {
        let mut end = 0;
        while let Ok(Some(token)) = self.tokens.next() {
            end = token.end;
            let TokenKind::Key(raw) = token.kind else { break };
            let next = self.below(at, &shortened(&unescape(raw).0));
            let Ok(Some(first)) = self.tokens.next() else { break };
            let key = Span { start: token.start, end: token.end };
            end = self.value(first, next, Some(key));
        }
        end
    }

    fn elements(&mut self, at: usize) -> usize {
        let (mut end, mut index, mut step) = (0, 0usize, String::new());
        while let Ok(Some(first)) = self.tokens.next() {
            end = first.end;
            if first.kind == TokenKind::EndArray {
                break;
            }
            step.clear();
            // Writing to a string cannot fail.
            let _ = write!(step, "{index}");
            end = self.value(first, self.below(at, &step), None);
            index += 1;
        }
        end
    }
}
