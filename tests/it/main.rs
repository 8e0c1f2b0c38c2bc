//! The integration tests, one module per room.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod rules;
