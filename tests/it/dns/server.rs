//! A real name server on this computer, which answers as it is told and notes what it was asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::{Edns, Header, HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{A, AAAA, CNAME, NS, SOA, TXT};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;

/// What the server does about one name.
#[derive(Clone)]
pub(crate) enum Act {
    /// Answers with these records, whatever they belong to.
    Say(Vec<Record>),
    /// Answers with these records and that there is no such name.
    Deny(Vec<Record>),
    /// Answers with a code and nothing else.
    Code(ResponseCode),
    /// Answers with nothing, and names other servers.
    Refer,
    /// Does not answer.
    Silence,
    /// Says over UDP that the answer is cut off, and does nothing over TCP.
    CutOff,
}

/// One question: the name as spelled, the kind, and whether it came over TCP.
pub(crate) type Question = (String, RecordType, bool);

type Acts = Arc<Mutex<HashMap<(String, RecordType), Act>>>;

struct Play {
    acts: Acts,
    heard: Arc<Mutex<Vec<Question>>>,
}

/// A server that runs until the test ends.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    acts: Acts,
    heard: Arc<Mutex<Vec<Question>>>,
}

impl NameServer {
    /// Names that are not told have no record.
    pub(crate) fn new(acts: &[(&str, RecordType, Act)]) -> Self {
        let acts = acts.iter().map(|(n, kind, act)| ((format!("{n}."), *kind), act.clone()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let acts: Acts = Arc::new(Mutex::new(acts.collect()));
        let play = Play { acts: Arc::clone(&acts), heard: Arc::clone(&heard) };
        let (udp, tcp) = sockets();
        let address = tcp.local_addr().unwrap();
        std::thread::spawn(move || {
            let builder = &mut tokio::runtime::Builder::new_current_thread();
            builder.enable_all().build().unwrap().block_on(async {
                let mut server = Server::new(play);
                server.register_socket(tokio::net::UdpSocket::from_std(udp).unwrap());
                let tcp = tokio::net::TcpListener::from_std(tcp).unwrap();
                server.register_listener(tcp, Duration::from_secs(5), 4096);
                server.block_until_done().await.unwrap();
            });
        });
        Self { address, acts, heard }
    }

    /// Tells what to do about one name from now on.
    pub(crate) fn tell(&self, name: &str, kind: RecordType, act: Act) {
        self.acts.lock().unwrap().insert((format!("{name}."), kind), act);
    }

    /// Every question so far.
    pub(crate) fn heard(&self) -> Vec<Question> {
        self.heard.lock().unwrap().clone()
    }
}

/// A free port for both transports.
fn sockets() -> (std::net::UdpSocket, std::net::TcpListener) {
    loop {
        let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let Ok(udp) = std::net::UdpSocket::bind(tcp.local_addr().unwrap()) else { continue };
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        return (udp, tcp);
    }
}

impl Play {
    async fn answer(&self, request: &Request, mut way: impl ResponseHandler) -> ResponseInfo {
        let query = &request.queries.queries()[0];
        let tcp = request.protocol() == Protocol::Tcp;
        let question = (query.original().name().to_ascii(), query.query_type(), tcp);
        let key = (question.0.to_lowercase(), question.1);
        self.heard.lock().unwrap().push(question);

        let mut meta = Metadata::response_from_request(&request.metadata);
        meta.recursion_available = true;
        let (mut answers, mut servers, mut soa) = (Vec::new(), Vec::new(), Vec::new());
        let authority = || vec![record("example.com", RData::SOA(start()))];
        let act = self.acts.lock().unwrap().get(&key).cloned();
        match act {
            None => soa = authority(),
            Some(Act::Say(records)) => answers = records,
            Some(Act::Deny(records)) => {
                (answers, soa) = (records, authority());
                meta.response_code = ResponseCode::NXDomain;
            }
            Some(Act::Code(code)) => meta.response_code = code,
            Some(Act::Refer) => {
                servers = vec![record("com", RData::NS(NS(name("ns.example.net"))))];
            }
            Some(Act::CutOff) if !tcp => meta.truncation = true,
            Some(Act::Silence | Act::CutOff) => {
                return ResponseInfo::from(Header {
                    metadata: meta,
                    counts: HeaderCounts::default(),
                });
            }
        }
        let mut edns = Edns::new();
        edns.set_max_payload(request.edns.as_ref().map_or(512, Edns::max_payload));
        let mut response = MessageResponseBuilder::from_message_request(request);
        response.edns(&edns);
        let response = response.build(meta, &answers, &servers, &soa, &[]);
        way.send_response(response).await.unwrap()
    }
}

impl RequestHandler for Play {
    fn handle_request<'a, 'b, 'c, R, T>(
        &'a self,
        request: &'b Request,
        way: R,
    ) -> Pin<Box<dyn Future<Output = ResponseInfo> + Send + 'c>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
        R: ResponseHandler + 'c,
        T: Time + 'c,
    {
        Box::pin(self.answer(request, way))
    }
}

fn start() -> SOA {
    SOA::new(name("ns.example.com"), name("admin.example.com"), 1, 60, 60, 60, 60)
}

fn name(text: &str) -> Name {
    Name::from_ascii(format!("{text}.")).unwrap()
}

fn record(owner: &str, data: RData) -> Record {
    Record::from_rdata(name(owner), 60, data)
}

/// A text record of these character-strings.
pub(crate) fn txt(owner: &str, chunks: &[&str]) -> Record {
    let chunks = chunks.iter().map(|chunk| chunk.as_bytes()).collect();
    record(owner, RData::TXT(TXT::from_bytes(chunks)))
}

/// An alias.
pub(crate) fn cname(owner: &str, target: &str) -> Record {
    record(owner, RData::CNAME(CNAME(name(target))))
}

/// An address of either version.
pub(crate) fn address(owner: &str, address: &str) -> Record {
    record(
        owner,
        match address.parse().unwrap() {
            std::net::IpAddr::V4(address) => RData::A(A(address)),
            std::net::IpAddr::V6(address) => RData::AAAA(AAAA(address)),
        },
    )
}
