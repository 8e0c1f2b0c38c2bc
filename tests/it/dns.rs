//! The real client of resolvers against real name servers on this computer, faults included.

pub(crate) mod server;

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use hickory_server::proto::op::{Message, ResponseCode};
use hickory_server::proto::rr::RecordType::{A, AAAA, TXT};
use mcp_static::internals::world::dns::{
    Dns, DnsAnswer, DnsClient, DnsOptions, MAX_ALIASES, Records, Resolvers,
};
use pretty_assertions::assert_eq;

use server::{Act, NameServer, address, cname, txt};

const KEY: &str = "v=MCPv1; k=ed25519; p=AAAA";

/// A client of these servers that does not wait long.
fn hasty(servers: &[SocketAddr]) -> DnsClient {
    client(servers, 1500)
}

/// A client of these servers that waits for a busy computer.
fn patient(servers: &[SocketAddr]) -> DnsClient {
    client(servers, 20_000)
}

fn client(servers: &[SocketAddr], milliseconds: u64) -> DnsClient {
    let attempt = Duration::from_millis(milliseconds);
    let resolvers = Resolvers::At(servers.to_vec());
    DnsClient::new(&DnsOptions { resolvers, attempt, attempts: 2, total: attempt * 4 }).unwrap()
}

fn one(server: &NameServer, name: &str) -> DnsAnswer<Records> {
    patient(&[server.address]).txt(name).remove(0).answer
}

fn records(texts: &[&str], chain: &[&str]) -> DnsAnswer<Records> {
    let records = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    DnsAnswer::Records { records, chain: strings(chain) }
}

fn nothing<T>(nxdomain: bool, chain: &[&str]) -> DnsAnswer<T> {
    DnsAnswer::Nothing { nxdomain, chain: strings(chain) }
}

fn silent<T>(why: &str) -> DnsAnswer<T> {
    DnsAnswer::Silent(why.to_owned())
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn every_resolver_speaks_for_itself() {
    let says = |act| NameServer::new(&[("example.com", TXT, act)]);
    let servers = [
        says(Act::Say(vec![txt("example.com", &[KEY])])),
        says(Act::Say(vec![txt("example.com", &["v=spf1 -all"])])),
        says(Act::Deny(vec![])),
        says(Act::Code(ResponseCode::ServFail)),
    ];
    let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
    let voices = patient(&addresses).txt("example.com");
    let names: Vec<String> = voices.iter().map(|voice| voice.resolver.clone()).collect();
    let labels: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    assert_eq!(names, labels);
    let answers: Vec<_> = voices.into_iter().map(|voice| voice.answer).collect();
    assert_eq!(
        answers,
        [
            records(&[KEY], &[]),
            records(&["v=spf1 -all"], &[]),
            nothing(true, &[]),
            silent("SERVFAIL")
        ]
    );
}

#[test]
fn a_lying_resolver_and_a_silent_one_change_nobody_elses_answer() {
    let honest =
        NameServer::new(&[("example.com", TXT, Act::Say(vec![txt("example.com", &[KEY])]))]);
    let liar =
        NameServer::new(&[("example.com", TXT, Act::Say(vec![txt("example.com", &["v=lie"])]))]);
    let mute = NameServer::new(&[("example.com", TXT, Act::Silence)]);
    let voices = hasty(&[mute.address, liar.address, honest.address]).txt("example.com");
    let answers: Vec<_> = voices.into_iter().map(|voice| voice.answer).collect();
    assert_eq!(answers, [silent("timed out"), records(&["v=lie"], &[]), records(&[KEY], &[])]);
}

#[test]
fn character_strings_of_a_record_are_joined_and_records_are_not() {
    let said = vec![
        txt("example.com", &["v=MCPv1; k=ecdsap384; ", "p=AAAA", "BBBB"]),
        txt("example.com", &["v=spf1 -all"]),
        txt("example.com", &[""]),
    ];
    let server = NameServer::new(&[("example.com", TXT, Act::Say(said))]);
    let expected = records(&["v=MCPv1; k=ecdsap384; p=AAAABBBB", "v=spf1 -all", ""], &[]);
    assert_eq!(one(&server, "example.com"), expected);
}

#[test]
fn nothing_is_a_vote_and_a_failure_is_none() {
    let server = NameServer::new(&[
        ("gone.example.com", TXT, Act::Deny(vec![])),
        ("broken.example.com", TXT, Act::Code(ResponseCode::ServFail)),
        ("closed.example.com", TXT, Act::Code(ResponseCode::Refused)),
        ("odd.example.com", TXT, Act::Code(ResponseCode::NotAuth)),
        ("lame.example.com", TXT, Act::Refer),
    ]);
    assert_eq!(one(&server, "empty.example.com"), nothing(false, &[]));
    assert_eq!(one(&server, "gone.example.com"), nothing(true, &[]));
    assert_eq!(one(&server, "broken.example.com"), silent("SERVFAIL"));
    assert_eq!(one(&server, "closed.example.com"), silent("REFUSED"));
    assert_eq!(one(&server, "odd.example.com"), silent("response code 9"));
    let lame = silent("it refers to other servers instead of answering");
    assert_eq!(one(&server, "lame.example.com"), lame);
    let votes = [nothing::<()>(true, &[]), silent("x")].map(|answer| answer.is_vote());
    assert_eq!(votes, [true, false]);
}

#[test]
fn an_answer_that_does_not_fit_into_a_datagram_comes_over_tcp() {
    let texts: Vec<String> = (0..60).map(|n| format!("record {n:02} {}", "x".repeat(60))).collect();
    let said = texts.iter().map(|text| txt("example.com", &[text])).collect();
    let server = NameServer::new(&[("example.com", TXT, Act::Say(said))]);
    let expected: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(one(&server, "example.com"), records(&expected, &[]));
    let transports: Vec<bool> = server.heard().into_iter().map(|(_, _, tcp)| tcp).collect();
    assert_eq!(transports.first(), Some(&false), "UDP comes first");
    assert_eq!(transports.last(), Some(&true), "TCP comes last");
}

#[test]
fn an_answer_that_stays_cut_off_is_no_answer() {
    let server = NameServer::new(&[("example.com", TXT, Act::CutOff)]);
    let answer = hasty(&[server.address]).txt("example.com").remove(0).answer;
    assert!(!answer.is_vote(), "{answer:?}");
    assert!(server.heard().iter().any(|(_, _, tcp)| *tcp), "TCP was not tried");
}

#[test]
fn aliases_are_followed_and_told() {
    let server = NameServer::new(&[
        (
            "one.example.com",
            TXT,
            Act::Say(vec![
                cname("one.example.com", "TWO.example.net"),
                cname("two.example.net", "three.example.org"),
                txt("three.example.org", &[KEY]),
            ]),
        ),
        // A server that tells one step at a time.
        ("a.example.com", TXT, Act::Say(vec![cname("a.example.com", "b.example.net")])),
        ("b.example.net", TXT, Act::Say(vec![cname("b.example.net", "c.example.org")])),
        ("c.example.org", TXT, Act::Say(vec![txt("c.example.org", &[KEY])])),
        ("gone.example.com", TXT, Act::Deny(vec![cname("gone.example.com", "no.example.net")])),
        ("bare.example.com", TXT, Act::Say(vec![cname("bare.example.com", "no.example.net")])),
    ]);
    let chain = ["two.example.net", "three.example.org"];
    assert_eq!(one(&server, "one.example.com"), records(&[KEY], &chain));
    let chain = ["b.example.net", "c.example.org"];
    assert_eq!(one(&server, "a.example.com"), records(&[KEY], &chain));
    assert_eq!(one(&server, "gone.example.com"), nothing(true, &["no.example.net"]));
    assert_eq!(one(&server, "bare.example.com"), nothing(false, &["no.example.net"]));
}

#[test]
fn aliases_without_end_are_no_answer() {
    let step = |n: usize| (format!("n{n}.example.com"), format!("n{}.example.com", n + 1));
    let steps: Vec<_> = (0..=MAX_ALIASES).map(step).collect();
    let endless = steps.iter().map(|(from, to)| cname(from, to)).collect();
    let server = NameServer::new(&[
        ("self.example.com", TXT, Act::Say(vec![cname("self.example.com", "self.example.com")])),
        ("a.example.com", TXT, Act::Say(vec![cname("a.example.com", "b.example.com")])),
        ("b.example.com", TXT, Act::Say(vec![cname("b.example.com", "A.example.com")])),
        ("n0.example.com", TXT, Act::Say(endless)),
    ]);
    assert_eq!(one(&server, "self.example.com"), silent("the name is an alias of itself"));
    assert_eq!(one(&server, "a.example.com"), silent("the name is an alias of itself"));
    assert_eq!(
        one(&server, "n0.example.com"),
        silent("the name is an alias over more than 8 steps")
    );
}

#[test]
fn records_of_another_name_are_not_believed() {
    let server = NameServer::new(&[
        ("example.com", TXT, Act::Say(vec![txt("example.net", &[KEY])])),
        (
            "sub.example.com",
            TXT,
            Act::Say(vec![cname("other.example", "sub.example.com"), txt("other.example", &[KEY])]),
        ),
    ]);
    assert_eq!(one(&server, "example.com"), nothing(false, &[]));
    assert_eq!(one(&server, "sub.example.com"), nothing(false, &[]));
}

/// A server that answers every question with `KEY` and spells the name in lower case, as somebody
/// does who has to guess the question.
fn forger() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut packet = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            let mut message = Message::from_vec(&packet[..length]).unwrap().into_response();
            let query = &mut message.queries[0];
            query.set_name(query.name().to_lowercase());
            message.add_answer(txt("spelled-with-many-letters.example.com", &[KEY]));
            socket.send_to(&message.to_vec().unwrap(), from).unwrap();
        }
    });
    address
}

#[test]
fn an_answer_that_does_not_repeat_the_spelling_is_not_believed() {
    let answer = hasty(&[forger()]).txt("spelled-with-many-letters.example.com").remove(0).answer;
    assert!(!answer.is_vote(), "{answer:?}");
}

#[test]
fn only_the_very_name_is_asked_and_its_spelling_is_shuffled() {
    let server = NameServer::new(&[("_mcp-auth.no-such-host.example.com", TXT, Act::Deny(vec![]))]);
    assert_eq!(one(&server, "_mcp-auth.no-such-host.example.com"), nothing(true, &[]));
    let heard = server.heard();
    assert!(!heard.is_empty());
    for (name, kind, _) in &heard {
        assert_eq!(name.to_lowercase(), "_mcp-auth.no-such-host.example.com.");
        assert_eq!(*kind, TXT);
    }
    assert!(
        heard.iter().any(|(name, ..)| name.bytes().any(|b| b.is_ascii_uppercase())),
        "{heard:?}"
    );
}

#[test]
fn either_kind_of_address_is_enough_and_they_take_turns() {
    let say = |owner, texts: &[&str]| Act::Say(texts.iter().map(|t| address(owner, t)).collect());
    let server = NameServer::new(&[
        ("example.com", A, say("example.com", &["192.0.2.1", "192.0.2.2"])),
        ("example.com", AAAA, say("example.com", &["2001:db8::1"])),
        ("four.example.com", A, say("four.example.com", &["192.0.2.4"])),
        ("four.example.com", AAAA, Act::Code(ResponseCode::ServFail)),
        ("doubt.example.com", AAAA, Act::Code(ResponseCode::ServFail)),
    ]);
    let ask = |name| patient(&[server.address]).addresses(name).remove(0).answer;
    let found = |texts: &[&str]| {
        let records = texts.iter().map(|text| text.parse().unwrap()).collect();
        DnsAnswer::Records { records, chain: vec![] }
    };
    assert_eq!(ask("example.com"), found(&["192.0.2.1", "2001:db8::1", "192.0.2.2"]));
    assert_eq!(ask("four.example.com"), found(&["192.0.2.4"]));
    assert_eq!(ask("doubt.example.com"), silent("SERVFAIL"));
    assert_eq!(ask("empty.example.com"), nothing(false, &[]));
}

#[test]
fn a_caller_may_have_a_runtime_of_its_own() {
    let server =
        NameServer::new(&[("example.com", TXT, Act::Say(vec![txt("example.com", &[KEY])]))]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(async { one(&server, "example.com") });
    assert_eq!(answer, records(&[KEY], &[]));
}

#[test]
fn what_is_no_name_is_not_asked() {
    let server = NameServer::new(&[]);
    for name in ["", "..", "a..b", &"x".repeat(64), "ex\u{e4}mple.com"] {
        let answer = one(&server, name);
        assert_eq!(answer, silent("this is not a domain name"), "{name:?}");
    }
    assert_eq!(server.heard(), []);
}

#[test]
fn somebody_has_to_be_asked() {
    let options = DnsOptions { resolvers: Resolvers::At(vec![]), ..DnsOptions::default() };
    assert_eq!(DnsClient::new(&options).unwrap_err(), "no resolver is named");
    let default = DnsClient::new(&DnsOptions::default()).unwrap();
    let shown = format!("{default:?}");
    for resolver in ["\"1.1.1.1\"", "\"8.8.8.8\"", "\"9.9.9.9\""] {
        assert!(shown.contains(resolver), "{resolver} is not named without its port");
    }
}
