//! The real client: ureq with rustls and the system's own trusted roots.
//!
//! Redirects are followed here and not by the library, so that three rules hold: at most five, never
//! from https to http, and never with the token to another origin.

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
    /// Hosts that are asked directly, with everything below them; `*` is every host.
    pub except: Vec<String>,
}

impl std::fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("ProxyChoice").field("except", &self.except).finish_non_exhaustive()
    }
}

impl ProxyChoice {
    /// Whether `url` is asked directly. This computer always is.
    pub fn spares(&self, url: &Url) -> bool {
        let host = url.host();
        let spared = |entry: &String| {
            let entry = entry.trim().to_ascii_lowercase();
            let suffix = entry.trim_start_matches('*').trim_start_matches('.');
            entry == "*"
                || (!suffix.is_empty()
                    && host.strip_suffix(suffix).is_some_and(|r| r.is_empty() || r.ends_with('.')))
        };
        self.url.is_none() || url.is_loopback() || self.except.iter().any(spared)
    }
}

/// How patient the client is, and which way it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Which proxy to go through.
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

/// Fetches over the network.
///
/// It holds one pool of connections for what goes directly and one for what goes through the proxy.
#[derive(Debug)]
pub struct HttpClient {
    direct: Agent,
    proxied: Option<Agent>,
    proxy: ProxyChoice,
}

impl HttpClient {
    /// A client; the error says what is wrong with the proxy's URL, without showing it.
    pub fn new(options: HttpOptions) -> Result<Self, &'static str> {
        let agent = |proxy| agent_config(&options, proxy).new_agent();
        let proxied = proxy(&options)?.map(|proxy| agent(Some(proxy)));
        Ok(Self { direct: agent(None), proxied, proxy: options.proxy })
    }

    /// Asks once: the answer, or where it redirects to. Of a failure only a few
    /// kilobytes are read, for the message.
    fn once(
        &self,
        url: &Url,
        request: &Request,
        bearer: Option<&Secret>,
    ) -> Result<Hop, HttpError> {
        let agent = match &self.proxied {
            Some(agent) if !self.proxy.spares(url) => agent,
            _ => &self.direct,
        };
        let mut get = agent.get(url.to_string()).header("Accept", request.accept);
        if let Some(bearer) = bearer {
            get = get.header("Authorization", format!("Bearer {}", bearer.expose()));
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
        let refused = |url: String, why: &str| HttpError::Refused { url, why: why.to_owned() };
        // An unsound URL may hold a password, so it is not shown.
        let unsound = |why| refused("this URL".to_owned(), &format!("it {why}"));
        let mut at = Url::parse(url).map_err(unsound)?;
        let mut bearer = request.bearer.as_ref();
        for _ in 0..=MAX_REDIRECTS {
            if let Some(why) = at.objection() {
                return Err(refused(at.to_string(), why));
            }
            let location = match self.once(&at, request, bearer)? {
                Hop::Done(response) => return Ok(response),
                Hop::To(location) => location,
            };
            let next = at.join(&location).map_err(|why| {
                refused(at.to_string(), &format!("it redirects to a URL that {why}"))
            })?;
            if let Some(why) = at.redirect_objection(&next) {
                return Err(refused(at.to_string(), why));
            }
            if !at.same_origin(&next) {
                bearer = None;
            }
            at = next;
        }
        Err(refused(at.to_string(), "it redirects more than five times"))
    }
}

/// The proxy that is chosen, if one is; the error says what is wrong with its URL.
pub(super) fn proxy(options: &HttpOptions) -> Result<Option<Proxy>, &'static str> {
    let Some(url) = &options.proxy.url else { return Ok(None) };
    let lower = url.to_ascii_lowercase();
    if lower.contains("://") && !lower.starts_with("http") {
        return Err("the proxy is not an HTTP proxy, and no other kind is supported");
    }
    Proxy::new(url).map(Some).map_err(|_| "the proxy's URL is not valid")
}

/// What the library is told: system roots, our patience, no redirect by itself, no status for a
/// failure.
pub(super) fn agent_config(options: &HttpOptions, proxy: Option<Proxy>) -> Config {
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

/// Reads a body of at most `limit` bytes; a larger one is refused before it is read when it says its
/// length.
fn read(body: &mut Body, limit: u64) -> Result<Vec<u8>, ureq::Error> {
    if body.content_length().is_some_and(|length| length > limit) {
        return Err(ureq::Error::BodyExceedsLimit(limit));
    }
    // The library's limit is the first size that it refuses.
    body.with_config().limit(limit.saturating_add(1)).read_to_vec()
}

/// Puts the library's errors into our words; they never hold a token or a password.
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

/// What a person should see of the body of a failure: a problem document's own words, or the
/// beginning of a plain text, on one line.
fn summary(content_type: &str, body: &[u8]) -> String {
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
