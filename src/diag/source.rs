//! From a JSON pointer to a line and a column.

use super::json::{Kind, Token, Tokenizer, unescape};
use super::{Diagnostic, Finding, Place, Pointer, Snippet};

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

impl<'a> SourceFile<'a> {
    /// A source of `text` that was read from `path`.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        Self { path, text }
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        // Continuation bytes are not characters.
        let column = before[start..].iter().filter(|b| (**b & 0xc0) != 0x80).count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The bytes of the value (or, with `on_key`, of the key) at `pointer`.
    ///
    /// Of a key written twice the last one is meant, as JSON parsers do. `None` when there is no
    /// such place.
    pub fn span(&self, pointer: &Pointer, on_key: bool) -> Option<Span> {
        let steps: Vec<String> = pointer.steps().collect();
        Seeker { tokens: Tokenizer::new(self.text), steps: &steps }.seek(0, None).map(
            |found| match (on_key, found.key) {
                (true, Some(key)) => key,
                _ => found.value,
            },
        )
    }

    /// The pointer of the innermost value that covers the byte at `offset`.
    ///
    /// A key and what stands between it and its value belong to the value; white space and commas
    /// between values belong to what holds them. Where the text stops being JSON, the value that
    /// would have come there is meant.
    pub fn pointer_at(&self, offset: usize) -> Pointer {
        let mut tokens = Tokenizer::new(self.text);
        let mut trail = Trail::default();
        loop {
            match tokens.next() {
                Ok(Some(token)) if token.start > offset => return trail.between(),
                Ok(Some(token)) => {
                    trail.step(token.kind);
                    if token.end > offset {
                        return trail.here;
                    }
                }
                Ok(None) => return trail.here,
                Err(_) => return trail.next_value(),
            }
        }
    }

    /// Makes a diagnostic of a finding: the nearest place that exists is shown when the place
    /// itself is missing.
    pub fn diagnose(&self, finding: Finding) -> Diagnostic {
        let mut nearest = finding.pointer.clone();
        let span = loop {
            if let Some(span) = self.span(&nearest, finding.on_key && nearest == finding.pointer) {
                break Some(span);
            }
            match nearest.parent() {
                Some(parent) => nearest = parent,
                None => break None,
            }
        };
        let mut diagnostic = self.diagnose_span(finding, span.unwrap_or(Span { start: 0, end: 0 }));
        if span.is_none() {
            diagnostic.place.line = 0;
            diagnostic.place.column = 0;
            diagnostic.snippet = None;
        }
        diagnostic
    }

    /// Makes a diagnostic of a finding whose bytes are known.
    pub fn diagnose_span(&self, finding: Finding, span: Span) -> Diagnostic {
        let (line, column) = self.line_column(span.start);
        let place = Place { file: self.path.to_owned(), line, column, pointer: finding.pointer };
        let mut diagnostic = Diagnostic::new(finding.code, place, finding.message);
        diagnostic.severity = finding.severity;
        diagnostic.help = finding.help;
        diagnostic.snippet = Some(self.snippet(span));
        diagnostic
    }

    fn snippet(&self, span: Span) -> Snippet {
        let start = span.start.min(self.text.len());
        let line_start = self.text[..floor(self.text, start)].rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let mut before = line[..floor(line, start - line_start)].chars().count();
        let end = floor(line, (span.end.max(start + 1) - line_start).min(line.len()));
        let mut width = line[..end].chars().count().saturating_sub(before).max(1);
        let skip = before.saturating_sub(SNIPPET / 3);
        let mut rest = line.chars().skip(skip);
        let mut text: String = rest.by_ref().take(SNIPPET).collect();
        if skip > 0 {
            before = before - skip + 1;
            text.insert(0, '…');
        }
        if rest.next().is_some() {
            text.push('…');
        }
        width = width.min(SNIPPET - before.min(SNIPPET - 1));
        Snippet { text, before, width }
    }
}

/// Where a walk over the tokens is.
#[derive(Default)]
struct Trail {
    /// Open containers, and for an array the index of the element to come.
    open: Vec<(Pointer, Option<usize>)>,
    /// The value of the last token.
    here: Pointer,
    /// Whether that token was a key, so that its value is still to come.
    after_key: bool,
}

impl Trail {
    fn step(&mut self, kind: Kind<'_>) {
        if !matches!(kind, Kind::Key(_) | Kind::EndObject | Kind::EndArray) {
            self.here = self.next_value();
            if let Some((_, Some(index))) = self.open.last_mut() {
                *index += 1;
            }
        }
        self.after_key = matches!(kind, Kind::Key(_));
        match kind {
            Kind::Key(raw) => self.here = self.inside().key(&unescape(raw).0),
            Kind::BeginObject => self.open.push((self.here.clone(), None)),
            Kind::BeginArray => self.open.push((self.here.clone(), Some(0))),
            Kind::EndObject | Kind::EndArray => {
                self.here = self.open.pop().map(|(pointer, _)| pointer).unwrap_or_default();
            }
            _ => {}
        }
    }

    /// The innermost open container.
    fn inside(&self) -> Pointer {
        self.open.last().map(|(pointer, _)| pointer.clone()).unwrap_or_default()
    }

    /// What stands before the next token.
    fn between(&self) -> Pointer {
        if self.after_key { self.here.clone() } else { self.inside() }
    }

    /// The value that comes next.
    fn next_value(&self) -> Pointer {
        match self.open.last() {
            Some((base, Some(index))) => base.index(*index),
            _ => self.between(),
        }
    }
}

/// The largest character boundary that is not past `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

struct Found {
    key: Option<Span>,
    value: Span,
}

struct Seeker<'a, 's> {
    tokens: Tokenizer<'a>,
    steps: &'s [String],
}

impl Seeker<'_, '_> {
    /// Reads one value; gives its place when `depth` steps led here and none is left.
    fn seek(&mut self, depth: usize, key: Option<Span>) -> Option<Found> {
        let first = self.tokens.next().ok()??;
        self.value(first, Some(depth), key).1
    }

    /// Reads the value that begins with `first`. `depth` is `None` off the path. Gives the token
    /// that ends it and what was found.
    fn value(
        &mut self,
        first: Token<'_>,
        depth: Option<usize>,
        key: Option<Span>,
    ) -> (usize, Option<Found>) {
        let here = depth == Some(self.steps.len());
        let step = depth.and_then(|d| self.steps.get(d));
        let mut found = None;
        let end = match first.kind {
            Kind::BeginObject => self.members(step, depth, &mut found),
            Kind::BeginArray => self.elements(step, depth, &mut found),
            _ => first.end,
        };
        if here {
            found = Some(Found { key, value: Span { start: first.start, end } });
        }
        (end, found)
    }

    fn members(
        &mut self,
        step: Option<&String>,
        depth: Option<usize>,
        found: &mut Option<Found>,
    ) -> usize {
        let mut end = 0;
        while let Ok(Some(token)) = self.tokens.next() {
            end = token.end;
            let Kind::Key(raw) = token.kind else { break };
            let on_path = step.is_some_and(|step| *step == unescape(raw).0);
            let Ok(Some(first)) = self.tokens.next() else { break };
            let key = Span { start: token.start, end: token.end };
            let (value_end, inner) =
                self.value(first, if on_path { depth.map(|d| d + 1) } else { None }, Some(key));
            end = value_end;
            if on_path {
                *found = inner;
            }
        }
        end
    }

    fn elements(
        &mut self,
        step: Option<&String>,
        depth: Option<usize>,
        found: &mut Option<Found>,
    ) -> usize {
        let (mut end, mut index) = (0, 0usize);
        while let Ok(Some(first)) = self.tokens.next() {
            end = first.end;
            if first.kind == Kind::EndArray {
                break;
            }
            let on_path = step.is_some_and(|step| *step == index.to_string());
            let (value_end, inner) =
                self.value(first, if on_path { depth.map(|d| d + 1) } else { None }, None);
            end = value_end;
            if on_path {
                *found = inner;
            }
            index += 1;
        }
        end
    }
}
