//! Which keys a domain lists now, according to several resolvers and its well-known document.
//!
//! A key counts when enough resolvers list it. A missing answer is never a vote: while it could still change
//! the result, nothing is known. Each domain is looked up once per run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{Cname, KeySource, Ownership};
use crate::world::dns::{Dns, DnsAnswer, Records, ResolverAnswer, excess};
use crate::world::wellknown::WellKnown;

use super::key::PublicKey;
use super::record::{RecordFault, parse_account_record, parse_body, parse_record};
use crate::model::Domain;

/// Most keys of one domain that are read.
const MAX_KEYS: usize = 8;

/// Labels at which publishers put the record by mistake, since an old text named them.
const SELECTORS: [&str; 2] = ["_mcp-auth", "_mcp-registry"];

/// Label of the record that names an account.
const ACCOUNT_LABEL: &str = "_mcp-publisher";

/// What a record names, in a form that can be compared and as a report shows it.
type ListedItem = (String, String);

/// What is known after a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Yes; how it was seen.
    Yes(String),
    /// No; what was seen instead.
    No(String),
    /// Unknown; who did not answer.
    Open(String),
}

impl Known {
    /// Combines several results: the first `Yes`, else `Open` if there is one.
    pub(super) fn any_of(answers: impl Iterator<Item = Self>) -> Self {
        let (mut no, mut open) = (Vec::new(), Vec::new());
        for answer in answers {
            match answer {
                Self::Yes(saw) => return Self::Yes(saw),
                Self::No(saw) => no.push(saw),
                Self::Open(saw) => open.push(saw),
            }
        }
        open.dedup(); // several may have the same reason
        if open.is_empty() { Self::No(no.join("; ")) } else { Self::Open(open.join("; ")) }
    }
}

/// What resolvers or a document list, counted.
#[derive(Debug, Clone, Default)]
struct Counted {
    /// Keys or accounts, and how many resolvers list each.
    listed: Vec<(String, usize)>,
    /// Resolvers without an answer.
    silent: usize,
    /// How many have to agree.
    needed: usize,
    /// What was seen, for the report.
    saw: String,
}

impl Counted {
    /// Whether enough resolvers list `item`.
    fn has(&self, item: &str) -> Known {
        let count = self.listed.iter().find(|(i, _)| i == item).map_or(0, |(_, n)| *n);
        if count >= self.needed {
            Known::Yes(self.saw.clone())
        } else if count + self.silent >= self.needed {
            Known::Open(self.saw.clone())
        } else {
            Known::No(self.saw.clone())
        }
    }

    /// Counts what one resolver lists; returns the text about it for the report.
    fn add(&mut self, items: Vec<ListedItem>, none: &str, chain: &[String]) -> String {
        let mut shown = Vec::new();
        for (item, text) in items {
            shown.push(text);
            match self.listed.iter_mut().find(|(known, _)| *known == item) {
                Some((_, count)) => *count += 1,
                None => self.listed.push((item, 1)),
            }
        }
        let via = chain.last().map(|last| format!(" by way of {last}")).unwrap_or_default();
        format!("{}{via}", list(&shown, none))
    }
}

/// Looks up what domains list, each at most once.
pub struct Lookup<'a> {
    settings: &'a Ownership,
    dns: Option<&'a dyn Dns>,
    well_known: Option<&'a dyn WellKnown>,
    records: Memory,
    documents: Memory,
}

/// What was counted, by domain.
type Memory = Mutex<BTreeMap<String, Arc<Counted>>>;

impl std::fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookup").finish_non_exhaustive()
    }
}

impl<'a> Lookup<'a> {
    /// Creates a lookup; a missing client leaves its answers unknown.
    pub fn new(
        settings: &'a Ownership,
        dns: Option<&'a dyn Dns>,
        well_known: Option<&'a dyn WellKnown>,
    ) -> Self {
        Self { settings, dns, well_known, records: Mutex::default(), documents: Mutex::default() }
    }

    /// Whether `domain` lists `key`. The well-known document counts for exactly its own host, so it is fetched
    /// only when `exact`.
    pub fn lists(&self, domain: &Domain, key: &PublicKey, exact: bool) -> Known {
        let item = key.record();
        Known::any_of(self.settings.domain.sources.iter().filter_map(|source| match source {
            KeySource::Dns => Some(self.records(domain).has(&item)),
            KeySource::Http if exact => Some(self.document(domain).has(&item)),
            KeySource::Http => None,
        }))
    }

    /// Whether `domain` names the account `id` of `forge` in its account record.
    pub fn names_account(&self, domain: &Domain, forge: &str, id: u64) -> Known {
        let Some(dns) = self.dns else { return Known::Open(closed()) };
        let name = format!("{ACCOUNT_LABEL}.{}", domain.as_str());
        let answers = dns.txt(&name);
        let read = |records: &Records| {
            let texts = records.iter().filter_map(|r| std::str::from_utf8(r).ok());
            let accounts = texts.filter_map(|text| parse_account_record(text).ok()).take(MAX_KEYS);
            let accounts = accounts.map(|account| format!("{}:{}", account.forge, account.id));
            accounts.map(|account| (account.clone(), account)).collect()
        };
        self.count(&name, domain, &answers, "no account", &read).has(&format!("{forge}:{id}"))
    }

    fn records(&self, domain: &Domain) -> Arc<Counted> {
        remember(&self.records, domain, || {
            let Some(dns) = self.dns else { return self.nothing() };
            let name = domain.as_str();
            let mut counted = self.count(name, domain, &dns.txt(name), "no key", &keys_of);
            if counted.listed.is_empty() && counted.silent == 0 {
                counted.saw.push_str(&selector_hint(dns, name));
            }
            counted
        })
    }

    fn document(&self, domain: &Domain) -> Arc<Counted> {
        remember(&self.documents, domain, || {
            let Some(well_known) = self.well_known else { return self.nothing() };
            let name = domain.as_str();
            let mut counted = Counted { needed: 1, ..Counted::default() };
            match well_known.fetch(name) {
                Ok(bytes) => {
                    let body = parse_body(&bytes);
                    let prints: Vec<String> =
                        body.keys.iter().map(PublicKey::fingerprint).collect();
                    counted.saw = format!("https://{name} lists {}", list(&prints, "no key"));
                    for hint in &body.hints {
                        counted.saw.push_str(&format!(" ({hint})"));
                    }
                    counted.listed = body.keys.iter().map(|key| (key.record(), 1)).collect();
                }
                Err(e) => {
                    counted.silent = usize::from(e.is_unknown());
                    counted.saw = format!("https://{name} {e}");
                }
            }
            counted
        })
    }

    fn nothing(&self) -> Counted {
        Counted { silent: 1, needed: 1, saw: closed(), ..Counted::default() }
    }

    /// Counts the answers of the resolvers about `name`.
    fn count(
        &self,
        name: &str,
        domain: &Domain,
        answers: &[ResolverAnswer<Records>],
        none: &str,
        read: &dyn Fn(&Records) -> Vec<ListedItem>,
    ) -> Counted {
        let mut counted = Counted { needed: self.settings.dns.quorum, ..Counted::default() };
        let mut texts = Vec::new();
        for answer in answers {
            let text = match &answer.answer {
                DnsAnswer::Silent(why) => {
                    counted.silent += 1;
                    why.clone()
                }
                DnsAnswer::Nothing { nxdomain: true, .. } => "no such name".to_owned(),
                DnsAnswer::Nothing { .. } => "no TXT record".to_owned(),
                DnsAnswer::Records { records, chain } => {
                    match excess(records).or_else(|| self.objection(domain, chain)) {
                        Some(why) => why,
                        None => counted.add(read(records), none, chain),
                    }
                }
            };
            texts.push(format!("{}: {text}", answer.resolver));
        }
        counted.saw = format!("DNS for {name} ({})", texts.join(", "));
        if counted.silent > 0 && answers.len() - counted.silent < counted.needed {
            let needed = counted.needed;
            counted.saw.push_str(&format!("; {needed} agreeing answers are needed"));
        }
        counted
    }

    /// Returns why records that were found through aliases do not count, if they do not.
    fn objection(&self, domain: &Domain, chain: &[String]) -> Option<String> {
        let last = chain.last()?;
        let same = || {
            chain.iter().all(|name| {
                Domain::parse(name).is_ok_and(|alias| alias.registrable() == domain.registrable())
            })
        };
        match self.settings.dns.cname {
            Cname::Follow => None,
            Cname::SameDomain if same() => None,
            Cname::SameDomain => Some(format!("an alias leads to {last}, outside the domain")),
            Cname::Deny => Some(format!("an alias leads to {last}, and aliases are not followed")),
        }
    }
}

fn closed() -> String {
    "the network is not used".to_owned()
}

fn remember(memory: &Memory, domain: &Domain, ask: impl FnOnce() -> Counted) -> Arc<Counted> {
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    memory.entry(domain.as_str().to_owned()).or_insert_with(|| Arc::new(ask())).clone()
}

/// Returns the keys of text records, as records in the strict form, with their fingerprints.
fn keys_of(records: &Records) -> Vec<ListedItem> {
    let texts = records.iter().filter_map(|record| std::str::from_utf8(record).ok());
    let keys: BTreeMap<String, String> = texts
        .filter_map(|text| parse_record(text).ok())
        .map(|key| (key.record(), key.fingerprint()))
        .collect();
    // A list of more than eight is not a publisher's, so none of them counts.
    if keys.len() > MAX_KEYS { Vec::new() } else { keys.into_iter().collect() }
}

/// Returns a hint about a record at a wrong name, or in a form that only the official registry accepts.
fn selector_hint(dns: &dyn Dns, name: &str) -> String {
    let texts = |name: &str| -> Vec<String> {
        let answers = dns.txt(name);
        let records = answers.iter().filter_map(|one| one.answer.records()).flatten();
        records.filter_map(|record| String::from_utf8(record.clone()).ok()).collect()
    };
    for label in SELECTORS {
        let below = format!("{label}.{name}");
        if texts(&below).iter().any(|text| parse_record(text).is_ok()) {
            return format!("; there is a record at {below}, but it belongs at {name} itself");
        }
    }
    let has_more = |text: &String| matches!(parse_record(text), Err(RecordFault::OfficialOnly));
    match texts(name).iter().any(has_more) {
        true => {
            "; a record there has text around it that only the official registry accepts".into()
        }
        false => String::new(),
    }
}

fn list(items: &[String], none: &str) -> String {
    if items.is_empty() { none.to_owned() } else { items.join(", ") }
}
