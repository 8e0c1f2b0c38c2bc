//! A registry of MCP servers as static files.
pub mod check;
pub mod diag;
pub mod error;
pub mod model;
