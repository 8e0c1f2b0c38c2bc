//! The client for ownership documents: one request to one public address at a time.
//!
//! Addresses are resolved once and connected to as they are, so a name cannot change between check and use.
//! Proxies and the hosts file are not used.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

use super::{MAX_BODY, MAX_HEAD, PATH, WellKnown, WellKnownError};
use crate::model::is_public;
use crate::world::dns::{Dns, DnsAnswer, ResolverAnswer};
use crate::world::http::{Url, read};

/// Most addresses of a name that are tried.
const MAX_ADDRESSES: usize = 4;

/// Longest wait for a connection to one address, its TLS handshake included.
const CONNECT: Duration = Duration::from_secs(3);

/// Most characters of a foreign text about a failure.
const MAX_WHY: usize = 200;

/// How the document is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WellKnownOptions {
    /// Longest time of one fetch, after the addresses are known.
    pub total: Duration,
    /// Whether addresses that are not public may be requested: for internal registries only, since it
    /// lets the owner of a name direct this program to hosts inside the network.
    pub allow_private: bool,
}

impl Default for WellKnownOptions {
    fn default() -> Self {
        Self { total: Duration::from_secs(10), allow_private: false }
    }
}

/// Fetches over the network, on port 443, with the system's trusted roots.
pub struct WellKnownClient {
    dns: Arc<dyn Dns>,
    options: WellKnownOptions,
    roots: RootCerts,
    port: u16,
}

impl fmt::Debug for WellKnownClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WellKnownClient").field("options", &self.options).finish_non_exhaustive()
    }
}

impl WellKnownClient {
    /// Makes a client that finds addresses through `dns`, which is asked once for each fetch.
    pub fn new(dns: Arc<dyn Dns>, options: WellKnownOptions) -> Self {
        Self { dns, options, roots: RootCerts::PlatformVerifier, port: 443 }
    }

    /// Returns the client with another port, because a test's host cannot have the usual one.
    #[doc(hidden)]
    #[must_use]
    pub fn for_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Returns the client with another port and `root` (DER) as the only trusted root.
    #[doc(hidden)]
    #[must_use]
    pub fn for_test(self, port: u16, root: &[u8]) -> Self {
        let root = Certificate::from_der(root).to_owned();
        Self { roots: RootCerts::Specific(Arc::new(vec![root])), port, ..self }
    }

    /// Returns the addresses of `domain` that may be requested, the likeliest first.
    fn addresses(&self, domain: &str) -> Result<Vec<IpAddr>, WellKnownError> {
        let answers = self.dns.addresses(domain);
        let mut found: Vec<(IpAddr, usize)> = Vec::new();
        for &address in answers.iter().filter_map(|one| one.answer.records()).flatten() {
            match found.iter_mut().find(|(known, _)| *known == address) {
                Some((_, count)) => *count += 1,
                None => found.push((address, 1)),
            }
        }
        if found.is_empty() {
            return Err(no_address(&answers));
        }
        // What more resolvers agree on comes first; the order stays otherwise.
        found.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let all: Vec<IpAddr> = found.into_iter().map(|(address, _)| address).collect();
        let may = |address: &IpAddr| self.options.allow_private || is_public(*address);
        let allowed: Vec<IpAddr> = all.iter().copied().filter(may).take(MAX_ADDRESSES).collect();
        if allowed.is_empty() { Err(WellKnownError::Blocked(all)) } else { Ok(allowed) }
    }

    /// Sends the request to one address and reads the answer; a connection is never used twice, and neither cookies
    /// nor anything else of one fetch reaches another. `left` is the time that remains for it.
    fn ask(
        &self,
        domain: &str,
        address: IpAddr,
        left: Duration,
    ) -> Result<Vec<u8>, WellKnownError> {
        let config = Agent::config_builder()
            .proxy(None)
            .https_only(true)
            .tls_config(TlsConfig::builder().root_certs(self.roots.clone()).build())
            .user_agent(concat!("mcp-static/", env!("CARGO_PKG_VERSION")))
            .accept("text/plain")
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MAX_HEAD)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(left))
            .build();
        let fixed = Fixed(SocketAddr::new(address, self.port));
        let agent = Agent::with_parts(config, DefaultConnector::default(), fixed);
        let url = format!("https://{domain}{PATH}");
        let answer = agent.get(&url).call().map_err(|e| failure(&e))?;
        take(&url, answer)
    }
}

impl WellKnown for WellKnownClient {
    fn fetch(&self, domain: &str) -> Result<Vec<u8>, WellKnownError> {
        if !is_name(domain) {
            return Err(WellKnownError::Refused("is not a domain name".to_owned()));
        }
        let deadline = Instant::now() + self.options.total;
        let mut last = WellKnownError::NoAnswer("timed out".to_owned());
        for address in self.addresses(domain)? {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            match self.ask(domain, address, left) {
                Err(e) if e.is_unknown() => last = e,
                answer => return answer,
            }
        }
        Err(last)
    }
}

/// Whether `domain` is letters, digits, hyphens and dots with a last label that is not a number, so that in a
/// URL it can be nothing but a name.
fn is_name(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.len() <= 253
        && domain.split('.').all(label)
        && last.bytes().any(|b| b.is_ascii_alphabetic())
        && !last.starts_with("0x")
}

/// Returns the error for a domain without known address.
fn no_address(answers: &[ResolverAnswer<Vec<IpAddr>>]) -> WellKnownError {
    let is_sure = |one: &&ResolverAnswer<_>| matches!(one.answer, DnsAnswer::Nothing { .. });
    if answers.iter().filter(is_sure).count() * 2 > answers.len() {
        return WellKnownError::NoAddress;
    }
    let texts = answers.iter().map(|one| match &one.answer {
        DnsAnswer::Silent(why) => format!("{}: {why}", one.resolver),
        _ => format!("{}: no address", one.resolver),
    });
    let texts: Vec<String> = texts.collect();
    WellKnownError::NoAnswer(format!("its address is not known ({})", texts.join(", ")))
}

/// Resolves every name to the one address that was chosen.
#[derive(Debug)]
struct Fixed(SocketAddr);

impl Resolver for Fixed {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

/// Returns the body of a usable answer.
fn take(url: &str, mut answer: Response<Body>) -> Result<Vec<u8>, WellKnownError> {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    match answer.status().as_u16() {
        200 => {}
        status @ 300..=399 => {
            let target = header("location").and_then(|to| Url::parse(url).ok()?.join(to).ok());
            let host = target.map(|target| target.host().to_owned());
            return Err(WellKnownError::Redirect { status, host: host.filter(|h| h.len() < 254) });
        }
        status @ (408 | 425 | 429 | 500..=599) => {
            return Err(WellKnownError::NoAnswer(format!("status {status}")));
        }
        status => return Err(WellKnownError::Absent(status)),
    }
    if header("content-encoding").is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        let why = format!("answers {PATH} in an encoding that was not asked for");
        return Err(WellKnownError::Refused(why));
    }
    // Otherwise closing the connection would end the document, and anyone on the network path could
    // do that.
    if header("content-length").or(header("transfer-encoding")).is_none() {
        return Err(WellKnownError::Refused(format!("answers {PATH} without a Content-Length")));
    }
    read(answer.body_mut(), MAX_BODY as u64).map_err(|e| failure(&e))
}

/// Classifies a failure. What may be temporary or caused on the network path is a missing answer; a wrong
/// certificate is an error of the domain.
fn failure(e: &ureq::Error) -> WellKnownError {
    match e {
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
            WellKnownError::TooLarge
        }
        ureq::Error::Timeout(_) => WellKnownError::NoAnswer("timed out".to_owned()),
        // The TLS library's own failures travel as this kind.
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidData => {
            WellKnownError::Tls(brief(e))
        }
        ureq::Error::Io(e) => WellKnownError::NoAnswer(brief(e)),
        ureq::Error::Tls(why) => WellKnownError::Tls(brief(why)),
        ureq::Error::Rustls(e) => WellKnownError::Tls(brief(e)),
        e => WellKnownError::NoAnswer(brief(e)),
    }
}

/// Returns the beginning of a text that may hold what the host sent.
fn brief(text: &dyn fmt::Display) -> String {
    text.to_string().chars().filter(|c| !c.is_control()).take(MAX_WHY).collect()
}
