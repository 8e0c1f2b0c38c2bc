//! The printed forms of a result. No form decides a grade.

mod badge;
mod human;
mod markdown;

pub use badge::{badge, sentence};
pub use human::{Look, human};
pub use markdown::markdown;
