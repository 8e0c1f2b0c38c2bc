use pretty_assertions::assert_eq;

use super::{FakeDns, FakeWellKnown, FakeWorld, NOT_RECORDED};
use mcp_static::internals::world::clock::Clock;
use mcp_static::internals::world::dns::{Dns, DnsAnswer, Records};
use mcp_static::internals::world::wellknown::{WellKnown, WellKnownError};

const WORLD: &str = r#"{
  "now": "2026-11-22T06:00:00Z",
  "dns": {
    "1.1.1.1": {
      "example.com": {"txt": ["v=MCPv1; k=ed25519; p=AAAA"], "chain": ["cdn.example.net"]},
      "gone.example": {"nxdomain": true},
      "empty.example": {"nodata": true},
      "slow.example": {"silent": "timed out"},
      "host.example": {"addresses": ["192.0.2.1"]}
    },
    "8.8.8.8": {"example.com": {"txt": []}}
  },
  "http": {
    "example.com": {"body": "v=MCPv1; k=ed25519; p=AAAA"},
    "none.example": {"status": 404},
    "moved.example": {"redirect": 302, "host": "other.example"},
    "slow.example": {"silent": "timed out"},
    "large.example": {"tooLarge": true},
    "inside.example": {"blocked": ["10.0.0.1"]},
    "false.example": {"tls": "wrong name"},
    "bare.example": {"noAddress": true}
  }
}"#;

fn world() -> FakeWorld {
    serde_json::from_str(WORLD).unwrap()
}

fn first(name: &str) -> DnsAnswer<Records> {
    world().dns.txt(name).remove(0).answer
}

#[test]
fn a_recorded_world_has_a_clock_and_resolvers() {
    assert_eq!(world().clock().now(), 1_795_327_200);
    let records = vec![b"v=MCPv1; k=ed25519; p=AAAA".to_vec()];
    let chain = vec!["cdn.example.net".to_owned()];
    assert_eq!(first("example.com"), DnsAnswer::Records { records, chain });
    assert_eq!(first("gone.example"), DnsAnswer::Nothing { nxdomain: true, chain: vec![] });
    assert_eq!(first("empty.example"), DnsAnswer::Nothing { nxdomain: false, chain: vec![] });
    assert_eq!(first("host.example"), DnsAnswer::Nothing { nxdomain: false, chain: vec![] });
    assert_eq!(first("slow.example"), DnsAnswer::Silent("timed out".to_owned()));
    let dns = world().dns;
    let addresses = dns.addresses("host.example").remove(0).answer;
    assert_eq!(addresses.records(), Some(&vec!["192.0.2.1".parse().unwrap()]));
    let nothing = DnsAnswer::Nothing { nxdomain: false, chain: vec![] };
    assert_eq!(dns.txt("example.com").remove(1).answer, nothing, "an empty list is no record");
    let names: Vec<String> = dns.txt("x").into_iter().map(|voice| voice.resolver).collect();
    assert_eq!(names, ["1.1.1.1", "8.8.8.8"]);
    assert_eq!(dns.asked(), ["A host.example", "TXT example.com", "TXT x"]);
}

#[test]
fn a_recorded_world_has_hosts() {
    use WellKnownError as Fault;
    let hosts = world().http;
    assert_eq!(hosts.fetch("example.com").unwrap(), b"v=MCPv1; k=ed25519; p=AAAA");
    for (domain, fault) in [
        ("none.example", Fault::Absent(404)),
        ("moved.example", Fault::Redirect { status: 302, host: Some("other.example".to_owned()) }),
        ("slow.example", Fault::NoAnswer("timed out".to_owned())),
        ("large.example", Fault::TooLarge),
        ("inside.example", Fault::Blocked(vec!["10.0.0.1".parse().unwrap()])),
        ("false.example", Fault::Tls("wrong name".to_owned())),
        ("bare.example", Fault::NoAddress),
    ] {
        assert_eq!(hosts.fetch(domain).unwrap_err(), fault);
    }
    assert_eq!(hosts.asked().len(), 8);
}

#[test]
fn what_was_not_recorded_is_never_a_vote() {
    let unheard = DnsAnswer::Silent(NOT_RECORDED.to_owned());
    assert_eq!(first("other.example"), unheard);
    assert_eq!(FakeDns::new().txt("example.com").remove(0).answer, unheard);
    let unknown = WellKnownError::NoAnswer(NOT_RECORDED.to_owned());
    assert_eq!(world().http.fetch("other.example").unwrap_err(), unknown);
    assert_eq!(FakeWellKnown::new().fetch("example.com").unwrap_err(), unknown);
    assert!(serde_json::from_str::<FakeWorld>(r#"{"http": {"a.b": {"sttus": 404}}}"#).is_err());
    assert!(
        serde_json::from_str::<FakeWorld>(r#"{"dns": {"1.1.1.1": {"a.b": {"text": []}}}}"#)
            .is_err()
    );
}
