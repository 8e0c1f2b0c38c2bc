//! Which package, and which version of it, a word of a command line names.

use crate::model::{Naming, OciReference, PackageType};

impl PackageType {
    /// Whether a word of a command line names the package `identifier`, in any spelling and of any
    /// version; returns the extras of a Python package with their brackets.
    pub fn names<'w>(&self, identifier: &str, word: &'w str) -> Option<&'w str> {
        if self.naming == Naming::Image {
            return (image(word) == image(identifier)).then_some("");
        }
        let (name, rest) = divide(word);
        let extras = match rest.strip_prefix('[').and_then(|rest| rest.find(']')) {
            Some(close) => &rest[..close + 2],
            None => "",
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "[]_-.,".contains(c);
        let is_same = match self.name {
            "pypi" => python(name) == python(identifier) && extras.chars().all(plain),
            "nuget" => name.eq_ignore_ascii_case(identifier) && extras.is_empty(),
            _ => name == identifier && extras.is_empty(),
        };
        is_same.then_some(extras)
    }

    /// Returns the version that a word names beside the package: a tag or digest of an image, or what
    /// follows `@` or `==`.
    pub(super) fn version<'w>(&self, word: &'w str) -> Option<&'w str> {
        if self.naming == Naming::Image {
            let parts = OciReference::split(word);
            return parts.digest.or(parts.tag);
        }
        let (_, rest) = divide(word);
        let rest = rest.strip_prefix('[').and_then(|it| it.split_once(']')).map_or(rest, |it| it.1);
        let version = rest.strip_prefix("==").or_else(|| rest.strip_prefix('@')).unwrap_or(rest);
        Some(version).filter(|version| !version.is_empty())
    }
}

/// Splits a word into the name of a package and what follows it.
fn divide(word: &str) -> (&str, &str) {
    let scope = usize::from(word.starts_with('@'));
    let end = word[scope..].find(['@', '=', '<', '>', '~', '!', '[']);
    word.split_at(end.map_or(word.len(), |at| scope + at))
}

/// A name as PyPI compares it: runs of `-`, `_` and `.` are one hyphen, and case does not matter.
fn python(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if text.ends_with('-') => {}
            '-' | '_' | '.' => text.push('-'),
            c => text.push(c.to_ascii_lowercase()),
        }
    }
    text
}

/// The registry and the repository of an image, without the spellings of Docker Hub.
fn image(reference: &str) -> (String, &str) {
    let parts = OciReference::split(reference);
    let host = parts.registry.unwrap_or("docker.io").to_ascii_lowercase();
    if matches!(host.as_str(), "docker.io" | "index.docker.io" | "registry-1.docker.io") {
        let repository = parts.repository;
        return (String::new(), repository.strip_prefix("library/").unwrap_or(repository));
    }
    (host, parts.repository)
}
