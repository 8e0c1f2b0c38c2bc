//! The v0.1 read API as documents.

mod documents;
mod pages;
pub mod wire;

pub use documents::{NOT_FOUND_PAGE, globals, listing};
pub use pages::list_pages;
pub(super) use wire::list_ranges;
pub use wire::{Problem, entry_json, list_json};
