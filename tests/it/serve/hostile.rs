//! Clients that mean no good, or are broken.

use std::time::{Duration, Instant};

use mcp_static::internals::serve::{Method, Options, Request};
use proptest::prelude::*;

use super::client::{Client, get, raw};
use super::routes::assert_common;
use super::{Running, sample, shared};

fn bounded() -> Options {
    let mut options = Options::default();
    options.head_timeout = Duration::from_millis(150);
    options.idle_timeout = Duration::from_millis(150);
    options.connections = 24;
    options
}

#[test]
fn the_bounds_are_those_that_the_manual_names() {
    let options = Options::default();
    assert_eq!((options.connections, options.head_size), (512, 16 * 1024));
    assert_eq!(options.head_timeout, Duration::from_secs(10));
}

#[test]
fn a_head_has_a_size() {
    let address = shared();
    let head = |fill: usize| {
        format!("GET /v0.1/ping HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(fill))
    };
    let room = 16 * 1024 - head(0).len();
    assert_eq!(raw(address, head(room).as_bytes()).unwrap().status, 200);
    for fill in [room + 1, 1 << 20] {
        let reply = raw(address, head(fill).as_bytes()).unwrap();
        assert_eq!(reply.status, 431, "{fill}");
        assert_eq!(reply.header("Connection"), "close");
        assert_common(&reply);
    }
    let fields = "X: y\r\n".repeat(200);
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
    assert_eq!(raw(address, many.as_bytes()).unwrap().status, 431);
    let target = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a/".repeat(7000));
    assert_eq!(raw(address, target.as_bytes()).unwrap().status, 404);
    assert_eq!(get(address, "/v0.1/ping").status, 200);
}

#[test]
fn a_slow_head_is_not_waited_for() {
    let server = Running::start(bounded());
    let start = Instant::now();
    let mut slow = Client::connect(server.address);
    // Whatever has come so far is right, and it never ends.
    for byte in b"GET /v0.1/ping HTTP/1.1\r\nX: ".iter().chain([b'T'; 60].iter()) {
        slow.send(&[*byte]);
        std::thread::sleep(Duration::from_millis(5));
    }
    let reply = slow.reply(false).expect("a word before the end");
    assert_eq!(reply.status, 408);
    assert_common(&reply);
    assert!(slow.is_over());
    let mut silent = Client::connect(server.address);
    assert!(silent.is_over(), "who says nothing is told nothing");
    let mut idle = Client::connect(server.address);
    assert_eq!(idle.get("/v0.1/ping", "").status, 200);
    assert!(idle.is_over());
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn there_is_room_for_so_many_and_again_when_they_leave() {
    let mut options = Options::default();
    options.connections = 24;
    let server = Running::start(options);
    let mut inside: Vec<Client> = (0..24).map(|_| Client::connect(server.address)).collect();
    for client in &mut inside {
        assert_eq!(client.get("/v0.1/ping", "").status, 200);
    }
    for _ in 0..76 {
        let mut outside = Client::connect(server.address);
        let reply = outside.reply(false).expect("told without asking");
        assert_eq!((reply.status, reply.header("Retry-After")), (503, "1"));
        assert_eq!(reply.header("Connection"), "close");
        let headers: Vec<&str> = reply.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert!(headers.contains(&"Access-Control-Allow-Origin"), "{headers:?}");
        assert!(outside.is_over());
    }
    for client in &mut inside {
        assert_eq!(client.get("/v0.1/ping", "").status, 200, "those inside notice nothing");
    }
    inside.clear();
    let start = Instant::now();
    loop {
        let mut client = Client::connect(server.address);
        client.send(b"GET /v0.1/ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if client.reply(false).is_some_and(|reply| reply.status == 200) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(5), "places are given back");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn nul_characters_are_refused_wherever_they_stand() {
    for (head, part) in [
        (&b"GET /v0.1/\0servers HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], "URL path"),
        (b"GET /v0.1/servers?search=\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", "query parameters"),
        (b"GET /v0.1/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "URL path"),
        (b"OPTIONS /v0.1/servers?x=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "query parameters"),
    ] {
        let reply = raw(shared(), head).unwrap();
        assert_eq!((reply.status, reply.header("Content-Type")), (400, "application/json"));
        assert_eq!(
            reply.json()["detail"],
            format!(
                "Invalid request: {part} contain{} null bytes",
                if part == "URL path" { "s" } else { "" }
            )
        );
        assert_common(&reply);
    }
    let nul = b"GET /v0.1/ping HTTP/1.1\r\nHost: localhost\r\nX: \0\r\n\r\n";
    assert_eq!(raw(shared(), nul).unwrap().status, 400);
}

#[test]
fn what_is_not_http_is_told_so_at_once() {
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], // a TLS greeting
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET  /v0.1/ping HTTP/1.1\r\n\r\n",
        b"GET /v0.1/ping HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET /v0.1/ping HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
        b"GET /v0.1/p ing HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"hello\r\n\r\n",
    ] {
        let start = Instant::now();
        let reply = raw(shared(), bytes).unwrap();
        assert_eq!(reply.status, 400, "{}", bytes.escape_ascii());
        assert!(start.elapsed() < Duration::from_secs(3));
        assert_common(&reply);
    }
}

/// Text that looks like a target now and then.
fn target() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("/".to_owned()),
        Just("//".to_owned()),
        Just("v0.1".to_owned()),
        Just("v0".to_owned()),
        Just("servers".to_owned()),
        Just("versions".to_owned()),
        Just("latest".to_owned()),
        Just("com.example".to_owned()),
        Just("%2F".to_owned()),
        Just("%2f".to_owned()),
        Just("status-page".to_owned()),
        Just("..".to_owned()),
        Just("%2e%2E".to_owned()),
        Just("\\".to_owned()),
        Just("?".to_owned()),
        Just("&limit=1".to_owned()),
        Just("include_deleted=true".to_owned()),
        Just("%".to_owned()),
        Just("%00".to_owned()),
        Just("%ff".to_owned()),
        "\\PC{0,4}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_target_is_answered(target in target(), slash in any::<bool>(), page in any::<bool>()) {
        let target = if slash { format!("/{target}") } else { target };
        let mut request = Request::get(&target);
        request.wants_page = page;
        let answer = sample().answer(&request);
        prop_assert!([200, 308, 400, 404, 422].contains(&answer.status()), "{target:?}");
        let length = answer.headers().find(|(name, _)| *name == "Content-Length");
        prop_assert_eq!(length.map(|(_, value)| value.to_owned()), Some(answer.body().len().to_string()));
        prop_assert!(answer.headers().all(|(_, value)| value.bytes().all(|b| (b' '..=b'~').contains(&b))));
        if answer.status() >= 400 && !page {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(answer.body()).is_ok());
        }
        request.method = Method::Options;
        prop_assert!([204, 400].contains(&sample().answer(&request).status()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_leave_the_server_alive(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        like in any::<bool>(),
    ) {
        let mut client = Client::connect(shared());
        if like {
            client.send(b"GET /");
        }
        client.send(&bytes);
        client.send(b"\r\n\r\n");
        if let Some(reply) = client.reply(false) {
            prop_assert!(reply.status >= 400 || !bytes.is_empty());
        }
        prop_assert_eq!(get(shared(), "/v0.1/ping").status, 200);
    }
}
