//! The real client of ownership documents against a TLS host on this computer, faults included.

mod host;

use std::io::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::fake::FakeDns;
use mcp_static::internals::world::wellknown::{
    MAX_BODY, WellKnown, WellKnownClient, WellKnownError, WellKnownOptions,
};
use pretty_assertions::assert_eq;

use crate::http::status;
use host::{Host, Identity};

const DOMAIN: &str = "example.com";
const KEY: &str = "v=MCPv1; k=ed25519; p=AAAA\n";

type Fetched = Result<Vec<u8>, WellKnownError>;

fn identity() -> Identity {
    Identity::new(&[DOMAIN], 2100)
}

fn dns(addresses: &[&str]) -> FakeDns {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    FakeDns::new().with_addresses("1.1.1.1", DOMAIN, &addresses)
}

fn client(dns: FakeDns, port: u16, root: &Identity, total: Duration) -> WellKnownClient {
    let options = WellKnownOptions { total, allow_private: true };
    WellKnownClient::new(Arc::new(dns), options).for_test(port, &root.der)
}

/// What is fetched from `host` by a client that waits for a busy computer.
fn fetch(host: &Host, root: &Identity) -> Fetched {
    client(dns(&["127.0.0.1"]), host.port, root, Duration::from_secs(30)).fetch(DOMAIN)
}

/// What is fetched from a host that gives this answer.
fn fetched(answer: String) -> Fetched {
    let identity = identity();
    fetch(&Host::answering(&identity, answer), &identity)
}

/// What is fetched from a host that does this, by a client that does not wait long.
fn hastily(act: impl Fn(&mut host::Way) + Send + 'static) -> Fetched {
    let identity = identity();
    let host = Host::new(&identity, act);
    let patience = Duration::from_millis(1500);
    client(dns(&["127.0.0.1"]), host.port, &identity, patience).fetch(DOMAIN)
}

fn no_answer(fetched: Fetched) -> String {
    match fetched {
        Err(WellKnownError::NoAnswer(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn tls(fetched: Fetched) -> String {
    match fetched {
        Err(WellKnownError::Tls(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_document_comes_as_it_is_and_is_asked_for_plainly() {
    let identity = identity();
    let host = Host::answering(&identity, status(200, "Content-Type: text/plain\r\n", KEY));
    assert_eq!(fetch(&host, &identity).unwrap(), KEY.as_bytes());
    let heard = host.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    let lines: Vec<String> = heard[0].lines().map(str::to_lowercase).collect();
    assert_eq!(lines[0], "get /.well-known/mcp-registry-auth http/1.1");
    let agent = concat!("user-agent: mcp-static/", env!("CARGO_PKG_VERSION"));
    for line in ["host: example.com", "accept: text/plain", "accept-encoding: identity", agent] {
        assert!(lines.iter().any(|heard| heard == line), "{line} is not in {lines:?}");
    }
    let private = ["cookie", "authorization", "referer"];
    assert!(!lines.iter().any(|line| private.iter().any(|name| line.starts_with(name))));
}

#[test]
fn a_page_is_brought_like_any_document() {
    let page = "<!doctype html><title>Hello</title>";
    assert_eq!(fetched(status(200, "Content-Type: text/html\r\n", page)).unwrap(), page.as_bytes());
    assert_eq!(fetched(status(200, "", "")).unwrap(), b"");
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let identity = identity();
    for (location, host) in [
        ("https://www.example.org/secret?token=1", Some("www.example.org")),
        ("//cdn.example.net/x", Some("cdn.example.net")),
        ("/elsewhere", Some("example.com")),
        ("https://user:password@example.org/", None),
        ("ftp://example.org/", None),
    ] {
        let answer = status(302, &format!("Location: {location}\r\n"), KEY);
        let server = Host::answering(&identity, answer);
        let expected = WellKnownError::Redirect { status: 302, host: host.map(str::to_owned) };
        assert_eq!(fetch(&server, &identity).unwrap_err(), expected, "{location}");
        assert_eq!(server.heard().len(), 1, "{location} was followed");
        assert!(!expected.to_string().contains("secret"));
    }
    let bare = fetched(status(304, "", ""));
    assert_eq!(bare.unwrap_err(), WellKnownError::Redirect { status: 304, host: None });
}

#[test]
fn only_status_200_is_a_document_and_trouble_is_no_refusal() {
    for code in [201, 204, 401, 403, 404, 410, 451] {
        let body = if code == 204 { "" } else { KEY };
        let fetched = fetched(status(code, "", body));
        assert_eq!(fetched.unwrap_err(), WellKnownError::Absent(code));
    }
    for code in [408, 425, 429, 500, 502, 503, 504] {
        let fetched = fetched(status(code, "", KEY));
        assert_eq!(no_answer(fetched), format!("status {code}"));
    }
}

#[test]
fn the_limit_of_the_body_holds_however_the_length_is_told() {
    let fits = "x".repeat(MAX_BODY);
    let long = "x".repeat(MAX_BODY + 1);
    let chunk = |body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
        )
    };
    assert_eq!(fetched(status(200, "", &fits)).unwrap(), fits.as_bytes());
    assert_eq!(fetched(chunk(&fits)).unwrap(), fits.as_bytes());
    for answer in [status(200, "", &long), chunk(&long)] {
        assert_eq!(fetched(answer).unwrap_err(), WellKnownError::TooLarge);
    }
    let lie = "HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\nx".to_owned();
    assert_eq!(fetched(lie).unwrap_err(), WellKnownError::TooLarge);
}

#[test]
fn large_headers_are_refused() {
    let header = format!("X-Long: {}\r\n", "x".repeat(20_000));
    assert_eq!(fetched(status(200, &header, KEY)).unwrap_err(), WellKnownError::TooLarge);
    let many: String = (0..400).map(|n| format!("X-{n}: {}\r\n", "x".repeat(30))).collect();
    assert!(fetched(status(200, &many, KEY)).is_err());
}

#[test]
fn a_compressed_document_is_refused() {
    let fetched = fetched(status(200, "Content-Encoding: gzip\r\n", KEY));
    assert!(matches!(fetched, Err(WellKnownError::Refused(why)) if why.contains("encoding")));
}

#[test]
fn a_host_that_keeps_us_waiting_gives_no_answer() {
    let drop = |way: &mut host::Way| {
        let _ = way.write_all(b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n");
        for _ in 0..200 {
            if way.write_all(b"x").and_then(|()| way.flush()).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    assert_eq!(no_answer(hastily(drop)), "timed out");
    let wait = |_: &mut host::Way| std::thread::sleep(Duration::from_secs(20));
    assert_eq!(no_answer(hastily(wait)), "timed out");
}

#[test]
fn half_an_answer_is_no_answer() {
    let cut = |text: &'static str| {
        move |way: &mut host::Way| {
            let _ = way.write_all(text.as_bytes());
            let _ = way.flush();
            let _ = way.sock.shutdown(std::net::Shutdown::Both);
        }
    };
    for text in [
        "",
        "HTTP/1.1 20",
        "HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\nv=MCPv1",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nv=MCP\r\n",
        "this is no HTTP\r\n\r\n",
    ] {
        let fetched = hastily(cut(text));
        assert!(matches!(fetched, Err(WellKnownError::NoAnswer(_))), "{text:?}: {fetched:?}");
    }
}

#[test]
fn an_answer_that_may_be_cut_off_unseen_is_refused() {
    // Ended by the end of the connection, which anybody on the way can bring about.
    let open = format!("HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{KEY}");
    let fetched = fetched(open);
    assert!(
        matches!(&fetched, Err(WellKnownError::Refused(why)) if why.contains("Content-Length"))
    );
}

#[test]
fn a_host_must_show_that_it_is_the_domain() {
    let own = identity();
    let foreign = Identity::new(&["example.org", "www.example.com"], 2100);
    let host = Host::answering(&foreign, status(200, "", KEY));
    let why = tls(fetch(&host, &foreign));
    assert!(why.contains("not valid for name"), "{why}");
    let stranger = Host::answering(&identity(), status(200, "", KEY));
    let why = tls(fetch(&stranger, &own));
    assert!(why.contains("certificate"), "{why}");
    let old = Identity::new(&[DOMAIN], 2001);
    let expired = Host::answering(&old, status(200, "", KEY));
    let why = tls(fetch(&expired, &old));
    assert!(why.contains("expired"), "{why}");
    for host in [host, stranger, expired] {
        assert_eq!(host.heard(), [""], "the request was sent nevertheless");
    }
}

#[test]
fn the_systems_roots_do_not_trust_a_stranger() {
    let host = Host::answering(&identity(), status(200, "", KEY));
    let options = WellKnownOptions { allow_private: true, ..WellKnownOptions::default() };
    let client = WellKnownClient::new(Arc::new(dns(&["127.0.0.1"])), options);
    let fetched = client.for_port(host.port).fetch(DOMAIN);
    assert!(matches!(fetched, Err(WellKnownError::Tls(_))), "{fetched:?}");
}

#[test]
fn a_plain_host_is_no_host() {
    let plain = crate::http::Host::new(|_| std::collections::HashMap::new());
    let port = plain.base.rsplit(':').next().unwrap().parse().unwrap();
    let patience = Duration::from_millis(1500);
    let fetched = client(dns(&["127.0.0.1"]), port, &identity(), patience).fetch(DOMAIN);
    assert!(fetched.is_err());
    assert!(!plain.asked().iter().any(|asked| asked.contains("GET")), "a plain request was sent");
}

#[test]
fn addresses_inside_a_network_are_not_asked() {
    let identity = identity();
    let host = Host::answering(&identity, status(200, "", KEY));
    let inside = ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1"];
    let client = WellKnownClient::new(Arc::new(dns(&inside)), WellKnownOptions::default())
        .for_test(host.port, &identity.der);
    let error = client.fetch(DOMAIN).unwrap_err();
    let addresses = inside.iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(error, WellKnownError::Blocked(addresses));
    assert!(error.to_string().contains("only 127.0.0.1, 10.0.0.7"), "{error}");
    assert_eq!(host.heard(), [""; 0], "the host was connected to");
}

#[test]
fn the_next_address_is_tried_and_at_most_four_are() {
    let identity = identity();
    let host = Host::answering(&identity, status(200, "", KEY));
    let fetch = |addresses: &[&str]| {
        client(dns(addresses), host.port, &identity, Duration::from_secs(30)).fetch(DOMAIN)
    };
    // Nobody listens at the others.
    let fourth = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"];
    assert_eq!(fetch(&fourth).unwrap(), KEY.as_bytes());
    let fifth = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.1"];
    assert!(no_answer(fetch(&fifth)).contains("refused"));
}

#[test]
fn what_more_resolvers_say_comes_first() {
    let identity = identity();
    let host = Host::answering(&identity, status(200, "", KEY));
    let lie: Vec<IpAddr> = (2..6).map(|n| IpAddr::from([127, 0, 0, n])).collect();
    let truth = [IpAddr::from([127, 0, 0, 1])];
    let dns = FakeDns::new()
        .with_addresses("1.1.1.1", DOMAIN, &lie)
        .with_addresses("8.8.8.8", DOMAIN, &truth)
        .with_addresses("9.9.9.9", DOMAIN, &truth);
    let client = client(dns, host.port, &identity, Duration::from_secs(30));
    assert_eq!(client.fetch(DOMAIN).unwrap(), KEY.as_bytes());
}

#[test]
fn the_name_is_resolved_once() {
    let identity = identity();
    let host = Host::answering(&identity, status(404, "", ""));
    let dns = Arc::new(dns(&["127.0.0.1"]));
    let options = WellKnownOptions { allow_private: true, ..WellKnownOptions::default() };
    let client = WellKnownClient::new(dns.clone(), options).for_test(host.port, &identity.der);
    assert_eq!(client.fetch(DOMAIN).unwrap_err(), WellKnownError::Absent(404));
    assert_eq!(dns.asked(), ["A example.com"]);
}

#[test]
fn no_address_is_told_apart_from_no_answer() {
    let fetch = |dns: FakeDns| {
        WellKnownClient::new(Arc::new(dns), WellKnownOptions::default()).fetch(DOMAIN).unwrap_err()
    };
    let sure = FakeDns::new()
        .with_nxdomain("1.1.1.1", DOMAIN)
        .with_nodata("8.8.8.8", DOMAIN)
        .with_silence("9.9.9.9", DOMAIN, "timed out");
    assert_eq!(fetch(sure), WellKnownError::NoAddress);
    let unsure = FakeDns::new()
        .with_nxdomain("1.1.1.1", DOMAIN)
        .with_silence("8.8.8.8", DOMAIN, "SERVFAIL")
        .with_silence("9.9.9.9", DOMAIN, "timed out");
    assert_eq!(
        fetch(unsure).to_string(),
        "does not answer: its address is not known (1.1.1.1: no address, 8.8.8.8: SERVFAIL, 9.9.9.9: timed out)"
    );
}

#[test]
fn what_is_no_domain_name_is_not_asked() {
    for text in [
        "",
        "127.0.0.1",
        "[::1]",
        "0x7f.1",
        "2130706433",
        "a/b",
        "a:443",
        "user@example.com",
        "example.com.",
        "exa mple.com",
        "example.com\r\nX: y",
        "a..b",
        "ex\u{e4}mple.com",
        "a.0x1",
    ] {
        let dns = Arc::new(FakeDns::new());
        let client = WellKnownClient::new(dns.clone(), WellKnownOptions::default());
        let expected = WellKnownError::Refused("is not a domain name".to_owned());
        assert_eq!(client.fetch(text).unwrap_err(), expected, "{text:?}");
        assert_eq!(dns.asked(), [""; 0], "{text:?} was asked for");
    }
}
