//! Checks the data: one `server.json` on its own, and the registry as a whole.
//!
//! [`document`] checks one document without a clock, a disk or a network, and reports everything that it
//! finds in one run. Under [`Profile::Official`] its verdict is that of the official
//! registry's `POST /v0.1/validate`; under [`Profile::Strict`] a document must also be publishable:
//! its name and version become paths, its packages must have a form that can be checked, and nothing
//! in it may lead readers to a place or a command that they do not see (`reach`, `line`, `risk`).
//!
//! A document passes three groups of rules, each in its own modules: the typed input of the API (`input`), the
//! JSON Schema that `$schema` names, applied to what the typed structs leave (`normal`, `schema`), and
//! the semantic rules. A problem is reported once: a semantic code is preferred to a broken limit, and both to
//! a schema violation at the same place. Who asks makes no difference.

mod about;
mod alone;
mod annotations;
mod bundle;
mod document;
mod entry;
mod go_json;
mod hosts;
mod image;
mod input;
mod kind;
mod line;
mod lint;
mod look;
mod misplaced;
mod naming;
mod normal;
mod overriding;
mod package;
mod packages;
mod placeholder;
mod policy;
mod profile;
mod publish;
mod range;
mod reach;
mod reference;
mod registry;
mod reshape;
mod risk;
mod rules;
mod schema;
mod shape;
mod shared;
mod template;
mod transport;
mod twins;
mod url;
mod words;

#[cfg(test)]
mod tests;

pub use alone::check_document;
pub use annotations::{check_annotations, expired_reviews};
pub use document::{document, normalised};
pub use entry::{CheckedServer, Checker, RemoteUrl};
pub use kind::{Answered, answered};
pub use placeholder::placeholder;
pub use policy::{Judge, Judged, PolicyOutcome, Ruling};
pub use profile::{DocumentRules, Profile};
pub use registry::layout;
pub use rules::RULES;
#[cfg(any(feature = "cli", feature = "import"))]
pub use schema::CURRENT as CURRENT_SCHEMA;
pub use schema::keeps_schema;
pub use shared::{shared_urls, taken_urls};
pub use twins::{confusable_names, outline};
pub use url::is_uri;
#[cfg(feature = "probe")]
pub use words::type_of;
