//! One connection: reads requests and writes answers until either side closes the connection.
//!
//! Nothing that a client sends may cost more than a fixed amount: the head has a size and a deadline,
//! waiting for the next one has another, writing has a third, and a body is never read: such a
//! request is answered and the connection closed, so that no second request can be hidden in it.

use std::io::{self, ErrorKind, Read as _};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use tiny_http::Method;

use crate::model::query::QueryError;
use crate::render::api::Problem;

use super::answer::Answer;
use super::output::{Manner, Output};
use super::request::{Nonsense, RequestHead};
use super::routes::NUL_IN_PATH;
use super::shared::Shared;

/// Room for a head to begin with: hardly any needs more.
const FIRST_BUFFER: usize = 2048;

/// How the wait for a head ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// A head of this many bytes is at the beginning of the buffer.
    Head(usize),
    /// The client closed the connection or sent nothing.
    Over,
    /// The head is larger than it may be.
    TooLarge,
    /// The head did not arrive in time.
    TooSlow,
    /// What arrived so far can never become a head.
    Nonsense(Nonsense),
}

/// Serves a connection until it ends.
pub(super) fn serve(stream: &TcpStream, shared: &Shared) {
    let ready = stream
        .set_nodelay(true)
        .and_then(|()| stream.set_write_timeout(Some(shared.options.write_timeout)));
    if ready.is_err() {
        return;
    }
    let mut input = Input::new(stream, shared);
    let mut output = Output::new(stream);
    let peer = Peer::of(stream);
    loop {
        let refusal = match input.wait(&mut output) {
            Wait::Over => return,
            Wait::Head(size) => match RequestHead::parse(&input.buffer[..size]) {
                Ok(Some(head)) => {
                    match exchange(&head, peer, shared, &mut output) {
                        Ok(true) => input.forget(size),
                        Ok(false) => return output.close(),
                        Err(_) => return,
                    }
                    continue;
                }
                Ok(None) => Wait::Nonsense(Nonsense::Malformed),
                Err(nonsense) => Wait::Nonsense(nonsense),
            },
            other => other,
        };
        let _ = output.send(&refused(refusal), Manner::LAST);
        return output.close();
    }
}

/// Answers one request; true when the connection stays open.
fn exchange(
    head: &RequestHead<'_>,
    peer: Peer,
    shared: &Shared,
    output: &mut Output<'_>,
) -> io::Result<bool> {
    let keep = head.keep && !shared.stop.is_set();
    let manner = Manner {
        without_body: head.request.method == Method::Head,
        keep,
        say_keep: keep && head.old,
    };
    match misdirected(head, peer, shared) {
        Some(answer) => output.send(&answer, manner)?,
        None => output.send(&shared.answer(&head.request), manner)?,
    }
    Ok(keep)
}

/// Returns the refusal of a request for another host.
fn misdirected(head: &RequestHead<'_>, peer: Peer, shared: &Shared) -> Option<Answer> {
    let Some(host) = head.host else {
        // Only HTTP/1.0 gets here without one.
        return (!peer.local).then(|| refused(Wait::Nonsense(Nonsense::Host)));
    };
    if shared.hosts.accept(host, peer.to) {
        return None;
    }
    let detail = format!(
        "This server does not answer for {host:?}; start it with --allow-host to change that."
    );
    Some(Answer::problem(&Problem::new(421, &detail)))
}

/// Returns the last answer to a client whose head is invalid.
fn refused(why: Wait) -> Answer {
    let (status, detail) = match why {
        Wait::TooLarge | Wait::Nonsense(Nonsense::TooManyFields) => {
            (431, "The head of the request is too large")
        }
        Wait::TooSlow => (408, "The head of the request did not arrive in time"),
        Wait::Nonsense(Nonsense::Host) => (400, "Invalid request: one Host header is required"),
        Wait::Nonsense(Nonsense::Target) => (400, "Invalid request: the target is not a path"),
        Wait::Nonsense(Nonsense::NulInPath) => {
            return Answer::json_problem(&Problem::new(400, NUL_IN_PATH));
        }
        Wait::Nonsense(Nonsense::NulInQuery) => {
            return Answer::json_problem(&Problem::of_query(&QueryError::null_bytes()));
        }
        _ => (400, "Invalid request: this is not HTTP/1.1"),
    };
    Answer::problem(&Problem::new(status, detail))
}

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
struct Peer {
    /// Whether the client runs on this machine.
    local: bool,
    /// The address that it connected to.
    to: IpAddr,
}

impl Peer {
    fn of(stream: &TcpStream) -> Self {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self {
            local: stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback()),
            to: stream.local_addr().map_or(nowhere, |local| local.ip()),
        }
    }
}

/// The receiving side of a connection.
struct Input<'a> {
    stream: &'a TcpStream,
    shared: &'a Shared,
    buffer: Vec<u8>,
    /// How much of the buffer is filled.
    filled: usize,
    /// The read timeout that the stream has.
    timeout: Duration,
    /// How long the next head may be awaited.
    patience: Duration,
}

impl<'a> Input<'a> {
    fn new(stream: &'a TcpStream, shared: &'a Shared) -> Self {
        Self {
            stream,
            shared,
            buffer: vec![0; FIRST_BUFFER.min(shared.options.head_size)],
            filled: 0,
            timeout: Duration::ZERO,
            patience: shared.options.head_timeout,
        }
    }

    /// Waits for a whole head; answers that wait are sent before anything blocks.
    fn wait(&mut self, output: &mut Output<'_>) -> Wait {
        let mut begun = (self.filled > 0).then(Instant::now);
        let mut looked = 0;
        loop {
            self.skip_empty_lines();
            if let Some(size) = head_end(&self.buffer[..self.filled], looked) {
                return Wait::Head(size);
            }
            if looked == 0
                && self.filled > 0
                && let Err(nonsense) = RequestHead::parse(&self.buffer[..self.filled])
            {
                return Wait::Nonsense(nonsense);
            }
            if self.filled == self.buffer.len() && !self.grow() {
                return Wait::TooLarge;
            }
            looked = self.filled;
            let time = match begun {
                None => self.patience,
                Some(begun) => self.shared.options.head_timeout.saturating_sub(begun.elapsed()),
            };
            if output.flush().is_err() || !self.limit(time) {
                return if begun.is_some() { Wait::TooSlow } else { Wait::Over };
            }
            match self.stream.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return Wait::Over,
                Ok(n) => self.filled += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if is_timeout(&e) && begun.is_some() => return Wait::TooSlow,
                Err(_) => return Wait::Over,
            }
            begun = begun.or_else(|| Some(Instant::now()));
        }
    }

    /// Makes room for more of a head; false when it has all that it may have.
    fn grow(&mut self) -> bool {
        let size = (self.buffer.len() * 2).min(self.shared.options.head_size);
        let grows = size > self.buffer.len();
        self.buffer.resize(size, 0);
        grows
    }

    /// Sets how long a read may take; false when no time is left.
    fn limit(&mut self, time: Duration) -> bool {
        if time.is_zero() || time == self.timeout {
            return !time.is_zero();
        }
        self.timeout = time;
        self.stream.set_read_timeout(Some(time)).is_ok()
    }

    /// Drops the head that was answered.
    fn forget(&mut self, size: usize) {
        self.buffer.copy_within(size..self.filled, 0);
        self.filled -= size;
        self.patience = self.shared.options.idle_timeout;
    }

    /// Skips empty lines, which some clients send after a request.
    fn skip_empty_lines(&mut self) {
        let filled = &self.buffer[..self.filled];
        let empty = filled.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        if empty > 0 {
            self.buffer.copy_within(empty..self.filled, 0);
            self.filled -= empty;
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Returns where the first head in `bytes` ends; the first `looked` bytes are known not to hold its end.
fn head_end(bytes: &[u8], looked: usize) -> Option<usize> {
    let from = looked.saturating_sub(3);
    let mut rest = bytes[from..].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    rest.find_map(|(at, _)| {
        let end = from + at + 1;
        match bytes[end..] {
            [b'\n', ..] => Some(end + 1),
            [b'\r', b'\n', ..] => Some(end + 2),
            _ => None,
        }
    })
}
