//! Files for other systems.
//!
//! There are two lists. [`EXPORTS`] has the files for clients that enforce what is approved, made from the
//! same recipes as the pages; [`CATALOG_FILES`] has those that other systems read as a catalog. To add one,
//! write a module and a row.

pub mod allowlist;
mod amazon_q;
mod bulk;
mod card;
mod catalog_files;
mod codex;
mod installers;
mod row;

use serde::{Deserialize, Serialize};

use crate::config::ExportSettings;
use crate::model::Listing;
use crate::site::{Artifact, Media};

pub use amazon_q::name as amazon_q_name;
pub use bulk::{BULK, Bulk};
pub use card::card;
pub use catalog_files::{AGENTS, CATALOG_FILES, CatalogFiles, Elements, Piece, is_catalog_file};
pub use installers::INSTALLERS;

/// A file for another system.
#[derive(Debug)]
pub struct Export {
    /// Which clients read it.
    pub clients: &'static str,
    /// Its path in the site.
    pub path: &'static [&'static str],
    media: Media,
    make: fn(&[Named<'_>], &ExportSettings) -> Document,
}

/// Every file, in the order of the page for administrators.
pub static EXPORTS: &[Export] = &[
    Export {
        clients: "GitHub Copilot and VS Code",
        path: &["exports", "copilot", "managed-settings.json"],
        media: Media::Json,
        make: allowlist::copilot,
    },
    Export {
        clients: "Claude Code",
        path: &["exports", "claude-code", "managed-settings.json"],
        media: Media::Json,
        make: allowlist::claude_code,
    },
    Export {
        clients: "Codex",
        path: &["exports", "codex", "requirements.toml"],
        media: Media::Text,
        make: codex::requirements,
    },
    Export {
        clients: "Amazon Q Developer and Kiro",
        path: &["exports", "amazon-q", "registry.json"],
        media: Media::Json,
        make: amazon_q::registry,
    },
];

/// Whether there is a file at `path`.
pub fn is_export(path: &str) -> bool {
    EXPORTS.iter().any(|export| export.path.iter().copied().eq(path.split('/')))
}

/// What one server adds to the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerExports {
    /// Its entries in managed settings.
    pub allow: allowlist::AllowRows,
    codex: Result<codex::Identity, String>,
    amazon_q: Result<String, String>,
}

impl Default for ServerExports {
    fn default() -> Self {
        let nothing = || "it has no live version".to_owned();
        let allow = allowlist::AllowRows::default();
        Self { allow, codex: Err(nothing()), amazon_q: Err(nothing()) }
    }
}

impl ServerExports {
    /// What `listing` adds: all of its versions to managed settings, the latest live one to the rest.
    pub fn new(listing: &Listing) -> Self {
        let Some(entry) = listing.live_latest() else {
            return Self { allow: allowlist::rows(listing), ..Self::default() };
        };
        Self {
            allow: allowlist::rows(listing),
            codex: codex::identity(&entry.server),
            amazon_q: amazon_q::entry(&entry.server),
        }
    }
}

/// A server's part with its name.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The registry name.
    pub name: &'a str,
    /// What it adds.
    pub rows: &'a ServerExports,
}

/// A server that is not in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The registry name.
    pub server: String,
    /// Why, as the end of a sentence.
    pub reason: String,
}

impl LeftOut {
    fn new(server: &str, reason: &str) -> Self {
        Self { server: server.to_owned(), reason: reason.to_owned() }
    }
}

/// The text of a file.
#[derive(Debug, Default)]
struct Document {
    text: String,
    left_out: Vec<LeftOut>,
}

/// A file that was made.
#[derive(Debug)]
pub struct Exported {
    /// Its row.
    pub export: &'static Export,
    /// The servers that it does not have.
    pub left_out: Vec<LeftOut>,
    /// The file.
    pub artifact: Option<Artifact>,
}

/// Makes every file; `servers` in the byte order of their names.
pub fn documents(servers: &[Named<'_>], settings: &ExportSettings) -> Vec<Exported> {
    let made = EXPORTS.iter().map(|export| {
        let Document { text, left_out } = (export.make)(servers, settings);
        let artifact = Artifact::file(export.path.iter().copied(), export.media, text);
        Exported { export, left_out, artifact }
    });
    made.collect()
}
