//! A registry of MCP servers as static files.
pub mod error;
pub mod world;
