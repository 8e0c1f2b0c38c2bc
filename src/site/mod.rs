//! The built thing: URL → artifact, lowering to a host's files, and putting files on disk.
//!
//! `render` says "at this URL there is this JSON"; a [`Host`] decides which files that takes; an
//! [`Output`] stages, compares and commits them. This room refuses to know what a registry, a server
//! or a template is, and deletes nothing that its own manifest does not name.

mod artifact;
mod below;
mod commit;
mod guard;
mod host;
mod lower;
mod manifest;
mod path;
mod sealed;
mod write;

pub use artifact::{Artifact, Body, Freshness, Media, Shape, Site};
pub use guard::Forbidden;
#[cfg(feature = "serve")]
pub(crate) use host::{COMMON, EDGE_PATHS, immutable, odd_types, served};
pub use host::{
    Capabilities, Cors, EncodedSlash, HOSTS, Host, HostFile, Manner, Order, PAGE_SIZES, Plus,
    Queries, Resolution, Shortfall, ShortfallKind, Totals, Whole, host_named,
};
pub use lower::{Files, SiteInfo, SiteParts, lower};
pub(crate) use lower::{Lowering, takes_list_pages};
pub(crate) use manifest::fingerprint;
pub use manifest::{FileDigest, MANIFEST, Manifest, ManifestRow, SiteProblem, compare_site};
pub use path::UrlPath;
#[cfg(feature = "cli")]
pub(crate) use sealed::working_folder;
pub(crate) use sealed::{Sealing, WORK, read_sealed};
pub use write::{Output, Ready, StoredFile, WriteCounts, write};
