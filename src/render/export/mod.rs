//! Files for other systems, made from the same readings as the pages.

pub mod allowlist;
