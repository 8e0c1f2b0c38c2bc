//! The values of a registry: names, versions, dates, entries, listings, and the meaning of a v0.1 query.
//!
//! Everything here is pure: no files, no clock, no network. Invalid values of these types cannot be made.
//! Only [`Server`] reads JSON, and nothing writes it.

mod address;
mod annotations;
mod domain;
mod entry;
mod grammar;
mod holder;
mod host;
pub mod launch;
mod name;
mod oci;
mod package;
pub mod pattern;
pub mod probe;
pub mod punycode;
pub mod query;
mod registry;
pub mod risk;
mod server;
mod timestamp;
mod version;

pub use address::is_public;
pub use annotations::{
    AnnotationFields, Annotations, OwnAnnotations, RISKS, is_meta_key, is_meta_prefix,
    is_other_key, is_word,
};
pub use domain::Domain;
pub use entry::{Dates, Entry, Evidence, Origin, Overridden, Status};
pub use grammar::InvalidName;
pub use holder::Holder;
pub use host::{Host, Reach};
pub use name::{Namespace, ServerName};
pub use oci::OciReference;
pub use package::{
    Naming, PackageType, Presence, Runner, TransportType, is_package_word, package_type_names,
};
pub use registry::{LeftOut, Listing, Registry};
pub use server::{
    Argument, ArgumentKind, Format, Given, Icon, Input, NamedInput, PUBLISHER_KEY, Package, Server,
    Transport,
};
pub use timestamp::Timestamp;
pub use version::Version;
