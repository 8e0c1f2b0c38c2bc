//! The host of a URL, and who can reach it.
//!
//! One machine has many spellings: `127.0.0.1` is also `2130706433`, `0x7f.1`, `[::ffff:7f00:1]` and
//! `１２７.1`, and programs differ in which they accept. So a host is read as the most lenient browser or
//! command line reads it, and where two of them disagree the worse meaning counts. No name is looked up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use unicode_normalization::UnicodeNormalization as _;

use crate::text::{is_invisible, percent_decode};

use super::address::{is_own_machine, is_public};
use super::domain::{is_number, is_special};
use super::pattern;

/// Who can reach a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Everybody, as far as its spelling shows.
    Public,
    /// Only those in its own network, or nobody.
    Private,
    /// It is the machine of the program that connects.
    OwnMachine,
}

/// Names that mean the reader's own machine besides everything below `localhost`: the usual lines of
/// `/etc/hosts`, and the names by which a container calls its machine.
const OWN_NAMES: &[&str] = &[
    "gateway.docker.internal",
    "host.containers.internal",
    "host.docker.internal",
    "ip6-localhost",
    "ip6-loopback",
    "localhost.localdomain",
    "localhost6",
    "localhost6.localdomain6",
    "loopback",
];

/// Endings that networks use for themselves and that are not to be delegated (RFC 6762, appendix G;
/// `corp`, `home` and `mail` by resolution of ICANN). Those for special use are known to `Domain`.
const PRIVATE_ENDINGS: &[&str] =
    &["corp", "home", "intranet", "lan", "localdomain", "localdomain6", "mail", "private"];

/// A host as the readers of a URL understand it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    text: String,
    reach: Reach,
}

impl Host {
    /// Reads the host of a URL, without user and port; an IPv6 address may be in brackets.
    pub fn read(text: &str) -> Self {
        let text = plain(text);
        let inner = text.strip_prefix('[').map(|rest| rest.strip_suffix(']').unwrap_or(rest));
        let inner = inner.unwrap_or(&text);
        let address = inner.split('%').next().unwrap_or(inner); // without the zone
        if let Ok(address) = address.parse::<Ipv6Addr>() {
            return Self { text: address.to_string(), reach: reach_of(address.into()) };
        }
        if !is_number(text.rsplit('.').next().unwrap_or_default()) {
            return Self { reach: reach_of_name(&text), text };
        }
        // A leading zero means octal to most readers and nothing to some; of equals the last counts.
        let read = [10, 8].map(|zero| ipv4(&text, zero));
        let read = read.into_iter().flatten().map(|address| (reach_of(address.into()), address));
        match read.max_by_key(|(reach, _)| *reach) {
            Some((reach, address)) => Self { text: address.to_string(), reach },
            None => Self { text, reach: Reach::Private },
        }
    }

    /// The host in its usual spelling: lower case, addresses in their canonical form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Who can reach it.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Whether it is one of `patterns`: hosts, or `*.example.com` for everything below a name.
    pub fn is_one_of(&self, patterns: &[String]) -> bool {
        patterns.iter().any(|known| pattern::matches(known, &self.text))
    }

    /// A pattern for [`Host::is_one_of`] in the spelling that it compares; `None` when `text` is not one.
    pub fn pattern(text: &str) -> Option<String> {
        let (below, host) = text.strip_prefix("*.").map_or(("", text), |host| ("*.", host));
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_host = bare.parse::<Ipv6Addr>().is_ok()
            || !host.contains(|c: char| {
                c.is_whitespace() || is_invisible(c) || "/\\:@?#*[]{}%".contains(c)
            });
        let host = Self::read(host).text;
        (is_host && !host.is_empty()).then(|| format!("{below}{host}"))
    }
}

/// The letters that a reader compares: escapes undone, wide and ornate forms made plain (as UTS 46
/// does), invisible ones left out, in lower case, without the root dot.
fn plain(text: &str) -> String {
    // Most hosts: none of it changes them.
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%') {
        return text.trim_end_matches('.').to_ascii_lowercase();
    }
    let decoded = percent_decode(text, false);
    let text = decoded.as_deref().unwrap_or(text);
    let plain: String = text
        .nfkc()
        .filter(|c| !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == '\u{3002}' { '.' } else { c })
        .collect();
    plain.trim_end_matches('.').to_owned()
}

/// An address of one to four numbers, the last of which fills what is left; `zero` is the radix that a
/// leading zero means.
fn ipv4(text: &str, zero: u32) -> Option<Ipv4Addr> {
    let number = |part: &str| match part.strip_prefix("0x") {
        Some("") => Some(0),
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u64::from_str_radix(part, zero).ok(),
        None => part.parse::<u64>().ok(),
    };
    let parts: Vec<u64> = text.splitn(5, '.').map(number).collect::<Option<_>>()?;
    let (last, bytes) = parts.split_last()?;
    let left = 4_usize.checked_sub(bytes.len()).filter(|left| *left > 0)?;
    if bytes.iter().any(|byte| *byte > 255) || *last >= 1 << (8 * left) {
        return None;
    }
    let high = bytes.iter().fold(0, |high, byte| high << 8 | byte);
    u32::try_from(high << (8 * left) | last).ok().map(Ipv4Addr::from)
}

fn reach_of(address: IpAddr) -> Reach {
    match address {
        address if is_own_machine(address) => Reach::OwnMachine,
        address if is_public(address) => Reach::Public,
        _ => Reach::Private,
    }
}

/// A name without a dot is completed by the reader's own network.
fn reach_of_name(name: &str) -> Reach {
    let last = name.rsplit('.').next().unwrap_or_default();
    if last == "localhost" || OWN_NAMES.contains(&name) {
        Reach::OwnMachine
    } else if last.len() == name.len() || is_special(name) || PRIVATE_ENDINGS.contains(&last) {
        Reach::Private
    } else {
        Reach::Public
    }
}

#[cfg(test)]
mod tests;
