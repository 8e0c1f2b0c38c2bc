//! The DNS client: sends a query to all resolvers at once.
//!
//! Each query runs on its own thread and runtime, so callers need no async runtime and may have one.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::RetryDnsHandle;
use hickory_resolver::proto::rr::rdata::{A, AAAA, TXT};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{NameServerPool, PoolContext, TlsConfig};
use tokio::task::JoinSet;

use super::exchange::{self, Handle, RecordSet};
use super::{Dns, DnsAnswer, DnsOptions, Records, ResolverAnswer, Resolvers};

/// Queries resolvers over the network.
///
/// Names are taken as absolute: no list of endings to search applies. Neither the hosts file nor a
/// cache nor the library's own answers for special names come between, because its lookup is not
/// used, only its exchange of messages: over UDP first, over TCP when an answer is cut off. The
/// spelling of a name is shuffled so that an answer is hard to forge, and DNSSEC is left to
/// validating resolvers, whose SERVFAIL for a forged answer does not count.
#[derive(Debug)]
pub struct DnsClient {
    /// A name for the report, and the servers of one resolver.
    resolvers: Vec<(String, Vec<NameServerConfig>)>,
    options: ResolverOpts,
    /// Tries after the first one.
    retries: usize,
    total: Duration,
}

impl DnsClient {
    /// Makes a client; the error says what is wrong with the choice of resolvers, as a whole sentence
    /// without its full stop. Nothing is queried yet.
    pub fn new(options: &DnsOptions) -> Result<Self, String> {
        let resolvers = match &options.resolvers {
            Resolvers::At(list) if list.is_empty() => return Err("no resolver is named".to_owned()),
            Resolvers::At(list) => list.iter().map(|at| (label(*at), vec![server(*at)])).collect(),
            Resolvers::System => {
                let (config, _) = read_system_conf().map_err(|e| {
                    format!("this computer's resolvers cannot be read: {e}; name resolvers instead")
                })?;
                vec![("system".to_owned(), config.name_servers)]
            }
        };
        let mut settings = ResolverOpts::default();
        settings.timeout = options.attempt;
        let retries = options.attempts.saturating_sub(1);
        Ok(Self { resolvers, options: settings, retries, total: options.total })
    }

    /// Queries every resolver for `name`; `of` combines the answers for the `kinds` of one resolver.
    fn ask<T>(
        &self,
        name: &str,
        kinds: &[RecordType],
        of: impl Fn(Vec<DnsAnswer<RecordSet>>) -> DnsAnswer<T>,
    ) -> Vec<ResolverAnswer<T>> {
        // On its own thread, outside of any runtime that the caller may have.
        let asked = std::thread::scope(|scope| scope.spawn(|| self.run(name, kinds)).join());
        let asked = asked.unwrap_or_else(|_| Err("the query could not be sent".to_owned()));
        let answers = asked.unwrap_or_else(|why| {
            vec![vec![DnsAnswer::Silent(why); kinds.len()]; self.resolvers.len()]
        });
        let all = self.resolvers.iter().zip(answers);
        all.map(|((name, _), answers)| ResolverAnswer {
            resolver: name.clone(),
            answer: of(answers),
        })
        .collect()
    }

    /// Returns for each resolver an answer for each of `kinds`.
    fn run(
        &self,
        name: &str,
        kinds: &[RecordType],
    ) -> Result<Vec<Vec<DnsAnswer<RecordSet>>>, String> {
        let absolute = Name::from_ascii(name).ok().filter(|name| name.num_labels() > 0);
        let mut absolute = absolute.ok_or("this is not a domain name")?;
        absolute.set_fqdn(true);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| format!("no connection can be made: {e}"))?;
        let late = || DnsAnswer::Silent(exchange::TIMED_OUT.to_owned());
        let mut answers = vec![vec![late(); kinds.len()]; self.resolvers.len()];
        runtime.block_on(async {
            let mut set = JoinSet::new();
            for (resolver, (_, servers)) in self.resolvers.iter().enumerate() {
                for (at, &kind) in kinds.iter().enumerate() {
                    let question = exchange::follow(self.handle(servers)?, absolute.clone(), kind);
                    let question = tokio::time::timeout(self.total, question);
                    set.spawn(async move { (resolver, at, question.await) });
                }
            }
            for (resolver, at, answer) in set.join_all().await {
                answers[resolver][at] = answer.unwrap_or_else(|_| late());
            }
            Ok(answers)
        })
    }

    /// Returns a handle for one query. Each query gets a new one, so that it uses a new port and remembers
    /// nothing about its servers.
    fn handle(&self, servers: &[NameServerConfig]) -> Result<Handle, String> {
        let tls = TlsConfig::new().map_err(|e| e.to_string())?;
        let context = Arc::new(PoolContext::new(self.options.clone(), tls));
        let provider = TokioRuntimeProvider::default();
        let pool = NameServerPool::from_config(servers.iter().cloned(), context, provider);
        Ok(RetryDnsHandle::new(pool, self.retries))
    }
}

impl Dns for DnsClient {
    fn txt(&self, name: &str) -> Vec<ResolverAnswer<Records>> {
        let join = |text: TXT| text.txt_data.concat();
        let read = |data| if let RData::TXT(text) = data { Some(join(text)) } else { None };
        self.ask(name, &[RecordType::TXT], |answers| {
            let none = DnsAnswer::Silent(exchange::TIMED_OUT.to_owned());
            let answer = answers.into_iter().next().unwrap_or(none);
            answer.map(|found| found.into_iter().filter_map(read).collect())
        })
    }

    fn addresses(&self, name: &str) -> Vec<ResolverAnswer<Vec<IpAddr>>> {
        self.ask(name, &[RecordType::A, RecordType::AAAA], both)
    }
}

/// Combines the answers for the two kinds of address. Either kind is enough; the kinds alternate, and
/// version 4 comes first, because not every network has version 6.
fn both(answers: Vec<DnsAnswer<RecordSet>>) -> DnsAnswer<Vec<IpAddr>> {
    let (mut four, mut six) = (Vec::new(), Vec::new());
    let mut without = None;
    let mut alias = Vec::new();
    for answer in answers {
        match answer {
            DnsAnswer::Records { records, chain } => {
                for data in records {
                    match data {
                        RData::A(A(address)) => four.push(IpAddr::V4(address)),
                        RData::AAAA(AAAA(address)) => six.push(IpAddr::V6(address)),
                        _ => {}
                    }
                }
                alias = chain;
            }
            // Silence about one kind leaves open whether there is an address.
            silent @ DnsAnswer::Silent(_) => without = Some(silent),
            DnsAnswer::Nothing { nxdomain, chain } => {
                without.get_or_insert(DnsAnswer::Nothing { nxdomain, chain });
            }
        }
    }
    let (mut four, mut six) = (four.into_iter(), six.into_iter());
    let turns = std::iter::from_fn(|| match (four.next(), six.next()) {
        (None, None) => None,
        pair => Some(pair),
    });
    let records: Vec<IpAddr> = turns.flat_map(|(a, b)| a.into_iter().chain(b)).collect();
    match without {
        _ if !records.is_empty() => DnsAnswer::Records { records, chain: alias },
        Some(answer) => answer.map(|_| records),
        None => DnsAnswer::Nothing { nxdomain: false, chain: alias },
    }
}

/// Returns how a report names a resolver.
fn label(at: SocketAddr) -> String {
    if at.port() == 53 { at.ip().to_string() } else { at.to_string() }
}

/// Returns a server that is queried over both transports, UDP first.
fn server(at: SocketAddr) -> NameServerConfig {
    let connection = |protocol| {
        let mut connection = ConnectionConfig::new(protocol);
        connection.port = at.port();
        connection
    };
    let both = vec![connection(ProtocolConfig::Udp), connection(ProtocolConfig::Tcp)];
    NameServerConfig::new(at.ip(), true, both)
}
