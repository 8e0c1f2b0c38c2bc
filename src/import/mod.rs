//! Imports entries of another registry into `registry-data`.
//!
//! ```text
//! dump file ─┐
//! base URL ──┴▶ texts ─ read_text ─▶ readings ─ plan (and what is there) ─▶ edits, findings
//!
//! [[mirror]] ──▶ walk, or versions of a name ─ what is selected, or here ─▶ readings ─ plan ─▶ edits, steps
//!
//! other file ─┐
//! folder ─────┼▶ shape ─▶ drafts ─ plan_own (check, and what is there) ─▶ edits, drafts, findings
//! catalog URL ┘    └─ links ─ crawl ─┘
//! ```
//!
//! A mirror is loss-free: the text of `server` is kept byte for byte, and dates keep their digits. Only
//! records that a data folder cannot hold, or that a build would refuse, are skipped, each with a warning.

mod candidate;
mod compare;
mod crawl;
mod dump;
mod filter;
mod folder;
mod found;
mod mirror;
mod own;
mod plan;
mod present;
mod record;
mod retry;
mod shape;
mod source;
mod split;
mod steps;
mod store;
mod text;
mod upstream;

pub use crawl::{Crawler, MAX_LINKED, fetch_document};
pub use dump::{read_dump, read_file};
pub use filter::Filter;
pub use folder::read_folder;
pub use found::{Found, read_found};
pub use mirror::{MirrorPlan, MirrorRun};
pub use own::{OwnPlan, OwnRules, plan_own};
pub use plan::{ImportPlan, Present, plan};
pub use present::present;
pub use source::{document_url, is_registry, registry_url};
pub use steps::{Step, steps};
pub use store::PageStore;
pub use text::{Batch, read_text};
pub use upstream::{Progress, Upstream};
