//! What concerns the connection: hosts, keeping and closing, requests that come together.

use std::time::Duration;

use mcp_static::internals::serve::Options;

use super::client::{Client, get, raw};
use super::routes::assert_common;
use super::{Running, shared};

/// A request with these lines after the first.
fn with(line: &str, fields: &str) -> Vec<u8> {
    format!("{line}\r\n{fields}\r\n").into_bytes()
}

const PING: &str = "GET /v0.1/ping HTTP/1.1";

#[test]
fn only_names_that_are_ours_are_answered() {
    let address = shared();
    let port = address.port();
    for host in ["localhost", "LocalHost", "127.0.0.1", "[::1]"] {
        let fields = format!("Host: {host}:{port}\r\n");
        assert_eq!(raw(address, &with(PING, &fields)).unwrap().status, 200, "{host}");
        let fields = format!("hOST:{host}\r\n");
        assert_eq!(raw(address, &with(PING, &fields)).unwrap().status, 200, "{host}");
    }
    for host in ["evil.example", "evil.example:80", "localhost:1", "127.0.0.1:1", "", "a b", "[::1"]
    {
        let reply = raw(address, &with(PING, &format!("Host: {host}\r\n"))).unwrap();
        assert_eq!(reply.status, 421, "{host}");
        assert_eq!(reply.json()["title"], "Misdirected Request");
        assert!(reply.text().contains("--allow-host"));
        assert_common(&reply);
    }
    // A refusal does not end the connection.
    let mut client = Client::connect(address);
    client.send(&with(PING, "Host: evil.example\r\n"));
    assert_eq!(client.reply(false).unwrap().status, 421);
    assert_eq!(client.get("/v0.1/ping", "").status, 200);
}

#[test]
fn allowed_hosts_are_answered() {
    let mut options = Options::default();
    options.allow_hosts = vec!["dev.example".into()];
    let server = Running::start(options);
    let ask =
        |host: &str| raw(server.address, &with(PING, &format!("Host: {host}\r\n"))).unwrap().status;
    assert_eq!((ask("dev.example"), ask("DEV.example:99"), ask("x.example")), (200, 200, 421));
    let mut options = Options::default();
    options.allow_hosts = vec!["*".into()];
    let server = Running::start(options);
    assert_eq!(raw(server.address, &with(PING, "Host: x\r\n")).unwrap().status, 200);
}

#[test]
fn a_request_names_one_host() {
    let address = shared();
    for fields in ["", "Host: localhost\r\nHost: localhost\r\n", "Host: localhost\r\nhost: x\r\n"] {
        let reply = raw(address, &with(PING, fields)).unwrap();
        assert_eq!(reply.status, 400, "{fields:?}");
        assert_eq!(reply.header("Connection"), "close");
        assert_common(&reply);
    }
    let old = raw(address, b"GET /v0.1/ping HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(old.status, 200, "HTTP/1.0 has no Host");
}

#[test]
fn a_whole_url_is_a_target_and_its_host_counts() {
    let address = shared();
    let port = address.port();
    let ask = |target: &str, host: &str| {
        let line = format!("GET {target} HTTP/1.1");
        raw(address, &with(&line, &format!("Host: {host}\r\n"))).unwrap().status
    };
    assert_eq!(ask(&format!("http://localhost:{port}/v0.1/ping"), "evil.example"), 200);
    assert_eq!(ask(&format!("HTTP://127.0.0.1:{port}/v0.1/servers?limit=1"), "localhost"), 200);
    assert_eq!(ask("http://evil.example/v0.1/ping", "localhost"), 421);
    assert_eq!(ask("http://x@localhost/v0.1/ping", "localhost"), 421);
    for bad in ["v0.1/ping", "*", "ftp://localhost/v0.1/ping", "http:/v0.1/ping", "?limit=1"] {
        assert_eq!(ask(bad, "localhost"), 400, "{bad}");
    }
    let root = ask(&format!("http://localhost:{port}"), "localhost");
    assert!([200, 404].contains(&root), "the root, if it has a page: {root}");
}

#[test]
fn connections_are_kept_as_both_sides_wish() {
    let address = shared();
    let mut kept = Client::connect(address);
    for _ in 0..3 {
        assert_eq!(kept.get("/v0.1/ping", "").header("Connection"), "");
    }
    let last = kept.get("/v0.1/ping", "Connection: x, Close\r\n");
    assert_eq!((last.status, last.header("Connection")), (200, "close"));
    assert!(kept.is_over());

    let mut old = Client::connect(address);
    old.send(b"GET /v0.1/ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(old.reply(false).unwrap().header("Connection"), "keep-alive");
    old.send(b"GET /v0.1/ping HTTP/1.0\r\n\r\n");
    assert_eq!(old.reply(false).unwrap().header("Connection"), "close");
    assert!(old.is_over());
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    let mut client = Client::connect(shared());
    let mut all = Vec::new();
    for limit in 1..=20 {
        let line = format!("GET /v0.1/servers?limit={limit} HTTP/1.1");
        all.extend(with(&line, "Host: localhost\r\n"));
    }
    all.extend(with("HEAD /v0.1/servers HTTP/1.1", "Host: localhost\r\n"));
    all.extend(b"\r\n"); // some clients do
    all.extend(with(PING, "Host: localhost\r\n"));
    client.send(&all);
    for limit in 1..=20 {
        assert_eq!(client.reply(false).unwrap().json()["metadata"]["count"], limit);
    }
    assert_eq!(client.reply(true).unwrap().status, 200);
    assert!(client.reply(false).unwrap().text().contains("pong"));
}

#[test]
fn a_request_in_pieces_is_a_request() {
    let mut client = Client::connect(shared());
    for byte in with(PING, "Host: localhost\r\n") {
        client.send(&[byte]);
        std::thread::sleep(Duration::from_micros(200));
    }
    assert_eq!(client.reply(false).unwrap().status, 200);
    client.send(b"GET /v0.1/ping HTTP/1.1\nHost: localhost\n\n");
    assert_eq!(client.reply(false).unwrap().status, 200, "bare line feeds end lines");
}

#[test]
fn a_body_is_never_read() {
    let address = shared();
    let inside = "GET /v0.1/servers HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (line, fields, status) in [
        (PING, format!("Content-Length: {}\r\n", inside.len()), 200),
        (PING, "Transfer-Encoding: chunked\r\n".to_owned(), 200),
        (PING, "Content-Length: 0\r\nContent-Length: 9\r\n".to_owned(), 200),
        ("POST /v0/publish HTTP/1.1", format!("Content-Length: {}\r\n", inside.len()), 405),
        ("POST /v0/publish HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 9\r\n".into(), 405),
    ] {
        let mut client = Client::connect(address);
        let mut bytes = with(line, &format!("Host: localhost\r\n{fields}"));
        bytes.extend_from_slice(inside.as_bytes());
        client.send(&bytes);
        let reply = client.reply(false).unwrap();
        assert_eq!((reply.status, reply.header("Connection")), (status, "close"), "{fields}");
        assert!(client.is_over(), "what follows {fields:?} is no request");
    }
    let mut client = Client::connect(address);
    assert_eq!(client.get("/v0.1/ping", "Content-Length: 0\r\n").status, 200);
    assert_eq!(client.get("/v0.1/ping", "").status, 200, "no body, no close");
}

#[test]
fn a_stopped_server_ends_and_frees_its_port() {
    let server = Running::start(Options::default());
    let address = server.address;
    let mut kept = Client::connect(address);
    assert_eq!(kept.get("/v0.1/ping", "").status, 200);
    drop(server);
    assert!(kept.is_over());
    assert!(std::net::TcpListener::bind(address).is_ok());
    assert_eq!(get(shared(), "/v0.1/ping").status, 200, "others go on");
}
