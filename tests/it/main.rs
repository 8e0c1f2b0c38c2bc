//! Tests of the public crate and of the binary, one module per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod add;
mod architecture;
mod build;
mod catalog;
mod changes;
mod check;
mod codes;
mod dns;
mod documents;
mod edit;
mod explain;
mod formats;
mod golden;
mod hosts;
mod http;
mod import;
mod init;
mod install;
mod life;
mod model;
mod pointers;
mod probe;
mod project;
mod queries;
mod query_index;
mod reports;
mod rules;
mod scratch;
mod serve;
mod sign;
mod status;
mod timestamps;
mod upstream;
mod verify_properties;
mod wellknown;
