//! What the official registry asks of packages and metadata when a server is published.
//!
//! Only the part that needs no network: which members each package type takes, and whether image
//! references and download addresses have a form that the registry accepts. Whether a package
//! exists and names the server is not asked here.

use serde_json::Value;

use super::look::{Path, list, text};
use super::reference::Reference;
use super::say::{one_of, quote};
use super::shape::PUBLISHER;
use super::{go_json, url};
use crate::diag::{Code, Finding, nearest};

/// A kind of package and what it takes.
#[derive(Debug)]
struct PackageType {
    name: &'static str,
    /// The one `registryBaseUrl` it accepts; `None` when it takes none.
    base_url: Option<&'static str>,
    version: Need,
    hash: Need,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
    Forbidden,
}

const fn hosted(name: &'static str, base_url: &'static str) -> PackageType {
    PackageType { name, base_url: Some(base_url), version: Need::Required, hash: Need::Forbidden }
}

/// Every package type that the official registry knows.
static TYPES: [PackageType; 6] = [
    hosted("npm", "https://registry.npmjs.org"),
    hosted("pypi", "https://pypi.org"),
    hosted("nuget", "https://api.nuget.org/v3/index.json"),
    hosted("cargo", "https://crates.io"),
    PackageType { name: "oci", base_url: None, version: Need::Forbidden, hash: Need::Forbidden },
    PackageType { name: "mcpb", base_url: None, version: Need::Optional, hash: Need::Required },
];

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

fn check_metadata(document: &Value, found: &mut Vec<Finding>) {
    let Some(metadata) = document.get("_meta").and_then(|meta| meta.get(PUBLISHER)) else { return };
    let size = go_json::size(metadata);
    if metadata.is_object() && size > METADATA_LIMIT {
        let message =
            format!("the publisher's metadata takes {size} bytes, more than {METADATA_LIMIT}");
        let pointer = Path::Root.key("_meta").key(PUBLISHER).pointer();
        let finding = Finding::new(Code::PublisherMetadataTooLarge, pointer, message);
        found.push(finding.help("publish large texts elsewhere and link to them"));
    }
}

fn check_package(package: &Value, path: &Path<'_>, found: &mut Vec<Finding>) {
    let identifier = package.get("identifier").and_then(Value::as_str);
    if identifier.is_some_and(|identifier| identifier.trim().is_empty()) {
        let message = "a package needs an identifier";
        let pointer = path.key("identifier").pointer();
        let finding = Finding::new(Code::PackageIdentifierMissing, pointer, message);
        found.push(finding.help("write the package's name or address"));
    }
    let name = text(package, "registryType");
    let Some(kind) = TYPES.iter().find(|kind| kind.name == name) else {
        if !name.is_empty() {
            found.push(unknown_type(name, path));
        }
        return;
    };
    Member { package, kind, path }.check_all(found);
    let identifier = identifier.filter(|identifier| !identifier.trim().is_empty());
    let pointer = path.key("identifier");
    match (name, identifier) {
        ("oci", Some(identifier)) => found.extend(image_fault(identifier, &pointer)),
        ("mcpb", Some(identifier)) => check_bundle(identifier, &pointer, found),
        _ => {}
    }
}

fn unknown_type(name: &str, path: &Path<'_>) -> Finding {
    let names = || TYPES.iter().map(|kind| kind.name);
    let message = format!("the package type {} is not {}", quote(name), one_of(names()));
    let help = match (name.to_ascii_lowercase().as_str(), nearest(name, names())) {
        ("docker" | "container", _) => "write \"oci\"".to_owned(),
        ("python" | "pip", _) => "write \"pypi\"".to_owned(),
        ("dxt", _) => "write \"mcpb\"".to_owned(),
        ("crates" | "crates.io", _) => "write \"cargo\"".to_owned(),
        (_, Some(near)) => format!("write {}", quote(near)),
        _ => "write one of these, or describe the server as a remote".to_owned(),
    };
    let pointer = path.key("registryType").pointer();
    Finding::new(Code::PackageRegistryTypeUnknown, pointer, message).help(help)
}

/// A package of a known type, while its members are judged.
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
        if given.is_empty() || self.kind.base_url == Some(given) {
            return None;
        }
        Some(match self.kind.base_url {
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

    fn version(&self) -> Option<Finding> {
        let key = "version";
        let given = text(self.package, key);
        let name = self.kind.name;
        match (self.kind.version, given) {
            // A version of another type was refused already.
            (Need::Required, "")
                if !self.package.get(key).is_some_and(|v| !v.is_string() && !v.is_null()) =>
            {
                let message = format!("a package on {name} needs a version");
                let help = "add the exact version that is published there".to_owned();
                Some(self.finding(Code::PackageVersionMissing, key, message, help))
            }
            (Need::Forbidden, given) if !given.is_empty() => {
                let message = format!("an {name} package takes no version");
                let help = match text(self.package, "identifier") {
                    image if image.is_empty() || image.contains('@') => "remove it".to_owned(),
                    image => match Reference::parse(image) {
                        Ok(Reference { tag: None, .. }) => {
                            format!(
                                "remove it and write {} as identifier",
                                quote(&format!("{image}:{given}"))
                            )
                        }
                        _ => "remove it: the identifier holds the tag".to_owned(),
                    },
                };
                Some(self.finding(Code::PackageVersionForbidden, key, message, help))
            }
            _ => None,
        }
    }

    fn hash(&self) -> Option<Finding> {
        let key = "fileSha256";
        let name = self.kind.name;
        match (self.kind.hash, text(self.package, key)) {
            (Need::Required, "") if !self.package.get(key).is_some_and(|v| !v.is_null()) => {
                let message = format!("an {name} package needs the hash of its file");
                let help = "add \"fileSha256\" as `sha256sum` prints it".to_owned();
                Some(self.finding(Code::PackageHashMissing, key, message, help))
            }
            (Need::Forbidden, given) if !given.is_empty() => {
                let message = format!("a package of type {name} takes no file hash");
                Some(self.finding(Code::PackageHashForbidden, key, message, "remove it".to_owned()))
            }
            _ => None,
        }
    }
}

fn image_fault(identifier: &str, path: &Path<'_>) -> Option<Finding> {
    match Reference::parse(identifier) {
        Err(fault) => {
            let message = format!("the image {} {fault}", quote(identifier));
            let finding = Finding::new(Code::PackageOciReferenceInvalid, path.pointer(), message);
            Some(
                finding
                    .help("write registry/namespace/image:tag, such as ghcr.io/acme/weather:1.0.0"),
            )
        }
        Ok(image) if !image.is_supported() => {
            let message =
                format!("the image's registry {} is not supported", quote(image.registry));
            let finding =
                Finding::new(Code::PackageOciRegistryUnsupported, path.pointer(), message);
            Some(finding.help(
                "push it to docker.io, ghcr.io, quay.io, mcr.microsoft.com, *.pkg.dev or *.azurecr.io",
            ))
        }
        Ok(_) => None,
    }
}

fn check_bundle(identifier: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    let mut add = |code, message: String, help: &str| {
        found.push(Finding::new(code, path.pointer(), message).help(help));
    };
    let whole = "write the https URL of a file in a GitHub or GitLab release";
    let host = match url::parse(identifier) {
        Ok(url) if url.has_scheme("https") || url.has_scheme("http") => {
            if !url.has_scheme("https") {
                let message = format!("the bundle's address {} is not https", quote(identifier));
                add(Code::PackageMcpbUrlInvalid, message, "write it with https");
            }
            url
        }
        Ok(_) => {
            let message = format!("the bundle's address {} is not an https URL", quote(identifier));
            return add(Code::PackageMcpbUrlInvalid, message, whole);
        }
        Err(fault) => {
            let message = format!("the bundle's address {} {fault}", quote(identifier));
            return add(Code::PackageMcpbUrlInvalid, message, whole);
        }
    };
    let download = url::unescaped(host.path);
    let (known, sound) = match host.host {
        "github.com" | "www.github.com" => (true, is_github_download(&download)),
        "gitlab.com" | "www.gitlab.com" => (true, is_gitlab_download(&download)),
        _ => (false, true),
    };
    if !known {
        let message = format!("the bundle's host {} is not supported", quote(host.host));
        add(
            Code::PackageMcpbHostUnsupported,
            message,
            "attach it to a release on github.com or gitlab.com",
        );
    }
    if !sound {
        let message =
            format!("the bundle's address {} is not a file of a release", quote(identifier));
        let help = "write https://github.com/<owner>/<repository>/releases/download/<tag>/<file>";
        add(Code::PackageMcpbUrlInvalid, message, help);
    }
    if !identifier.to_ascii_lowercase().contains("mcp") {
        let message =
            format!("the bundle's address {} does not hold the letters mcp", quote(identifier));
        add(Code::PackageMcpbNotNamed, message, "name the file something.mcpb");
    }
}

/// `/<owner>/<repository>/releases/download/<tag>/<file>`
fn is_github_download(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", owner, repository, "releases", "download", tag, file] = parts.as_slice() else {
        return false;
    };
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let owner_is_sound = (1..=39).contains(&owner.len())
        && owner.bytes().all(inner)
        && !owner.starts_with('-')
        && !owner.ends_with('-');
    owner_is_sound && is_project(repository) && !tag.is_empty() && !file.is_empty()
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

fn is_project(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
