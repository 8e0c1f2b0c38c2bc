//! A client that sends exactly the bytes it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer as it came.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The only header of this name, or an empty text.
    #[track_caller]
    pub(super) fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let first = found.next().map_or("", |(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice: {self:?}");
        first
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
}

/// One connection.
pub(super) struct Client(BufReader<TcpStream>);

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends bytes; the server may have hung up already.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// Sends a `GET` with a good `Host` and further header lines, each ended.
    pub(super) fn get(&mut self, target: &str, more: &str) -> Reply {
        self.ask("GET", target, more)
    }

    pub(super) fn ask(&mut self, method: &str, target: &str, more: &str) -> Reply {
        let port = self.0.get_ref().peer_addr().unwrap().port();
        let head = format!("{method} {target} HTTP/1.1\r\nHost: localhost:{port}\r\n{more}\r\n");
        self.send(head.as_bytes());
        self.reply(method == "HEAD").expect("an answer")
    }

    /// Reads an answer; `None` when the connection ends instead.
    pub(super) fn reply(&mut self, without_body: bool) -> Option<Reply> {
        let line = self.line()?;
        let mut words = line.splitn(3, ' ');
        assert_eq!(words.next(), Some("HTTP/1.1"), "{line}");
        let status: u16 = words.next().unwrap().parse().unwrap();
        assert!(words.next().is_some_and(|word| !word.is_empty() && word != "Unknown"), "{line}");
        let mut headers = Vec::new();
        loop {
            let line = self.line().expect("a whole head");
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        let length = reply.header("Content-Length").to_owned();
        if matches!(status, 204 | 304) {
            assert_eq!(length, "", "{status} has no length");
        } else {
            let length: usize = length.parse().unwrap_or_else(|_| panic!("{reply:?}"));
            if !without_body {
                reply.body = vec![0; length];
                self.0.read_exact(&mut reply.body).unwrap();
            }
        }
        Some(reply)
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line).ok()?;
        if line.is_empty() {
            return None;
        }
        Some(String::from_utf8(line).unwrap().strip_suffix("\r\n").unwrap().to_owned())
    }

    /// Whether the server ends the connection without a further word.
    pub(super) fn is_over(&mut self) -> bool {
        self.0.read(&mut [0]).is_ok_and(|n| n == 0)
    }
}

/// A `GET` on a connection of its own.
pub(super) fn get(address: SocketAddr, target: &str) -> Reply {
    Client::connect(address).get(target, "")
}

/// The answer to these bytes on a connection of their own.
pub(super) fn raw(address: SocketAddr, bytes: &[u8]) -> Option<Reply> {
    let mut client = Client::connect(address);
    client.send(bytes);
    client.reply(false)
}
