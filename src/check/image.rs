//! Checks the identifier of a container image: its form, and that its registry is supported.

use super::hosts;
use super::look::Path;
use super::reference;
use super::words::quote;
use crate::config::AcceptedHosts;
use crate::diag::{Code, Finding};
use crate::model::OciReference;
use crate::text::is_hex;

/// Checks that an image reference is valid and in an accepted registry.
pub(super) fn fault(
    identifier: &str,
    accepted: &AcceptedHosts,
    path: &Path<'_>,
) -> Option<Finding> {
    let image = OciReference::split(identifier);
    let (code, message, help) = match reference::fault(&image) {
        None => {
            let host = hosts::image_host(&image);
            let usual = reference::is_supported(&image);
            if (usual && accepted.public)
                || host.as_ref().is_some_and(|host| accepted.accepts(host))
            {
                return None;
            }
            let registry = quote(image.registry.unwrap_or("docker.io"));
            let message = format!("the image's registry {registry} is not supported");
            let places = match accepted.public {
                true => "docker.io, ghcr.io, quay.io, mcr.microsoft.com, *.pkg.dev or *.azurecr.io"
                    .to_owned(),
                false => hosts::places(accepted),
            };
            let value = host.as_ref().filter(|_| !usual).map_or("public", |host| host.as_str());
            let help = hosts::or_accept(&format!("push it to {places}"), accepted, value, "oci");
            (Code::PackageOciRegistryUnsupported, message, help)
        }
        Some(fault) => {
            let (fault, help) = habit(identifier).unwrap_or_else(|| {
                let help = "write registry/namespace/image:tag, such as ghcr.io/acme/weather:1.0.0";
                (fault, help.to_owned())
            });
            let message = format!("the image {} {fault}", quote(identifier));
            (Code::PackageOciReferenceInvalid, message, help)
        }
    };
    // An image reference has no scheme, so one is read as a registry called "https:".
    let help = match identifier.split_once("://") {
        Some((scheme, _)) => format!("write the image without {scheme}://"),
        None => help,
    };
    Some(path.finding(code, message, help))
}

/// Recognises a digest in another form than `@sha256:`: the fault, and what to write.
fn habit(identifier: &str) -> Option<(&'static str, String)> {
    let hex = identifier.rsplit([':', '@', '-']).next().filter(|hex| is_hex(hex, 64))?;
    let before = &identifier[..identifier.len() - hex.len()];
    let before = before.trim_end_matches([':', '@', '-']);
    let name = before.strip_suffix("sha256").unwrap_or(before).trim_end_matches([':', '@', '-']);
    let right = format!("{name}@sha256:{}", hex.to_lowercase());
    (right != identifier).then(|| {
        (
            "has a digest that does not follow @sha256:",
            format!("write @sha256: before the digest: {}", right),
        )
    })
}
