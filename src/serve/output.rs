//! Answers on their way out.
//!
//! Small answers gather in one buffer, so that head and body leave in one write and so do several
//! answers to requests that came together; a large body is written beside its head without a copy.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IoSlice, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::model::Timestamp;
use crate::world::clock::{Clock as _, SystemClock};

use super::answer::Answer;

/// Bodies up to this size are copied behind their head.
const SMALL: usize = 16 * 1024;

/// Waiting answers beyond this size are written before further ones are made.
const FULL: usize = 64 * 1024;

/// What a client may still send while we close, and how long it may take.
const LINGER: (usize, Duration) = (256 * 1024, Duration::from_secs(1));

/// What the connection adds to a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// The answer to `HEAD`: everything but the body.
    pub(super) without_body: bool,
    /// Further requests are welcome.
    pub(super) keep: bool,
    /// The client has to be told that the connection stays open.
    pub(super) say_keep: bool,
}

impl Manner {
    /// The answer is whole and the last one.
    pub(super) const LAST: Self = Self { without_body: false, keep: false, say_keep: false };
}

/// The sending side of a connection.
pub(super) struct Output<'a> {
    stream: &'a TcpStream,
    waiting: Vec<u8>,
    date: Date,
}

impl<'a> Output<'a> {
    pub(super) fn new(stream: &'a TcpStream) -> Self {
        Self { stream, waiting: Vec::with_capacity(4096), date: Date::default() }
    }

    /// Takes an answer; it is sent by [`Output::flush`] at the latest.
    pub(super) fn send(&mut self, answer: &Answer<'_>, manner: Manner) -> io::Result<()> {
        let out = &mut self.waiting;
        out.extend_from_slice(answer.head().as_bytes());
        out.extend_from_slice(answer.common().as_bytes());
        out.extend_from_slice(self.date.line(SystemClock::default().now()).as_bytes());
        if !manner.keep {
            out.extend_from_slice(b"Connection: close\r\n");
        } else if manner.say_keep {
            out.extend_from_slice(b"Connection: keep-alive\r\n");
        }
        out.extend_from_slice(b"\r\n");
        let body = if manner.without_body { &[] } else { answer.body() };
        if body.len() <= SMALL {
            out.extend_from_slice(body);
            return if out.len() > FULL { self.flush() } else { Ok(()) };
        }
        write_both(self.stream, out, body)?;
        out.clear();
        Ok(())
    }

    /// Sends what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            let mut stream = self.stream;
            stream.write_all(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Sends what waits and ends the connection. What the client is still sending is read for a
    /// moment and thrown away: closing earlier would destroy the answer before it is read.
    pub(super) fn close(mut self) {
        if self.flush().is_err() || self.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let (mut left, patience) = LINGER;
        let end = Instant::now() + patience;
        let mut sink = [0; 4096];
        let mut stream = self.stream;
        while left > 0 {
            let time = end.saturating_duration_since(Instant::now());
            if time.is_zero() || stream.set_read_timeout(Some(time)).is_err() {
                return;
            }
            match stream.read(&mut sink) {
                Ok(0) | Err(_) => return,
                Ok(n) => left = left.saturating_sub(n),
            }
        }
    }
}

/// Writes a head and a body in as few calls as the system takes.
fn write_both(mut stream: &TcpStream, head: &[u8], body: &[u8]) -> io::Result<()> {
    let mut sent = 0;
    while sent < head.len() {
        match stream.write_vectored(&[IoSlice::new(&head[sent..]), IoSlice::new(body)]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => sent += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    stream.write_all(&body[sent - head.len()..])
}

/// The `Date` header, written anew when the second changes.
#[derive(Default)]
struct Date {
    second: i64,
    line: String,
}

impl Date {
    fn line(&mut self, second: i64) -> &str {
        if second != self.second || self.line.is_empty() {
            self.second = second;
            self.line.clear();
            let _ = write!(self.line, "Date: {}\r\n", http_date(second));
        }
        &self.line
    }
}

/// A point in time as HTTP writes it.
fn http_date(second: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let stamp = Timestamp::from_unix(second);
    let text = stamp.as_str(); // 2025-01-02T03:04:05Z
    let weekday = usize::try_from(second.div_euclid(86_400).rem_euclid(7)).unwrap_or(0);
    let month: usize = text[5..7].parse().unwrap_or(1);
    let (day, year, time) = (&text[8..10], &text[..4], &text[11..19]);
    format!("{}, {day} {} {year} {time} GMT", DAYS[weekday], MONTHS[month.clamp(1, 12) - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_wants_them() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(1_709_164_800), "Thu, 29 Feb 2024 00:00:00 GMT");
    }
}
