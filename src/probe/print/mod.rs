//! The printed forms of findings. No form decides a grade.

mod badge;
mod human;
mod markdown;

pub use human::Look;
