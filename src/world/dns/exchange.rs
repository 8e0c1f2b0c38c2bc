//! One lookup at one resolver group: reads the answer, follows aliases and classifies failures.
//!
//! The resolver library treats an endless chain of aliases as an empty answer and forgets the chain of an empty
//! answer, so the chain is followed here. Only records that the name leads to count.

use hickory_resolver::NameServerPool;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer, RetryDnsHandle};
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::{DnsRequestOptions, Message, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use super::{DnsAnswer, MAX_ALIASES};

/// Why there is no answer in time.
pub(super) const TIMED_OUT: &str = "timed out";

/// Most bytes of an answer over UDP (RFC 9715); a longer one is requested again over TCP.
const UDP_SIZE: u16 = 1232;

/// Sends one query to a resolver group, with retries.
pub(super) type Handle = RetryDnsHandle<NameServerPool<TokioRuntimeProvider>>;

/// Records of the queried kind.
pub(super) type RecordSet = Vec<RData>;

/// Queries the records of `name`, and then those of what it is an alias of when the answer leaves that
/// open, as servers do that are not resolvers.
pub(super) async fn follow(handle: Handle, name: Name, kind: RecordType) -> DnsAnswer<RecordSet> {
    let mut chain = Chain { names: vec![name.to_lowercase()] };
    loop {
        let known = chain.names.len();
        let step = match ask(&handle, chain.last(), kind).await {
            Ok(message) => read(&message, &mut chain, kind),
            Err(e) => negative(&e),
        };
        return match step {
            Err(why) => DnsAnswer::Silent(why),
            Ok((records, _)) if !records.is_empty() => {
                DnsAnswer::Records { records, chain: chain.aliases() }
            }
            // Not the end if this answer only made the chain longer.
            Ok((_, false)) if chain.names.len() > known => continue,
            Ok((_, nxdomain)) => DnsAnswer::Nothing { nxdomain, chain: chain.aliases() },
        };
    }
}

/// What one message holds about the end of the chain: its records, which may be none, and whether the name
/// does not exist.
type MessageResult = (RecordSet, bool);

/// The asked name and what it is an alias of, in lower case; never empty.
struct Chain {
    names: Vec<Name>,
}

impl Chain {
    fn last(&self) -> Name {
        self.names.last().cloned().unwrap_or_default()
    }

    /// Adds an alias.
    ///
    /// # Errors
    /// When the chain is a loop or too long.
    fn add(&mut self, next: Name) -> Result<(), String> {
        if self.names.contains(&next) {
            return Err("the name is an alias of itself".to_owned());
        }
        if self.names.len() > MAX_ALIASES {
            return Err(format!("the name is an alias over more than {MAX_ALIASES} steps"));
        }
        self.names.push(next);
        Ok(())
    }

    /// Returns the chain without the asked name, as a report shows it.
    fn aliases(&self) -> Vec<String> {
        let text = |name: &Name| name.to_ascii().trim_end_matches('.').to_owned();
        self.names.iter().skip(1).map(text).collect()
    }
}

async fn ask(handle: &Handle, name: Name, kind: RecordType) -> Result<Message, NetError> {
    let mut options = DnsRequestOptions::default();
    options.use_edns = true;
    options.edns_payload_len = UDP_SIZE;
    options.recursion_desired = true;
    options.case_randomization = true;
    let response = handle.lookup(Query::query(name, kind), options).first_answer().await?;
    Ok(response.into_message())
}

/// Follows the aliases of an answer and takes the records at the end.
fn read(message: &Message, chain: &mut Chain, kind: RecordType) -> Result<MessageResult, String> {
    let nxdomain = match message.response_code {
        ResponseCode::NoError => false,
        ResponseCode::NXDomain => true,
        code => return Err(code_name(code)),
    };
    while let Some(next) = alias(message, &chain.last()) {
        chain.add(next)?;
    }
    let end = chain.last();
    let ours = message.answers.iter().filter(|r| r.name == end && r.record_type() == kind);
    Ok((ours.map(|record| record.data.clone()).collect(), nxdomain))
}

/// Returns what `name` is an alias of, according to a message.
fn alias(message: &Message, name: &Name) -> Option<Name> {
    message.answers.iter().filter(|record| record.name == *name).find_map(|record| {
        let RData::CNAME(CNAME(target)) = &record.data else { return None };
        Some(target.to_lowercase())
    })
}

/// Classifies a failure: no record, or no answer and why.
fn negative(e: &NetError) -> Result<MessageResult, String> {
    let none = match e {
        NetError::Dns(DnsError::NoRecordsFound(none)) => none,
        NetError::Dns(DnsError::ResponseCode(code)) => return Err(code_name(*code)),
        NetError::Timeout => return Err(TIMED_OUT.to_owned()),
        NetError::Truncated => return Err("the answer was cut off, over TCP too".to_owned()),
        NetError::QueryCaseMismatch => {
            return Err("the answer spells the name differently, which can mean that it is forged"
                .to_owned());
        }
        NetError::Io(e) => return Err(format!("no connection: {e}")),
        e => return Err(format!("the answer cannot be read: {e}")),
    };
    match none {
        NoRecords { response_code: ResponseCode::NXDomain, .. } => Ok((Vec::new(), true)),
        // A server that is not a resolver and refers to others.
        NoRecords { ns: Some(_), soa: None, .. } => {
            Err("it refers to other servers instead of answering".to_owned())
        }
        NoRecords { response_code: ResponseCode::NoError, .. } => Ok((Vec::new(), false)),
        NoRecords { response_code, .. } => Err(code_name(*response_code)),
    }
}

/// Returns a response code as DNS tools print it.
fn code_name(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        code => format!("response code {}", u16::from(code)),
    }
}
