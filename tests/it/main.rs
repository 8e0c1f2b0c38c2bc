//! Tests of the public crate, one module per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod explain;
mod formats;
mod model;
mod pointers;
mod queries;
mod reports;
mod timestamps;
