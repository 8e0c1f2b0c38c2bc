//! The v0.1 read API as documents.

mod documents;
pub(crate) mod wire;

pub use documents::{globals, listing};
pub use wire::{Problem, entry_json, list_json};
