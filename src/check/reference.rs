//! Checks image references as the registry's container library does.
//!
//! Nothing is looked up.

use super::url;
use crate::model::OciReference;
use crate::text::is_lower_hex;

/// Returns what is wrong with a reference, as the end of the sentence "`x` …".
pub(super) fn fault(image: &OciReference<'_>) -> Option<&'static str> {
    let digest = image.digest.map_or(Ok(()), check_digest);
    let tag = || image.tag.map_or(Ok(()), check_tag);
    let registry = || image.registry.map_or(Ok(()), check_registry);
    digest
        .and_then(|()| tag())
        .and_then(|()| registry())
        .and_then(|()| check_repository(image.repository))
        .err()
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

fn check_digest(digest: &str) -> Result<(), &'static str> {
    let Some(hex) = digest.strip_prefix("sha256:") else {
        return Err("has a digest that does not begin with sha256:");
    };
    if is_lower_hex(hex, 64) {
        Ok(())
    } else {
        Err("has a digest that is not 64 lower-case hexadecimal digits")
    }
}

fn check_tag(tag: &str) -> Result<(), &'static str> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if tag.is_empty() {
        Err("has a colon but no tag")
    } else if tag.len() > 128 || !tag.bytes().all(allowed) {
        Err("has a tag that is not 1 to 128 letters, digits, '_', '-' and '.'")
    } else {
        Ok(())
    }
}

fn check_registry(registry: &str) -> Result<(), &'static str> {
    let address = format!("//{registry}");
    match url::parse(&address) {
        Ok(url) if url.host == registry => Ok(()),
        _ => Err("begins with something that is not a registry's host"),
    }
}

fn check_repository(repository: &str) -> Result<(), &'static str> {
    let allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/');
    if repository.is_empty() {
        Err("names no image")
    } else if !repository.bytes().all(allowed) {
        Err("has an image name that is not lower-case letters, digits, '_', '-', '.' and '/'")
    } else if !(2..=255).contains(&repository.len()) {
        Err("has an image name that is not 2 to 255 characters long")
    } else {
        Ok(())
    }
}
