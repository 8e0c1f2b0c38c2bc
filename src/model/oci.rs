//! References to container images.

/// An image reference in its parts: `[registry/]repository[:tag][@digest]`.
///
/// The parts are as written. Whether they are valid is for `check` to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OciReference<'a> {
    /// The registry's host, perhaps with a port. Docker Hub is meant when there is none.
    pub registry: Option<&'a str>,
    /// The image inside the registry.
    pub repository: &'a str,
    /// The text between the colon and the digest.
    pub tag: Option<&'a str>,
    /// The text after the at sign.
    pub digest: Option<&'a str>,
    /// The reference without tag and digest.
    pub name: &'a str,
}

impl<'a> OciReference<'a> {
    /// Splits a reference as container tools do: a first segment is a registry only if it holds a dot
    /// or a colon or is `localhost`.
    pub fn split(text: &'a str) -> Self {
        let (tagged, digest) = text.split_once('@').map_or((text, None), |(t, d)| (t, Some(d)));
        // A colon before a slash belongs to the port of a registry.
        let (name, tag) = match tagged.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (tagged, None),
        };
        let is_host = |segment: &str| segment.contains(['.', ':']) || segment == "localhost";
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if is_host(first) => (Some(first), rest),
            _ => (None, name),
        };
        Self { registry, repository, tag, digest, name }
    }

    /// Returns the page of the image on the two registries that have pages. They have one page for all
    /// tags.
    pub fn page(&self) -> Option<String> {
        match self.registry {
            Some("ghcr.io") => Some(format!("https://ghcr.io/{}", self.repository)),
            None | Some("docker.io") if self.repository.split('/').count() == 2 => {
                Some(format!("https://hub.docker.com/r/{}", self.repository))
            }
            _ => None,
        }
    }
}
