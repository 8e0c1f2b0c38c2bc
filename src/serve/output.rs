//! Sends answers.
//!
//! Small answers are collected in one buffer, so that head and body, and the answers to pipelined
//! requests, leave in one write; a large body is written after its head without a copy.

use std::io::{self, ErrorKind, IoSlice, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant, UNIX_EPOCH};

use httpdate::HttpDate;

use crate::world::clock::{Clock as _, SystemClock};

use super::answer::Answer;

/// Bodies up to this size are copied behind their head.
const SMALL: usize = 16 * 1024;

/// Size at which waiting answers are written, in bytes.
const FULL: usize = 64 * 1024;

/// Bytes that are still read from a client while the connection closes, and for how long.
const LINGER: (usize, Duration) = (256 * 1024, Duration::from_secs(1));

/// How an answer is sent on its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// The answer to `HEAD`: everything but the body.
    pub(super) without_body: bool,
    /// The connection stays open.
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
}

impl<'a> Output<'a> {
    pub(super) fn new(stream: &'a TcpStream) -> Self {
        Self { stream, waiting: Vec::with_capacity(4096) }
    }

    /// Adds an answer; [`Output::flush`] sends it at the latest.
    pub(super) fn send(&mut self, answer: &Answer, manner: Manner) -> io::Result<()> {
        let out = &mut self.waiting;
        out.extend_from_slice(answer.head().as_bytes());
        out.extend_from_slice(answer.common().as_bytes());
        let now = Duration::from_secs(SystemClock::default().now().try_into().unwrap_or(0));
        write!(out, "Date: {}\r\n", HttpDate::from(UNIX_EPOCH + now))?;
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

    /// Sends the waiting answers.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            let mut stream = self.stream;
            stream.write_all(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Sends the waiting answers and closes the connection. What the client is still sending is read
    /// for a moment and dropped: closing earlier would destroy the answer before it is read.
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
