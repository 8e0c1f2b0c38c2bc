//! The v0.1 read API as documents.

mod documents;
mod pages;
pub mod wire;

pub use documents::{NOT_FOUND_PAGE, globals, listing, lists};
pub use pages::ListPages;
pub use wire::{
    LIST_SEPARATOR, LIST_START, OFFICIAL, Problem, document_of, entry_json, list_end, list_json,
    list_size,
};
