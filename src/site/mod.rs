//! The built site: artifacts at URLs, the files that a host needs for them, and writing files to disk.
//!
//! `render` makes [`Artifact`]s. [`lower`] turns them into the [`Files`] of a [`Host`]. An [`Output`]
//! compares, stages and commits files. Nothing here knows what a registry, a server or a template is,
//! and only files that the site's manifest lists are deleted.

mod artifact;
mod below;
mod commit;
mod guard;
mod host;
mod lower;
mod manifest;
mod path;
mod sealed;
mod stream;
mod write;

pub use artifact::{Artifact, Body, Freshness, Media, Shape, Site};
pub use guard::{Forbidden, left_over};
#[cfg(feature = "serve")]
pub use host::{COMMON, EDGE_PATHS, explicit_types, immutable, served};
pub use host::{
    Capabilities, Cors, EncodedSlash, HOSTS, Host, HostFile, Order, PAGE_SIZES, Plus, Queries,
    Resolution, Shortfall, ShortfallKind, Whole, host_named,
};
pub use lower::{Files, SiteInfo, SiteParts, lower};
pub use lower::{Lowering, takes_list_pages};
pub use manifest::fingerprint;
pub use manifest::{FileDigest, Manifest, ManifestRow, SiteProblem, compare_site};
pub use path::UrlPath;
#[cfg(feature = "cli")]
pub use sealed::working_folder;
pub use sealed::{
    FileReader, Sealing, WORK, WorkingFile, open_working, read_sealed, remove_working,
};
pub use stream::{StoredFile, Stream};
pub use write::{Output, Ready, WriteCounts, write};
