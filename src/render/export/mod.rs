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

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

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

/// What one server adds to the files, as JSON: there is much of it for all servers, and each file needs a
/// part.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackedExports(Box<RawValue>);

impl PackedExports {
    /// Reads those of its fields that `T` has.
    fn read<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// How many bytes it takes.
    fn len(&self) -> usize {
        self.0.get().len()
    }

    /// Drops all of it, once the files are made.
    pub(super) fn clear(&mut self) {
        self.0 = Box::default();
    }
}

impl From<&ServerExports> for PackedExports {
    fn from(exports: &ServerExports) -> Self {
        // Strings and sets of them always serialize.
        Self(to_raw_value(exports).unwrap_or_default())
    }
}

impl Default for PackedExports {
    fn default() -> Self {
        Self::from(&ServerExports::default())
    }
}

impl PartialEq for PackedExports {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for PackedExports {}

/// A server's part with its name.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The registry name.
    pub name: &'a str,
    /// What it adds.
    pub rows: &'a PackedExports,
}

/// What is special about the entries of a server in managed settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Special {
    /// Whether a live version has a command.
    pub local: bool,
    /// Whether the user supplies a part of a command.
    pub asks: bool,
    /// Whether an installer writes a command without a version.
    pub unpinned: bool,
}

impl Named<'_> {
    /// Returns what is special about its entries in managed settings.
    pub fn special(&self) -> Special {
        #[derive(Default, Deserialize)]
        struct Flags {
            local: bool,
            asks: bool,
            unpinned: Vec<serde::de::IgnoredAny>,
        }
        #[derive(Default, Deserialize)]
        struct Allow {
            allow: Flags,
        }
        let Flags { local, asks, unpinned } = self.rows.read::<Allow>().allow;
        Special { local, asks, unpinned: !unpinned.is_empty() }
    }

    /// Whether it has a live version.
    fn is_live(&self) -> bool {
        #[derive(Default, Deserialize)]
        struct Flag {
            live: bool,
        }
        #[derive(Default, Deserialize)]
        struct Allow {
            allow: Flag,
        }
        self.rows.read::<Allow>().allow.live
    }
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
}

impl Export {
    /// Makes the file; `servers` in the byte order of their names.
    pub fn make(
        &'static self,
        servers: &[Named<'_>],
        settings: &ExportSettings,
    ) -> (Exported, Option<Artifact>) {
        let Document { text, left_out } = (self.make)(servers, settings);
        let artifact = Artifact::file(self.path.iter().copied(), self.media, text);
        (Exported { export: self, left_out }, artifact)
    }
}
