//! Arguments whose values are words of a fixed list.
//!
//! Where a list is short, clap names it in `--help`, completes it, and suggests the nearest word.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::check::Profile;
use crate::diag::Code;
use crate::diag::format::Format;
use crate::model::Status;
use crate::probe::CLIENTS;
use crate::proof::Algorithm;
use crate::site::HOSTS;

/// Names of hosts.
pub(super) fn hosts() -> PossibleValuesParser {
    PossibleValuesParser::new(HOSTS.iter().map(|host| host.name()))
}

/// Identifiers of clients.
pub(super) fn clients() -> PossibleValuesParser {
    PossibleValuesParser::new(CLIENTS.iter().map(|client| client.id))
}

/// The statuses of a version.
pub(super) fn statuses() -> impl TypedValueParser<Value = Status> {
    one_of(Status::ALL.map(Status::as_str), Status::parse)
}

/// The formats of a report.
pub(super) fn formats() -> impl TypedValueParser<Value = Format> {
    one_of(Format::ALL.map(Format::as_str), Format::parse)
}

/// The sets of rules.
pub(super) fn profiles() -> impl TypedValueParser<Value = Profile> {
    one_of(["strict", "official"], |word| match word {
        "strict" => Some(Profile::Strict),
        "official" => Some(Profile::Official),
        _ => None,
    })
}

/// The algorithms of keys.
pub(super) fn algorithms() -> impl TypedValueParser<Value = Algorithm> {
    one_of(Algorithm::ALL.map(Algorithm::as_str), Algorithm::parse)
}

fn one_of<T: Clone + Send + Sync + 'static, const N: usize>(
    words: [&'static str; N],
    parse: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).try_map(move |word| parse(&word).ok_or("unknown word"))
}

/// Reads a diagnostic code. There are too many of them for a message.
pub(super) fn code(word: &str) -> Result<Code, String> {
    Code::parse(word).map_err(|near| match near {
        Some(near) => format!("there is no such code; did you mean {near}?"),
        None => "there is no such code; `mcp-static explain` lists them".to_owned(),
    })
}
