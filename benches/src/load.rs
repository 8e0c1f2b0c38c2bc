//! A small load client: kept-alive connections over loopback, one request at a time on each.
//!
//! Every thread serves its share of the connections in turn: takes the answer of one, sends the next
//! request on it, goes on to the next. So `connections` requests are always under way, without a
//! thread for each. Bounded in count and in time; anything but 200 ends the run.

use crate::Res;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// An answer that takes longer counts as none.
const PATIENCE: Duration = Duration::from_secs(5);

/// What to ask for, how often, over how many connections.
pub(crate) struct Load<'a> {
    /// A server on this machine.
    pub(crate) addr: SocketAddr,
    /// Paths, asked for in turn.
    pub(crate) paths: &'a [String],
    /// Connections open at the same time.
    pub(crate) connections: usize,
    /// Requests in all.
    pub(crate) requests: usize,
    /// The end of patience for the whole run.
    pub(crate) limit: Duration,
}

/// What came of it.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    /// Requests answered in a second.
    pub(crate) rate: f64,
    /// Half of the answers took no longer, in milliseconds.
    pub(crate) p50: f64,
    /// 99 of 100 answers took no longer, in milliseconds.
    pub(crate) p99: f64,
}

impl Load<'_> {
    /// Runs the load.
    pub(crate) fn run(&self) -> Res<Outcome> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // The other half is for the server.
        let threads = (cores / 2).clamp(1, self.connections.max(1));
        let barrier = Barrier::new(threads);
        let shares: Vec<Share> = std::thread::scope(|scope| {
            let spawn = |t| {
                scope.spawn({
                    let barrier = &barrier;
                    move || self.share(t, threads, barrier)
                })
            };
            let running: Vec<_> = (0..threads).map(spawn).collect();
            let joined = running.into_iter().map(|r| r.join().map_err(|_| "a load thread died")?);
            joined.collect::<Res<_>>()
        })?;
        let mut times: Vec<u32> = shares.iter().flat_map(|s| s.micros.iter().copied()).collect();
        let seconds = shares.iter().map(|s| s.seconds).fold(0.0, f64::max);
        if times.is_empty() {
            return Err("no request was answered".into());
        }
        times.sort_unstable();
        let at = |percent: usize| f64::from(times[(times.len() - 1) * percent / 100]) / 1e3;
        Ok(Outcome { rate: times.len() as f64 / seconds, p50: at(50), p99: at(99) })
    }

    /// What thread `t` of `threads` does.
    fn share(&self, t: usize, threads: usize, barrier: &Barrier) -> Res<Share> {
        let mine = (t..self.connections).step_by(threads).map(|_| Connection::open(self.addr));
        let opened: Res<Vec<Connection>> = mine.collect();
        // Everybody meets here, also those who failed, or the others would wait for ever.
        barrier.wait();
        let mut open = opened?;
        let quota = self.requests / threads;
        let mut micros = Vec::with_capacity(quota);
        let mut next = t * self.paths.len() / threads;
        let mut path = || {
            next += 1;
            &self.paths[next % self.paths.len()]
        };
        let start = Instant::now();
        for connection in &mut open {
            connection.send(path())?;
        }
        'run: loop {
            for connection in &mut open {
                micros.push(connection.receive()?);
                if micros.len() >= quota || start.elapsed() > self.limit {
                    break 'run;
                }
                connection.send(path())?;
            }
        }
        Ok(Share { micros, seconds: start.elapsed().as_secs_f64() })
    }
}

/// The times of one thread.
struct Share {
    micros: Vec<u32>,
    seconds: f64,
}

/// One kept-alive connection.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    sent: Instant,
}

impl Connection {
    /// Connects.
    fn open(addr: SocketAddr) -> Res<Self> {
        let stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 1 << 16], sent: Instant::now() })
    }

    /// Sends a request and starts the clock of this connection.
    fn send(&mut self, path: &str) -> Res<()> {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");
        self.sent = Instant::now();
        Ok(self.stream.write_all(request.as_bytes())?)
    }

    /// Reads one whole answer; gives back the microseconds since the request.
    fn receive(&mut self) -> Res<u32> {
        let mut have = 0;
        let (head, body) = loop {
            have += self.read(have)?;
            if let Some(end) = self.buffer[..have].windows(4).position(|w| w == b"\r\n\r\n") {
                break (end + 4, length(&self.buffer[..end])?);
            }
        };
        let mut left = (head + body).checked_sub(have).ok_or("more bytes than announced")?;
        while left > 0 {
            left = left.checked_sub(self.read(0)?).ok_or("more bytes than announced")?;
        }
        Ok(u32::try_from(self.sent.elapsed().as_micros()).unwrap_or(u32::MAX))
    }

    /// Reads some bytes into the buffer; the end of the stream is an error.
    fn read(&mut self, from: usize) -> Res<usize> {
        match self.stream.read(&mut self.buffer[from..])? {
            0 => Err("the server closed a connection that should be kept alive".into()),
            n => Ok(n),
        }
    }
}

/// The length that the head of a 200 announces.
fn length(head: &[u8]) -> Res<usize> {
    let head = std::str::from_utf8(head)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(format!("answered `{status}`").into());
    }
    let named = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    };
    lines.find_map(named).ok_or_else(|| "an answer without Content-Length".into())
}

/// Asks once on a fresh connection and hands back the whole answer; for waiting and for checking.
pub(crate) fn once(addr: SocketAddr, path: &str) -> Res<String> {
    let mut stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let (mut all, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let n = stream.read(&mut buffer)?;
        all.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&all);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            length(head.as_bytes()).is_ok_and(|length| body.len() >= length)
        });
        if n == 0 || whole {
            return Ok(text.into_owned());
        }
    }
}
