//! What is asked about a package, and what can be answered.

use serde_json::Value;

use crate::model::{Host, Naming, OciReference, PackageOutcome, PackageType, package_version};
use crate::text::{percent_encode_except, shorten};
use crate::world::http::Url;

/// A package of a document, and the server that it has to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name of the server.
    pub server: String,
    /// Position in `packages` of the document.
    pub index: usize,
    /// The `registryType`.
    pub kind: String,
    /// The `registryBaseUrl`; the usual one when there is none, and empty where a type has none.
    pub base: String,
    /// The `identifier`.
    pub identifier: String,
    /// The `version`; empty when there is none.
    pub version: String,
}

/// What the registry of a package answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is known.
    Known {
        /// What it means.
        outcome: PackageOutcome,
        /// What was seen, as a sentence without a full stop.
        saw: String,
        /// What to do about it; empty when there is nothing to do.
        help: String,
    },
    /// Nothing is known, and why.
    Unknown(String),
}

/// The versions of a package; nothing when there is no such package, and the error is why they are not known.
pub(super) type Versions = Result<Option<Vec<String>>, String>;

impl Answer {
    pub(super) fn proven(saw: impl Into<String>) -> Self {
        Self::known(PackageOutcome::Proven, saw, "")
    }

    pub(super) fn unproven(saw: impl Into<String>, help: impl Into<String>) -> Self {
        Self::known(PackageOutcome::Unproven, saw, help)
    }

    pub(super) fn missing(saw: impl Into<String>, help: impl Into<String>) -> Self {
        Self::known(PackageOutcome::Missing, saw, help)
    }

    pub(super) fn known(
        outcome: PackageOutcome,
        saw: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::Known { outcome, saw: saw.into(), help: help.into() }
    }
}

/// Returns the questions about the packages of a document whose types are known.
pub fn questions(document: &Value) -> Vec<Question> {
    let name = document.get("name").and_then(Value::as_str).unwrap_or_default();
    let packages = document.get("packages").and_then(Value::as_array);
    let packages = packages.map(Vec::as_slice).unwrap_or_default().iter().enumerate();
    let question = |(index, package): (usize, &Value)| {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let kind = PackageType::named(text("registryType"))?;
        if text("identifier").is_empty() {
            return None;
        }
        Some(Question {
            server: name.to_owned(),
            index,
            kind: kind.name.to_owned(),
            base: base(kind, text("registryBaseUrl")),
            identifier: text("identifier").to_owned(),
            version: text("version").to_owned(),
        })
    };
    packages.filter_map(question).collect()
}

fn base(kind: &PackageType, given: &str) -> String {
    let given = given.trim_end_matches('/');
    match kind.base_urls.first() {
        Some(usual) if given.is_empty() || kind.base_urls.contains(&given) => (*usual).to_owned(),
        _ => given.to_owned(),
    }
}

impl Question {
    /// Returns the version that the package has now; for an image that is its tag.
    pub fn current(&self) -> &str {
        package_version(&self.kind, &self.identifier, &self.version)
    }

    /// Returns the host that is asked first.
    pub(super) fn host(&self) -> String {
        let kind = PackageType::named(&self.kind);
        match kind.map(|kind| kind.naming) {
            Some(Naming::Image) => {
                OciReference::split(&self.identifier).registry.unwrap_or("docker.io").to_owned()
            }
            Some(Naming::Url) => host(&self.identifier),
            _ => host(&self.base),
        }
    }

    /// Returns what people call the package, with its version.
    pub(super) fn title(&self) -> String {
        let noun = PackageType::named(&self.kind).map_or("package", |kind| kind.noun);
        let version = if self.version.is_empty() { "" } else { " " };
        format!("the {noun} {}{version}{}", shorten(&self.identifier), shorten(&self.version))
    }

    /// Returns an address below the base URL; `{id}` and `{version}` in `path` become those of the package, as one
    /// segment each.
    pub(super) fn url(&self, path: &str) -> String {
        let part = |text: &str| percent_encode_except(text, b"-._~@");
        let path = path.replace("{id}", &part(&self.identifier));
        format!("{}{}", self.base, path.replace("{version}", &part(&self.version)))
    }
}

fn host(url: &str) -> String {
    Url::parse(url)
        .map_or_else(|_| url.to_owned(), |url| Host::read(url.host()).as_str().to_owned())
}
