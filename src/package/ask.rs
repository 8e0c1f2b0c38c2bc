//! Sends the requests: again after a wait when a host is busy, through redirects, with the token of a host only to
//! that host, and to hosts of a private network only where the settings name them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::config::PackageSettings;
use crate::model::Host;
use crate::text::count;
use crate::world::clock::Clock;
use crate::world::http::{
    Ask, Exchange, HttpError, PRIVATE, Reply, Secret, Url, Verb, retry_after_wait, shown,
};

/// Most redirects that are followed.
const MAX_REDIRECTS: usize = 10;

/// Most times that one request is sent.
const TRIES: u32 = 3;

/// Longest wait that a host may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A host that failed this many times in a row is not asked again.
const MAX_FAILURES: u32 = 3;

/// Access to package registries.
pub struct Doors<'a> {
    /// Sends requests to hosts that everyone can reach.
    pub public: &'a dyn Exchange,
    /// Sends requests to hosts that the settings name, which may be in a private network.
    pub named: &'a dyn Exchange,
    /// For waits.
    pub clock: &'a dyn Clock,
    /// Tokens by host.
    pub tokens: BTreeMap<String, Secret>,
}

/// Asks package registries.
pub struct Asker<'a> {
    doors: Doors<'a>,
    settings: &'a PackageSettings,
    /// How often hosts failed in a row.
    failures: Mutex<BTreeMap<String, u32>>,
}

/// Where an answer may redirect to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Redirects {
    /// Anywhere with https.
    Anywhere,
    /// To the same scheme, host and port.
    SameHost,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) verb: Verb,
    pub(super) url: String,
    pub(super) accept: &'static str,
    pub(super) redirects: Redirects,
    /// Value of `Authorization` for this URL's host; else the token of the host.
    pub(super) authorization: Option<String>,
}

impl Wish {
    pub(super) fn get(url: String, accept: &'static str) -> Self {
        Self { verb: Verb::Get, url, accept, redirects: Redirects::Anywhere, authorization: None }
    }

    pub(super) fn head(url: String) -> Self {
        Self { verb: Verb::Head, ..Self::get(url, "*/*") }
    }
}

/// What a registry holds, by the status of a request for the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
    Unclear,
}

impl<'a> Asker<'a> {
    /// Makes an asker; the settings tell which hosts may be in a private network.
    pub fn new(doors: Doors<'a>, settings: &'a PackageSettings) -> Self {
        Self { doors, settings, failures: Mutex::default() }
    }

    /// Sends a request and follows redirects. The error is why nothing is known, as a sentence.
    pub(super) fn send(&self, wish: &Wish) -> Result<Reply, String> {
        let bad = |url: &str, why: &str| format!("{} is not asked: {why}", shown(url));
        let mut at = Url::parse(&wish.url).map_err(|why| bad(&wish.url, why))?;
        let mut own = wish.authorization.clone();
        for _ in 0..=MAX_REDIRECTS {
            let reply = self.patiently(wish, &at, own.as_deref())?;
            let Some(location) = reply.location() else { return Ok(reply) };
            let from = at.to_string();
            let next = at.join(location).map_err(|why| bad(&from, why))?;
            let objection = match wish.redirects {
                _ if at.redirect_objection(&next).is_some() => at.redirect_objection(&next),
                Redirects::SameHost if !at.same_origin(&next) => {
                    Some("it redirects to another host")
                }
                _ => None,
            };
            if let Some(why) = objection {
                return Err(bad(&from, why));
            }
            if !at.same_origin(&next) {
                own = None;
            }
            at = next;
        }
        Err(bad(&wish.url, "it redirects more than ten times"))
    }

    /// Gets JSON: the status, and the value when the status is one of success.
    pub(super) fn json(&self, wish: &Wish) -> Result<(Reply, Value), String> {
        let reply = self.send(wish)?;
        if !(200..300).contains(&reply.status) {
            return Ok((reply, Value::Null));
        }
        if !reply.whole {
            return Err(format!("the answer of {} is too large", shown(&wish.url)));
        }
        match serde_json::from_slice(&reply.body) {
            Ok(value) => Ok((reply, value)),
            Err(_) => Err(format!("the answer of {} is not JSON", shown(&wish.url))),
        }
    }

    /// Asks whether there is something at `url`.
    pub(super) fn holds(&self, url: String) -> Held {
        match self.send(&Wish::head(url)).map(|reply| reply.status) {
            Ok(200..300) => Held::Yes,
            Ok(404 | 410) => Held::No,
            _ => Held::Unclear,
        }
    }

    /// Sends one request, again after a wait when the host is busy or does not answer.
    fn patiently(&self, wish: &Wish, url: &Url, own: Option<&str>) -> Result<Reply, String> {
        let exchange = self
            .door(url)
            .map_err(|why| format!("{} is not asked: {why}", shown(&url.to_string())))?;
        let origin = url.origin();
        if self.failures_of(&origin) >= MAX_FAILURES {
            return Err(format!("{origin} did not answer the last requests"));
        }
        let ask = self.ask(wish, url, own);
        let mut tries = 0;
        let failed = loop {
            tries += 1;
            let (wait, why) = match exchange.send(&ask) {
                Ok(reply) if reply.status == 429 || reply.status >= 500 => {
                    let asked = reply.header("retry-after");
                    let wait = asked.and_then(|it| retry_after_wait(it, self.doors.clock.now()));
                    let url = shown(&ask.url).clone();
                    (wait, format!("{url} answers with status {}", reply.status))
                }
                Ok(reply) => {
                    self.note(&origin, true);
                    return Ok(reply);
                }
                Err(e @ HttpError::NoAnswer { .. }) => (None, e.to_string()),
                Err(ref e @ HttpError::Refused { ref why, .. }) if why == PRIVATE => {
                    let host = url.host();
                    return Err(format!(
                        "{e}; [packages] in registry.toml can allow it by listing {host:?}"
                    ));
                }
                Err(e) => return Err(e.to_string()),
            };
            let wait = wait.unwrap_or_else(|| Duration::from_secs(1 << (tries - 1)));
            if wait > MAX_WAIT {
                break format!("{why} and asks to wait {}", count(wait.as_secs(), "second"));
            }
            if tries >= TRIES {
                break why;
            }
            self.doors.clock.sleep(wait);
        };
        self.note(&origin, false);
        Err(failed)
    }

    fn ask(&self, wish: &Wish, url: &Url, own: Option<&str>) -> Ask {
        let mut headers = vec![("Accept".to_owned(), wish.accept.to_owned())];
        let token = || self.token(url).map(Secret::authorization);
        let authorization = own.map(str::to_owned).or_else(token);
        headers.extend(authorization.map(|value| ("Authorization".to_owned(), value)));
        Ask { verb: wish.verb, url: url.to_string(), headers, body: None }
    }

    /// Returns the token of a URL's host.
    pub(super) fn token(&self, url: &Url) -> Option<&Secret> {
        self.doors.tokens.get(Host::read(url.host()).as_str())
    }

    /// Whether images of a registry are fetched without TLS, as the settings say.
    pub(super) fn is_plain(&self, host: &str) -> bool {
        Host::read(host).is_one_of(&self.settings.http_hosts)
    }

    /// Returns what sends requests to a URL; the error is why it is not asked.
    fn door(&self, url: &Url) -> Result<&dyn Exchange, &'static str> {
        let host = Host::read(url.host());
        if !url.is_https() && !host.is_one_of(&self.settings.http_hosts) {
            return Err("it is not https; [packages] http_hosts in registry.toml can allow it");
        }
        match self.settings.names(&host) {
            true => Ok(self.doors.named),
            false if url.is_loopback() => Err("it is this computer"),
            false => Ok(self.doors.public),
        }
    }

    fn failures_of(&self, origin: &str) -> u32 {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.get(origin).copied().unwrap_or(0)
    }

    fn note(&self, origin: &str, answered: bool) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match answered {
            true => drop(failures.remove(origin)),
            false => *failures.entry(origin.to_owned()).or_default() += 1,
        }
    }
}

/// Returns why a status tells nothing, for one that is neither success nor "not found".
pub(super) fn unexpected(wish: &Wish, status: u16) -> String {
    let url = shown(&wish.url);
    match status {
        401 | 403 => format!(
            "{url} answers with status {status}; if it wants a token, name its variable in [packages] tokens of registry.toml and set it"
        ),
        _ => format!("{url} answers with status {status}"),
    }
}
