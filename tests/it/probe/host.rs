//! A host whose answers are a function, over a socket or without one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use mcp_static::internals::world::http::{Ask, Exchange, HttpError, Reply};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query, byte for byte.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Scheme and host.
    pub(crate) origin: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Said {
    pub(crate) fn new(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![
            ("Content-Type", media.to_owned()),
            ("Access-Control-Allow-Origin", "*".to_owned()),
        ];
        Self { status, headers, body: body.into() }
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, "text/html", "moved").with("Location", to)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self
    }

    /// The same under another content type.
    pub(crate) fn typed(self, media: &str) -> Self {
        self.without("Content-Type").with("Content-Type", media)
    }
}

/// What answers.
pub(crate) type Answers = Arc<dyn Fn(&Asked) -> Said + Send + Sync>;

/// Serves on a free port for as long as the test program runs; the base URL.
pub(crate) fn serve(answers: Answers) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let origin = base.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &answers, &origin);
        }
    });
    base
}

fn answer(mut stream: TcpStream, answers: &Answers, origin: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = reader.by_ref().lines();
    let Some(Ok(first)) = lines.next() else { return };
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let heads = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
    let headers = heads.filter_map(|line| {
        line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
    });
    let headers = headers.collect();
    let (origin, body) = (origin.to_owned(), String::new());
    let mut asked = Asked { method, target, headers, body, origin };
    if let Ok(length) = asked.header("content-length").parse() {
        reader.take(length).read_to_string(&mut asked.body).unwrap();
    }
    let said = answers(&asked);
    let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", said.status);
    for (name, value) in &said.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", said.body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&said.body));
}

/// The same without a socket, so that a registry can stand at an https URL.
pub(crate) struct Imagined(pub(crate) Answers);

impl Exchange for Imagined {
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError> {
        let start = ask.url.find("://").unwrap() + 3;
        let end = ask.url[start..].find('/').map_or(ask.url.len(), |at| start + at);
        let asked = Asked {
            method: ask.verb.as_str().to_owned(),
            target: ask.url[end..].to_owned(),
            headers: ask.headers.clone(),
            body: String::new(),
            origin: ask.url[..end].to_owned(),
        };
        assert!(!asked.origin.ends_with("//127.0.0.1"), "{} was asked", ask.url);
        let said = (self.0)(&asked);
        let headers = said.headers.into_iter().map(|(n, v)| (n.to_ascii_lowercase(), v));
        Ok(Reply {
            status: said.status,
            headers: headers.collect(),
            body: said.body,
            whole: true,
            ..Reply::default()
        })
    }
}
