//! HTTP requests to other hosts.
//!
//! A request limits the size of its answer. A token is never shown and never sent to another host. Plain http is
//! refused except to this computer itself.

#[cfg(feature = "http")]
mod client;
mod exchange;
mod retry;
mod url;
#[cfg(feature = "http")]
mod wire;

use std::fmt;

#[cfg(feature = "http")]
pub use client::{HttpClient, HttpOptions, ProxyChoice, read, summary};
pub use exchange::{Ask, Exchange, PRIVATE, Reply, Verb};
pub use retry::retry_after_wait;
pub use url::{Url, shown};
#[cfg(feature = "http")]
pub use wire::{Exchanger, Reach};

/// A text that is sent and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`; `None` when it cannot be sent in a header.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_valid = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        is_valid.then(|| Self(text.to_owned()))
    }

    /// Returns the text, to be sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Secret {
    /// Returns the value of an `Authorization` header: a text `user:password` is sent as such, any other as a bearer
    /// token.
    pub fn authorization(&self) -> String {
        use base64::Engine as _;
        match self.0.contains(':') {
            true => format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(&self.0)),
            false => format!("Bearer {}", self.0),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How a document is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Media types that are understood.
    pub accept: &'static str,
    /// Sent as `Authorization: Bearer …`, and only to the host that the URL names.
    pub bearer: Option<Secret>,
    /// Most bytes of an answer.
    pub limit: u64,
    /// Whether caches on the way are told to ask the host again.
    pub fresh: bool,
}

/// An answer with a status of success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The URL that answered, after redirects.
    pub url: String,
    /// `Content-Type`, or nothing.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpError {
    /// Nothing came, or not all of it: time ran out, no such host, no connection, no trust.
    NoAnswer {
        /// The requested URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// The host answered with a status other than success.
    Status {
        /// The requested URL.
        url: String,
        /// The status.
        status: u16,
        /// `Retry-After` as sent.
        retry_after: Option<String>,
        /// The beginning of the body.
        detail: String,
    },
    /// The answer is larger than the limit.
    TooLarge {
        /// The requested URL.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The URL is not requested: it is invalid, not encrypted, or redirects to a forbidden place.
    Refused {
        /// The URL.
        url: String,
        /// Why not.
        why: String,
    },
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer { url, why } => write!(f, "{} does not answer: {why}", shown(url)),
            Self::Status { url, status, detail, .. } => {
                let colon = if detail.is_empty() { "" } else { ": " };
                write!(f, "{} answers with status {status}{colon}{detail}", shown(url))
            }
            Self::TooLarge { url, limit } => {
                write!(f, "{} answers with more than {} KiB", shown(url), limit / 1024)
            }
            Self::Refused { url, why } => write!(f, "{} is not asked: {why}", shown(url)),
        }
    }
}

impl std::error::Error for HttpError {}

/// Fetches documents over HTTP.
pub trait Http: Send + Sync {
    /// Gets the document at `url`.
    fn get(&self, url: &str, request: &Request) -> Result<Response, HttpError>;
}
