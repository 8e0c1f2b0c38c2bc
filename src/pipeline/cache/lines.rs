//! One file of the cache, line by line.

use std::io::{BufRead as _, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::site::{FileDigest, FileReader, StoredFile, fingerprint, open_working};

use super::record::FileRecord;

/// First line of a file of the cache; another form of it is another version.
pub(super) const HEAD: &str = "mcp-static cache 4";

/// Start of the last line.
pub(super) const END: &str = "D\t";

/// Most bytes of the last line: it has two digests and a path.
const END_MAX: u64 = 8192;

/// The manifest of a site, and its list document.
pub(super) type SiteMark = (FileDigest, StoredFile);

/// Returns the check of a line after the one whose check is `before`.
pub(super) fn check(before: &str, line: &str) -> String {
    fingerprint(format!("{before}{line}").as_bytes())
}

/// A server's line, without its check.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(pub(super) String);

impl Line {
    fn part(&self, at: usize) -> Option<&str> {
        self.0.splitn(4, '\t').nth(at)
    }

    pub(super) fn name(&self) -> &str {
        self.part(0).unwrap_or_default()
    }

    /// Digest of the server's files; `None` when it is gone.
    pub(super) fn digest(&self) -> Option<&str> {
        self.part(1)
    }

    /// Bytes of its entry in the list; `None` when it is not in it.
    pub(super) fn entry(&self) -> Option<u64> {
        self.part(2)?.parse().ok()
    }

    pub(super) fn details(&self) -> &str {
        self.part(3).unwrap_or_default()
    }
}

/// The lines of one file.
#[derive(Debug)]
pub(super) struct Lines {
    file: FileReader,
    /// Check of the last line that was read.
    check: String,
    /// The next line; `None` at the end, and from where the file is damaged.
    pub(super) next: Option<Line>,
    /// Whether the lines ended before the last one.
    pub(super) damaged: bool,
    pub(super) mark: SiteMark,
    pub(super) bytes: u64,
}

impl Lines {
    /// Opens the file `name` if its key is `key`.
    pub(super) fn open(work: &Path, name: &str, key: &str) -> Option<Self> {
        let mut file = open_working(work, name)?;
        let bytes = file.seek(SeekFrom::End(0)).ok()?;
        file.seek(SeekFrom::Start(bytes.saturating_sub(END_MAX))).ok()?;
        let mut end = Vec::new();
        file.by_ref().take(END_MAX).read_to_end(&mut end).ok()?;
        let mark = mark(&end)?;
        file.rewind().ok()?;
        let mut head = String::new();
        // A key is short.
        let mut two = file.by_ref().take(1024);
        two.read_line(&mut head).ok()?;
        two.read_line(&mut head).ok()?;
        (head == format!("{HEAD}\n{key}\n")).then_some(())?;
        let mut lines =
            Self { file, check: check("", key), next: None, damaged: false, mark, bytes };
        lines.advance();
        Some(lines)
    }

    /// Returns the next line and reads the one after it.
    pub(super) fn advance(&mut self) -> Option<Line> {
        let mut text = Vec::new();
        let read = self.file.read_until(b'\n', &mut text);
        let is_end = read.is_ok() && text.starts_with(END.as_bytes());
        let next = if is_end { None } else { self.line(text) };
        self.damaged = !is_end && next.is_none();
        std::mem::replace(&mut self.next, next)
    }

    fn line(&mut self, text: Vec<u8>) -> Option<Line> {
        let mut text = String::from_utf8(text).ok()?;
        text.pop().filter(|last| *last == '\n')?;
        let (written, line) = text.split_once('\t')?;
        if check(&self.check, line) != written {
            return None;
        }
        self.check = written.to_owned();
        text.drain(..=self.check.len());
        Some(Line(text))
    }
}

/// Reads the last line of `end`, the end of a file.
fn mark(end: &[u8]) -> Option<SiteMark> {
    let end = end.strip_suffix(b"\n")?;
    let start = end.iter().rposition(|b| *b == b'\n')? + 1;
    let line = std::str::from_utf8(&end[start..]).ok()?.strip_prefix(END)?;
    let (written, line) = line.split_once('\t')?;
    let (manifest, list) = line.split_once('\t')?;
    let list: FileRecord<'_> = serde_json::from_str(list).ok()?;
    (check("", line) == written).then_some((FileDigest::parse(manifest)?, list.stored()))
}
