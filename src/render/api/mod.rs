//! The v0.1 read API as documents.

mod documents;
mod pages;
pub mod wire;

pub use documents::{globals, listing};
pub use pages::list_pages;
pub(super) use wire::list_ranges;
pub use wire::{Problem, document_of, entry_json, list_json, list_size};
