//! A registry of MCP servers as static files.
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod data;
pub mod diag;
pub mod error;
pub mod import;
pub mod model;
pub mod pipeline;
pub mod render;
pub mod site;
pub mod world;
