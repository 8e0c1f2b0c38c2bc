//! Recorded resolvers and ownership documents, made in a test or read from its `world.json`.
//!
//! What was not recorded has no answer, and the reason says so.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Mutex;

use serde::Deserialize;

use mcp_static::internals::model::Timestamp;
use mcp_static::internals::world::dns::{Dns, DnsAnswer, Records, ResolverAnswer};
use mcp_static::internals::world::wellknown::{MAX_BODY, WellKnown, WellKnownError};

use super::{FakeClock, open};

/// Why a question has no answer that no test foresaw.
pub const NOT_RECORDED: &str = "this was not recorded";

/// A whole recorded world, as `world.json` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FakeWorld {
    #[serde(default)]
    now: Option<String>,
    /// What resolvers say.
    #[serde(default)]
    pub dns: FakeDns,
    /// What hosts answer.
    #[serde(default)]
    pub http: FakeWellKnown,
}

impl FakeWorld {
    /// Seconds since 1970 that `now` names, or nothing when it is left out or is no date.
    pub fn now(&self) -> Option<i64> {
        Timestamp::parse(self.now.as_deref()?).map(|time| time.unix())
    }

    /// A clock that shows `now`, or the beginning of 1970.
    pub fn clock(&self) -> FakeClock {
        FakeClock::at(self.now().unwrap_or_default())
    }
}

/// What one resolver says about one name. Exactly one of the four kinds is meant; without any of
/// them the name exists and has no record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    txt: Option<Vec<String>>,
    addresses: Option<Vec<IpAddr>>,
    chain: Vec<String>,
    nxdomain: bool,
    nodata: bool,
    silent: Option<String>,
}

impl Said {
    /// The answer to a question for one kind of record; silence outweighs all else.
    fn answer<T>(&self, records: Option<T>) -> DnsAnswer<T> {
        let chain = self.chain.clone();
        match (&self.silent, records) {
            (Some(why), _) => DnsAnswer::Silent(why.clone()),
            (None, _) if self.nxdomain => DnsAnswer::Nothing { nxdomain: true, chain },
            (None, Some(records)) if !self.nodata => DnsAnswer::Records { records, chain },
            (None, _) => DnsAnswer::Nothing { nxdomain: false, chain },
        }
    }
}

/// Recorded resolvers. All of them are asked each time, in the order of their names; a resolver that
/// has nothing recorded about a name is silent about it.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct FakeDns {
    resolvers: BTreeMap<String, BTreeMap<String, Said>>,
    #[serde(skip)]
    asked: Mutex<Vec<String>>,
}

impl FakeDns {
    /// A world in which no resolver answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records addresses.
    #[must_use]
    pub fn with_addresses(self, resolver: &str, name: &str, addresses: &[IpAddr]) -> Self {
        self.say(resolver, name, |said| said.addresses = Some(addresses.to_vec()))
    }

    /// Records that there is no such name.
    #[must_use]
    pub fn with_nxdomain(self, resolver: &str, name: &str) -> Self {
        self.say(resolver, name, |said| said.nxdomain = true)
    }

    /// Records that the name has no record.
    #[must_use]
    pub fn with_nodata(self, resolver: &str, name: &str) -> Self {
        self.say(resolver, name, |said| said.nodata = true)
    }

    /// Records that the resolver does not answer.
    #[must_use]
    pub fn with_silence(self, resolver: &str, name: &str, why: &str) -> Self {
        self.say(resolver, name, |said| said.silent = Some(why.to_owned()))
    }

    fn say(mut self, resolver: &str, name: &str, change: impl FnOnce(&mut Said)) -> Self {
        let names = self.resolvers.entry(resolver.to_owned()).or_default();
        change(names.entry(name.to_owned()).or_default());
        self
    }

    /// Every question so far, such as `TXT example.com`.
    pub fn asked(&self) -> Vec<String> {
        open(&self.asked).clone()
    }

    fn ask<T>(
        &self,
        kind: &str,
        name: &str,
        of: impl Fn(&Said) -> Option<T>,
    ) -> Vec<ResolverAnswer<T>> {
        open(&self.asked).push(format!("{kind} {name}"));
        let unheard = || DnsAnswer::Silent(NOT_RECORDED.to_owned());
        if self.resolvers.is_empty() {
            return vec![ResolverAnswer { resolver: "nobody".to_owned(), answer: unheard() }];
        }
        let voice = |(resolver, names): (&String, &BTreeMap<String, Said>)| {
            let answer = names.get(name).map_or_else(unheard, |said| said.answer(of(said)));
            ResolverAnswer { resolver: resolver.clone(), answer }
        };
        self.resolvers.iter().map(voice).collect()
    }
}

impl Dns for FakeDns {
    fn txt(&self, name: &str) -> Vec<ResolverAnswer<Records>> {
        let bytes = |record: &String| record.clone().into_bytes();
        self.ask("TXT", name, |said| {
            let records = said.txt.as_ref().filter(|records| !records.is_empty())?;
            Some(records.iter().map(bytes).collect())
        })
    }

    fn addresses(&self, name: &str) -> Vec<ResolverAnswer<Vec<IpAddr>>> {
        self.ask("A", name, |said| said.addresses.clone().filter(|found| !found.is_empty()))
    }
}

/// What one host answers; one of these is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Served {
    body: Option<String>,
    status: Option<u16>,
    redirect: Option<u16>,
    host: Option<String>,
    silent: Option<String>,
    too_large: bool,
    blocked: Option<Vec<IpAddr>>,
    tls: Option<String>,
    no_address: bool,
    refused: Option<String>,
}

impl Served {
    fn answer(self) -> Result<Vec<u8>, WellKnownError> {
        use WellKnownError as Fault;
        let Self { body, status, redirect, host, silent, blocked, tls, refused, .. } = self;
        Err(if let Some(body) = body {
            if body.len() <= MAX_BODY {
                return Ok(body.into_bytes());
            }
            Fault::TooLarge
        } else if let Some(status) = status {
            Fault::Absent(status)
        } else if let Some(status) = redirect {
            Fault::Redirect { status, host }
        } else if let Some(addresses) = blocked {
            Fault::Blocked(addresses)
        } else if let Some(why) = tls {
            Fault::Tls(why)
        } else if let Some(why) = refused {
            Fault::Refused(why)
        } else if self.too_large {
            Fault::TooLarge
        } else if self.no_address {
            Fault::NoAddress
        } else {
            Fault::NoAnswer(silent.unwrap_or_else(|| NOT_RECORDED.to_owned()))
        })
    }
}

/// Recorded ownership documents by domain.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "BTreeMap<String, Served>")]
pub struct FakeWellKnown {
    answers: BTreeMap<String, Result<Vec<u8>, WellKnownError>>,
    asked: Mutex<Vec<String>>,
}

impl From<BTreeMap<String, Served>> for FakeWellKnown {
    fn from(served: BTreeMap<String, Served>) -> Self {
        let answers = served.into_iter().map(|(domain, served)| (domain, served.answer()));
        Self { answers: answers.collect(), asked: Mutex::default() }
    }
}

impl FakeWellKnown {
    /// A world in which no host answers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every domain that was asked so far.
    pub fn asked(&self) -> Vec<String> {
        open(&self.asked).clone()
    }
}

impl WellKnown for FakeWellKnown {
    fn fetch(&self, domain: &str) -> Result<Vec<u8>, WellKnownError> {
        open(&self.asked).push(domain.to_owned());
        let unheard = || Err(WellKnownError::NoAnswer(NOT_RECORDED.to_owned()));
        self.answers.get(domain).cloned().unwrap_or_else(unheard)
    }
}

#[cfg(test)]
mod tests;
