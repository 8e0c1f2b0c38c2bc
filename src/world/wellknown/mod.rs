//! The ownership document of a domain: `https://<domain>/.well-known/mcp-registry-auth`.
//!
//! Strangers choose the domain, so the fetch goes to public addresses only, follows no redirect, and limits size
//! and time. A missing answer (unknown) is not the same as a negative answer (final).

#[cfg(feature = "http")]
mod client;

use std::fmt;
use std::net::IpAddr;

#[cfg(feature = "http")]
pub use client::{WellKnownClient, WellKnownOptions};

/// Path of the document, as the official registry asks for it.
pub const PATH: &str = "/.well-known/mcp-registry-auth";

/// Most bytes of the document.
pub const MAX_BODY: usize = 4096;

/// Most bytes of the answer's head: status line and headers.
pub const MAX_HEAD: usize = 8192;

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WellKnownError {
    /// Nothing came, or not all of it, or the host reports that it is overloaded (408, 425, 429, 5xx).
    /// It is unknown whether the document exists. The text is what happened.
    NoAnswer(String),
    /// The resolvers agree that the name has no address.
    NoAddress,
    /// The host answered with a status other than 200 that is neither a redirect nor temporary.
    Absent(u16),
    /// The host answered with a redirect (3xx), which is not followed.
    Redirect {
        /// The status.
        status: u16,
        /// The host that it leads to, if one can be read. The rest of the URL is not shown.
        host: Option<String>,
    },
    /// The body is longer than [`MAX_BODY`], or the head than `MAX_HEAD`.
    TooLarge,
    /// No address of the name is public.
    Blocked(Vec<IpAddr>),
    /// The host cannot show that it is the domain: wrong name, untrusted or expired certificate.
    Tls(String),
    /// This is not requested, or not accepted. The text ends the sentence "`domain` …".
    Refused(String),
}

impl WellKnownError {
    /// Whether the result is unknown, so that asking again may help.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::NoAnswer(_))
    }
}

impl fmt::Display for WellKnownError {
    /// Ends the sentence "`domain` …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(why) => write!(f, "does not answer: {why}"),
            Self::NoAddress => f.write_str("has no address"),
            Self::Absent(status) => write!(f, "answers {PATH} with status {status}"),
            Self::Redirect { status, host } => {
                let to = host.as_ref().map(|host| format!(" to {host}")).unwrap_or_default();
                write!(f, "redirects {PATH}{to} (status {status}); redirects are not followed")
            }
            Self::TooLarge => write!(
                f,
                "answers {PATH} with more than {MAX_BODY} bytes, or more than {MAX_HEAD} bytes of headers"
            ),
            Self::Blocked(addresses) => {
                let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                write!(f, "has no public address, only {}", list.join(", "))
            }
            Self::Tls(why) => write!(f, "cannot show that it is this domain: {why}"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for WellKnownError {}

/// Fetches ownership documents.
pub trait WellKnown: Send + Sync {
    /// Returns the body of the document of `domain` (lower-case ASCII labels, no root dot): at most
    /// [`MAX_BODY`] bytes of an answer with status 200.
    fn fetch(&self, domain: &str) -> Result<Vec<u8>, WellKnownError>;
}
