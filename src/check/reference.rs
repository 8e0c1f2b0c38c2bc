//! Checks image references as the registry's container library does.
//!
//! Nothing is looked up.

use super::url;
use super::words::is_word;
use crate::model::OciReference;
use crate::text::is_lower_hex;

/// Returns what is wrong with a reference, as the end of the sentence "`x` …".
pub(super) fn fault(image: &OciReference<'_>) -> Option<&'static str> {
    let digest = image.digest.and_then(digest_fault);
    let tag = || image.tag.and_then(tag_fault);
    let registry = || image.registry.and_then(registry_fault);
    digest.or_else(tag).or_else(registry).or_else(|| repository_fault(image.repository))
}

/// Whether the official registry accepts images from this registry.
pub(super) fn is_supported(image: &OciReference<'_>) -> bool {
    image.registry.is_none_or(|registry| {
        let known = [
            "docker.io",
            "registry-1.docker.io",
            "index.docker.io",
            "ghcr.io",
            "quay.io",
            "mcr.microsoft.com",
        ];
        known.contains(&registry)
            || registry.ends_with(".pkg.dev")
            || registry.ends_with(".azurecr.io")
    })
}

fn digest_fault(digest: &str) -> Option<&'static str> {
    match digest.strip_prefix("sha256:") {
        None => Some("has a digest that does not begin with sha256:"),
        Some(hex) if is_lower_hex(hex, 64) => None,
        Some(_) => Some("has a digest that is not 64 lower-case hexadecimal digits"),
    }
}

fn tag_fault(tag: &str) -> Option<&'static str> {
    if tag.is_empty() {
        return Some("has a colon but no tag");
    }
    let is_valid = tag.len() <= 128 && is_word(tag, b"_-.");
    (!is_valid).then_some("has a tag that is not 1 to 128 letters, digits, '_', '-' and '.'")
}

fn registry_fault(registry: &str) -> Option<&'static str> {
    let is_host = url::parse(&format!("//{registry}")).is_ok_and(|url| url.host == registry);
    (!is_host).then_some("begins with something that is not a registry's host")
}

fn repository_fault(repository: &str) -> Option<&'static str> {
    let allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/');
    match repository.len() {
        0 => Some("does not name an image"),
        _ if !repository.bytes().all(allowed) => {
            Some("has an image name that is not lower-case letters, digits, '_', '-', '.' and '/'")
        }
        2..=255 => None,
        _ => Some("has an image name that is not 2 to 255 characters long"),
    }
}
