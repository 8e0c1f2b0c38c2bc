//! The network implementation of [`Exchange`]: ureq without redirects, with a guard for private networks.
//!
//! ureq sends path and query as written, which a test checks over a raw socket. A name that resolves only to
//! private addresses is refused before a connection is made. Behind a proxy, which resolves names itself, only
//! literal addresses can be checked.

use std::io::Read as _;
use std::net::IpAddr;
use std::time::Instant;

use ureq::config::Config;
use ureq::http::{Request, Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

use crate::model::is_public;

use super::client::{Agents, HttpOptions, failure, parse, refused};
use super::{Ask, Exchange, HttpError, PRIVATE, Reply, Url};

/// What an [`Exchanger`] may request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whether hosts on private networks and plain http are requested; otherwise only this computer is
    /// requested over plain http.
    pub private: bool,
    /// Most bytes that are kept of a body.
    pub body: u64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { private: false, body: 64 * 1024 * 1024 }
    }
}

/// Sends single requests over the network.
#[derive(Debug)]
pub struct Exchanger {
    agents: Agents,
    reach: Reach,
}

impl Exchanger {
    /// Makes an exchanger.
    ///
    /// # Errors
    /// What is wrong with the proxy's URL, without showing it.
    pub fn new(options: HttpOptions, reach: Reach) -> Result<Self, &'static str> {
        let agents = Agents::new(options, |config, is_proxied| {
            // Behind a proxy the resolver finds only the proxy, which may well be in a private network.
            let private = reach.private || is_proxied;
            let resolver = Guard { private, usual: DefaultResolver::default() };
            Agent::with_parts(config, DefaultConnector::default(), resolver)
        })?;
        Ok(Self { agents, reach })
    }
}

impl Exchange for Exchanger {
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError> {
        let url = parse(&ask.url)?;
        if let Some(why) = url.objection().filter(|_| !self.reach.private) {
            return Err(refused(&url, why));
        }
        let literal = url.host().trim_matches(['[', ']']).parse::<IpAddr>();
        let inside = literal.is_ok_and(|address| !is_public(address)) && !url.is_loopback();
        if inside && !self.reach.private {
            return Err(refused(&url, PRIVATE));
        }
        let mut request = Request::builder().method(ask.verb.as_str()).uri(&ask.url);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let unwritten = |_| refused(&url, "the request cannot be written");
        let agent = self.agents.agent_for(&url);
        let begun = Instant::now();
        let answer = match &ask.body {
            None => agent.run(request.body(()).map_err(unwritten)?),
            Some(body) => agent.run(request.body(body.as_slice()).map_err(unwritten)?),
        };
        let answer = answer.map_err(|e| match &e {
            ureq::Error::Other(why) if why.to_string() == PRIVATE => refused(&url, PRIVATE),
            e => failure(&url, u64::MAX, e),
        })?;
        self.read(answer, begun).map_err(|why| HttpError::NoAnswer { url: url.to_string(), why })
    }
}

impl Exchanger {
    /// Reads the whole answer; the error is what happened instead.
    fn read(&self, answer: Response<Body>, begun: Instant) -> Result<Reply, String> {
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
