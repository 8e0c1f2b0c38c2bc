//! Live sites on this computer.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use mcp_static::internals::serve::{Handle, Live, Options, Server};
use mcp_static::internals::site::host_named;

use crate::probe::host::{Asked, Said, serve};

/// A folder that is served as a host would; it ends when dropped.
pub(super) struct Site {
    pub(super) url: String,
    handle: Handle,
}

impl Site {
    pub(super) fn new(host: &str, folder: &Path) -> Self {
        let live = Live::of_folder(host_named(host).unwrap(), folder).unwrap();
        let server = Server::bind("127.0.0.1:0", Options::default()).unwrap();
        let (url, handle) = (format!("http://{}", server.local_addr()), server.handle());
        std::thread::spawn(move || server.run(live, None));
        Self { url, handle }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

/// A host that hands out one document, whatever is asked; its URL.
pub(super) fn document(status: u16, media: &'static str, body: String) -> String {
    serve(Arc::new(move |_: &Asked| Said::new(status, media, body.clone())))
}

/// A host that leads everything elsewhere; its URL.
pub(super) fn elsewhere(location: &'static str) -> String {
    serve(Arc::new(move |asked: &Asked| match asked.path() {
        "/login" => Said::new(200, "text/html", "<!doctype html><title>Sign in</title>"),
        _ => Said::redirect(302, location),
    }))
}

/// A host that keeps what it was asked, and has nothing; its URL.
pub(super) fn empty(asked: Arc<Mutex<Vec<String>>>) -> String {
    serve(Arc::new(move |request: &Asked| {
        let fresh = request.header("cache-control").to_owned();
        asked.lock().unwrap().push(format!("{} {fresh}", request.target));
        Said::new(404, "text/plain", "not here")
    }))
}

/// A host whose every document states a length of 300 MiB; its URL.
pub(super) fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
            let _ = stream.write_all(format!("{head}{}\r\n\r\n{{", 300 << 20).as_bytes());
        }
    });
    url
}
