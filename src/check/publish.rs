//! Rules that the official registry applies to packages and metadata when a server is published.
//!
//! Only those that need no network: which members each package type has, and whether image references
//! and download addresses have a form that the registry accepts. Whether a package exists and names the
//! server is not checked here.

use serde_json::Value;

use super::look::{Path, each, text};
use super::reference;
use super::words::{one_of, quote};
use super::{bundle, go_json, hosts, image};
use crate::config::{AcceptedHosts, PackageSettings};
use crate::diag::{Code, Finding, nearest};
use crate::model::{
    Host, Naming, OciReference, PUBLISHER_KEY, PackageType, Presence, package_type_names,
};

/// Most bytes of publisher-provided metadata.
const METADATA_LIMIT: usize = 4096;

/// Applies these rules to a whole document.
pub(super) fn check(document: &Value, settings: &PackageSettings, found: &mut Vec<Finding>) {
    each(document, "packages", &Path::Root, |package, path| {
        if package.is_object() {
            check_package(package, settings, path, found);
        }
    });
    let metadata = document.get("_meta").and_then(|meta| meta.get(PUBLISHER_KEY));
    let size = metadata.filter(|metadata| metadata.is_object()).map_or(0, go_json::size);
    if size > METADATA_LIMIT {
        let message =
            format!("the publisher's metadata takes {size} bytes, more than {METADATA_LIMIT}");
        let help = "publish large texts elsewhere and link to them";
        let path = Path::Root.key("_meta");
        let path = path.key(PUBLISHER_KEY);
        found.push(path.finding(Code::PublisherMetadataTooLarge, message, help));
    }
}

/// Checks one package. One of an unknown type is not checked any more.
fn check_package(
    package: &Value,
    settings: &PackageSettings,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    let identifier = package.get("identifier").and_then(Value::as_str);
    let pointer = path.key("identifier");
    if identifier.is_some_and(|identifier| identifier.trim().is_empty()) {
        let (message, help) =
            ("a package needs an identifier", "write the package's name or address");
        found.push(pointer.finding(Code::PackageIdentifierMissing, message, help));
    }
    let name = text(package, "registryType");
    let Some(kind) = PackageType::named(name) else {
        if !name.is_empty() {
            found.push(unknown_type(name, path));
        }
        return;
    };
    let accepted = settings.of_type(kind);
    let member = Member { package, kind, settings, accepted, path };
    found.extend(member.base_url().into_iter().chain(member.version()).chain(member.hash()));
    let identifier = identifier.filter(|identifier| !identifier.trim().is_empty());
    match (kind.naming, identifier) {
        (Naming::Image, Some(identifier)) => {
            found.extend(image::fault(identifier, accepted, &pointer));
        }
        (Naming::Url, Some(identifier)) => bundle::check(identifier, settings, &pointer, found),
        _ => {}
    }
}

/// Reports an unknown package type, with the name that other tools use for a known one.
fn unknown_type(name: &str, path: &Path<'_>) -> Finding {
    let all = one_of(package_type_names());
    let message = format!("the package type {} is not {all}", quote(name));
    let near = nearest(name, package_type_names());
    let help = match (name.to_ascii_lowercase().as_str(), near) {
        ("docker" | "container", _) => "write \"oci\"".to_owned(),
        ("python" | "pip", _) => "write \"pypi\"".to_owned(),
        ("dxt", _) => "write \"mcpb\"".to_owned(),
        ("crates" | "crates.io", _) => "write \"cargo\"".to_owned(),
        (_, Some(near)) => format!("write {}", quote(near)),
        _ => "write one of these, or describe the server as a remote".to_owned(),
    };
    path.key("registryType").finding(Code::PackageRegistryTypeUnknown, message, help)
}

/// A package of a known type, while its members are checked.
struct Member<'a> {
    package: &'a Value,
    kind: &'static PackageType,
    settings: &'a PackageSettings,
    /// Where packages of this type may come from.
    accepted: &'a AcceptedHosts,
    path: &'a Path<'a>,
}

impl Member<'_> {
    fn base_url(&self) -> Option<Finding> {
        let (given, name) = (text(self.package, "registryBaseUrl"), self.kind.name);
        let path = self.path.key("registryBaseUrl");
        let usual = self.kind.base_urls.first();
        match usual {
            Some(expected) if given.is_empty() || *expected == given => {
                self.not_usual(&path).filter(|_| !self.accepted.public)
            }
            None if given.is_empty() => None,
            Some(expected) => {
                let host = hosts::host_of(given).unwrap_or_else(|| Host::read(""));
                let instead = format!("write {} or remove it", quote(expected));
                let (what, help) = match self.accepted.accepts(&host) {
                    true if hosts::is_web(given, self.settings) => return None,
                    true => {
                        let help = "write a whole https URL";
                        (
                            "not an https URL".to_owned(),
                            hosts::or_add(help, host.as_str(), "http_hosts"),
                        )
                    }
                    false if host.as_str().is_empty() => (format!("not that of {name}"), instead),
                    false => {
                        let what = format!("not that of {name}");
                        (what, hosts::or_accept(&instead, self.accepted, host.as_str(), name))
                    }
                };
                let message = format!("the base URL {} is {what}", quote(given));
                Some(path.finding(Code::PackageBaseUrlMismatch, message, help))
            }
            None => {
                let message = format!("an {name} package takes no base URL");
                let help = "remove it: the identifier contains the whole address";
                Some(path.finding(Code::PackageBaseUrlForbidden, message, help))
            }
        }
    }

    /// Reports a package of the usual package registry, where the settings accept others only.
    fn not_usual(&self, path: &Path<'_>) -> Option<Finding> {
        let (name, places) = (self.kind.name, hosts::places(self.accepted));
        let message =
            format!("{name} packages come from {places} here, not from the public registry");
        let help = hosts::or_add("write the address of a registry there", "public", name);
        Some(path.finding(Code::PackageBaseUrlMismatch, message, help))
    }

    /// Whether the member is absent, null or empty, rather than of a wrong type.
    fn lacks(&self, key: &str) -> bool {
        self.package.get(key).is_none_or(|value| value.is_null() || value.as_str() == Some(""))
    }

    fn version(&self) -> Option<Finding> {
        let (given, name) = (text(self.package, "version"), self.kind.name);
        let path = self.path.key("version");
        match self.kind.version {
            Presence::Required if self.lacks("version") => {
                let message = format!("a package on {name} needs a version");
                let help = "add the exact version that is published there";
                Some(path.finding(Code::PackageVersionMissing, message, help))
            }
            Presence::Forbidden if !given.is_empty() => {
                let message = format!("an {name} package takes no version");
                let help = self.tag_help(given);
                Some(path.finding(Code::PackageVersionForbidden, message, help))
            }
            _ => None,
        }
    }

    /// Returns where the version of an image belongs.
    fn tag_help(&self, version: &str) -> String {
        let image = text(self.package, "identifier");
        let reference = OciReference::split(image);
        match (reference.tag, reference.digest) {
            _ if reference::fault(&reference).is_some() => "remove it".to_owned(),
            (None, None) => {
                format!(
                    "remove it and write {} as identifier",
                    quote(&format!("{image}:{version}"))
                )
            }
            (Some(_), _) => "remove it: the identifier contains the tag".to_owned(),
            _ => "remove it".to_owned(),
        }
    }

    fn hash(&self) -> Option<Finding> {
        let (given, name) = (text(self.package, "fileSha256"), self.kind.name);
        let path = self.path.key("fileSha256");
        match self.kind.hash {
            Presence::Required if self.lacks("fileSha256") => {
                let message = format!("an {name} package needs the hash of its file");
                let help = "add \"fileSha256\" as `sha256sum` prints it";
                Some(path.finding(Code::PackageHashMissing, message, help))
            }
            Presence::Forbidden if !given.is_empty() => {
                let message = format!("a package of type {name} takes no file hash");
                Some(path.finding(Code::PackageHashForbidden, message, "remove it"))
            }
            _ => None,
        }
    }
}
