//! One request, one answer, nothing in between.
//!
//! The other door of this room ([`Http`](super::Http)) hides redirects, headers and failures from
//! whoever only wants a document. This one shows them, for a caller who wants to know what a host
//! does. It refuses to follow, to retry and to change a URL: what is asked for stands in the request
//! line byte for byte, so that `%2F`, `%2f`, `/`, `%2B` and `+` stay five different things.

use std::time::Duration;

use super::HttpError;

/// How something is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Verb {
    /// The document.
    #[default]
    Get,
    /// Its headers only.
    Head,
    /// What may be asked.
    Options,
}

impl Verb {
    /// The word of the request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }
}

/// One request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ask {
    /// How it is asked for.
    pub verb: Verb,
    /// The URL, http or https, without a fragment. Path and query are sent as they stand here.
    pub url: String,
    /// Headers besides `Host`, in order.
    pub headers: Vec<(String, String)>,
}

/// One answer, whatever its status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status, 200 to 599.
    pub status: u16,
    /// Headers in order, names in lower case; values that are no visible ASCII are left out.
    pub headers: Vec<(String, String)>,
    /// The body, up to the limit of whoever sent the request.
    pub body: Vec<u8>,
    /// Whether the body is whole, and not cut at the limit.
    pub whole: bool,
    /// From the request to the last byte.
    pub took: Duration,
}

impl Reply {
    /// The first header of this name (in lower case), or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Where a redirect leads, if this is one.
    pub fn location(&self) -> Option<&str> {
        matches!(self.status, 301 | 302 | 303 | 307 | 308).then(|| self.header("location"))?
    }
}

/// Whoever exchanges single requests for single answers.
pub trait Exchange: Send + Sync {
    /// Sends a request.
    ///
    /// # Errors
    /// [`HttpError::NoAnswer`] when no whole answer came, [`HttpError::Refused`] when this URL is not
    /// asked: it is not sound, goes over plain http, or leads to a private network without leave.
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError>;
}
