//! Tests of the public crate and of the binary, one module per room.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod build;
mod formats;
mod golden;
mod project;
