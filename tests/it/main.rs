//! Tests of the public crate and of the binary, one module per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod build;
mod explain;
mod formats;
mod golden;
mod model;
mod pointers;
mod project;
mod queries;
mod reports;
mod rules;
mod serve;
mod timestamps;
