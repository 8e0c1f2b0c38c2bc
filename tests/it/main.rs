//! Tests of the public crate, one module per room.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod formats;
mod install;
