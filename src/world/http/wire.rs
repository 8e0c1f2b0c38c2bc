//! The network implementation of [`Exchange`]: ureq without redirects, with a guard for private networks.
//!
//! ureq sends path and query as written, which a test checks over a raw socket. A name that resolves only to
//! private addresses is refused before a connection is made. Behind a proxy, which resolves names itself, only
//! literal addresses can be checked.

use std::io::Read as _;
use std::net::IpAddr;
use std::time::Instant;

use ureq::config::Config;
use ureq::http::{Request, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

use crate::model::is_public;

use super::client::{HttpOptions, agent_config, failure, proxy};
use super::{Ask, Exchange, HttpError, Reply, Url};

/// How far an [`Exchanger`] goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whether hosts on private networks and plain http are asked; without it only this computer is
    /// asked over plain http.
    pub private: bool,
    /// Most bytes that are kept of a body.
    pub body: u64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { private: false, body: 64 * 1024 * 1024 }
    }
}

/// Exchanges requests for answers over the network.
#[derive(Debug)]
pub struct Exchanger {
    direct: Agent,
    proxied: Option<Agent>,
    options: HttpOptions,
    reach: Reach,
}

impl Exchanger {
    /// An exchanger.
    ///
    /// # Errors
    /// What is wrong with the proxy's URL, without showing it.
    pub fn new(options: HttpOptions, reach: Reach) -> Result<Self, &'static str> {
        let guarded = |config: Config, private| {
            let resolver = Guard { private, usual: DefaultResolver::default() };
            Agent::with_parts(config, DefaultConnector::default(), resolver)
        };
        let direct = guarded(agent_config(&options, None), reach.private);
        // The resolver of this one finds the proxy, which may well be inside.
        let proxied = proxy(&options)?.map(|p| guarded(agent_config(&options, Some(p)), true));
        Ok(Self { direct, proxied, options, reach })
    }
}

impl Exchange for Exchanger {
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError> {
        let refused = |url: String, why: &str| HttpError::Refused { url, why: why.to_owned() };
        // An unsound URL may hold a password, so it is not shown.
        let url = Url::parse(&ask.url)
            .map_err(|why| refused("this URL".to_owned(), &format!("it {why}")))?;
        if let Some(why) = url.objection().filter(|_| !self.reach.private) {
            return Err(refused(url.to_string(), why));
        }
        let literal = url.host().trim_matches(['[', ']']).parse::<IpAddr>();
        let inside = literal.is_ok_and(|address| !is_public(address)) && !url.is_loopback();
        if inside && !self.reach.private {
            return Err(refused(url.to_string(), PRIVATE));
        }
        let agent = match &self.proxied {
            Some(agent) if !self.options.proxy.spares(&url) => agent,
            _ => &self.direct,
        };
        let mut request = Request::builder().method(ask.verb.as_str()).uri(&ask.url);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(())
            .map_err(|_| refused(url.to_string(), "the request cannot be written"))?;
        let begun = Instant::now();
        let answer = agent.run(request).map_err(|e| error_of(&url, &e))?;
        self.read(answer, begun).map_err(|why| HttpError::NoAnswer { url: url.to_string(), why })
    }
}

impl Exchanger {
    /// The whole answer; the error is what happened instead.
    fn read(&self, answer: ureq::http::Response<Body>, begun: Instant) -> Result<Reply, String> {
        let (head, body) = answer.into_parts();
        let headers = head.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.trim().to_owned()))
        });
        let mut reply =
            Reply { status: head.status.as_u16(), headers: headers.collect(), ..Reply::default() };
        let limit = self.reach.body;
        let mut reader = body.into_reader().take(limit.saturating_add(1));
        reader.read_to_end(&mut reply.body).map_err(|e| e.to_string())?;
        reply.whole = reply.body.len() as u64 <= limit;
        reply.body.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        reply.took = begun.elapsed();
        Ok(reply)
    }
}

/// What is said of an address that is not asked.
const PRIVATE: &str = "it is in a private network";

/// The failure as it is error_of, with the guard's own words kept.
fn error_of(url: &Url, e: &ureq::Error) -> HttpError {
    match e {
        ureq::Error::Other(why) if why.to_string() == PRIVATE => {
            HttpError::Refused { url: url.to_string(), why: PRIVATE.to_owned() }
        }
        e => failure(url, u64::MAX, e),
    }
}

/// Resolves names, and keeps their public addresses only.
#[derive(Debug)]
struct Guard {
    private: bool,
    usual: DefaultResolver,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.usual.resolve(uri, config, timeout)?;
        let here = Url::parse(&uri.to_string()).is_ok_and(|url| url.is_loopback());
        if self.private || here {
            return Ok(found);
        }
        let mut public = self.usual.empty();
        found.iter().filter(|at| is_public(at.ip())).for_each(|at| public.push(*at));
        if public.is_empty() { Err(ureq::Error::Other(PRIVATE.into())) } else { Ok(public) }
    }
}
