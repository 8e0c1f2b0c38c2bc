//! A registry of MCP servers as static files.
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod data;
pub mod diag;
pub mod error;
pub mod model;
pub mod pipeline;
pub mod render;
#[cfg(feature = "serve")]
pub mod serve;
pub mod site;
pub mod world;
