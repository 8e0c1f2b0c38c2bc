//! Rules that the official registry applies to packages and metadata when a server is published.
//!
//! Only those that need no network: which members each package type has, and whether image references
//! and download addresses have a form that the registry accepts. Whether a package exists and names the
//! server is not checked here.

use serde_json::Value;

use super::look::{Path, list, text};
use super::reference;
use super::words::{one_of, quote};
use super::{go_json, url};
use crate::diag::{Code, Finding, nearest};
use crate::model::{
    Naming, OciReference, PUBLISHER_KEY, PackageType, Presence, package_type_names,
};
use crate::text::percent_decode;

/// Most bytes of publisher-provided metadata.
const METADATA_LIMIT: usize = 4096;

/// Applies these rules to a whole document.
pub(super) fn check(document: &Value, found: &mut Vec<Finding>) {
    let packages = Path::Root.key("packages");
    for (i, package) in list(document, "packages").iter().enumerate() {
        if package.is_object() {
            check_package(package, &packages.index(i), found);
        }
    }
    check_metadata(document, found);
}

/// Publisher metadata has a size limit at publication only.
fn check_metadata(document: &Value, found: &mut Vec<Finding>) {
    let Some(metadata) = document.get("_meta").and_then(|meta| meta.get(PUBLISHER_KEY)) else {
        return;
    };
    let size = go_json::size(metadata);
    if metadata.is_object() && size > METADATA_LIMIT {
        let message =
            format!("the publisher's metadata takes {size} bytes, more than {METADATA_LIMIT}");
        found.push(Path::Root.key("_meta").key(PUBLISHER_KEY).finding(
            Code::PublisherMetadataTooLarge,
            message,
            "publish large texts elsewhere and link to them",
        ));
    }
}

/// Checks one package. One of an unknown type is not checked any more.
fn check_package(package: &Value, path: &Path<'_>, found: &mut Vec<Finding>) {
    let identifier = package.get("identifier").and_then(Value::as_str);
    if identifier.is_some_and(|identifier| identifier.trim().is_empty()) {
        let message = "a package needs an identifier";
        found.push(path.key("identifier").finding(
            Code::PackageIdentifierMissing,
            message,
            "write the package's name or address",
        ));
    }
    let name = text(package, "registryType");
    let Some(kind) = PackageType::named(name) else {
        if !name.is_empty() {
            found.push(unknown_type(name, path));
        }
        return;
    };
    Member { package, kind, path }.check_all(found);
    let identifier = identifier.filter(|identifier| !identifier.trim().is_empty());
    let pointer = path.key("identifier");
    match (kind.naming, identifier) {
        (Naming::Image, Some(identifier)) => found.extend(image_fault(identifier, &pointer)),
        (Naming::Url, Some(identifier)) => check_bundle(identifier, &pointer, found),
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
    path: &'a Path<'a>,
}

impl Member<'_> {
    fn check_all(&self, found: &mut Vec<Finding>) {
        found.extend(self.base_url());
        found.extend(self.version());
        found.extend(self.hash());
    }

    fn finding(&self, code: Code, key: &str, message: String, help: String) -> Finding {
        Finding::new(code, self.path.key(key).pointer(), message).help(help)
    }

    fn base_url(&self) -> Option<Finding> {
        let key = "registryBaseUrl";
        let given = text(self.package, key);
        let name = self.kind.name;
        let expected = self.kind.base_urls.first().copied();
        if given.is_empty() || expected == Some(given) {
            return None;
        }
        Some(match expected {
            Some(expected) => {
                let message = format!("the base URL {} is not that of {name}", quote(given));
                let help = format!("write {} or remove it", quote(expected));
                self.finding(Code::PackageBaseUrlMismatch, key, message, help)
            }
            None => {
                let message = format!("an {name} package takes no base URL");
                let help = "remove it: the identifier holds the whole address".to_owned();
                self.finding(Code::PackageBaseUrlForbidden, key, message, help)
            }
        })
    }

    /// Whether the member is absent, null or empty, rather than of a wrong type.
    fn lacks(&self, key: &str) -> bool {
        match self.package.get(key) {
            None | Some(Value::Null) => true,
            Some(value) => value.as_str() == Some(""),
        }
    }

    fn version(&self) -> Option<Finding> {
        let (key, name) = ("version", self.kind.name);
        let given = text(self.package, key);
        if self.kind.version == Presence::Required && self.lacks(key) {
            let message = format!("a package on {name} needs a version");
            let help = "add the exact version that is published there".to_owned();
            return Some(self.finding(Code::PackageVersionMissing, key, message, help));
        }
        (self.kind.version == Presence::Forbidden && !given.is_empty()).then(|| {
            let message = format!("an {name} package takes no version");
            self.finding(Code::PackageVersionForbidden, key, message, self.tag_help(given))
        })
    }

    /// Where the version of an image belongs.
    fn tag_help(&self, version: &str) -> String {
        let image = text(self.package, "identifier");
        let reference = OciReference::split(image);
        match (reference.tag, reference.digest) {
            _ if reference::fault(&reference).is_some() => "remove it".to_owned(),
            (None, None) => {
                let tagged = format!("{image}:{version}");
                format!("remove it and write {} as identifier", quote(&tagged))
            }
            (Some(_), _) => "remove it: the identifier holds the tag".to_owned(),
            (None, Some(_)) => "remove it".to_owned(),
        }
    }

    fn hash(&self) -> Option<Finding> {
        let (key, name) = ("fileSha256", self.kind.name);
        if self.kind.hash == Presence::Required && self.lacks(key) {
            let message = format!("an {name} package needs the hash of its file");
            let help = "add \"fileSha256\" as `sha256sum` prints it".to_owned();
            return Some(self.finding(Code::PackageHashMissing, key, message, help));
        }
        (self.kind.hash == Presence::Forbidden && !text(self.package, key).is_empty()).then(|| {
            let message = format!("a package of type {name} takes no file hash");
            self.finding(Code::PackageHashForbidden, key, message, "remove it".to_owned())
        })
    }
}

/// Checks that an image reference is valid and in a supported registry.
fn image_fault(identifier: &str, path: &Path<'_>) -> Option<Finding> {
    let image = OciReference::split(identifier);
    let (code, message, help) = match reference::fault(&image) {
        None if reference::is_supported(&image) => return None,
        None => (
            Code::PackageOciRegistryUnsupported,
            format!(
                "the image's registry {} is not supported",
                quote(image.registry.unwrap_or_default())
            ),
            "push it to docker.io, ghcr.io, quay.io, mcr.microsoft.com, *.pkg.dev or *.azurecr.io",
        ),
        Some(fault) => (
            Code::PackageOciReferenceInvalid,
            format!("the image {} {fault}", quote(identifier)),
            "write registry/namespace/image:tag, such as ghcr.io/acme/weather:1.0.0",
        ),
    };
    // An image reference has no scheme, so one is read as a registry called "https:".
    let help = if identifier.contains("://") { "write the image without https://" } else { help };
    Some(path.finding(code, message, help))
}

/// Checks that a bundle is a release download on one of two code hosts, with `mcp` in its URL.
fn check_bundle(identifier: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    let mut add = |code, message: String, help: &str| {
        found.push(path.finding(code, message, help));
    };
    let address = quote(identifier);
    let url = match bundle_url(identifier) {
        Ok(url) => url,
        Err(fault) => {
            let help = "write the https URL of a file in a GitHub or GitLab release";
            return add(
                Code::PackageMcpbUrlInvalid,
                format!("the bundle's address {address} {fault}"),
                help,
            );
        }
    };
    if !url.has_scheme("https") {
        let message = format!("the bundle's address {address} is not https");
        add(Code::PackageMcpbUrlInvalid, message, "write it with https");
    }
    let download = percent_decode(url.path, false).unwrap_or_default();
    let is_download = match url.host {
        "github.com" | "www.github.com" => is_github_download(&download),
        "gitlab.com" | "www.gitlab.com" => is_gitlab_download(&download),
        host => {
            let message = format!("the bundle's host {} is not supported", quote(host));
            let help = "attach it to a release on github.com or gitlab.com";
            add(Code::PackageMcpbHostUnsupported, message, help);
            true
        }
    };
    if !is_download {
        let message = format!("the bundle's address {address} is not a file of a release");
        let help = "write https://github.com/<owner>/<repository>/releases/download/<tag>/<file>";
        add(Code::PackageMcpbUrlInvalid, message, help);
    }
    if !identifier.to_ascii_lowercase().contains("mcp") {
        let message = format!("the bundle's address {address} does not hold the letters mcp");
        add(Code::PackageMcpbNotNamed, message, "name the file something.mcpb");
    }
}

/// Returns the address as a web URL, or why it is not one.
fn bundle_url(identifier: &str) -> Result<url::GoUrl<'_>, url::UrlFault> {
    let url = url::parse(identifier)?;
    let web = url.has_scheme("https") || url.has_scheme("http");
    if web && !url.host.is_empty() { Ok(url) } else { Err("is not an https URL") }
}

/// `/<owner>/<repository>/releases/download/<tag>/<file>`
fn is_github_download(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", owner, repository, "releases", "download", tag, file] = parts.as_slice() else {
        return false;
    };
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let owner_is_valid = (1..=39).contains(&owner.len())
        && owner.bytes().all(inner)
        && !owner.starts_with('-')
        && !owner.ends_with('-');
    owner_is_valid && is_project(repository) && !tag.is_empty() && !file.is_empty()
}

/// `/<group>/…/<project>/-/releases/<tag>/downloads/<file>`, or a numbered package file.
fn is_gitlab_download(path: &str) -> bool {
    let Some(parts) = path.strip_prefix('/').map(|path| path.split('/').collect::<Vec<_>>()) else {
        return false;
    };
    let project = |parts: &[&str]| !parts.is_empty() && parts.iter().all(|part| is_project(part));
    match parts.as_slice() {
        [group @ .., "-", "releases", tag, "downloads", file] => {
            project(group) && !tag.is_empty() && !file.is_empty()
        }
        [group @ .., "-", "package_files", number, "download"] => {
            project(group) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

/// A path segment of a project or group.
fn is_project(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
