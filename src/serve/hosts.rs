//! Which `Host` a request may name.
//!
//! With DNS rebinding, a web page can point its own name to this machine and read what is served here.
//! Its name is then in `Host`, so only names that nobody else can own are accepted: loopback, the address
//! of the connection, and what the user allowed. The port must be right; only loopback may omit it.

use std::net::IpAddr;

use crate::error::{Error, ErrorKind, Result};

/// Port of plain HTTP, which URLs leave out.
const DEFAULT_PORT: u16 = 80;

/// The hosts that are answered.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    port: u16,
    any: bool,
    allowed: Vec<(String, Option<u16>)>,
}

impl Hosts {
    /// Returns the hosts of a server on `port`, and those that the user allows: `NAME`, `NAME:PORT` or `*`.
    pub(super) fn new(port: u16, allow: &[String]) -> Result<Self> {
        let mut hosts = Self { port, ..Self::default() };
        for text in allow {
            if text == "*" {
                hosts.any = true;
                continue;
            }
            let (name, port) = split(text).ok_or_else(|| {
                Error::new(ErrorKind::Usage, format!("{text:?} is not a host"))
                    .help("give a name with or without a port, such as registry.example:8080, or \"*\" for any")
            })?;
            hosts.allowed.push((name.to_ascii_lowercase(), port));
        }
        Ok(hosts)
    }

    /// Whether `authority` is answered on a connection that was made to `local`.
    pub(super) fn accept(&self, authority: &str, local: IpAddr) -> bool {
        if self.any {
            return true;
        }
        let Some((name, port)) = split(authority) else { return false };
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let loopback =
            name.eq_ignore_ascii_case("localhost") || ["127.0.0.1", "[::1]"].contains(&name);
        let own = match port {
            Some(port) => port == self.port,
            None => loopback || self.port == DEFAULT_PORT,
        };
        let bound = address.is_ok_and(|address| address.to_canonical() == local.to_canonical());
        (own && (loopback || bound)) || self.is_allowed(name, port)
    }

    /// Whether the user allowed it: a name without a port is allowed with any.
    fn is_allowed(&self, name: &str, port: Option<u16>) -> bool {
        self.allowed.iter().any(|(allowed, fixed)| {
            name.eq_ignore_ascii_case(allowed) && (fixed.is_none() || *fixed == port)
        })
    }
}

/// Splits `name`, `name:port`, `[v6]` or `[v6]:port`; `None` for anything else.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let name_end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (name, port) = authority.split_at(name_end);
    let valid = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b));
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    valid.then_some((name, port))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn local() -> IpAddr {
        "192.0.2.7".parse().unwrap()
    }

    #[test]
    fn loopback_and_the_bound_address_are_answered_with_our_port() {
        let hosts = Hosts::new(8080, &[]).unwrap();
        for good in [
            "localhost:8080",
            "LOCALHOST:8080",
            "localhost",
            "127.0.0.1:8080",
            "127.0.0.1",
            "[::1]:8080",
            "[::1]",
            "192.0.2.7:8080",
        ] {
            assert!(hosts.accept(good, local()), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "evil.example:8080",
            "localhost:80",
            "127.0.0.1:9",
            "192.0.2.7",
            "192.0.2.8:8080",
            "localhost.evil.example:8080",
            "a@localhost:8080",
            "localhost:",
            "localhost:8080:8080",
            "[::1",
            "::1",
            "[::2]:8080",
            "localhost:99999",
            "localhost:+80",
        ] {
            assert!(!hosts.accept(bad, local()), "{bad}");
        }
        assert!(Hosts::new(80, &[]).unwrap().accept("192.0.2.7", local()));
    }

    #[test]
    fn a_mapped_address_is_the_address() {
        let hosts = Hosts::new(8080, &[]).unwrap();
        assert!(hosts.accept("192.0.2.7:8080", "::ffff:192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn allowed_hosts_are_answered() {
        let allow = ["Dev.Example".to_owned(), "other.example:81".to_owned()];
        let hosts = Hosts::new(8080, &allow).unwrap();
        assert!(hosts.accept("dev.example", local()) && hosts.accept("dev.example:1", local()));
        assert!(hosts.accept("other.example:81", local()));
        assert!(!hosts.accept("other.example", local()) && !hosts.accept("x.example", local()));
        assert!(Hosts::new(8080, &["*".to_owned()]).unwrap().accept("x.example", local()));
        for bad in ["", "http://x", "x/y", "a b"] {
            assert!(Hosts::new(8080, &[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
