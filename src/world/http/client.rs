//! The network client: ureq with rustls and the system's trusted roots.
//!
//! Redirects are followed here and not by the library, so that three rules hold: at most five, never
//! from https to http, and never with the token to another origin.

use std::fmt::Display;
use std::time::Duration;

use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy};

use super::{Http, HttpError, Request, Response, Secret, Url};

/// Most redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// Most bytes that are read of an answer without success.
const MAX_DETAIL: u64 = 4096;

/// Which proxy to use, as the environment names it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyChoice {
    /// URL of an HTTP proxy, if there is one.
    pub url: Option<String>,
    /// Hosts that are requested directly, with everything below them; `*` is every host.
    pub except: Vec<String>,
}

impl std::fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("ProxyChoice").field("except", &self.except).finish_non_exhaustive()
    }
}

impl ProxyChoice {
    /// Whether `url` is requested directly, as this computer always is.
    pub fn spares(&self, url: &Url) -> bool {
        let host = url.host();
        let spared = |entry: &String| {
            let entry = entry.trim().to_ascii_lowercase();
            let suffix = entry.trim_start_matches('*').trim_start_matches('.');
            let above = host.strip_suffix(suffix).filter(|_| !suffix.is_empty());
            entry == "*" || above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.url.is_none() || url.is_loopback() || self.except.iter().any(spared)
    }
}

/// The timeouts and the proxy of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Which proxy to use.
    pub proxy: ProxyChoice,
    /// Longest wait for a connection, and again for the first byte of an answer.
    pub patience: Duration,
    /// Longest time that one request takes in all.
    pub total: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            proxy: ProxyChoice::default(),
            patience: Duration::from_secs(30),
            total: Duration::from_secs(180),
        }
    }
}

/// Two pools of connections: one for direct requests, and one for requests through the proxy.
#[derive(Debug)]
pub(super) struct Agents {
    direct: Agent,
    proxied: Option<Agent>,
    proxy: ProxyChoice,
}

impl Agents {
    /// Makes both with `agent`, which receives the settings and whether they name a proxy; the error is what is
    /// wrong with the proxy's URL, without showing it.
    pub(super) fn new(
        options: HttpOptions,
        agent: impl Fn(Config, bool) -> Agent,
    ) -> Result<Self, &'static str> {
        let proxied =
            proxy(&options)?.map(|proxy| agent(agent_config(&options, Some(proxy)), true));
        Ok(Self {
            direct: agent(agent_config(&options, None), false),
            proxied,
            proxy: options.proxy,
        })
    }

    pub(super) fn agent_for(&self, url: &Url) -> &Agent {
        self.proxied.as_ref().filter(|_| !self.proxy.spares(url)).unwrap_or(&self.direct)
    }
}

/// Fetches over the network.
#[derive(Debug)]
pub struct HttpClient(Agents);

impl HttpClient {
    /// Makes a client; the error says what is wrong with the proxy's URL, without showing it.
    pub fn new(options: HttpOptions) -> Result<Self, &'static str> {
        Agents::new(options, |config, _| config.new_agent()).map(Self)
    }

    /// Sends one request. Returns the answer, or where it redirects to. Of a failure only a few
    /// kilobytes are read, for the message.
    fn once(
        &self,
        url: &Url,
        request: &Request,
        bearer: Option<&Secret>,
    ) -> Result<Hop, HttpError> {
        let agent = self.0.agent_for(url);
        let mut get = agent.get(url.to_string()).header("Accept", request.accept);
        if let Some(bearer) = bearer {
            get = get.header("Authorization", format!("Bearer {}", bearer.expose()));
        }
        if request.fresh {
            get = get.header("Cache-Control", "no-cache");
        }
        let mut answer = get.call().map_err(|e| failure(url, request.limit, &e))?;
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let status = answer.status().as_u16();
        let (location, retry_after) = (header("location"), header("retry-after"));
        let content_type = header("content-type").unwrap_or_default();
        match (status, location) {
            (200..=299, _) => {
                let body = read(answer.body_mut(), request.limit);
                let body = body.map_err(|e| failure(url, request.limit, &e))?;
                Ok(Hop::Done(Response { url: url.to_string(), content_type, body }))
            }
            (301 | 302 | 303 | 307 | 308, Some(location)) => Ok(Hop::To(location)),
            _ => {
                let detail = read(answer.body_mut(), MAX_DETAIL).unwrap_or_default();
                let detail = summary(&content_type, &detail);
                Err(HttpError::Status { url: url.to_string(), status, retry_after, detail })
            }
        }
    }
}

/// An answer, or a redirect.
enum Hop {
    Done(Response),
    To(String),
}

impl Http for HttpClient {
    fn get(&self, url: &str, request: &Request) -> Result<Response, HttpError> {
        let mut at = parse(url)?;
        let mut bearer = request.bearer.as_ref();
        for _ in 0..=MAX_REDIRECTS {
            if let Some(why) = at.objection() {
                return Err(refused(&at, why));
            }
            let location = match self.once(&at, request, bearer)? {
                Hop::Done(response) => return Ok(response),
                Hop::To(location) => location,
            };
            let next = at
                .join(&location)
                .map_err(|why| refused(&at, &format!("it redirects to a URL that {why}")))?;
            if let Some(why) = at.redirect_objection(&next) {
                return Err(refused(&at, why));
            }
            if !at.same_origin(&next) {
                bearer = None;
            }
            at = next;
        }
        Err(refused(&at, "it redirects more than five times"))
    }
}

/// Parses a URL; one that is not valid may hold a password, so it is not shown.
pub(super) fn parse(url: &str) -> Result<Url, HttpError> {
    Url::parse(url).map_err(|why| refused(&"this URL", &format!("it {why}")))
}

/// Returns the error for a URL that is not requested.
pub(super) fn refused(url: &dyn Display, why: &str) -> HttpError {
    HttpError::Refused { url: url.to_string(), why: why.to_owned() }
}

/// Returns the chosen proxy, if there is one; the error says what is wrong with its URL.
fn proxy(options: &HttpOptions) -> Result<Option<Proxy>, &'static str> {
    let Some(url) = &options.proxy.url else { return Ok(None) };
    let lower = url.to_ascii_lowercase();
    if lower.contains("://") && !lower.starts_with("http") {
        return Err("the proxy is not an HTTP proxy, and no other kind is supported");
    }
    Proxy::new(url).map(Some).map_err(|_| "the proxy's URL is not valid")
}

/// Returns the settings of the library: system roots, our timeouts, no redirects, no errors for statuses.
fn agent_config(options: &HttpOptions, proxy: Option<Proxy>) -> Config {
    let roots = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let shorter = options.patience.min(Duration::from_secs(10));
    Agent::config_builder()
        .proxy(proxy)
        .tls_config(roots)
        .user_agent(concat!("mcp-static/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_resolve(Some(shorter))
        .timeout_connect(Some(shorter))
        .timeout_recv_response(Some(options.patience))
        .timeout_global(Some(options.total))
        .build()
}

/// Reads a body of at most `limit` bytes; a larger one is refused before it is read when it states its
/// length.
pub fn read(body: &mut Body, limit: u64) -> Result<Vec<u8>, ureq::Error> {
    if body.content_length().is_some_and(|length| length > limit) {
        return Err(ureq::Error::BodyExceedsLimit(limit));
    }
    // The library's limit is the first size that it refuses.
    body.with_config().limit(limit.saturating_add(1)).read_to_vec()
}

/// Converts the library's errors; they never hold a token or a password.
pub(super) fn failure(url: &Url, limit: u64, e: &ureq::Error) -> HttpError {
    let url = url.to_string();
    match e {
        ureq::Error::BodyExceedsLimit(_) => HttpError::TooLarge { url, limit },
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            HttpError::Refused { url, why: "the request cannot be written".to_owned() }
        }
        // The library puts "io: " in front of these.
        ureq::Error::Io(e) => HttpError::NoAnswer { url, why: e.to_string() },
        e => HttpError::NoAnswer { url, why: e.to_string() },
    }
}

/// Returns what a message shows of the body of a failure, on one line: the text of a problem document, or the
/// beginning of a plain text.
pub fn summary(content_type: &str, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let words = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(problem) => ["detail", "error", "message", "title"]
            .iter()
            .find_map(|key| Some(problem.get(key)?.as_str()?.to_owned()))
            .unwrap_or_default(),
        Err(_) if content_type.starts_with("text/plain") => text.into_owned(),
        Err(_) => String::new(),
    };
    let line = words.lines().next().unwrap_or_default();
    line.trim().chars().take(200).collect()
}
