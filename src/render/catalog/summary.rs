//! The summary of a server, for pages that span servers: lists, facets, search, changes and feeds.
//!
//! It is kept from one build to the next, so that an unchanged server is not read again. It holds text as
//! the author wrote it; pages make it safe to show.

use serde::{Deserialize, Serialize};

use crate::model::{Entry, Listing, Server, Status};

use super::super::export::PackedExports;
use super::annotations::Annotated;
use super::text;

/// Most changes that one server can have on a page.
pub(super) const CHANGES: usize = 100;

/// One server, summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Summary {
    /// Registry name.
    #[serde(rename = "n")]
    pub name: String,
    /// The name that people see, when there is one.
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// One sentence.
    #[serde(rename = "d")]
    pub description: String,
    /// Latest version.
    #[serde(rename = "v")]
    pub version: String,
    /// How many versions can be seen; 0 when the server is withdrawn and has no pages.
    #[serde(rename = "c")]
    pub versions: usize,
    /// Tags, categories and keywords.
    #[serde(rename = "g", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Package type and identifier.
    #[serde(rename = "p", skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<(String, String)>,
    /// Transports of packages and remotes, sorted.
    #[serde(rename = "r", skip_serializing_if = "Vec::is_empty")]
    pub transports: Vec<String>,
    /// Whether it can be connected to without installing anything.
    #[serde(rename = "m")]
    pub remote: bool,
    /// Status of the latest version.
    #[serde(rename = "s")]
    pub status: String,
    /// When the latest version was published.
    #[serde(rename = "u")]
    pub published: String,
    /// When its first version was published.
    #[serde(rename = "b")]
    pub created: String,
    /// When anything about the server last changed.
    #[serde(rename = "w")]
    pub updated: String,
    /// A picture that a page may load.
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// How ownership of the latest version was proved.
    #[serde(rename = "o")]
    pub proof: String,
    /// What the registry says about the latest version.
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub annotated: Option<Box<Annotated>>,
    /// What happened to it, newest first.
    #[serde(rename = "h")]
    pub changes: Vec<ServerChange>,
    /// What it adds to the files for other systems.
    #[serde(rename = "a")]
    pub exports: PackedExports,
}

/// A change of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerChange {
    /// When.
    #[serde(rename = "a")]
    pub at: String,
    /// To which version.
    #[serde(rename = "v")]
    pub version: String,
    /// What: `published`, or the new status.
    #[serde(rename = "k")]
    pub kind: String,
    /// Why.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether the version was withdrawn since, so that it has no page.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

impl Summary {
    /// Sums up `listing`; `latest` is the lens on its latest live version.
    ///
    /// Its picture is left out unless `icons` is true.
    pub(super) fn new(listing: &Listing, latest: Option<&Server>, icons: bool) -> Self {
        let entry = listing.latest();
        let empty = Server::default();
        let server = latest.unwrap_or(&empty);
        let mut transports: Vec<String> =
            server.remotes.iter().map(|remote| remote.kind.clone()).collect();
        let of_packages = server.packages.iter().filter_map(|package| package.transport.as_ref());
        transports.extend(of_packages.map(|transport| transport.kind.clone()));
        transports.sort();
        transports.dedup();
        let packages = server.packages.iter();
        let updated = listing.entries().iter().map(|entry| &entry.dates.updated).max();
        let created = listing.entries().iter().map(|entry| &entry.dates.published).min();
        Self {
            name: listing.name().as_str().to_owned(),
            title: server.title.clone(),
            description: server.description.clone(),
            version: entry.version.as_str().to_owned(),
            versions: listing.live().count(),
            tags: tags(server),
            packages: packages.map(|p| (p.registry_type.clone(), p.identifier.clone())).collect(),
            transports,
            remote: !server.remotes.is_empty(),
            status: entry.status.as_str().to_owned(),
            published: entry.dates.published.as_str().to_owned(),
            created: created.map(|time| time.as_str().to_owned()).unwrap_or_default(),
            updated: updated.map(|time| time.as_str().to_owned()).unwrap_or_default(),
            icon: icon(server).filter(|_| icons),
            proof: proof(entry).to_owned(),
            annotated: Annotated::new(entry),
            changes: changes(listing),
            exports: PackedExports::default(),
        }
    }

    /// Whether it has pages.
    pub fn is_live(&self) -> bool {
        self.versions > 0
    }

    /// Namespace and name part.
    pub(super) fn halves(&self) -> (&str, &str) {
        self.name.split_once('/').unwrap_or((&self.name, ""))
    }

    /// The name that people see: the title, or else the half after the slash.
    pub(super) fn label(&self) -> &str {
        self.title.as_deref().unwrap_or(self.halves().1)
    }
}

/// How ownership of an entry was proved, as an identifier.
pub(super) fn proof(entry: &Entry) -> &'static str {
    if entry.mirrored_from().is_some() { "upstream" } else { entry.evidence.method }
}

/// Returns the display name of a way to prove ownership.
pub(super) fn proof_label(proof: &str) -> String {
    let label = match proof {
        "upstream" => "By another registry",
        "proof-file" => "Signed proof",
        "commit-signature" => "Signed commit",
        "owners-file" => "Known account",
        "reviewed" => "Reviewed",
        "unrecorded" => "Not recorded",
        other => other,
    };
    label.to_owned()
}

/// Whether somebody proved or reviewed ownership here.
pub(super) fn is_proven(proof: &str) -> bool {
    !matches!(proof, "upstream" | "unrecorded" | "")
}

/// Returns the first picture that a page may load; those for a light background come first.
pub(super) fn icon(server: &Server) -> Option<String> {
    let dark = |icon: &&crate::model::Icon| icon.theme.as_deref() == Some("dark");
    let (dark, light): (Vec<_>, Vec<_>) = server.icons.iter().partition(dark);
    let mut ordered = light.into_iter().chain(dark);
    ordered.find_map(|icon| text::picture_link(&icon.src, icon.mime_type.as_deref()))
}

fn tags(server: &Server) -> Vec<String> {
    let publisher = &server.publisher;
    let mut tags: Vec<String> = Vec::new();
    for tag in publisher.categories.iter().chain(&publisher.tags).chain(&publisher.keywords) {
        if !tags.contains(tag) && tags.len() < 24 && tag.len() <= 64 {
            tags.push(tag.clone());
        }
    }
    tags
}

/// Publications and changes of status, newest first.
fn changes(listing: &Listing) -> Vec<ServerChange> {
    let mut changes = Vec::with_capacity(listing.entries().len());
    for entry in listing.entries() {
        let change = |at: &crate::model::Timestamp, kind: &str, message: Option<&String>| {
            let version = entry.version.as_str().to_owned();
            let change = ServerChange {
                at: at.as_str().to_owned(),
                version,
                kind: kind.to_owned(),
                message: message.cloned(),
                withdrawn: !entry.is_live(),
            };
            (at.clone(), change)
        };
        changes.push(change(&entry.dates.published, "published", None));
        let moved = entry.dates.status_changed != entry.dates.published;
        if moved || entry.status != Status::Active {
            let message = entry.status_message.as_ref();
            changes.push(change(&entry.dates.status_changed, entry.status.as_str(), message));
        }
    }
    changes.sort_by(|a, b| b.0.cmp(&a.0)); // stable: within one moment the listing's order holds
    changes.into_iter().take(CHANGES).map(|(_, change)| change).collect()
}
