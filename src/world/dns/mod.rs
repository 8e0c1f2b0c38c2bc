//! DNS lookups at several resolvers.
//!
//! A single resolver can be wrong, deceived or down, so a lookup returns one answer per resolver, and a missing
//! answer is not the same as an empty one. Counting the answers and reading the records is left to `proof`.

#[cfg(feature = "dns")]
mod client;
#[cfg(feature = "dns")]
mod exchange;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

#[cfg(feature = "dns")]
pub use client::DnsClient;

/// Text records of one name, in the order of the answer. The character-strings of one record are
/// joined with nothing between (RFC 7208, section 3.3); records are never joined.
pub type Records = Vec<Vec<u8>>;

/// Most text records of one name that are worth reading.
pub const MAX_RECORDS: usize = 64;

/// Most bytes of one text record that are worth reading.
pub const MAX_RECORD: usize = 2048;

/// Longest chain of aliases (CNAME) that is followed.
pub const MAX_ALIASES: usize = 8;

/// The answer of one resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolverAnswer<T> {
    /// The resolver, as a report names it: its address (with the port unless it is 53), or `system`.
    pub resolver: String,
    /// Its answer.
    pub answer: DnsAnswer<T>,
}

/// An answer, or that there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DnsAnswer<T> {
    /// The name has records of the queried kind.
    Records {
        /// The records, at least one.
        records: T,
        /// Names that the asked name is an alias of, one after the other, in lower case and without
        /// root dot. The owner of the last one controls the records.
        chain: Vec<String>,
    },
    /// The resolver reports that there is no such record.
    Nothing {
        /// Whether there is no such name at all (NXDOMAIN), rather than no record of this kind.
        nxdomain: bool,
        /// As above.
        chain: Vec<String>,
    },
    /// No answer: a timeout, SERVFAIL, REFUSED, an answer that cannot be read. The text ends the
    /// sentence "1.1.1.1: …".
    Silent(String),
}

impl<T> DnsAnswer<T> {
    /// Whether this is an answer, even an empty one.
    pub fn is_vote(&self) -> bool {
        !matches!(self, Self::Silent(_))
    }

    /// Returns the records, if there are any.
    pub fn records(&self) -> Option<&T> {
        match self {
            Self::Records { records, .. } => Some(records),
            Self::Nothing { .. } | Self::Silent(_) => None,
        }
    }

    /// Applies `change` to the records.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> DnsAnswer<U> {
        match self {
            Self::Records { records, chain } => {
                DnsAnswer::Records { records: change(records), chain }
            }
            Self::Nothing { nxdomain, chain } => DnsAnswer::Nothing { nxdomain, chain },
            Self::Silent(why) => DnsAnswer::Silent(why),
        }
    }

    /// Returns the names that the asked name is an alias of; none if there was no answer.
    pub fn chain(&self) -> &[String] {
        match self {
            Self::Records { chain, .. } | Self::Nothing { chain, .. } => chain,
            Self::Silent(_) => &[],
        }
    }
}

/// Returns why `records` are not to be read, as the end of "the domain …": more than [`MAX_RECORDS`], or one
/// longer than [`MAX_RECORD`] that begins like a record of ours.
pub fn excess(records: &Records) -> Option<String> {
    if records.len() > MAX_RECORDS {
        return Some(format!("has {} TXT records; at most {MAX_RECORDS} are read", records.len()));
    }
    let long =
        records.iter().find(|r| r.len() > MAX_RECORD && r.trim_ascii().starts_with(b"v=MCP"));
    long.map(|r| format!("has a TXT record of {} bytes; at most {MAX_RECORD} are read", r.len()))
}

/// Queries resolvers. Names are absolute and have no root dot.
pub trait Dns: Send + Sync {
    /// Returns the text records (TXT) of `name` by resolver.
    fn txt(&self, name: &str) -> Vec<ResolverAnswer<Records>>;

    /// Returns the addresses (A and AAAA) of `name` by resolver.
    fn addresses(&self, name: &str) -> Vec<ResolverAnswer<Vec<IpAddr>>>;
}

/// Which resolvers are queried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolvers {
    /// Those of this computer, as one resolver, for networks that block others.
    System,
    /// These, each for itself.
    At(Vec<SocketAddr>),
}

/// Which resolvers to query, and how long to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsOptions {
    /// Which resolvers are queried.
    pub resolvers: Resolvers,
    /// Longest wait for one try.
    pub attempt: Duration,
    /// Number of tries, at least one.
    pub attempts: usize,
    /// Longest wait for one lookup in all; all resolvers are queried at the same time.
    pub total: Duration,
}

impl Default for DnsOptions {
    /// Three public validating resolvers of different operators; 2 s a try, 2 tries, 5 s in all.
    fn default() -> Self {
        let at = |a, b, c, d| SocketAddr::new(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), 53);
        Self {
            resolvers: Resolvers::At(vec![at(1, 1, 1, 1), at(8, 8, 8, 8), at(9, 9, 9, 9)]),
            attempt: Duration::from_secs(2),
            attempts: 2,
            total: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_RECORD, MAX_RECORDS, excess};

    #[test]
    fn too_many_records_and_a_long_one_of_ours_are_told_and_strangers_are_not() {
        let one = b"v=spf1".to_vec();
        assert_eq!(excess(&vec![one.clone(); MAX_RECORDS]), None);
        let many = excess(&vec![one; MAX_RECORDS + 1]);
        assert_eq!(many.as_deref(), Some("has 65 TXT records; at most 64 are read"));
        let ours = |length: usize| format!("{:x<length$}", " v=MCPv1;").into_bytes();
        assert_eq!(excess(&vec![ours(MAX_RECORD), vec![b'x'; MAX_RECORD + 1]]), None);
        let long = excess(&vec![ours(MAX_RECORD + 1)]);
        assert_eq!(long.as_deref(), Some("has a TXT record of 2049 bytes; at most 2048 are read"));
    }
}
