//! Hints: what is allowed but works badly in a client that many people use.
//!
//! Each hint rests on the behaviour of one real client. None of them refuses a document, and none is
//! raised under the official profile.

use serde_json::Value;

use super::look::{Path, each, list, text};
use super::words::{quote, type_of};
use super::{reference, url};
use crate::diag::{Code, Finding};
use crate::model::{OciReference, PUBLISHER_KEY, PackageType};

/// Applies every hint to a whole document.
pub(super) fn check(document: &Value, found: &mut Vec<Finding>) {
    check_images(document, found);
    check_publisher(document, found);
    check_icons(document, found);
    check_reach(document, found);
}

/// Reports an image with a tag and a version: VS Code appends a package's version to the image,
/// whatever the image ends with.
fn check_images(document: &Value, found: &mut Vec<Finding>) {
    each(document, "packages", &Path::Root, |package, path| {
        let (image, version) = (text(package, "identifier"), text(package, "version"));
        if !PackageType::is_image(text(package, "registryType")) || version.is_empty() {
            return;
        }
        let reference = OciReference::split(image);
        let tag = reference.tag.filter(|_| reference::fault(&reference).is_none());
        let Some(tag) = tag.map(quote) else { return };
        let run = quote(&format!("{image}:{version}"));
        let message = format!(
            "the image has the tag {tag} and the package a version; VS Code would run {run}"
        );
        let help = "keep the tag and remove the version";
        found.push(path.key("identifier").finding(Code::LintOciTagAndVersion, message, help));
    });
}

fn check_publisher(document: &Value, found: &mut Vec<Finding>) {
    let Some(publisher) = document.get("_meta").and_then(|meta| meta.get(PUBLISHER_KEY)) else {
        return;
    };
    let meta = Path::Root.key("_meta");
    let path = meta.key(PUBLISHER_KEY);
    let has = |key| publisher.get("github").is_some_and(|github| github.get(key).is_some());
    if has("name") && !has("nameWithOwner") {
        let message = "VS Code cannot read a github.name without github.nameWithOwner";
        let help = "add \"nameWithOwner\" as owner/repository";
        let path = path.key("github");
        let path = path.key("nameWithOwner");
        found.push(path.finding(Code::LintGithubNameWithoutOwner, message, help));
    }
    let scalar = |value: &Value| !value.is_object() && !value.is_array();
    type Test<'a> = &'a dyn Fn(&Value) -> bool;
    let rules: [(&str, &str, Test<'_>); 3] = [
        ("tool", "a plain value", &scalar),
        ("version", "a plain value", &scalar),
        ("buildInfo", "an object", &Value::is_object),
    ];
    for (key, wanted, holds) in rules {
        if let Some(value) = publisher.get(key).filter(|value| !holds(value)) {
            let (name, kind) = (quote(key), type_of(value));
            let message =
                format!("{name} is {kind}; Eclipse drops the whole list unless it is {wanted}");
            let help = format!("write {wanted} or use another key");
            found.push(path.key(key).finding(Code::LintPublisherToolType, message, help));
        }
    }
}

/// Image types by file ending that clients do not show.
const HIDDEN_IMAGES: &[&str] =
    &["ico", "icns", "gif", "bmp", "avif", "tif", "tiff", "heic", "heif", "jxl", "apng"];

fn check_icons(document: &Value, found: &mut Vec<Finding>) {
    each(document, "icons", &Path::Root, |icon, path| {
        let ending = ending(text(icon, "src"));
        let is_untyped = icon.get("mimeType").is_none_or(Value::is_null);
        if is_untyped && HIDDEN_IMAGES.contains(&ending.as_str()) {
            let message = format!("an icon of type {ending} is not shown by clients");
            let help = "offer it as PNG, JPEG, SVG or WebP";
            found.push(path.key("src").finding(Code::LintIconMimeType, message, help));
        }
    });
    let icons = list(document, "icons");
    let is_png = |icon: &Value| match text(icon, "mimeType") {
        "" => ending(text(icon, "src")) == "png",
        kind => kind == "image/png",
    };
    if !icons.is_empty() && !icons.iter().any(is_png) {
        let message = "no icon is a PNG, which Eclipse looks for first";
        let path = Path::Root.key("icons");
        found.push(path.finding(Code::LintIconWithoutPng, message, "add a PNG icon"));
    }
}

/// Returns the file ending of a URL's path, in lower case.
fn ending(address: &str) -> String {
    let path = url::parse(address).map(|url| url.path).unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// Reports what keeps clients from seeing the server or some of its remotes.
fn check_reach(document: &Value, found: &mut Vec<Finding>) {
    let remotes = list(document, "remotes");
    if remotes.len() > 1 {
        let message = format!("VS Code uses only the first of the {} remotes", remotes.len());
        let finding = Finding::new(Code::LintFirstRemoteOnly, "/remotes/1", message);
        found.push(finding.help("put the remote that most people should use first"));
    }
    let is_image = |package: &Value| PackageType::is_image(text(package, "registryType"));
    let packages = list(document, "packages");
    if remotes.is_empty() && !packages.iter().any(is_image) {
        let message = "ToolHive lists only servers with a remote or an OCI package";
        let help = "offer a container image or a remote as well";
        let path = if packages.is_empty() { Path::Root } else { Path::Root.key("packages") };
        found.push(path.finding(Code::LintToolhiveInvisible, message, help));
    }
}
