//! Tests of the public crate, one module per room.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod add;
mod edit;
mod formats;
mod http;
mod import;
mod scratch;
mod status;
mod upstream;
