//! Image references, as the registry's container library reads them.
//!
//! `[registry/]repository[:tag]` or `[registry/]repository@sha256:digest`, with Docker Hub as the
//! default registry. The reading is that library's lenient one: a first segment is a registry only if
//! it holds a dot or colon or is `localhost`. Nothing is looked up.

use super::url;

/// The registry that a reference without one means.
const DEFAULT_REGISTRY: &str = "index.docker.io";

/// A parsed image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    /// The registry's host, perhaps with port.
    pub(super) registry: &'a str,
    /// The image inside the registry.
    pub(super) repository: &'a str,
    /// The tag, when one is written.
    pub(super) tag: Option<&'a str>,
    /// The digest, when one is written.
    pub(super) digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Reads a reference, or says what is wrong as the end of the sentence "`x` …".
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        match text.split_once('@') {
            None => Self::parse_tagged(text),
            Some((base, digest)) => {
                check_digest(digest)?;
                Ok(Self { digest: Some(digest), ..Self::parse_tagged(base)? })
            }
        }
    }

    fn parse_tagged(text: &'a str) -> Result<Self, String> {
        // A colon before a slash belongs to a registry's port.
        let (base, tag) = match text.rsplit_once(':') {
            Some((base, tag)) if !tag.contains('/') => (base, Some(tag)),
            _ => (text, None),
        };
        tag.map_or(Ok(()), check_tag)?;
        let (registry, repository) = match base.split_once('/') {
            Some((first, rest)) if is_host(first) => (first, rest),
            _ => (DEFAULT_REGISTRY, base),
        };
        check_registry(registry)?;
        check_repository(repository)?;
        Ok(Self { registry, repository, tag, digest: None })
    }

    /// Whether the official registry takes images from this registry.
    pub(super) fn is_supported(&self) -> bool {
        matches!(
            self.registry,
            "docker.io"
                | "registry-1.docker.io"
                | "index.docker.io"
                | "ghcr.io"
                | "quay.io"
                | "mcr.microsoft.com"
        ) || self.registry.ends_with(".pkg.dev")
            || self.registry.ends_with(".azurecr.io")
    }
}

fn is_host(segment: &str) -> bool {
    segment.contains(['.', ':']) || segment == "localhost"
}

fn check_digest(digest: &str) -> Result<(), String> {
    let Some(hex) = digest.strip_prefix("sha256:") else {
        return Err("has a digest that does not begin with sha256:".to_owned());
    };
    let digits = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if hex.len() == 64 && digits {
        Ok(())
    } else {
        Err("has a digest that is not 64 lower-case hexadecimal digits".to_owned())
    }
}

fn check_tag(tag: &str) -> Result<(), String> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if tag.is_empty() {
        Err("has a colon but no tag".to_owned())
    } else if tag.len() > 128 || !tag.bytes().all(allowed) {
        Err("has a tag that is not 1 to 128 letters, digits, '_', '-' and '.'".to_owned())
    } else {
        Ok(())
    }
}

fn check_registry(registry: &str) -> Result<(), String> {
    let address = format!("//{registry}");
    match url::parse(&address) {
        Ok(url) if url.host == registry => Ok(()),
        _ => Err("begins with something that is not a registry's host".to_owned()),
    }
}

fn check_repository(repository: &str) -> Result<(), String> {
    let allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/');
    if repository.is_empty() {
        Err("names no image".to_owned())
    } else if !repository.bytes().all(allowed) {
        Err("has an image name with something else than lower-case letters, digits, '_', '-', '.' and '/'".to_owned())
    } else if !(2..=255).contains(&repository.len()) {
        Err("has an image name that is not 2 to 255 characters long".to_owned())
    } else {
        Ok(())
    }
}
