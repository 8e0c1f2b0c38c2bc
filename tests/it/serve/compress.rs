//! Compressed answers.

use std::io::Read as _;

use flate2::read::GzDecoder;
use mcp_static::internals::serve::Request;
use pretty_assertions::assert_eq;

use super::client::{Client, Reply};
use super::{sample, shared};

const GZIP: &str = "Accept-Encoding: br, gzip;q=0.8\r\n";

fn unpacked(reply: &Reply) -> Vec<u8> {
    assert_eq!(reply.header("Content-Encoding"), "gzip");
    let mut bytes = Vec::new();
    GzDecoder::new(&reply.body[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_client_that_accepts_gzip_gets_the_same_document_in_fewer_bytes() {
    let mut client = Client::connect(shared());
    for target in ["/", "/v0.1/servers", "/servers/com.example.almanac/weather/", "/openapi.yaml"] {
        let plain = client.get(target, "");
        let packed = client.get(target, GZIP);
        assert!(packed.body.len() < plain.body.len() / 2, "{target}");
        assert_eq!(unpacked(&packed), plain.body, "{target}");
        for name in ["Content-Type", "Cache-Control", "Vary", "Access-Control-Allow-Origin"] {
            assert_eq!(packed.header(name), plain.header(name), "{target} {name}");
        }
        assert_eq!(packed.header("Vary"), "Accept-Encoding");
        assert_eq!(packed.header("Content-Length"), packed.body.len().to_string());
        let head = client.ask("HEAD", target, GZIP);
        assert_eq!(head.header("Content-Length"), packed.header("Content-Length"));
        assert!(plain.header("Content-Encoding").is_empty());
    }
}

#[test]
fn each_form_has_its_own_validator() {
    let mut client = Client::connect(shared());
    let (plain, packed) = (client.get("/v0.1/servers", ""), client.get("/v0.1/servers", GZIP));
    assert_ne!(plain.header("ETag"), packed.header("ETag"));
    for (tag, more, status) in [
        (plain.header("ETag"), "", 304),
        (packed.header("ETag"), GZIP, 304),
        (packed.header("ETag"), "", 200),
        (plain.header("ETag"), GZIP, 200),
        ("*", GZIP, 304),
    ] {
        let reply = client.get("/v0.1/servers", &format!("If-None-Match: {tag}\r\n{more}"));
        assert_eq!(reply.status, status, "{tag} {more}");
        assert_eq!(reply.header("Vary"), "Accept-Encoding");
    }
}

#[test]
fn what_is_small_or_made_by_a_query_is_sent_as_it_is() {
    for target in ["/v0.1/health", "/v0.1/servers?limit=5", "/v0.1/none"] {
        let answer = sample().answer(&Request { gzip: true, ..Request::get(target) });
        assert!(answer.headers().all(|(name, _)| name != "Content-Encoding"), "{target}");
    }
    for refused in ["gzip;q=0", "identity"] {
        let more = format!("Accept-Encoding: {refused}\r\n");
        let reply = Client::connect(shared()).get("/v0.1/servers", &more);
        assert!(reply.header("Content-Encoding").is_empty(), "{refused}");
    }
}
