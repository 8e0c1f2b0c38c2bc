//! The layout of `registry-data`, both ways: reading a tree from disk or from a commit, dating it from
//! history, and writing entries into it.
//!
//! This module knows where files are and whether every parser reads their JSON alike. Which documents are
//! valid is not known here.

mod edit;
mod fault;
mod held;
mod history;
mod json;
mod layout;
mod list;
mod members;
#[cfg(feature = "import")]
mod mirrors;
mod overrides;
mod overriding;
mod packages;
mod records;
mod rewrite;
mod sort;
mod spelling;
mod status;
mod tree;

pub use edit::{Applied, Edit, Edits, apply, apply_in, hold, require_folder, was_interrupted};
#[cfg(feature = "import")]
pub use edit::{open_folder, work_folder};
#[cfg(feature = "import")]
pub use fault::other_file;
pub use held::Held;
pub use history::{DateSource, DateTable, Dated, EntryDates, Fallback};
#[cfg(feature = "import")]
pub use json::is_suspicious;
pub use json::too_large;
pub use json::{Document, MAX_FILE, read_json};
pub use layout::{DataPath, EntryFile, MIRRORS, below, entry_folder, join};
pub use list::look;
pub use members::Members;
#[cfg(feature = "import")]
pub use mirrors::{MirrorState, MirrorStates, mirrors_json, read_mirrors};
#[cfg(feature = "git")]
pub use overrides::{overrides_at, template_folder};
pub use overrides::{read_overrides, read_settings};
pub use overriding::read_override;
pub use packages::{PackageRecord, PackagesRecord, read_packages};
pub use records::{OriginRecord, StatusRecord, digest, read_origin, read_status, read_tombstone};
pub use rewrite::replace_texts;
pub use spelling::{Clash, Spellings};
pub use status::change_status;
#[cfg(feature = "proof")]
pub use status::{find_server, find_versions};
pub use tree::{Content, ServerFiles, ServerFolder, Tree, VersionFiles, VersionFolder};
