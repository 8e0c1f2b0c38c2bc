//! Single HTTP requests without redirects, retries or changes to the URL.
//!
//! [`Http`](super::Http) is for callers that want a document; this is for callers that want to see what a host
//! does. The URL is sent byte for byte, so `%2F`, `%2f`, `/`, `%2B` and `+` stay different.

use std::time::Duration;

use super::HttpError;

/// The method of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Verb {
    /// The document.
    #[default]
    Get,
    /// Its headers only.
    Head,
    /// What may be requested.
    Options,
    /// Something new.
    Post,
    /// The whole of something.
    Put,
    /// Parts of something.
    Patch,
    /// Its removal.
    Delete,
}

impl Verb {
    /// Returns the word in the request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ask {
    /// The method.
    pub verb: Verb,
    /// The URL, http or https, without a fragment. Path and query are sent as written.
    pub url: String,
    /// Headers besides `Host`, in order.
    pub headers: Vec<(String, String)>,
    /// What is sent after the headers; its length is stated for it.
    pub body: Option<Vec<u8>>,
}

/// One answer, whatever its status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status, 200 to 599.
    pub status: u16,
    /// Headers in order, names in lower case; values that are not visible ASCII are left out.
    pub headers: Vec<(String, String)>,
    /// The body, up to the limit of the request.
    pub body: Vec<u8>,
    /// Whether the body is whole, and not cut at the limit.
    pub whole: bool,
    /// From the request to the last byte.
    pub took: Duration,
}

impl Reply {
    /// Returns the first header of this name (in lower case), or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Returns where a redirect leads, if this is one.
    pub fn location(&self) -> Option<&str> {
        matches!(self.status, 301 | 302 | 303 | 307 | 308).then(|| self.header("location"))?
    }
}

/// Why an address in a private network is not requested.
pub const PRIVATE: &str = "it is in a private network";

/// Sends single HTTP requests.
pub trait Exchange: Send + Sync {
    /// Sends a request.
    ///
    /// # Errors
    /// [`HttpError::NoAnswer`] when no whole answer came, [`HttpError::Refused`] when this URL is not
    /// requested: it is invalid, uses plain http, or leads to a private network.
    fn send(&self, ask: &Ask) -> Result<Reply, HttpError>;
}
